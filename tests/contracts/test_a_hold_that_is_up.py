"""A visit that nobody confirmed in time is canceled on every contract at that moment, also while no poller runs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Clinic, Patient
from tests import factories
from tests.contracts.programs import Program


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_hold_that_is_up_waits_on_no_contract(
    clinic: Clinic, program: Callable[[Patient], Program], frozen_clock: time_machine.Traveller
) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    until = clock.now() + timedelta(minutes=10)
    starts_at = until + timedelta(hours=6)
    hold = factories.make_appointment(
        doctor, patient, starts_at, status=AppointmentStatus.PENDING, hold_expires_at=until
    )
    phone = program(patient)

    def statuses() -> tuple[object, ...]:
        half_hours = [each["id"] for each in phone.get("/api/appointments/").json]
        return (
            phone.get("/clinic-management/appointments/").json["data"][0]["status"],
            phone.get("/api/appointment/my-appointments/").json[0]["status"],
            phone.get(f"/api/appointment/my-appointments/{hold.id}/").json["status"],
            phone.get("/appointments/").json["results"][0]["cancel"],
            half_hours == [hold.id],
            phone.put(f"/api/appointments/{hold.id}/", json={"date": "2026-11-25"}).status_code,
        )

    assert statuses() == ("pending", "pending", "pending", False, True, 400)
    frozen_clock.move_to(until)
    assert statuses() == ("canceled", "canceled", "canceled", True, False, 404)
