"""The free slots of a whole clinic, read in one statement without models, are those of its doctors one by one."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask, g
from sqlalchemy import select

from medimeet.blueprints.contracts.timeslots import schemas
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Clinic, Doctor
from medimeet.services import availabilities, clinic_slots, day_grid, slots
from medimeet.services.access import Actor
from tests import factories

TUESDAY, CHANGE = date(2026, 11, 24), date(2027, 3, 28)  # the clocks go forward at one o'clock


def test_a_clinics_free_slots_are_those_of_each_doctor(app: Flask, clinic: Clinic, frozen_clock: object) -> None:
    _open(clinic)
    doctors = db.session.scalars(select(Doctor).where(Doctor.clinic_id == clinic.id, Doctor.takes_patients)).all()
    assert len(doctors) == 4
    for first_day, last_day in ((TUESDAY, TUESDAY), (TUESDAY, TUESDAY + timedelta(days=28)), (CHANGE, CHANGE)):
        found = clinic_slots.free(clinic.id, clinic.zone, first_day, last_day)
        assert found == slots.free(doctors, None, first_day, last_day)
        assert {slot.doctor_id for slot in found} <= {doctor.id for doctor in doctors}
        assert len(found) >= 6


def test_the_list_of_free_slots_reads_the_same_written_quickly_or_by_the_schema(
    app: Flask, clinic: Clinic, frozen_clock: object
) -> None:
    _open(clinic)
    day_grid.populate(clinic.id)
    admin = factories.make_admin(clinic)
    with app.test_request_context():
        g.actor = Actor(admin, clinic)
        found = availabilities.listed(g.actor)
        assert {each.time_id is None for each in found} == {True, False}
        assert schemas.listed(found) == schemas.Availability(many=True).dump(found)


def _open(clinic: Clinic) -> None:
    """Doctors with weekly hours, with hours of one date, who are away, who are booked, who take no patients."""
    busy, away, other = (factories.make_doctor(clinic) for _ in range(3))
    factories.make_hours(factories.make_doctor(clinic, works=False), date=CHANGE, start="00:00", end="04:00")
    factories.make_hours(other, day_of_week=1, start="17:00", end="18:00", slot_minutes=20)
    factories.make_exclusion(away, TUESDAY, start_minute=600, end_minute=660)
    factories.make_exclusion(away, TUESDAY + timedelta(days=1))
    factories.make_doctor(clinic, verified=False)
    factories.make_doctor(clinic, is_active=False)
    factories.make_doctor(factories.make_clinic())
    patient, ten = factories.make_patient(clinic), factories.at(clinic, TUESDAY, "10:00")
    factories.make_appointment(busy, patient, ten)
    factories.make_appointment(busy, patient, ten + timedelta(hours=1), status=AppointmentStatus.CANCELED)
    hold = {"status": AppointmentStatus.PENDING, "hold_expires_at": datetime(2026, 1, 1, tzinfo=UTC)}
    factories.make_appointment(busy, patient, ten + timedelta(hours=2), **hold)
