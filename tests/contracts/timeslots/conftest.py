"""A clinic with the day's grid, and somebody in each role, at a Monday 08:00 in London."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask

from medimeet.models import Account, Clinic, Doctor, Patient
from medimeet.services import day_grid
from tests import factories
from tests.contracts.programs import Program, program_of


@dataclass
class Practice:
    """People of one clinic, and a program for each; the doctor works on weekdays from 09:00 to 17:00 in half hours."""

    clinic: Clinic
    doctor: Doctor
    patient: Patient
    admin: Account
    by_doctor: Program
    by_patient: Program
    by_admin: Program
    grid: dict[str, int]

    def opening(self, day: str, time: str, **others: object) -> dict[str, object]:
        """The printed body of an availability or an appointment of this doctor."""
        return {"doctor": self.doctor.id, "date": day, "time_slot": self.grid[time], **others}


@pytest.fixture
def practice(app: Flask, clinic: Clinic, frozen_clock: time_machine.Traveller) -> Iterator[Practice]:
    """The clinic with its people."""
    day_grid.populate(clinic.id)
    doctor = factories.make_doctor(clinic, username="doctor1", first_name="Asha", last_name="Shah")
    patient = factories.make_patient(clinic, username="patient1", first_name="Pat", last_name="Percent%age")
    admin = factories.make_admin(clinic)
    rows = day_grid.of_clinic(factories.actor_of(admin, clinic))
    grid = {f"{row.start_minute // 60:02d}:{row.start_minute % 60:02d}": row.id for row in rows}
    people = (doctor, patient, admin)
    yield Practice(clinic, *people, *(program_of(app, person) for person in people), grid)
