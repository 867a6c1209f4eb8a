"""What every template may use: the clinic, the person, the way around, and dates in the clinic's own words."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fnmatch import fnmatch
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from flask import Flask, current_app, request, url_for
from sqlalchemy.exc import DBAPIError

from medimeet.domain.statuses import Role
from medimeet.domain.wall_clock import to_wall, zone_label
from medimeet.errors import MediMeetError
from medimeet.models import Account
from medimeet.services.access import Actor
from medimeet.web.signed_in import current_actor

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main menu; `current` where the page is within it."""

    label: str
    url: str
    current: bool


# Label, the page it leads to, and the pages that belong to it (patterns of endpoints).
VISITOR = (
    ("Treatments", "patient_booking.treatment_list", "*.view_treatment"),
    ("About the clinic", "clinic_admin.clinic_portfolio"),
    ("Contact", "clinic_admin.contact"),
)
PATIENT = (
    ("My visits", "patient_booking.view_appointments", "patient_booking.*appointment*", "*.review_visit"),
    (
        "Book a visit",
        "patient_booking.treatment_list_for_new_appointment_booking",
        "*.get_doctors_for_treatment",
        "*.available_slots*",
        "*.book_slot",
    ),
    ("Treatments", "patient_booking.treatment_list", "*.view_treatment"),
    ("The clinic", "clinic_admin.view_clinic_details", "clinic_admin.contact"),
)
DOCTOR = (
    ("My day", "doctor_schedule.day"),
    ("My week", "doctor_schedule.week"),
    ("Visits", "doctor_schedule.doctor_appointments", "*.appointment_details", "*medical_record"),
    ("Working hours", "doctor_schedule.doctor_slots_and_excluded_dates_list", "doctor_schedule.*slot*", "*exclu*"),
)
ADMIN = (
    ("Today", "clinic_admin.dashboard"),
    ("Appointments", "clinic_admin.appointments", "patient_booking.*"),
    ("Patients", "clinic_admin.list_patients", "clinic_admin.*patient*"),
    ("Doctors", "clinic_admin.list_doctors", "clinic_admin.*doctor*", "*.applications"),
    ("Treatments", "treatments.list_treatments", "treatments.*"),
    ("Clinic", "clinic_admin.admin_clinic_details", "*.edit_clinic_details", "*.lists", "*word", "*service*"),
    ("Enquiries", "clinic_admin.messages"),
    ("Outbox", "outbox.messages", "outbox.*"),
)
OUTBOX = ("Outbox", "outbox.messages", "outbox.*")
MENUS = {None: VISITOR, Role.PATIENT: PATIENT, Role.DOCTOR: DOCTOR, Role.ADMIN: ADMIN, Role.SUPERUSER: ADMIN}


def start(app: Flask) -> None:
    """Gives every template of `app` its values and filters."""
    app.context_processor(values)
    app.jinja_env.filters.update(day=day, date=calendar_date, clock=clock_time, when=when, zone=zone_name, money=money)


def values() -> dict[str, Any]:
    """`clinic`, `account`, `navigation`, `theme`, `is_demo`, `emergency_number`.

    Actor, clinic and account are None where no clinic is set up or the database is away: error pages never fail.
    """
    actor = _actor()
    theme = request.cookies.get("theme")
    return {
        "actor": actor,
        "clinic": actor.clinic if actor else None,
        "account": actor.account if actor else None,
        "navigation": navigation_of(actor.account if actor else None),
        "emergency_number": actor.clinic.emergency_number if actor else None,
        "theme": theme if theme in THEMES else None,
        "is_demo": current_app.config["DEMO"],
    }


def navigation_of(account: Account | None) -> list[NavigationItem]:
    """The main menu of a role, or of a visitor; in the demo with the outbox, where everybody reads the mails."""
    entries = MENUS[account.role if account is not None else None]
    if current_app.config["DEMO"] and OUTBOX not in entries:
        entries = (*entries, OUTBOX)
    return [
        NavigationItem(label, url_for(endpoint), is_here(endpoint, *within)) for label, endpoint, *within in entries
    ]


def is_here(*patterns: str) -> bool:
    """Whether the page asked for is one of these endpoints."""
    return any(fnmatch(request.endpoint or "", pattern) for pattern in patterns)


def day(value: datetime | date, short: bool = False) -> str:
    """'Tuesday 24 November 2026' of an instant in the clinic's zone, or of a date; short: 'Tue 24 Nov'."""
    local = _local(value) if isinstance(value, datetime) else value
    return f"{local:%a} {local.day} {local:%b}" if short else f"{local:%A} {local.day} {local:%B} {local.year}"


def calendar_date(value: date) -> str:
    """'24 November 1960' of a date that is long past, whose weekday nobody asks for."""
    return f"{value.day} {value:%B} {value.year}"


def clock_time(value: datetime | time) -> str:
    """'09:00' of an instant in the clinic's zone, or of a wall-clock time."""
    return f"{_local(value) if isinstance(value, datetime) else value:%H:%M}"


def when(value: datetime) -> str:
    """'Tuesday 24 November 2026, 09:00 (Europe/London, GMT)' of an instant."""
    return f"{day(value)}, {clock_time(value)} ({zone_name(value)})"


def zone_name(value: datetime) -> str:
    """'Europe/London, GMT': the clinic's zone, and what its time is called at that instant."""
    zone = _zone()
    label = zone_label(value, zone)
    return zone.key if label == zone.key else f"{zone.key}, {label}"


def money(amount: Decimal | int) -> str:
    """'£45.00': an amount in the clinic's currency."""
    return format_currency(amount, current_actor().clinic.currency, locale="en_GB")


def _local(value: datetime) -> datetime:
    return to_wall(value, _zone())


def _zone() -> ZoneInfo:
    return current_actor().clinic.zone


def _actor() -> Actor | None:
    try:
        return current_actor()
    except (MediMeetError, DBAPIError):
        return None
