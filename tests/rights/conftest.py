"""People whose data somebody else sees: a patient, the doctor who treats them, and the clinic's admin."""

from datetime import date

import pytest

from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Clinic, Doctor, Patient
from tests import factories

LAST_FRIDAY = date(2026, 11, 20)


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    return factories.make_doctor(clinic, first_name="Asha", last_name="Shah")


@pytest.fixture
def admin(clinic: Clinic) -> Account:
    return factories.make_admin(clinic, first_name="Dana", last_name="Desk")


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic, first_name="Maria", last_name="Silva", username="maria")


@pytest.fixture
def visit(clinic: Clinic, doctor: Doctor, patient: Patient) -> Appointment:
    """A completed visit of last Friday, 10:00."""
    starts_at = factories.at(clinic, LAST_FRIDAY, "10:00")
    return factories.make_appointment(
        doctor, patient, starts_at, status=AppointmentStatus.COMPLETED, reason="A cough at night"
    )
