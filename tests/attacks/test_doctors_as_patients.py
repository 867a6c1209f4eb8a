"""A doctor who is somebody's patient, too: two roles in one account, and neither lends the other its rights."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Clinic, Patient
from tests import factories
from tests.conftest import Visitor

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_a_doctor_writes_nothing_into_a_visit_that_they_are_the_patient_of(
    clinic: Clinic, as_: Callable[[Account], Visitor]
) -> None:
    """A1: the visit is theirs to see, as its patient; to close it and to write its record is its doctor's."""
    treating, sick = factories.make_doctor(clinic), factories.make_doctor(clinic)
    patient = factories.save(Patient(clinic_id=clinic.id, account_id=sick.account_id))
    began = clock.now() - timedelta(days=3)
    visit = factories.make_appointment(treating, patient, began, status=AppointmentStatus.COMPLETED)
    browser = as_(sick.account)
    assert browser.get(f"/appointment-details/{visit.id}/").status_code == 200
    closed = browser.post(f"/appointment-status/{visit.id}/", data={"status": "no_show"})
    written = browser.post(f"/view_appointments/add-medical-record/{visit.id}/", data={"diagnosis": "In good health"})
    assert (closed.status_code, written.status_code) == (404, 403)
    assert visit.status == AppointmentStatus.COMPLETED
