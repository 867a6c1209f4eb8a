"""A mail server or an SMS gateway that is away, silent, slow or mad: messages wait and arrive once, others go on."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from medimeet import clock
from medimeet.db import db
from medimeet.gateways import mail, sms_by_web
from medimeet.models import Clinic, Notification
from medimeet.services import delivery
from tests import factories
from tests.gateways.mail_server import MailServer
from tests.peers.faulty import BROKEN, FaultyServer, Mode

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FOR_EVER_SECONDS = 20  # a peer that drips does so without end; how quick this machine is, is not asked


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "CONNECTING_SECONDS", 0.3)
    monkeypatch.setattr(mail, "SENDING_SECONDS", 0.3)
    monkeypatch.setattr(sms_by_web, "SENDING_SECONDS", 0.3)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


def write(clinic: Clinic, number: int, channel: str = "email") -> Notification:
    recipient = "pat@people.example" if channel == "email" else "+447400123456"
    more = {"kind": "appointment_booked", "subject": "Your visit", "body": "Your visit is booked."}
    keys = {"dedupe_key": f"{channel} {number}", "message_id": f"<{channel}{number}@clinic.example>"}
    return factories.save(Notification(clinic_id=clinic.id, channel=channel, recipient=recipient, **more, **keys))


def make_due() -> None:
    """The minute is over."""
    for row in db.session.query(Notification).filter_by(state="queued"):
        row.due_at = clock.now()
    db.session.commit()


@pytest.mark.parametrize("mode", BROKEN)
def test_while_the_mail_server_misbehaves_mails_wait_text_messages_go_out_and_each_arrives_once(
    app: Flask, clinic: Clinic, mail_server: MailServer, mode: Mode
) -> None:
    with FaultyServer(mode, behind=mail_server.port, byte_seconds=0.05) as peer:
        app.config["SMTP_URL"] = f"smtp://127.0.0.1:{peer.port}"
        for number in range(3):
            write(clinic, number)
        text = write(clinic, 9, channel="sms")
        through = delivery.gateways()
        started = time.monotonic()
        delivery.deliver_due(through)
        assert time.monotonic() - started < FOR_EVER_SECONDS
        db.session.expire_all()
        assert db.session.get_one(Notification, text.id).state == "sent"
        assert delivery.deliver_due(through) == 0  # it rests, so nobody waits for it again
        calls = peer.calls
        assert calls <= 1
        peer.mode = Mode.GOOD
        through.rests.clear()
        make_due()
        while delivery.deliver_due(through):
            pass
    assert sorted(message["Message-ID"] for message in mail_server.messages) == [
        f"<email{number}@clinic.example>" for number in range(3)
    ]


@pytest.mark.parametrize("mode", [Mode.SILENT, Mode.SLOW, Mode.GARBAGE])
def test_a_gateway_that_answers_nothing_of_use_costs_one_text_message_at_most_and_ends_in_time(
    app: Flask, clinic: Clinic, mode: Mode
) -> None:
    with FaultyServer(mode, byte_seconds=0.05) as peer:
        app.config["SMS_URL"] = f"http://127.0.0.1:{peer.port}/send"
        first, second = write(clinic, 1, "sms"), write(clinic, 2, "sms")
        through = delivery.gateways()
        started = time.monotonic()
        delivery.deliver_due(through)
        assert time.monotonic() - started < FOR_EVER_SECONDS
    db.session.expire_all()
    states = [db.session.get_one(Notification, row.id).state for row in (first, second)]
    assert states == ["unknown", "queued"]  # the second one has not been risked
