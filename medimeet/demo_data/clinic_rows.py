"""The demo clinics as rows: lists, treatments, people, working hours, credits. All within the running command."""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from medimeet import clock
from medimeet.db import db
from medimeet.demo_data import credit_rows
from medimeet.demo_data.people import DemoClinic, Person
from medimeet.domain.statuses import Role
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    Clinic,
    ClinicService,
    Credential,
    Designation,
    Doctor,
    Language,
    Patient,
    Plan,
    Specialty,
    Treatment,
    WorkingHours,
)
from medimeet.services import day_grid

# Before the demo's first visit, so that everybody was there when it was booked.
OPENED = timedelta(days=60)
WEEKDAYS = range(5)
OPENS_AT, CLOSES_AT, SLOT_MINUTES = 9 * 60, 17 * 60, 30

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class People:
    """The rows of one clinic that its visits refer to, by username and by name."""

    clinic: Clinic
    doctors: dict[str, Doctor]
    patients: dict[str, Patient]
    treatments: dict[str, Treatment]


@dataclass(frozen=True, slots=True)
class Words:
    """What one clinic's doctors are described by, by name."""

    specialties: dict[str, Specialty]
    designations: dict[str, Designation]
    languages: dict[str, Language]


def email_of(person: Person) -> str:
    """The e-mail address of a demo person."""
    return f"{person.username}@clinic.example"


def add_clinic(described: DemoClinic, plan: Plan, superuser: Account, password_hash: str) -> People:
    """One clinic with everything that it has but visits."""
    now = clock.now()
    clinic = Clinic(
        name=described.name,
        domain=described.domain,
        time_zone=described.time_zone,
        country=described.country,
        currency=described.currency,
        phone=described.phone,
        email=described.email,
        address=described.address,
        about=described.about,
        emergency_number=described.emergency_number,
        created_at=now - OPENED,
    )
    _save(clinic)
    day_grid.add_missing(clinic.id)
    for name, description in described.services:
        _save(ClinicService(clinic_id=clinic.id, name=name, description=description))
    credit_rows.add_subscription(clinic, plan, described.credits, superuser)
    people = People(clinic, {}, {}, _add_treatments(clinic, described))
    words = _add_words(clinic, described)
    for person in described.people:
        _add_person(person, people, words, password_hash)
    return people


def add_account(person: Person, clinic: Clinic | None, password_hash: str) -> Account:
    """An account with verified e-mail and mobile number, and the demo's password."""
    opened = clock.now() - OPENED
    return _save(
        Account(
            clinic_id=clinic.id if clinic else None,
            role=person.role,
            public_id=uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email_of(person)}"),
            username=person.username,
            email=email_of(person),
            email_verified_at=opened,
            mobile=person.mobile,
            mobile_as_sent=person.mobile,
            mobile_verified_at=opened if person.mobile else None,
            first_name=person.first_name,
            last_name=person.last_name,
            gender=person.gender,
            date_of_birth=person.date_of_birth,
            address=person.address,
            bio=person.bio,
            created_at=opened,
            credential=Credential(password_hash=password_hash, changed_at=opened),
        )
    )


def _add_person(person: Person, people: People, words: Words, password_hash: str) -> None:
    account = add_account(person, people.clinic, password_hash)
    if person.role == Role.DOCTOR:
        people.doctors[person.username] = _add_doctor(person, account, people, words)
    elif person.role == Role.PATIENT:
        people.patients[person.username] = _save(
            Patient(
                clinic_id=people.clinic.id,
                account=account,
                phone=person.mobile or "",
                blood_group=person.blood_group,
                emergency_contact=person.emergency_contact,
                created_at=account.created_at,
            )
        )


def _add_doctor(person: Person, account: Account, people: People, words: Words) -> Doctor:
    doctor = _save(
        Doctor(
            clinic_id=people.clinic.id,
            account=account,
            fee=Decimal(person.fee),
            years_of_experience=person.years_of_experience,
            shows_contact=False,
            verified_at=account.created_at,
            created_at=account.created_at,
            specialties=[words.specialties[name] for name in person.specialties],
            designations=[words.designations[name] for name in person.designations],
            languages=[words.languages[name] for name in person.languages],
            treatments=[people.treatments[name] for name in person.treatments],
        )
    )
    for day in WEEKDAYS:
        _save(
            WorkingHours(
                clinic_id=people.clinic.id,
                doctor_id=doctor.id,
                day_of_week=day,
                start_minute=OPENS_AT,
                end_minute=CLOSES_AT,
                slot_minutes=SLOT_MINUTES,
            )
        )
    return doctor


def _add_treatments(clinic: Clinic, described: DemoClinic) -> dict[str, Treatment]:
    return {
        offer.name: _save(
            Treatment(
                clinic_id=clinic.id,
                name=offer.name,
                description=offer.description,
                instructions=offer.instructions,
                price=Decimal(offer.price),
                duration_minutes=offer.minutes,
            )
        )
        for offer in described.treatments
    }


def _add_words(clinic: Clinic, described: DemoClinic) -> Words:
    return Words(
        {name: _save(Specialty(clinic_id=clinic.id, name=name, slug=_slug(name))) for name in described.specialties},
        {name: _save(Designation(clinic_id=clinic.id, name=name, slug=_slug(name))) for name in described.designations},
        {name: _save(Language(clinic_id=clinic.id, name=name)) for name in described.languages},
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _save(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()  # in this order, so that every install has the same ids
    return row
