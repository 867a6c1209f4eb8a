"""A patient of whom every table knows something, each with its own canary: a word that stands nowhere else."""

import uuid
from datetime import date, timedelta

from medimeet import clock
from medimeet.config import data_path
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import (
    Account,
    Appointment,
    Clinic,
    ContactMessage,
    ConversationErasure,
    ConversationMessage,
    Doctor,
    EmergencyAccess,
    IdempotencyKey,
    MedicalHistoryEntry,
    Notification,
    OneTimeCode,
    OneTimeLink,
    Patient,
    Proposal,
    RecoveryCode,
    Review,
    SecondFactor,
)
from medimeet.services import records, sessions, tokens
from medimeet.services.assistant import prompts
from medimeet.writing import command
from tests import factories
from tests.factories import actor_of
from tests.portal.people_pages import picture

# What must be gone, wherever it stood, once the person is erased.
GONE = (
    "canary-first", "canary-last", "canary-user", "canary@people.example", "7400123987", "canary street",
    "canary kin", "canary biography", "canary-browser", "canary praise", "canary question", "canary enquiry",
    "canary-subject", "canary-program", "canary-canceled-reason", "canary fall",
)  # fmt: skip
HELD = ("canary cough", "canary asthma", "canary reason")  # the record, which the law keeps; sealed


def make(clinic: Clinic, doctor: Doctor) -> Patient:
    """The patient, with a finished visit with a record, one to come, and whatever else there can be."""
    patient = factories.make_patient(
        clinic, first_name="canary-first", last_name="canary-last", username="canary-user",
        email="canary@people.example", mobile="+447400123987", mobile_as_sent="07400123987",
        mobile_verified_at=clock.now(),
        address="canary street 1", bio="canary biography", gender="female", date_of_birth=date(1950, 3, 4),
    )  # fmt: skip
    now = clock.now()
    past = factories.make_appointment(
        doctor, patient, now - timedelta(days=30), status=AppointmentStatus.COMPLETED, reason="canary reason"
    )
    to_come = factories.make_appointment(doctor, patient, now + timedelta(days=3), reason="canary-canceled-reason")
    records.write(actor_of(doctor, clinic), past.id, "canary cough")
    person = patient.account
    sessions.start_session(person, "192.0.2.77", "canary-browser")
    tokens.issue_access(person)
    prompts.write(actor_of(patient, clinic))
    _add_rows(clinic, doctor, patient, past, to_come)
    return patient


@command
def _add_rows(clinic: Clinic, doctor: Doctor, patient: Patient, past: Appointment, to_come: Appointment) -> None:
    now, person = clock.now(), patient.account
    later = now + timedelta(days=1)
    of_patient = {"clinic_id": clinic.id, "patient_id": patient.id}
    to_cancel = {"deed": "cancel", "appointment_id": to_come.id}
    code = {"verification_id": "v1", "number": "+447400123987", "code_hash": "b" * 64}
    db.session.merge(patient).phone = "020 7400 123 987"
    db.session.merge(patient).emergency_contact = "canary kin"
    db.session.add_all(
        [
            MedicalHistoryEntry(condition="canary asthma", **of_patient),
            Review(doctor_id=doctor.id, appointment_id=past.id, rating=4, body="canary praise", **of_patient),
            EmergencyAccess(account_id=doctor.account_id, reason="canary fall", expires_at=later, **of_patient),
            _mail(person, past),
            _said(person, "canary question"),
            ConversationErasure(account_id=person.id, until=now - timedelta(days=9)),
            ContactMessage(clinic_id=clinic.id, name="canary-first", phone="+44 7400 123987", message="canary enquiry"),
            Proposal(public_id="p1", clinic_id=clinic.id, account_id=person.id, expires_at=later, **to_cancel),
            IdempotencyKey(account_id=person.id, key="once", fingerprint="f", appointment_id=to_come.id),
            SecondFactor(account_id=person.id, secret="JBSWY3DPEHPK3PXP"),
            RecoveryCode(account_id=person.id, code_hash="a" * 64),
            OneTimeCode(account_id=person.id, expires_at=later, **code),
            OneTimeLink(token_hash="c" * 64, purpose="verify", account_id=person.id, expires_at=later),
        ]
    )  # fmt: skip
    account = db.session.get_one(Account, person.id)
    account.picture = "0123456789abcdef0123456789abcdef.jpg"
    file = data_path("uploads", account.picture)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(picture(kind="JPEG"))


def _mail(person: Account, visit: Appointment) -> Notification:
    return Notification(
        clinic_id=person.clinic_id, account_id=person.id, appointment_id=visit.id, channel="email", kind="booked",
        recipient=person.email, subject="canary-subject", body="Hello canary-first", state="sent", dedupe_key="life",
    )  # fmt: skip


def _said(person: Account, text: str) -> ConversationMessage:
    return ConversationMessage(
        event_id=str(uuid.uuid4()), clinic_id=person.clinic_id, account_id=person.id, role="person", kind="message",
        source="typed", text=text,
    )  # fmt: skip
