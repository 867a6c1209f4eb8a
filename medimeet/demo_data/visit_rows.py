"""The demo's visits as rows, with what the doctor wrote and what the patient thought of it."""

from datetime import date, datetime, timedelta

from medimeet import clock
from medimeet.db import db
from medimeet.demo_data.clinic_rows import People
from medimeet.demo_data.people import Visit
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import minute_of, to_instant
from medimeet.models import Appointment, MedicalRecordVersion, Review

BOOKED_BEFORE = timedelta(days=7)
REVIEWED_AFTER = timedelta(hours=6)


def add_visit(visit: Visit, people: People) -> None:
    """One visit within the running command: completed where it lies in the past, with its record and review."""
    appointment = _add_appointment(visit, people)
    if visit.days > 0:
        return
    db.session.add(
        MedicalRecordVersion(
            clinic_id=people.clinic.id,
            appointment_id=appointment.id,
            number=1,
            author_id=people.doctors[visit.doctor].account_id,
            complaint=visit.reason,
            diagnosis=visit.diagnosis,
            prescription=visit.prescription,
            notes=visit.notes,
            created_at=appointment.ends_at,
        )
    )
    if visit.stars:
        reviewed_at = appointment.ends_at + REVIEWED_AFTER
        db.session.add(
            Review(
                clinic_id=people.clinic.id,
                doctor_id=appointment.doctor_id,
                patient_id=appointment.patient_id,
                appointment_id=appointment.id,
                rating=visit.stars,
                body=visit.review,
                created_at=reviewed_at,
                updated_at=reviewed_at,
            )
        )
    db.session.flush()


def _add_appointment(visit: Visit, people: People) -> Appointment:
    treatment = people.treatments[visit.treatment]
    patient = people.patients[visit.patient]
    starts_at = _start(visit, people)
    booked_at = min(starts_at - BOOKED_BEFORE, clock.now())
    appointment = Appointment(
        clinic_id=people.clinic.id,
        doctor_id=people.doctors[visit.doctor].id,
        patient_id=patient.id,
        treatment_id=treatment.id,
        starts_at=starts_at,
        ends_at=starts_at + treatment.duration,
        status=AppointmentStatus.SCHEDULED if visit.days > 0 else AppointmentStatus.COMPLETED,
        reason=visit.reason,
        price=treatment.price,
        booked_by_id=patient.account_id,
        created_at=booked_at,
        updated_at=booked_at,
    )
    db.session.add(appointment)
    db.session.flush()
    return appointment


def _start(visit: Visit, people: People) -> datetime:
    day = clock.today(people.clinic.zone) + timedelta(days=visit.days)
    return to_instant(_weekday(day, 1 if visit.days > 0 else -1), minute_of(visit.at), people.clinic.zone)


def _weekday(day: date, step: int) -> date:
    """That day, or the nearest weekday after it (step 1) or before it (step -1)."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day
