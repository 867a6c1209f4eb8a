"""Two clinics with everybody in them, for the walk over every route."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slot_ids import encode_slot, slot_uuid
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.models import (
    Account,
    BrowserSession,
    Clinic,
    ClinicService,
    ContactMessage,
    ConversationMessage,
    DayGridTime,
    Doctor,
    IssuedToken,
    Language,
    MedicalHistoryEntry,
    Notification,
    Proposal,
    Review,
    Specialty,
)
from medimeet.services import chatbot, sessions, tokens
from medimeet.writing import command
from tests import factories, second_factors


@dataclass
class World:
    """The ids that routes name, and the session token and the bearer token of every actor."""

    ids: dict[str, Any] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)

    def url_of(self, route: str) -> str:
        """The route with the ids of this world in place of its parameters."""
        return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda name: str(self.id_of(route, name[1])), route)

    def id_of(self, route: str, name: str) -> Any:
        """What stands for a parameter; the route's own meaning of a plain name first."""
        return self.ids.get(f"{route} {name}", self.ids[name])

    def form_of(self, route: str) -> dict[str, Any]:
        """The form that names a row of this world, where a route takes its id from the body."""
        return self.forms.get(route, {})


def make(app: Flask) -> World:
    """The world: Riverside with everybody, Hillside with one of each; all ids are Riverside's."""
    world = World()
    clinic = factories.make_clinic()
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    accounts: dict[str, Account] = {
        "patient": patient.account,
        "other_patient": factories.make_patient(clinic).account,
        "doctor": doctor.account,
        "other_doctor": factories.make_doctor(clinic).account,
        "admin": factories.make_admin(clinic),
        "far_patient": factories.make_patient(far).account,
        "far_doctor": factories.make_doctor(far).account,
        "far_admin": factories.make_admin(far),
        "superuser": factories.make_superuser(),
        "deactivated": factories.make_patient(clinic).account,
        "expired": factories.make_patient(clinic).account,
        "revoked": factories.make_patient(clinic).account,
        "applicant": _make_applicant(clinic),
    }
    treatment = factories.make_treatment(clinic, doctor)
    day = clock.today(clinic.zone) + timedelta(days=7)
    extra = factories.make_hours(doctor, date=day, start="18:00", end="20:00")
    visit = factories.make_appointment(doctor, patient, factories.at(clinic, day, "18:00"))
    past = factories.make_appointment(
        doctor, patient, clock.now() - timedelta(days=3), status=AppointmentStatus.COMPLETED
    )
    reviewed = factories.make_appointment(
        doctor, patient, clock.now() - timedelta(days=4), status=AppointmentStatus.COMPLETED
    )
    applicant = factories.make_doctor(clinic, verified=False, works=False)
    exclusion = factories.make_exclusion(doctor, day + timedelta(days=1))
    specialty = factories.save(Specialty(clinic_id=clinic.id, name="Cardiology", slug="cardiology"))
    language = factories.save(Language(clinic_id=clinic.id, name="Welsh"))
    grid_time = factories.save(DayGridTime(clinic_id=clinic.id, start_minute=1140, end_minute=1170))
    slot_id = factories.slot_at(doctor, clinic, day, "19:00")
    service = factories.save(ClinicService(clinic_id=clinic.id, name="Laboratory"))
    message = factories.save(ContactMessage(clinic_id=clinic.id, name="Kim", message="Do you have parking?"))
    entry = factories.save(MedicalHistoryEntry(clinic_id=clinic.id, patient_id=patient.id, condition="Asthma"))
    review = factories.save(
        Review(clinic_id=clinic.id, doctor_id=doctor.id, patient_id=patient.id, appointment_id=reviewed.id, rating=5)
    )
    mail = factories.save(
        Notification(
            clinic_id=clinic.id,
            account_id=patient.account_id,
            appointment_id=visit.id,
            channel="email",
            kind="appointment_booked",
            recipient="pat@people.example",
            body="Your visit is booked.",
            calendar="BEGIN:VCALENDAR",
            dedupe_key="walk",
        )
    )
    proposal = factories.save(
        Proposal(
            public_id=str(uuid.uuid4()),
            clinic_id=clinic.id,
            account_id=patient.account_id,
            deed="book",
            slot_id=slot_id,
            treatment_id=treatment.id,
            expires_at=clock.now() + timedelta(minutes=15),
        )
    )
    factories.make_subscription(clinic, credits=10)
    factories.make_subscription(far, credits=10)
    plan, bundle = factories.make_plan(), factories.make_bundle()
    invoice = factories.make_invoice(clinic, plan)
    factories.save(
        ConversationMessage(
            event_id="asked",
            clinic_id=clinic.id,
            account_id=patient.account_id,
            role="person",
            kind="message",
            source="voice",
            text="How far is it from the station?",
        )
    )
    world.ids = {
        "appointment_id": visit.id,
        "public_id": proposal.public_id,
        "doctor_id": doctor.id,
        "patient_id": patient.id,
        "treatment_id": treatment.id,
        "slot_id": slot_id,
        "slot_uuid": slot_uuid(slot_id),
        "doctor_uuid": doctor.account.public_id,
        "profile_id": patient.account_id,
        "account_id": _member_with_second_factor(clinic).id,
        "schedule_id": extra.id,
        "availability_id": slot_id,
        "specialty_id": specialty.id,
        "language_id": language.id,
        "time_id": grid_time.id,
        "service_id": service.id,
        "message_id": message.id,
        "entry_id": entry.id,
        "review_id": review.id,
        "notification_id": mail.id,
        "word_id": specialty.id,
        "plan_id": plan.id,
        "bundle_id": bundle.id,
        "invoice_id": invoice.id,
        "kind": "specialties",
        "name": "no-such-picture.webp",
        "contract_name": "timeslots",
        "token": "no-such-token",
        "clinic_id": clinic.id,
        "chatbot_token": chatbot.issue_token(clinic),
        "/applications/<int:doctor_id>/accept/ doctor_id": applicant.id,
        "/applications/<int:doctor_id>/decline/ doctor_id": applicant.id,
        "/appointment-status/<int:appointment_id>/ appointment_id": past.id,
        "/review_visit/<int:appointment_id>/ appointment_id": past.id,
        "/view_appointments/add-medical-record/<int:appointment_id>/ appointment_id": past.id,
    }
    declared = {"doctor": doctor.id, "start_time": "18:00", "end_time": "20:00"}
    half_hour = {"doctor": doctor.id, "date": day.isoformat(), "time_slot": grid_time.id}
    at_seven = {"doctor": doctor.id, "time": grid_time.id, "date": day.isoformat()}
    praise = {"doctor": doctor.id, "body": "She listens.", "rating": "⭐⭐⭐⭐⭐"}
    world.forms = {
        "/api/user/profiles/<int:profile_id>/": {"username": "patient-again", "email": "again@people.example"},
        "/patients/<int:patient_id>/": {"phone": "020 7946 0123"},
        "/clinic-management/appointments/book/<uuid:slot_uuid>/": {"patient": patient.id},
        "/clinic-management/appointments/cancel/": {"slot_id": str(slot_uuid(encode_slot(doctor.id, visit.starts_at)))},
        "/appointments/": at_seven | {"patient": patient.id},
        "/appointments/<int:appointment_id>/": at_seven,
        "/contacts/<int:message_id>/": {"name": "Kim", "massage": "Is there parking?"},
        "/services/<int:service_id>/": {"name": "Laboratory and X-ray"},
        "/reviews/": praise,
        "/reviews/<int:review_id>/": praise,
        "/delete_doctor/": {"doctor_id": doctor.id},
        "/delete_patient/": {"patient_id": patient.id},
        "/edit-slot/": {"hours_id": extra.id},
        "/delete-slot/": {"hours_id": extra.id},
        "/edit-exclude-date/": {"exclusion_id": exclusion.id},
        "/delete-exclude-date/": {"exclusion_id": exclusion.id},
        "/appointment-status/<int:appointment_id>/": {"status": "no_show"},
        "/fetch-slots/": {"doctor_id": doctor.id, "treatment_id": treatment.id, "date": day.isoformat()},
        "/view_appointments/add-medical-record/": {"appointment_id": past.id},
        "/api/timeslots/<int:time_id>/": {"start_time": "10:00:00", "end_time": "11:00:00"},
        "/api/availabilities/": half_hour | {"is_available": True},
        "/api/appointments/": half_hour | {"patient": patient.id},
        "/api/doctor/schedules/": declared | {"day_of_week": "Sunday"},
        "/api/doctor/schedules/<int:schedule_id>/": declared | {"date": day.isoformat()},
        "/api/patient/medical-history/": {"condition": "Hay fever"},
        "/api/patient/medical-history/<int:entry_id>/": {"condition": "Hay fever"},
        "/api/appointment/book/<int:doctor_id>/": {"slot": slot_id, "patient": patient.id},
        "/<int:clinic_id>/treatments/<int:treatment_id>/get-doctors/slots/": {"doctor_id": doctor.id},
        "/<int:clinic_id>/treatments/<int:treatment_id>/get-doctors/slots/<int:slot_id>/book/": {
            "patient_email": patient.account.email,
            "doctor_id": doctor.id,
            "appointment_date": day.isoformat(),
        },
        "/<int:clinic_id>/appointments/<int:appointment_id>/move/": {"slot_id": slot_id},
    }
    world.tokens = {name: sessions.start_session(account, "127.0.0.1", "walk") for name, account in accounts.items()}
    world.bearers = {name: tokens.issue_access(account) for name, account in accounts.items()}
    world.ids["applicants_doctor_id"] = accounts["applicant"].doctor.id
    world.ids["far_chatbot_token"] = chatbot.issue_token(far)
    _deactivate(accounts["deactivated"])
    _end(accounts["expired"], tokens_end="expires_at", sessions_end="expires_at")
    _end(accounts["revoked"], tokens_end="revoked_at", sessions_end="ended_at")
    return world


@command
def _deactivate(account: Account) -> None:
    account.is_active = False
    db.session.flush()


@command
def _end(account: Account, tokens_end: str, sessions_end: str) -> None:
    """Every credential of the account has ended a minute ago, by what the rows say in this column."""
    past = clock.now() - timedelta(minutes=1)
    db.session.execute(update(IssuedToken).where(IssuedToken.account_id == account.id).values({tokens_end: past}))
    rows = update(BrowserSession).where(BrowserSession.account_id == account.id)
    db.session.execute(rows.values({sessions_end: past}))


def _make_applicant(clinic: Clinic) -> Account:
    """A patient who has applied as a doctor, and waits for the clinic's word."""
    patient = factories.make_patient(clinic)
    factories.save(Doctor(clinic_id=clinic.id, account_id=patient.account_id))
    return patient.account


def _member_with_second_factor(clinic: Clinic) -> Account:
    """Somebody of the clinic's staff who may have lost it."""
    account = factories.make_account(clinic, Role.DOCTOR)
    second_factors.give_second_factor(account)
    return account
