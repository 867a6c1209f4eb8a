"""What is no longer needed goes by itself, in small steps, and nothing else does."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

from medimeet import clock
from medimeet.db import db
from medimeet.models import (
    AttemptCount,
    AuditEntry,
    BrowserSession,
    Clinic,
    ContactMessage,
    ConversationErasure,
    ConversationMessage,
    Doctor,
    Heartbeat,
    IdempotencyKey,
    IssuedToken,
    Notification,
    OneTimeCode,
    OneTimeLink,
    Patient,
    Proposal,
)
from medimeet.services import erased_traces, retention
from medimeet.writing import command
from tests import factories

A_YEAR = timedelta(days=366)
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MODELS: dict[str, Any] = {
    "counts of tries": AttemptCount,
    "ended sign-ins": BrowserSession,
    "expired tokens": IssuedToken,
    "expired codes": OneTimeCode,
    "expired links": OneTimeLink,
    "expired proposals": Proposal,
    "keys of bookings": IdempotencyKey,
    "messages from the contact page": ContactMessage,
    "messages of conversations": ConversationMessage,
    "notes of erased conversations": ConversationErasure,
}


def rows_of(patient: Patient, doctor: Doctor, at: datetime) -> Iterator[Any]:
    """A row of each kind that was made, or came to its end, at an instant."""
    one, who, clinic_id = uuid.uuid4().hex, patient.account_id, patient.clinic_id
    visit = factories.make_appointment(doctor, patient, at)
    yield AttemptCount(key=one, count=3, window_ends_at=at)
    yield BrowserSession(token_hash=one, account_id=who, created_at=at, last_seen_at=at, expires_at=at)
    yield IssuedToken(jti=one, kind="access", family=one, account_id=who, expires_at=at)
    yield OneTimeCode(verification_id=one, account_id=who, number="+447400123456", code_hash=one, expires_at=at)
    yield OneTimeLink(token_hash=one, purpose="verify", account_id=who, expires_at=at)
    cancel = {"deed": "cancel", "appointment_id": visit.id}
    yield Proposal(public_id=one, clinic_id=clinic_id, account_id=who, expires_at=at, **cancel)
    yield IdempotencyKey(account_id=who, key=one, fingerprint=one, appointment_id=visit.id, created_at=at)
    yield ContactMessage(clinic_id=clinic_id, name="Kim", message="Is there parking?", created_at=at)
    said = {"role": "person", "kind": "message", "source": "typed", "text": "Hello"}
    yield ConversationMessage(event_id=one, clinic_id=clinic_id, account_id=who, at=at, **said)
    yield ConversationErasure(account_id=who, until=at)
    mail = {"channel": "email", "kind": "booked", "recipient": "pat@people.example", "body": "Hello Pat"}
    yield Notification(clinic_id=clinic_id, account_id=who, state="sent", dedupe_key=one, created_at=at, **mail)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_what_is_old_goes_and_what_is_young_stays(clinic: Clinic) -> None:
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    for at in (clock.now() - A_YEAR, clock.now() + timedelta(hours=1)):
        for row in rows_of(patient, doctor, at):
            factories.save(row)
    lines = count(AuditEntry)
    gone = retention.clean_up()
    assert {name: gone[name] for name in MODELS} == dict.fromkeys(MODELS, 1)
    assert {name: count(model) for name, model in MODELS.items()} == dict.fromkeys(MODELS, 1)
    mails = db.session.scalars(select(Notification).order_by(Notification.created_at)).all()
    assert [(mail.recipient, mail.body) for mail in mails] == [("", ""), ("pat@people.example", "Hello Pat")]
    assert count(AuditEntry) == lines
    assert sum(retention.clean_up().values()) == 0


@only_sqlite
def test_a_message_that_still_waits_keeps_its_words_however_old(clinic: Clinic) -> None:
    mail = {"channel": "email", "kind": "booked", "recipient": "pat@people.example", "body": "Hello", "dedupe_key": "d"}
    factories.save(Notification(clinic_id=clinic.id, state="queued", created_at=clock.now() - A_YEAR, **mail))
    retention.clean_up()
    assert db.session.scalars(select(Notification)).one().body == "Hello"


@only_sqlite
def test_zero_keeps_for_ever(app: Flask, clinic: Clinic) -> None:
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    for row in rows_of(patient, doctor, clock.now() - A_YEAR):
        factories.save(row)
    names = ("CONVERSATION_DAYS", "MESSAGE_DAYS", "ENQUIRY_DAYS", "SIGN_IN_DAYS", "IDEMPOTENCY_HOURS")
    app.config.update(dict.fromkeys(names, 0))
    gone = retention.clean_up()
    assert {name for name, number in gone.items() if number} == {"counts of tries"}


@only_sqlite
def test_whoever_stops_in_between_goes_on_where_it_stopped(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    _many_ended_sessions(patient, 3 * retention.BATCH)
    steps = iter((False, False, True))
    retention.clean_up(lambda: next(steps, True))
    left = count(BrowserSession)
    assert 0 < left < 3 * retention.BATCH
    assert retention.clean_up()["ended sign-ins"] == left
    assert count(BrowserSession) == 0


@only_sqlite
def test_of_several_workers_one_cleans_up_and_only_once_an_hour(
    clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    assert retention.clean_up_hourly(lambda: False)
    assert not retention.clean_up_hourly(lambda: False)
    frozen_clock.shift(timedelta(minutes=59))
    assert not retention.clean_up_hourly(lambda: False)
    frozen_clock.shift(timedelta(minutes=1))
    assert retention.clean_up_hourly(lambda: False)


@only_sqlite
def test_a_worker_whose_time_is_up_leaves_the_rest_to_the_next_round(clinic: Clinic) -> None:
    _many_ended_sessions(factories.make_patient(clinic), 2 * retention.BATCH)
    assert not retention.clean_up_hourly(lambda: True)
    assert count(BrowserSession) == 2 * retention.BATCH
    assert retention.clean_up_hourly(lambda: False, seconds=60)
    assert count(BrowserSession) == 0
    assert db.session.get_one(Heartbeat, "housekeeping").at is not None


@command
def _many_ended_sessions(patient: Patient, number: int) -> None:
    at = clock.now() - A_YEAR
    rows = [{"token_hash": f"{each}", "account_id": patient.account_id, "expires_at": at} for each in range(number)]
    db.session.execute(insert(BrowserSession), rows)


def test_the_database_can_be_written_anew_while_it_is_open(clinic: Clinic) -> None:
    erased_traces.compact()
    assert count(Clinic) == 1
