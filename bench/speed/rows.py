"""A clinic of any size, written fast, the same for the same seed: doctors, patients, slots of which some are booked.

Appointments are written past our code but not past the database's rules: see `visits`.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import insert

from bench.speed import visits
from medimeet import clock
from medimeet.db import db
from medimeet.domain.references import ALPHABET
from medimeet.domain.slot_ids import encode_slot
from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic, Doctor, Patient, Treatment, WorkingHours
from medimeet.models.doctor import doctor_treatment
from medimeet.services import day_grid, tokens
from medimeet.writing import command

ZONE = "Asia/Kolkata"  # its clocks are never changed, so that the bench is the same all year round
FIRST_MINUTE, SLOT_MINUTES, SLOTS_A_DAY = 9 * 60, 30, 24  # the day's grid


@dataclass(frozen=True)
class Size:
    """How much there is: doctors, days from tomorrow on, days before that, the share of the slots that is booked."""

    doctors: int = 50
    days: int = 60
    days_before: int = 0
    share: float = 0.3
    seed: int = 1

    @property
    def patients(self) -> int:
        """Enough of them that each has one visit at a time at most, and somebody is left to book what is free."""
        return max(400, 2 * self.doctors)


@dataclass(frozen=True)
class SlotRow:
    """One slot: whose, when (UTC), who has it or could book it, and whether it is booked."""

    doctor_id: int
    patient: int
    starts_at: datetime
    is_booked: bool

    @property
    def id(self) -> int:
        return encode_slot(self.doctor_id, self.starts_at)


@dataclass(frozen=True)
class Filled:
    """What was written: the ids, and a token for each patient and for the admin."""

    size: Size
    first_day: date
    treatment_id: int
    doctor_ids: list[int]
    patient_ids: list[int]
    patient_tokens: list[str]
    admin_token: str
    appointments: int

    def slots(self) -> Iterator[SlotRow]:
        """Every slot in order of time, the same each time it is asked."""
        return _slots(self.size, self.first_day, self.doctor_ids)


def fill(app: Flask, size: Size) -> Filled:
    """Writes the clinic into the migrated, empty database of `app`."""
    with app.app_context():
        clinic_id, treatment_id, doctor_ids, patient_ids = _add_people(size)
        first_day = clock.today(db.session.get_one(Clinic, clinic_id).zone) + timedelta(days=1)
        db.session.remove()  # what it has read stays locked until then, and the constraints come down
        with db.engine.begin() as connection:
            rows = _visits(size, first_day, clinic_id, treatment_id, doctor_ids, patient_ids)
            count = visits.write(connection, rows)
        patient_tokens, admin_token = _tokens(clinic_id)
        db.session.remove()
        return Filled(size, first_day, treatment_id, doctor_ids, patient_ids, patient_tokens, admin_token, count)


@command
def _add_people(size: Size) -> tuple[int, int, list[int], list[int]]:
    clinic = Clinic(name="Hillside Clinic", time_zone=ZONE, country="IN", phone="+91 80 4946 0123")
    clinic.email, clinic.address = "desk@hillside.example", "1 Hill Street, Bengaluru"
    db.session.add(clinic)
    db.session.flush()
    day_grid.add_missing(clinic.id)
    treatment = Treatment(clinic_id=clinic.id, name="Consultation", price=Decimal(45), duration_minutes=30)
    longer = Treatment(clinic_id=clinic.id, name="Long consultation", price=Decimal(80), duration_minutes=60)
    db.session.add_all([treatment, longer])
    db.session.flush()
    now = clock.now()
    people = [_person(clinic.id, Role.DOCTOR, number) for number in range(size.doctors)]
    people += [_person(clinic.id, Role.PATIENT, number) for number in range(size.patients)]
    people.append(_person(clinic.id, Role.ADMIN, 0))
    account_ids = list(db.session.scalars(insert(Account).returning(Account.id, sort_by_parameter_order=True), people))
    who = {"clinic_id": clinic.id}
    doctor_ids = list(
        db.session.scalars(
            insert(Doctor).returning(Doctor.id, sort_by_parameter_order=True),
            [who | {"account_id": each, "fee": 45, "verified_at": now} for each in account_ids[: size.doctors]],
        )
    )
    patient_ids = list(
        db.session.scalars(
            insert(Patient).returning(Patient.id, sort_by_parameter_order=True),
            [who | {"account_id": each} for each in account_ids[size.doctors : -1]],
        )
    )
    hours = {"start_minute": FIRST_MINUTE, "end_minute": FIRST_MINUTE + SLOTS_A_DAY * SLOT_MINUTES}
    declared = who | hours | {"slot_minutes": SLOT_MINUTES}
    db.session.execute(
        insert(WorkingHours),
        [declared | {"doctor_id": each, "day_of_week": day} for each in doctor_ids for day in range(7)],
    )
    db.session.execute(
        insert(doctor_treatment),
        [{"doctor_id": each, "treatment_id": row.id} for each in doctor_ids for row in (treatment, longer)],
    )
    return clinic.id, treatment.id, doctor_ids, patient_ids


def _person(clinic_id: int, role: Role, number: int) -> dict[str, Any]:
    name = f"{role.value}{number}"
    return {
        "clinic_id": clinic_id,
        "role": role,
        "username": name,
        "email": f"{name}@people.example",
        "email_verified_at": clock.now(),
        "first_name": "Grace",
        "last_name": f"Whitfield {number}",
    }


def _slots(size: Size, first_day: date, doctor_ids: list[int]) -> Iterator[SlotRow]:
    dice = random.Random(size.seed)
    for number in range(-size.days_before, size.days):
        day = first_day + timedelta(days=number)
        midnight = datetime.combine(day, time(), ZoneInfo(ZONE)).astimezone(UTC)
        for step in range(SLOTS_A_DAY):
            starts_at = midnight + timedelta(minutes=FIRST_MINUTE + step * SLOT_MINUTES)
            turn = dice.randrange(size.patients)
            for place, doctor_id in enumerate(doctor_ids):
                patient = (place + turn) % size.patients
                yield SlotRow(doctor_id, patient, starts_at, dice.random() < size.share)


def _visits(
    size: Size, first_day: date, clinic_id: int, treatment_id: int, doctor_ids: list[int], patient_ids: list[int]
) -> Iterator[tuple[Any, ...]]:
    made_at, now = datetime(2026, 1, 1, tzinfo=UTC), clock.now()
    length = timedelta(minutes=SLOT_MINUTES)
    booked = (slot for slot in _slots(size, first_day, doctor_ids) if slot.is_booked)
    for number, slot in enumerate(booked):
        ends_at = slot.starts_at + length
        status = "completed" if ends_at < now else "scheduled"
        yield (
            uuid.UUID(int=(8 << 76 | 2 << 62) + number),
            _reference(number),
            clinic_id,
            slot.doctor_id,
            patient_ids[slot.patient],
            treatment_id,
            slot.starts_at,
            ends_at,
            status,
            "",
            "Offline",
            45,
            "portal",
            0,
            made_at,
            made_at,
        )


def _reference(number: int) -> str:
    letters = ""
    for _ in range(8):
        number, letter = divmod(number, len(ALPHABET))
        letters += ALPHABET[letter]
    return f"{letters[:4]}-{letters[4:]}"


@command
def _tokens(clinic_id: int) -> tuple[list[str], str]:
    found = db.session.scalars(db.select(Account).where(Account.clinic_id == clinic_id).order_by(Account.id))
    accounts = [account for account in found if account.role in {Role.PATIENT, Role.ADMIN}]
    made = [tokens.add_token(each, tokens.ACCESS, f"bench-{each.id}", timedelta(days=1)) for each in accounts]
    return made[:-1], made[-1]
