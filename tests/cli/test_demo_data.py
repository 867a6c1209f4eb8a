"""The demo data is what the design promises, on both databases."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from medimeet import clock, demo_data
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.models import (
    Account,
    Appointment,
    Clinic,
    DayGridTime,
    Doctor,
    MedicalRecordVersion,
    Review,
    Subscription,
)
from medimeet.services import installation, invariants, passwords, slots

PEOPLE = {
    "superuser": (None, Role.SUPERUSER, None),
    "riverside-admin": (1, Role.ADMIN, None),
    "riverside-doctor": (1, Role.DOCTOR, None),
    "riverside-doctor2": (1, Role.DOCTOR, None),
    "riverside-patient": (1, Role.PATIENT, "+447400123456"),
    "riverside-patient2": (1, Role.PATIENT, None),
    "hillside-admin": (2, Role.ADMIN, None),
    "hillside-doctor": (2, Role.DOCTOR, None),
    "hillside-patient": (2, Role.PATIENT, "+918123456789"),
}


def test_the_people_of_the_design_are_there_with_verified_addresses_and_one_password(app: Flask) -> None:
    assert demo_data.load() is True
    accounts = db.session.scalars(select(Account)).all()
    clinics = {clinic.id: number for number, clinic in enumerate(_clinics(), 1)} | {None: None}
    assert {row.username: (clinics[row.clinic_id], row.role, row.mobile) for row in accounts} == PEOPLE
    for account in accounts:
        assert account.email == f"{account.username}@clinic.example"
        assert account.is_email_verified
        assert account.credential is not None
        assert passwords.is_right(account.credential.password_hash, "medimeet-demo")


def test_the_clinics_have_their_zone_country_credits_grid_and_treatments(app: Flask) -> None:
    demo_data.load()
    found = [(clinic.name, clinic.time_zone, clinic.country) for clinic in _clinics()]
    assert found == [("Riverside Clinic", "Europe/London", "GB"), ("Hillside Dental", "Asia/Kolkata", "IN")]
    for clinic, credits_left in zip(_clinics(), (200, 10), strict=True):
        subscription = db.session.scalar(select(Subscription).where(Subscription.clinic_id == clinic.id))
        assert subscription is not None and subscription.credits_left == credits_left
        grid = select(func.count()).where(DayGridTime.clinic_id == clinic.id)
        assert db.session.scalar(grid) == 24


def test_every_doctor_is_verified_shy_and_gives_the_treatment_of_an_hour(app: Flask) -> None:
    demo_data.load()
    for doctor in db.session.scalars(select(Doctor)):
        assert doctor.is_verified and not doctor.shows_contact
        assert len(doctor.treatments) >= 3
        assert 60 in {treatment.duration_minutes for treatment in doctor.treatments}
        assert doctor.languages and doctor.specialties and doctor.designations
        today = clock.today(doctor.account.clinic.zone)  # type: ignore[union-attr]
        week = slots.of_days(doctor, today + timedelta(days=7), today + timedelta(days=13))
        assert len(week) == 5 * 16


def test_past_visits_are_completed_with_records_and_one_lies_ahead(app: Flask) -> None:
    demo_data.load()
    visits = db.session.scalars(select(Appointment).order_by(Appointment.starts_at)).all()
    told = [(visit.patient.account.username, visit.status, _is_reviewed(visit)) for visit in visits]
    assert sorted(told) == [
        ("hillside-patient", AppointmentStatus.COMPLETED, True),
        ("riverside-patient", AppointmentStatus.COMPLETED, False),
        ("riverside-patient", AppointmentStatus.COMPLETED, True),
        ("riverside-patient", AppointmentStatus.SCHEDULED, False),
        ("riverside-patient2", AppointmentStatus.COMPLETED, True),
    ]
    for visit in visits:
        is_past = visit.status == AppointmentStatus.COMPLETED
        assert (visit.ends_at < clock.now()) is is_past
        assert visit.starts_at.astimezone(visit.clinic.zone).weekday() < 5
        record = select(MedicalRecordVersion.id).where(MedicalRecordVersion.appointment_id == visit.id)
        assert (db.session.scalar(record) is not None) is is_past


def test_loading_twice_changes_nothing_and_breaks_no_rule(app: Flask) -> None:
    demo_data.load()
    assert demo_data.load() is False
    assert db.session.scalar(select(func.count(Account.id))) == len(PEOPLE)
    with db.engine.connect() as connection:
        assert all(check.is_good for check in [invariants.guards(connection), *invariants.of_data(connection)])
    assert installation.has_admin()


def _clinics() -> list[Clinic]:
    return list(db.session.scalars(select(Clinic).order_by(Clinic.id)))


def _is_reviewed(visit: Appointment) -> bool:
    return db.session.scalar(select(Review.id).where(Review.appointment_id == visit.id)) is not None
