"""Waiting messages are sent: nothing lost, nothing twice, over a real mail server, on both databases."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from medimeet import clock, poller
from medimeet.db import db
from medimeet.models import Clinic, Notification
from medimeet.services import booking, delivery
from tests.factories import actor_of, make_clinic, make_doctor, make_patient, save, slot_at
from tests.gateways.mail_server import MailServer
from tests.gateways.sms_server import SmsServer

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import signal, sys, threading
from medimeet.app import create_app
from medimeet import poller
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
poller.run(create_app(), stop)
"""
_numbers = count(1)


@pytest.fixture
def server() -> Iterator[MailServer]:
    running = MailServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def mailing(app: Flask, server: MailServer) -> Flask:
    """The application, with a mail server."""
    app.config["SMTP_URL"] = server.url
    return app


def write(clinic: Clinic, **given: Any) -> Notification:
    """A message that waits."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "clinic_id": clinic.id,
        "channel": "email",
        "kind": "test",
        "recipient": f"person{number}@people.example",
        "subject": f"Message {number}",
        "body": f"Text {number}\n",
        "dedupe_key": f"test-{number}",
        "message_id": f"<{number}@clinic.example>",
    }
    return save(Notification(**values | given))


def deliver() -> int:
    """Everything that is due now, in as many batches as it takes; answers how many messages were taken."""
    through = delivery.gateways()
    taken = 0
    while batch := delivery.deliver_due(through):
        taken += batch
    return taken


def fresh(row: Notification) -> Notification:
    db.session.rollback()
    db.session.refresh(row)
    return row


def until(what: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def states() -> Counter[str]:
    db.session.rollback()
    return Counter(db.session.scalars(select(Notification.state)))


@contextmanager
def polling(app: Flask) -> Iterator[None]:
    """A poller in a thread, while the block runs; it must end soon afterwards."""
    stop = threading.Event()
    running = threading.Thread(target=poller.run, args=(app, stop))
    running.start()
    try:
        yield
    finally:
        stop.set()
        running.join(5)
        assert not running.is_alive()


def as_worker(app: Flask, server: MailServer, tmp_path: Path) -> subprocess.Popen[bytes]:
    """A poller in a process of its own, as `flask worker` is."""
    environment = os.environ | {
        "MEDIMEET_DATABASE_URL": app.config["DATABASE_URL"],
        "MEDIMEET_DATA_DIR": app.config["DATA_DIR"],  # where the keys are that open what it sends
        "MEDIMEET_SECRET_KEY": app.config["SECRET_KEY"],
        "MEDIMEET_SMTP_URL": server.url,
        "MEDIMEET_POLLER_SECONDS": "0.05",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=environment)


def test_a_waiting_message_is_sent_once_and_noted(mailing: Flask, clinic: Clinic, server: MailServer) -> None:
    row = write(clinic)
    assert deliver() == 1
    assert deliver() == 0
    [message] = server.messages
    assert message["Message-ID"] == row.message_id
    assert message["From"] == "Riverside Clinic <desk@riverside.example>"
    row = fresh(row)
    assert (row.state, row.tries, row.last_error, row.lease_until) == ("sent", 1, "", None)
    assert row.sent_at is not None


def test_the_sender_can_be_set_and_answers_still_reach_the_clinic(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    mailing.config["MAIL_FROM"] = "MediMeet <no-reply@mail.example>"
    write(clinic)
    deliver()
    [message] = server.messages
    assert message["From"].addresses[0].addr_spec == "no-reply@mail.example"
    assert message["Reply-To"].addresses[0].addr_spec == "desk@riverside.example"


def test_without_a_gateway_mails_and_text_messages_become_files(app: Flask, clinic: Clinic) -> None:
    write(clinic, recipient="pat@people.example")
    write(clinic, channel="sms", recipient="+447400123456", subject="", body="See you")
    deliver()
    written = [json.loads(file.read_text()) for file in Path(app.config["DATA_DIR"], "outbox").glob("*.json")]
    mine = [each for each in written if each["to"] in {"pat@people.example", "+447400123456"}]
    assert sorted(each["channel"] for each in mine) == ["email", "sms"]


def test_a_message_that_is_not_due_yet_waits(mailing: Flask, clinic: Clinic, server: MailServer) -> None:
    row = write(clinic, due_at=clock.now() + timedelta(hours=1))
    assert deliver() == 0
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert deliver() == 1
    assert fresh(row).state == "sent"


def test_a_text_that_held_a_link_is_blanked_once_sent_and_not_before(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    row = write(clinic, body="http://localhost/reset-password/token/\n", holds_secret=True)
    kept = write(clinic, body="Your visit\n")
    server.stop()
    deliver()
    assert "token" in fresh(row).body
    server.start()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        deliver()
    assert fresh(row).body == ""
    assert fresh(kept).body == "Your visit\n"
    assert any("token" in message.get_content() for message in server.messages)


def test_however_long_the_mail_server_is_away_messages_wait_for_it_and_arrive_once(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    row = write(clinic)
    server.stop()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(6):
            deliver()
            row = fresh(row)
            assert (row.state, row.tries, row.due_at - clock.now()) == ("queued", 0, timedelta(minutes=1))
            assert "can't be reached" in row.last_error
            assert deliver() == 0
            traveller.shift(timedelta(hours=9))
        server.start()
        deliver()
    assert (fresh(row).state, len(server.messages)) == ("sent", 1)


def test_a_message_that_is_put_off_again_and_again_waits_longer_and_longer_then_shows_as_failed(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    server.refuses["full@people.example"] = "452 mailbox full"
    row = write(clinic, holds_secret=True, recipient="full@people.example")
    waits = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in delivery.BACK_OFF:
            deliver()
            row = fresh(row)
            assert row.state == "queued"
            waits.append(row.due_at - clock.now())
            assert deliver() == 0
            traveller.shift(waits[-1])
        deliver()
    row = fresh(row)
    assert [wait.total_seconds() / 60 for wait in waits] == [1, 5, 30, 120]
    assert (row.state, row.tries, row.body) == ("failed", 5, "")
    assert "mailbox full" in row.last_error


def test_nothing_is_lost_and_nothing_comes_twice_when_the_mail_server_is_stopped_and_started(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    rows = [write(clinic) for _ in range(25)]
    with time_machine.travel(clock.now(), tick=False) as traveller:
        delivery.deliver_due(delivery.gateways())
        assert len(server.messages) == delivery.BATCH
        server.stop()
        deliver()
        assert states() == {"sent": delivery.BATCH, "queued": 15}
        server.start()
        traveller.shift(61)
        deliver()
    assert states() == {"sent": 25}
    assert Counter(message["Message-ID"] for message in server.messages) == {row.message_id: 1 for row in rows}


def test_a_dead_mail_server_is_asked_once_a_batch_and_does_not_hold_up_text_messages(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    server.stop()
    for _ in range(4):
        write(clinic)
    text = write(clinic, channel="sms", recipient="+447400123456")
    started = time.monotonic()
    deliver()
    assert time.monotonic() - started < 5
    assert fresh(text).state == "sent"
    assert states() == {"queued": 4, "sent": 1}


def test_an_address_that_nobody_has_fails_at_once_and_the_others_arrive_over_one_connection(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    server.refuses["nobody@people.example"] = "550 no such user"
    bad = write(clinic, recipient="nobody@people.example")
    others = [write(clinic) for _ in range(3)]
    deliver()
    bad = fresh(bad)
    assert (bad.state, bad.tries) == ("failed", 1)
    assert "550: no such user" in bad.last_error
    assert [fresh(row).state for row in others] == ["sent"] * 3
    assert server.connections == 1


def test_a_full_mailbox_is_tried_again(mailing: Flask, clinic: Clinic, server: MailServer) -> None:
    server.refuses["full@people.example"] = "452 mailbox full"
    row = write(clinic, recipient="full@people.example")
    deliver()
    assert (fresh(row).state, fresh(row).tries) == ("queued", 1)
    server.refuses.clear()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        deliver()
    assert fresh(row).state == "sent"


@pytest.mark.parametrize("recipient", ["pat@people.example\r\nBcc: thief@evil.example", "not an address", "a,b@c.d"])
def test_an_address_that_can_not_be_written_fails_and_reaches_nobody(
    mailing: Flask, clinic: Clinic, server: MailServer, recipient: str
) -> None:
    row = write(clinic, recipient=recipient)
    deliver()
    assert fresh(row).state == "failed"
    assert server.envelopes == []


@pytest.mark.parametrize(
    "payload",
    [
        "\r\nBcc: thief@evil.example",
        "\nTo: thief@evil.example",
        "\r\n.\r\nMAIL FROM:<thief@evil.example>\r\nRCPT TO:<thief@evil.example>",
        "\u2028Cc: thief@evil.example",
        ", thief@evil.example",
        "> <thief@evil.example",
        '" <thief@evil.example>',
    ],
)
def test_whatever_people_and_clinics_are_called_a_mail_reaches_only_those_it_is_to(
    mailing: Flask, server: MailServer, payload: str
) -> None:
    clinic = make_clinic(name=f"Clinic{payload}", phone=f"1{payload}"[:40])
    doctor = make_doctor(clinic, last_name=f"Shah{payload}")
    patient = make_patient(clinic, first_name=f"Pat{payload}")
    today = clock.today(clinic.zone)
    next_monday = today + timedelta(days=7 - today.weekday())
    booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, next_monday, "09:00"))
    deliver()
    expected = sorted([patient.account.email, doctor.account.email])
    assert sorted(recipients[0] for _, recipients, _ in server.envelopes) == expected
    for sender, recipients, message in server.envelopes:
        assert sender == "desk@riverside.example"
        assert [address.addr_spec for address in message["To"].addresses] == recipients
        assert message["Bcc"] is message["Cc"] is None
        assert [address.addr_spec for address in message["From"].addresses] == [sender]


def test_a_text_message_that_timed_out_is_unknown_and_not_sent_again(app: Flask, clinic: Clinic) -> None:
    row = write(clinic, channel="sms", recipient="+447400123456", body="code 123456", holds_secret=True)
    gateway = SmsServer()
    gateway.status = None
    app.config["SMS_URL"] = f"http://{gateway.address}/"
    deliver()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert deliver() == 0
    gateway.shutdown()
    gateway.server_close()
    row = fresh(row)
    assert (row.state, row.body) == ("unknown", "")
    assert "may have arrived" in row.last_error
    assert len(gateway.requests) == 1


def test_two_pollers_at_once_send_everything_once(mailing: Flask, clinic: Clinic, server: MailServer) -> None:
    rows = [write(clinic) for _ in range(60)]
    mailing.config["POLLER_SECONDS"] = 0.02
    with polling(mailing), polling(mailing):
        until(lambda: states()["sent"] == 60)
    assert Counter(message["Message-ID"] for message in server.messages) == {row.message_id: 1 for row in rows}


def test_a_poller_that_is_killed_midway_loses_nothing(
    mailing: Flask, clinic: Clinic, server: MailServer, tmp_path: Path
) -> None:
    rows = [write(clinic) for _ in range(40)]
    server.seconds_a_mail = 0.05  # so that the end comes in the middle of a batch
    worker = as_worker(mailing, server, tmp_path)
    try:
        until(lambda: len(server.messages) >= 5)
    finally:
        worker.kill()
        worker.wait()
    server.seconds_a_mail = 0.0
    assert len(server.messages) < delivery.BATCH, "killed too late to show anything"
    deliver()
    assert states()["queued"] > 0, "a lease of the dead poller was not respected"
    with time_machine.travel(clock.now() + delivery.LEASE + timedelta(seconds=1)):
        deliver()
    assert states() == {"sent": 40}
    arrived = Counter(message["Message-ID"] for message in server.messages)
    assert set(arrived) == {row.message_id for row in rows}
    assert sum(arrived.values()) <= 41  # at most the one that was in the air


def test_a_worker_that_is_asked_to_stop_ends_soon_and_gives_back_what_it_has_not_sent(
    mailing: Flask, clinic: Clinic, server: MailServer, tmp_path: Path
) -> None:
    rows = [write(clinic) for _ in range(40)]
    server.seconds_a_mail = 0.05  # so that the end comes in the middle of a batch
    worker = as_worker(mailing, server, tmp_path)
    try:
        until(lambda: len(server.messages) >= 3)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=5) == 0
    finally:
        worker.kill()
        worker.wait()
    assert states()["sent"] == len(server.messages) < delivery.BATCH
    server.seconds_a_mail = 0.0
    deliver()
    assert Counter(message["Message-ID"] for message in server.messages) == {row.message_id: 1 for row in rows}


def test_the_poller_outlives_a_fault_of_one_message(mailing: Flask, clinic: Clinic, server: MailServer) -> None:
    odd = write(clinic, subject="x", body="lone surrogate follows")
    good = write(clinic)
    through = delivery.gateways()
    broken = delivery.Gateways(_Stumbling(through.mail, odd.message_id), through.sms)
    delivery.deliver_due(broken)
    assert fresh(odd).state == "queued"
    assert "RuntimeError" in fresh(odd).last_error
    assert fresh(good).state == "sent"


def test_a_message_written_while_the_poller_runs_goes_out_within_a_second(
    mailing: Flask, clinic: Clinic, server: MailServer
) -> None:
    with polling(mailing):
        write(clinic)
        started = time.monotonic()
        until(lambda: len(server.messages) == 1, seconds=5)
        assert time.monotonic() - started < 2


def test_a_poller_with_nothing_to_do_stops_at_once(mailing: Flask, clinic: Clinic) -> None:
    mailing.config["POLLER_SECONDS"] = 60.0
    started = time.monotonic()
    with polling(mailing):
        pass
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("name", ["SMTP_URL", "SMS_URL"])
def test_a_gateway_setting_that_can_not_be_read_stops_the_poller_with_words(app: Flask, name: str) -> None:
    app.config[name] = "mail.example"
    with pytest.raises(ValueError, match=f"MEDIMEET_{name} must look like"):
        poller.run(app, threading.Event())


class _Stumbling:
    """A mail gateway with a defect that one message meets."""

    def __init__(self, through: Any, message_id: str) -> None:
        self._through, self._message_id = through, message_id

    def send(self, mail: Any) -> None:
        if mail.message_id == self._message_id:
            raise RuntimeError("a defect")
        self._through.send(mail)

    def close(self) -> None:
        self._through.close()
