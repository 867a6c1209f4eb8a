"""A doctor who works on weekdays, a patient, and a time of the day's grid."""

import pytest

from medimeet.models import Clinic, DayGridTime, Doctor, Patient
from tests import factories


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    """A doctor who works on weekdays from 09:00 to 17:00 in half hours."""
    return factories.make_doctor(clinic, first_name="Asha", last_name="Shah")


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """A patient of the clinic."""
    return factories.make_patient(clinic, first_name="Grace", last_name="Hall")


@pytest.fixture
def at_ten(clinic: Clinic) -> DayGridTime:
    """The half hour from ten, an available time."""
    return factories.save(DayGridTime(clinic_id=clinic.id, start_minute=600, end_minute=630))


@pytest.fixture
def at_eleven(clinic: Clinic) -> DayGridTime:
    """The half hour from eleven, an available time."""
    return factories.save(DayGridTime(clinic_id=clinic.id, start_minute=660, end_minute=690))
