"""What anybody may know of the clinic: how to reach it, when its doctors see patients, treatments, doctors."""

from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from sqlalchemy import select

from medimeet.db import db
from medimeet.domain.wall_clock import text_of
from medimeet.models import Clinic, Doctor, Treatment, WorkingHours
from medimeet.services import bookable, clinic_services, doctors, treatments
from medimeet.services.access import Actor
from medimeet.services.assistant.arguments import Arguments
from medimeet.services.contact_details import readable_phone
from medimeet.services.message_texts import one_line

MOST = 20
_LONGEST_NAME = 120
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def of_clinic(actor: Actor, _arguments: Arguments) -> dict[str, Any]:
    """How to reach the clinic and when doctors see patients, by weekday on the clinic's wall clock."""
    clinic = actor.clinic
    return {
        "name": plain(clinic.name),
        "address": ", ".join(plain(line).rstrip(",") for line in clinic.address.splitlines() if line.strip()),
        "phone": plain(readable_phone(clinic.phone)) if clinic.phone else "",
        "email": clinic.email,
        "emergency_number": plain(clinic.number_in_danger),
        "time_zone": clinic.time_zone,
        "doctors_see_patients": _hours(clinic),
        "services": [plain(service.name) for service in clinic_services.offered(actor)[:MOST]],
    }


def of_treatments(actor: Actor, _arguments: Arguments) -> dict[str, Any]:
    """The treatments that some doctor gives at present, by name."""
    page = bookable.treatments(actor, per_page=MOST)
    return {
        "treatments": [treatment_in_short(treatment, actor.clinic) for treatment in page.items],
        "more": bool(page.has_next),
    }


def of_doctors(actor: Actor, arguments: Arguments) -> dict[str, Any]:
    """The doctors who can be booked, by name; with `treatment_id` those who give it. Raises NotFound."""
    treatment_id = arguments.optional_number("treatment_id")
    treatment = treatments.find(actor, treatment_id) if treatment_id is not None else None
    found = [each for each in doctors.working(actor) if treatment is None or treatment in each.treatments]
    return {"doctors": [_doctor(doctor) for doctor in found[:MOST]], "more": len(found) > MOST}


def treatment_in_short(treatment: Treatment, clinic: Clinic) -> dict[str, Any]:
    """A treatment's id, name, length and price."""
    return {
        "treatment_id": treatment.id,
        "name": plain(treatment.name),
        "minutes": treatment.duration_minutes,
        "price": money(treatment.price, clinic),
    }


def money(amount: Decimal, clinic: Clinic) -> str:
    """'£45.00': an amount in the clinic's currency."""
    return str(format_currency(amount, clinic.currency, locale="en_GB"))


def plain(name: str) -> str:
    """A name that people wrote, on one line and not too long: it is data, and may try to be more."""
    return one_line(name)[:_LONGEST_NAME]


def _doctor(doctor: Doctor) -> dict[str, Any]:
    return {
        "doctor_id": doctor.id,
        "name": plain(doctor.name),
        "specialties": [plain(each.name) for each in doctor.specialties],
        "languages": [plain(each.name) for each in doctor.languages],
        "treatments": [plain(each.name) for each in doctor.offered_treatments[:MOST]],
    }


def _hours(clinic: Clinic) -> dict[str, str]:
    """'09:00 to 17:00' for each weekday on which a doctor sees patients; two of them, with a comma, around a gap."""
    of_weekdays = (
        select(WorkingHours)
        .join(Doctor, Doctor.id == WorkingHours.doctor_id)
        .where(Doctor.clinic_id == clinic.id, Doctor.takes_patients, WorkingHours.day_of_week.is_not(None))
        .order_by(WorkingHours.start_minute)
    )
    declared = list(db.session.scalars(of_weekdays))
    days = {
        name: _joined([(row.start_minute, row.end_minute) for row in declared if row.day_of_week == number])
        for number, name in enumerate(WEEKDAYS)
    }
    return {name: told for name, told in days.items() if told}


def _joined(spans: list[tuple[int, int]]) -> str:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return ", ".join(f"{text_of(start)} to {text_of(end)}" for start, end in joined)
