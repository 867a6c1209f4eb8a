"""A crowd guesses one code that came by SMS, at once, over HTTP, on two real worker processes: five guesses count."""

import os
import re
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import AttemptCount, Clinic, Notification, OneTimeCode
from medimeet.services import one_time_codes
from medimeet.services.access import Actor
from tests import factories
from tests.races.crowds import Answer, all_at_once, send, statuses
from tests.servers import serving

GUESSES = int(os.environ.get("MEDIMEET_TEST_GUESSES", "100"))
NUMBER = "+447400123456"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_of_a_crowd_of_wrong_codes_five_are_looked_at(app: Flask, clinic: Clinic) -> None:
    factories.make_patient(clinic, mobile=NUMBER)
    with serving(app, workers=2) as port:
        verification_id = one_time_codes.send(Actor(None, clinic), NUMBER, "192.0.2.1")
        told = re.search(r"\b\d{6}\b", db.session.scalars(select(Notification.body)).one() or "")
        assert told is not None
        db.session.rollback()
        wrong = [f"{(int(told[0]) + number) % 10**6:06}" for number in range(1, GUESSES + 1)]
        answers = all_at_once(wrong, lambda code: guess(port, verification_id, code))
        late = guess(port, verification_id, told[0])
    assert statuses(answers) == {400: GUESSES}
    assert late.status == 400
    db.session.rollback()
    assert db.session.scalars(select(OneTimeCode.tries)).one() == one_time_codes.TRIES
    looked_at = select(AttemptCount.count).where(AttemptCount.key.startswith("wrong code:"))
    assert db.session.scalars(looked_at).one() == one_time_codes.TRIES


def guess(port: int, verification_id: str, code: str) -> Answer:
    """What the phone app's interface answers to a code."""
    sent = {"mobile_number": NUMBER, "otp": code, "verification_id": verification_id}
    return send(port, "POST", "/verify-otp/", urlencode(sent), FORM)
