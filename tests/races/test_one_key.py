"""One patient sends one booking twenty times at once, with one `Idempotency-Key`, on two worker processes."""

import json

from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.models import Clinic, IdempotencyKey
from medimeet.services import tokens
from tests import factories
from tests.races.crowds import Answer, all_at_once, nothing_is_torn, send
from tests.races.test_one_slot_all_doors import BOOKINGS, CREATED, Prize, prizes_of
from tests.servers import serving

TWINS = 20
WISHES = 6


def test_twins_with_one_key_book_once_and_all_get_the_same_answer_at_every_door(app: Flask, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    prizes = dict(zip(BOOKINGS, prizes_of(doctor, treatment, len(BOOKINGS)), strict=True))
    token = tokens.issue_lasting(factories.make_patient(clinic).account)
    with serving(app, workers=2) as port:
        for door, prize in prizes.items():
            twins = [f"key for {door}"] * TWINS
            answers = all_at_once(
                twins, lambda key, door=door, prize=prize: book_with_key(port, door, token, prize, key)
            )
            assert {(answer.status, answer.body) for answer in answers} == {(CREATED, answers[0].body)}
    nothing_is_torn(len(BOOKINGS))
    assert db.session.scalar(select(func.count()).select_from(IdempotencyKey)) == len(BOOKINGS)


def test_of_twins_with_one_key_and_different_wishes_one_books_and_the_others_are_told(
    app: Flask, clinic: Clinic
) -> None:
    doctor = factories.make_doctor(clinic)
    prizes = prizes_of(doctor, factories.make_treatment(clinic, doctor), WISHES)
    token = tokens.issue_lasting(factories.make_patient(clinic).account)
    with serving(app, workers=2) as port:
        answers = all_at_once(prizes, lambda prize: book_with_key(port, "hospital", token, prize, "one"))
    assert sorted(answer.status for answer in answers) == [CREATED] + [422] * (len(prizes) - 1)
    nothing_is_torn(1)


def book_with_key(port: int, door: str, token: str, prize: Prize, key: str) -> Answer:
    """What the door answers to a booking of the prize under this key."""
    path, body = BOOKINGS[door](prize)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    return send(port, "POST", path, json.dumps(body), headers)
