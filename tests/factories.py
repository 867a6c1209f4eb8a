"""People, places and visits for tests, with good defaults; every value can be named."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any, TypeVar

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slot_ids import encode_slot
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.domain.wall_clock import minute_of, to_instant
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    Appointment,
    Clinic,
    Credential,
    CreditBundle,
    CreditEntry,
    Doctor,
    ExclusionDate,
    Invoice,
    Patient,
    Plan,
    Subscription,
    Treatment,
    WorkingHours,
)
from medimeet.services import passwords
from medimeet.services.access import Actor
from medimeet.writing import command

PASSWORD = "a calm blue morning"

Row = TypeVar("Row", bound=Base)
_numbers = count(1)


@command
def save(row: Row) -> Row:
    """`row`, written and committed."""
    db.session.add(row)
    db.session.flush()
    return row


def make_clinic(**given: Any) -> Clinic:
    values = {
        "name": "Riverside Clinic",
        "time_zone": "Europe/London",
        "country": "GB",
        "phone": "+44 20 7946 0000",
        "email": "desk@riverside.example",
        "address": "1 River Street, London",
        "emergency_number": "999",
    }
    return save(Clinic(**values | given))


def make_account(clinic: Clinic | None, role: Role = Role.PATIENT, **given: Any) -> Account:
    """An account with the password PASSWORD."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "username": f"{role.value}{number}",
        "email": f"{role.value}{number}@people.example",
        "email_verified_at": clock.now(),
        "first_name": "Pat",
        "last_name": f"Person{number}",
    }
    account = Account(clinic_id=clinic.id if clinic else None, role=role, **values | given)
    account.credential = Credential(password_hash=_hash_of(PASSWORD))
    return save(account)


def make_admin(clinic: Clinic, **given: Any) -> Account:
    return make_account(clinic, Role.ADMIN, **given)


def make_superuser(**given: Any) -> Account:
    return make_account(None, Role.SUPERUSER, **given)


def make_patient(clinic: Clinic, **given: Any) -> Patient:
    account = make_account(clinic, Role.PATIENT, **given)
    return save(Patient(clinic_id=clinic.id, account_id=account.id))


def make_doctor(clinic: Clinic, *, works: bool = True, verified: bool = True, fee: int = 40, **given: Any) -> Doctor:
    """A verified doctor who works on weekdays from 09:00 to 17:00 in half hours."""
    account = make_account(clinic, Role.DOCTOR if verified else Role.PATIENT, **given)
    doctor = Doctor(
        clinic_id=clinic.id, account_id=account.id, fee=Decimal(fee), verified_at=clock.now() if verified else None
    )
    save(doctor)
    if works:
        _work_on_weekdays(doctor)
    return doctor


def make_hours(
    doctor: Doctor,
    *,
    day_of_week: int | None = None,
    date: date | None = None,
    start: str = "09:00",
    end: str = "17:00",
    slot_minutes: int = 30,
) -> WorkingHours:
    return save(
        WorkingHours(
            clinic_id=doctor.clinic_id,
            doctor_id=doctor.id,
            day_of_week=day_of_week,
            date=date,
            start_minute=minute_of(time.fromisoformat(start)),
            end_minute=1440 if end == "24:00" else minute_of(time.fromisoformat(end)),
            slot_minutes=slot_minutes,
        )
    )


def weekly_hours(doctor: Doctor, day_of_week: int) -> WorkingHours:
    """09:00 to 17:00 in half hours, not written yet."""
    hours = {"day_of_week": day_of_week, "start_minute": 9 * 60, "end_minute": 17 * 60, "slot_minutes": 30}
    return WorkingHours(clinic_id=doctor.clinic_id, doctor_id=doctor.id, **hours)


@command
def _work_on_weekdays(doctor: Doctor) -> None:
    db.session.add_all(weekly_hours(doctor, day) for day in range(5))


def make_exclusion(doctor: Doctor, day: date, **given: Any) -> ExclusionDate:
    return save(ExclusionDate(clinic_id=doctor.clinic_id, doctor_id=doctor.id, date=day, **given))


def make_treatment(clinic: Clinic, *doctors: Doctor, **given: Any) -> Treatment:
    """A half-hour consultation that `doctors` give."""
    values = {"name": "Consultation", "price": Decimal("45.00"), "duration_minutes": 30}
    treatment = Treatment(clinic_id=clinic.id, **values | given)
    treatment.doctors = list(doctors)
    return save(treatment)


def make_appointment(doctor: Doctor, patient: Patient, starts_at: datetime, **given: Any) -> Appointment:
    """A scheduled half hour, written as it is: past the rules of booking, not past the database's."""
    values: dict[str, Any] = {"ends_at": starts_at + timedelta(minutes=30), "status": AppointmentStatus.SCHEDULED}
    return save(
        Appointment(
            clinic_id=doctor.clinic_id,
            doctor_id=doctor.id,
            patient_id=patient.id,
            starts_at=starts_at,
            **values | given,
        )
    )


def make_subscription(clinic: Clinic, credits: int = 0, plan: Plan | None = None, **given: Any) -> Subscription:
    """A clinic on a plan, with so many credits in its ledger."""
    today = clock.today(clinic.zone)
    values = {"plan_id": (plan or make_plan()).id, "started_on": today, "ends_on": today + timedelta(days=30)}
    subscription = save(Subscription(clinic_id=clinic.id, credits_left=credits, **values | given))
    if credits:
        save(CreditEntry(clinic_id=clinic.id, change=credits, left=credits, reason="Credits to begin with"))
    return subscription


def make_plan(**given: Any) -> Plan:
    values = {"name": f"Plan {next(_numbers)}", "monthly_price": Decimal(49), "monthly_credits": 200}
    return save(Plan(**values | given))


def make_bundle(**given: Any) -> CreditBundle:
    values = {"name": f"Bundle {next(_numbers)}", "price": Decimal(10), "credits": 100}
    return save(CreditBundle(**values | given))


def make_invoice(clinic: Clinic, plan: Plan, **given: Any) -> Invoice:
    """What the clinic owes for a month of the plan."""
    values = {"description": f"{plan.name}, one month", "amount": plan.monthly_price, "credits": plan.monthly_credits}
    number = f"2026-{next(_numbers):04d}"
    return save(Invoice(clinic_id=clinic.id, plan_id=plan.id, number=number, **values | given))


def at(clinic: Clinic, day: date, wall_time: str) -> datetime:
    """The instant of a time on the clinic's wall clock."""
    return to_instant(day, minute_of(time.fromisoformat(wall_time)), clinic.zone)


def slot_at(doctor: Doctor, clinic: Clinic, day: date, wall_time: str) -> int:
    """The id of the doctor's slot that starts then."""
    return encode_slot(doctor.id, at(clinic, day, wall_time))


def actor_of(person: Account | Patient | Doctor, clinic: Clinic) -> Actor:
    """The person as services see them."""
    account = person if isinstance(person, Account) else person.account
    return Actor(account, clinic)


@cache
def _hash_of(password: str) -> str:
    return passwords.hashed(password)
