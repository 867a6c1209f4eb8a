"""A small clinic for tests of booking, and what people read on its pages."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.models import Appointment, Clinic, Doctor, Language, Patient, Treatment
from medimeet.writing import command
from tests import factories

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
FLOW = "/treatment_list_for_new_appointment_booking/"


@dataclass(frozen=True)
class SmallClinic:
    """One clinic in London with two doctors, two treatments and two patients; it is Monday, 23 November 2026, 08:00."""

    clinic: Clinic
    shah: Doctor
    lee: Doctor
    check_up: Treatment
    long_visit: Treatment
    patient: Patient
    other: Patient

    def slot(self, doctor: Doctor, wall_time: str, day: date = TUESDAY) -> int:
        """The id of a slot by the clinic's wall clock."""
        return factories.slot_at(doctor, self.clinic, day, wall_time)

    def book(self, doctor: Doctor, patient: Patient, wall_time: str, day: date = TUESDAY, **given: Any) -> Appointment:
        """A half hour that is booked already."""
        return factories.make_appointment(doctor, patient, factories.at(self.clinic, day, wall_time), **given)


def make_small_clinic() -> SmallClinic:
    clinic = factories.make_clinic()
    shah = factories.make_doctor(clinic, first_name="Asha", last_name="Shah")
    lee = factories.make_doctor(clinic, first_name="Bruce", last_name="Lee")
    return SmallClinic(
        clinic,
        shah,
        lee,
        factories.make_treatment(clinic, shah, lee, name="Check-up", instructions="Bring your medicines."),
        factories.make_treatment(clinic, shah, name="Long visit", duration_minutes=60, price=90),
        factories.make_patient(clinic, first_name="Grace", last_name="Moss"),
        factories.make_patient(clinic, first_name="Omar", last_name="Reed"),
    )


@pytest.fixture
def small(app: object, frozen_clock: object) -> SmallClinic:
    """The small clinic, on a Monday morning."""
    return make_small_clinic()


@command
def speaks(doctor: Doctor, *names: str) -> None:
    """Gives the doctor languages."""
    doctor.languages = [Language(clinic_id=doctor.clinic_id, name=name) for name in names]
    db.session.add(doctor)


def soup(answer: TestResponse) -> BeautifulSoup:
    """The page, to look into."""
    return BeautifulSoup(answer.text, "html.parser")


def text(answer: TestResponse) -> str:
    """What is read on the page, with single spaces."""
    main = soup(answer).find("main") or soup(answer)
    return re.sub(r"\s+", " ", main.get_text(" "))


def words_of(part: Tag, selector: str) -> str:
    """The words of the first thing in `part` that `selector` names."""
    found = part.select_one(selector)
    assert found is not None, f"no {selector}"
    return " ".join(found.get_text(" ").split())


def times(answer: TestResponse) -> list[str]:
    """The times of day that are offered."""
    return [label.get_text(strip=True) for label in soup(answer).select(".mm-slot")]


def days(answer: TestResponse) -> list[str]:
    """The days of the strip, YYYY-MM-DD."""
    return [str(radio["value"]) for radio in soup(answer).select('.mm-days input[name="day"]')]


def field(answer: TestResponse, name: str) -> Any:
    """The value of a form's field."""
    found = soup(answer).select_one(f'main [name="{name}"]')
    assert isinstance(found, Tag), f"no field {name}"
    return found.get_text().removeprefix("\r\n").strip("\n") if found.name == "textarea" else found.get("value")
