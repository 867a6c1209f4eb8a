"""The bench's application of raw SQL does MediMeet's own work: the same bytes, and the same rows to the letter."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from bench.speed.driver import Database
from bench.speed.raw.app import create_app
from medimeet.db import db
from medimeet.model_base import Base
from medimeet.models import Account, Appointment, AuditEntry, Clinic, Notification, Patient
from medimeet.services import audit_proof, tokens
from tests import factories

TUESDAY = date(2026, 11, 24)
# What is another one at each booking, in a row and in the words of a message.
OWN_COLUMNS = {"id", "public_id", "reference", "created_at", "updated_at", "appointment_id", "subject_id", "due_at"}
OWN_COLUMNS |= {"dedupe_key", "message_id", "request_id", "number", "digest", "at"}
OWN_WORDS = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}|[0-9a-f-]{36}@|appointment-details/[0-9]+|DTSTAMP:[0-9TZ]+")


class Practice:
    """A clinic with a doctor, two patients and its admin, asked by MediMeet and by raw SQL on one database."""

    def __init__(self, app: Flask, clinic: Clinic, database: Database) -> None:
        self.clinic, self.doctor = clinic, factories.make_doctor(clinic)
        self.patient, self.other = factories.make_patient(clinic), factories.make_patient(clinic)
        self.treatment = factories.make_treatment(clinic, self.doctor, duration_minutes=60)
        self.admin = factories.make_admin(clinic)
        self.sides: list[FlaskClient] = [app.test_client(), create_app(database, dict(app.config)).test_client()]

    def order(self, side: FlaskClient, patient: Patient, wall_time: str) -> TestResponse:
        """A visit of an hour on Tuesday."""
        slot = factories.slot_at(self.doctor, self.clinic, TUESDAY, wall_time)
        sent, headers = {"slot": slot, "treatment": self.treatment.id}, self.token(patient.account)
        return side.post(f"/api/appointment/book/{self.doctor.id}/", json=sent, headers=headers)

    def token(self, account: Account) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens.issue_access(account)}"}


@pytest.fixture
def practice(app: Flask, clinic: Clinic, frozen_clock: object) -> Iterator[Practice]:
    database = Database(re.sub(r"^sqlite:///", "", app.config["DATABASE_URL"]))
    yield Practice(app, clinic, database)
    database.close()


def test_lists_are_the_same_bytes(practice: Practice) -> None:
    doctor, admin = practice.doctor, practice.token(practice.admin)
    day_of_the_change = date(2027, 3, 28)
    factories.make_hours(doctor, date=day_of_the_change, start="00:00", end="04:00", slot_minutes=20)
    factories.make_exclusion(factories.make_doctor(practice.clinic), TUESDAY, start_minute=600, end_minute=660)
    factories.make_doctor(practice.clinic, verified=False)
    assert practice.order(practice.sides[0], practice.patient, "10:00").status_code == 201
    for path in (
        f"/api/doctor/doctors/{doctor.id}/available-slots/?date={TUESDAY}",
        f"/api/doctor/doctors/{doctor.id}/available-slots/?date={day_of_the_change}",
        f"/api/doctor/doctors/{doctor.id}/available-slots/?date={TUESDAY - timedelta(days=1)}",
        f"/api/availabilities/?date={TUESDAY}",
        "/api/appointment/my-appointments/",
    ):
        ours, raw = (side.get(path, headers=admin) for side in practice.sides)
        assert (raw.status_code, raw.data) == (ours.status_code, ours.data), path
        assert len(raw.data) > 100, path


def test_a_booking_leaves_the_same_rows(practice: Practice) -> None:
    left = []
    for side in practice.sides:
        assert practice.order(side, practice.patient, "10:00").status_code == 201
        left.append([_rows(Appointment), _rows(Notification), _rows(AuditEntry)[-1:]])
        with db.engine.begin() as connection:
            connection.execute(delete(Notification))
            connection.execute(delete(Appointment))
    assert left[1] == left[0]
    assert [len(rows) for rows in left[0]] == [1, 2, 1]
    with db.engine.connect() as connection:
        [proof] = audit_proof.verify(connection)
    assert proof.is_whole


def test_what_cannot_be_booked_is_refused_alike(practice: Practice) -> None:
    assert practice.order(practice.sides[0], practice.patient, "10:00").status_code == 201
    colleague = factories.make_doctor(practice.clinic)
    factories.make_appointment(colleague, practice.other, factories.at(practice.clinic, TUESDAY, "14:00"))
    before = _rows(Notification)
    for patient, wall_time in (
        (practice.other, "10:00"),
        (practice.other, "10:30"),
        (practice.other, "09:30"),  # an hour does not fit in
        (practice.other, "13:30"),  # another doctor's at 14:00
        (practice.other, "10:10"),
        (practice.other, "16:30"),
    ):
        ours, raw = (practice.order(side, patient, wall_time).status_code for side in practice.sides)
        assert raw == ours >= 400, wall_time
    assert _rows(Notification) == before


def _rows(model: type[Base]) -> list[dict[str, Any]]:
    db.session.rollback()
    db.session.expire_all()
    rows = db.session.scalars(select(model).order_by(model.__table__.c.id)).all()
    names = {column.key for column in model.__table__.columns} - OWN_COLUMNS
    return [{name: _plain(getattr(row, name)) for name in names} for row in rows]


def _plain(value: Any) -> Any:
    return OWN_WORDS.sub("", value.replace("\r\n ", "")) if isinstance(value, str) else value
