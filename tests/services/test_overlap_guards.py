"""The database itself refuses overlaps, whoever writes: here raw SQL, past every line of our own code."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from medimeet.database_faults import broken_rule
from medimeet.db import db
from medimeet.models import AuditEntry, Clinic, Doctor, Patient, overlap_guards
from medimeet.writing import command
from tests.factories import make_appointment, make_doctor, make_hours, make_patient, save

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@command
def insert(doctor: Doctor, patient: Patient, starts_at: datetime, minutes: int, status: str = "scheduled") -> None:
    form = "%Y-%m-%d %H:%M:%S.%f" if db.engine.dialect.name == "sqlite" else "%Y-%m-%d %H:%M:%S+00"
    number = db.session.scalar(text("SELECT count(*) FROM appointment"))
    db.session.execute(
        text(
            "INSERT INTO appointment (public_id, reference, clinic_id, doctor_id, patient_id, starts_at, ends_at,"
            " status, reason, kind, channel, sequence, created_at, updated_at) VALUES (:public_id, :reference, :clinic,"
            " :doctor, :patient, :starts_at, :ends_at, :status, '', 'Offline', 'portal', 0, :starts_at, :starts_at)"
        ),
        {
            "public_id": f"{number:032x}",
            "reference": f"RAW-{number}",
            "clinic": doctor.clinic_id,
            "doctor": doctor.id,
            "patient": patient.id,
            "starts_at": starts_at.strftime(form),
            "ends_at": (starts_at + timedelta(minutes=minutes)).strftime(form),
            "status": status,
        },
    )


@command
def execute(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)


@pytest.mark.parametrize("offset", [-29, -15, 0, 15, 29])
def test_two_visits_of_one_doctor_never_overlap(clinic: Clinic, offset: int) -> None:
    doctor = make_doctor(clinic, works=False)
    insert(doctor, make_patient(clinic), NINE, 30)
    with pytest.raises(IntegrityError) as refused:
        insert(doctor, make_patient(clinic), NINE + timedelta(minutes=offset), 30)
    assert broken_rule(refused.value) == "appointment_doctor_overlap"


def test_two_visits_of_one_patient_never_overlap(clinic: Clinic) -> None:
    patient = make_patient(clinic)
    insert(make_doctor(clinic, works=False), patient, NINE, 60)
    with pytest.raises(IntegrityError) as refused:
        insert(make_doctor(clinic, works=False), patient, NINE + timedelta(minutes=45), 30)
    assert broken_rule(refused.value) == "appointment_patient_overlap"


def test_visits_that_only_touch_are_fine(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic, works=False), make_patient(clinic)
    insert(doctor, patient, NINE, 30)
    insert(doctor, patient, NINE + timedelta(minutes=30), 30)
    insert(doctor, patient, NINE - timedelta(minutes=30), 30)


def test_the_guard_refuses_exactly_what_overlaps_however_visits_lie(clinic: Clinic) -> None:
    doctor, chance, kept = make_doctor(clinic), Random(6), list[tuple[int, int]]()
    for _try in range(120):
        start, length = chance.randrange(0, 480, 5), chance.choice((5, 15, 45, 120))
        overlaps = any(start < other_end and other_start < start + length for other_start, other_end in kept)
        patient = make_patient(clinic)
        try:
            insert(doctor, patient, NINE + timedelta(minutes=start), length)
        except IntegrityError:
            assert overlaps
        else:
            assert not overlaps
            kept.append((start, start + length))
    assert 5 < len(kept) < 100


@pytest.mark.parametrize("status", ["pending", "scheduled", "completed"])
def test_a_visit_that_takes_its_time_blocks_it(clinic: Clinic, status: str) -> None:
    doctor = make_doctor(clinic, works=False)
    insert(doctor, make_patient(clinic), NINE, 30, status)
    with pytest.raises(IntegrityError):
        insert(doctor, make_patient(clinic), NINE, 30, "pending")


@pytest.mark.parametrize("status", ["canceled", "no_show"])
def test_a_canceled_or_missed_visit_frees_its_time(clinic: Clinic, status: str) -> None:
    doctor, patient = make_doctor(clinic, works=False), make_patient(clinic)
    insert(doctor, patient, NINE, 30, status)
    insert(doctor, patient, NINE, 30)


def test_a_canceled_visit_can_not_come_back_onto_a_time_that_was_given_away(clinic: Clinic) -> None:
    doctor = make_doctor(clinic, works=False)
    gone = make_appointment(doctor, make_patient(clinic), NINE, status="canceled")
    insert(doctor, make_patient(clinic), NINE, 30)
    with pytest.raises(IntegrityError):
        execute("UPDATE appointment SET status = 'scheduled' WHERE id = :id", id=gone.id)


def test_a_visit_can_not_be_stretched_over_the_next_one(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic, works=False), make_patient(clinic)
    first = make_appointment(doctor, patient, NINE)
    second = make_appointment(doctor, make_patient(clinic), NINE + timedelta(minutes=30))
    with pytest.raises(IntegrityError):
        execute(
            "UPDATE appointment SET ends_at = (SELECT ends_at FROM appointment WHERE id = :next) WHERE id = :id",
            id=first.id,
            next=second.id,
        )


def test_hours_of_one_doctor_never_overlap(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    with pytest.raises(IntegrityError) as refused:
        make_hours(doctor, day_of_week=0, start="16:30", end="18:00")
    assert broken_rule(refused.value) == "working_hours_overlap"
    make_hours(doctor, day_of_week=0, start="17:00", end="18:00")
    make_hours(doctor, date=date(2026, 11, 28), start="09:00", end="12:00")
    with pytest.raises(IntegrityError):
        make_hours(doctor, date=date(2026, 11, 28), start="11:00", end="12:00")


def test_a_visit_belongs_to_a_doctor_and_a_patient_of_its_own_clinic(clinic: Clinic) -> None:
    from_here, elsewhere = (
        make_doctor(clinic),
        make_patient(save(Clinic(name="H", time_zone="Asia/Kolkata", country="IN"))),
    )
    with pytest.raises(IntegrityError):
        insert(from_here, elsewhere, NINE, 30)


def test_a_line_of_the_audit_log_can_be_neither_changed_nor_removed(clinic: Clinic) -> None:
    line = save(AuditEntry(clinic_id=clinic.id, deed="read", subject="record"))
    for statement in ("UPDATE audit_entry SET deed = 'x' WHERE id = :id", "DELETE FROM audit_entry WHERE id = :id"):
        with pytest.raises(DBAPIError, match="audit_entry_append_only"):
            execute(statement, id=line.id)


def test_every_guard_stands_and_a_missing_one_is_noticed(clinic: Clinic) -> None:
    with db.engine.connect() as connection:
        assert overlap_guards.missing(connection) == []
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER appointment_doctor_overlap_insert")
        else:
            connection.exec_driver_sql("ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_overlap")
        gone = overlap_guards.missing(connection)
        connection.rollback()
    assert [name.removesuffix("_insert") for name in gone] == ["appointment_doctor_overlap"]
