"""The invariants see what the guards would have refused, on both databases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text, update

from medimeet import clock, demo_data
from medimeet.db import db
from medimeet.models import Appointment, Notification
from medimeet.services import invariants


@pytest.fixture
def without_guards(app: Flask) -> Iterator[Connection]:
    """The demo data in a transaction that is rolled back at the end, without the guards of appointments."""
    demo_data.load()
    db.session.remove()
    with db.engine.connect().execution_options(writes=True) as connection:
        for name in ("appointment_doctor_overlap", "appointment_patient_overlap"):
            if connection.dialect.name == "sqlite":
                for event in ("insert", "update"):
                    connection.execute(text(f"DROP TRIGGER {name}_{event}"))
            else:
                connection.execute(text(f"ALTER TABLE appointment DROP CONSTRAINT {name}"))
        yield connection
        connection.rollback()


def test_a_missing_guard_is_named(without_guards: Connection) -> None:
    assert "appointment_doctor_overlap" in invariants.guards(without_guards).fault


def test_a_visit_moved_onto_another_of_its_doctor_and_patient_is_found(without_guards: Connection) -> None:
    first, second = without_guards.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.ends_at)
        .where(Appointment.patient_id == _busiest_patient(without_guards))
        .order_by(Appointment.id)
        .limit(2)
    ).all()
    moved = {"starts_at": first.starts_at + timedelta(minutes=15), "ends_at": first.ends_at + timedelta(minutes=15)}
    without_guards.execute(update(Appointment).where(Appointment.id == second.id).values(**moved))
    faults = _faults(without_guards)
    assert faults["no doctor has two visits at once"] == f"appointments {second.id}"
    assert faults["no patient has two visits at once"] == f"appointments {second.id}"


def test_visits_that_touch_are_no_overlap(without_guards: Connection) -> None:
    first, second = without_guards.execute(
        select(Appointment.id, Appointment.ends_at)
        .where(Appointment.patient_id == _busiest_patient(without_guards))
        .order_by(Appointment.id)
        .limit(2)
    ).all()
    moved = {"starts_at": first.ends_at, "ends_at": first.ends_at + timedelta(minutes=30)}
    without_guards.execute(update(Appointment).where(Appointment.id == second.id).values(**moved))
    assert not any(_faults(without_guards).values())


def test_a_hold_long_past_its_end_and_a_message_nobody_sends_are_found(without_guards: Connection) -> None:
    ago = clock.now() - timedelta(hours=1)
    without_guards.execute(
        update(Appointment).where(Appointment.status == "scheduled").values(status="pending", hold_expires_at=ago)
    )
    without_guards.execute(
        Notification.__table__.insert().values(  # type: ignore[attr-defined]
            channel="email", kind="booked", recipient="a@b.example", body="", dedupe_key="late", due_at=ago
        )
    )
    faults = _faults(without_guards)
    assert faults["no hold outlives its end"].startswith("appointments ")
    assert faults["no message waits too long"].startswith("notifications ")


def _faults(connection: Connection) -> dict[str, str]:
    return {check.name: check.fault for check in invariants.of_data(connection)}


def _busiest_patient(connection: Connection) -> int:
    found = connection.scalar(select(Appointment.patient_id).order_by(Appointment.id).limit(1))
    assert found is not None
    return found
