"""The main menu of each role, and which of its entries the page asked for belongs to."""

from dataclasses import dataclass
from fnmatch import fnmatch

from flask import current_app, request, url_for

from medimeet.domain.statuses import Role
from medimeet.models import Account


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the main menu; `current` where the page is within it."""

    label: str
    url: str
    current: bool


# Label, the page it leads to, and the pages that belong to it (patterns of endpoints).
VISITOR = (
    ("The clinic", "auth.front_page"),
    ("Contact", "clinic_admin.contact"),
)
PATIENT = (
    ("My visits", "patient_booking.view_appointments", "*.appointment_details", "*_appointment", "*.review_visit"),
    (
        "Book a visit",
        "patient_booking.treatment_list_for_new_appointment_booking",
        "*.get_doctors_for_treatment",
        "*.available_slots*",
        "*.book_slot",
        "*.appointment_success",
    ),
    ("Treatments", "patient_booking.treatment_list", "*.view_treatment"),
    ("Assistant", "assistant.assistant", "assistant.*"),
    ("The clinic", "clinic_admin.view_clinic_details", "clinic_admin.contact"),
)
DOCTOR = (
    ("My day", "doctor_schedule.day"),
    ("My week", "doctor_schedule.week"),
    ("Visits", "doctor_schedule.doctor_appointments", "*.appointment_details", "*medical_record"),
    ("Patients", "clinic_admin.list_patients", "clinic_admin.view_patient"),
    ("Working hours", "doctor_schedule.doctor_slots_and_excluded_dates_list", "doctor_schedule.*slot*", "*exclu*"),
    ("Assistant", "assistant.assistant", "assistant.*"),
)
ADMIN = (
    ("Today", "clinic_admin.dashboard"),
    ("Appointments", "clinic_admin.appointments", "patient_booking.*"),
    ("Patients", "clinic_admin.list_patients", "clinic_admin.*patient*"),
    ("Doctors", "clinic_admin.list_doctors", "clinic_admin.*doctor*", "*.applications"),
    ("Treatments", "treatments.list_treatments", "treatments.*"),
    (
        "Clinic",
        "clinic_admin.admin_clinic_details",
        "*.edit_clinic_details",
        "clinic_admin.*chatbot*",
        "clinic_admin.*assistant*",
        "*.lists",
        "*word",
        "*service*",
        "subscription.*",
        "clinic_admin.messages",
    ),
    ("Outbox", "outbox.messages", "outbox.*"),
)
OUTBOX = ("Outbox", "outbox.messages", "outbox.*")
MENUS = {None: VISITOR, Role.PATIENT: PATIENT, Role.DOCTOR: DOCTOR, Role.ADMIN: ADMIN, Role.SUPERUSER: ADMIN}


def menu_of(account: Account | None) -> list[MenuItem]:
    """The main menu of a role, or of a visitor; in the demo with the outbox, where everybody reads the mails."""
    entries = MENUS[account.role if account is not None else None]
    if current_app.config["DEMO"] and OUTBOX not in entries:
        entries = (*entries, OUTBOX)
    return [MenuItem(label, url_for(endpoint), is_here(endpoint, *within)) for label, endpoint, *within in entries]


def is_here(*patterns: str) -> bool:
    """Whether the page asked for is one of these endpoints."""
    return any(fnmatch(request.endpoint or "", pattern) for pattern in patterns)
