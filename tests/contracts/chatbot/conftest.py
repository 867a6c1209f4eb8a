"""A clinic with a chatbot, a doctor and a patient, at a Monday 08:00 in London; and programs that know its token."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask

from medimeet.models import Account, Clinic, Doctor, Patient, Treatment
from medimeet.services import chatbot, tokens
from tests import factories
from tests.contracts.programs import Program

TUESDAY = date(2026, 11, 24)
EMAIL = "user@example.com"


@dataclass
class Chat:
    """The clinic's people; John Doe, the doctor, works on weekdays from 09:00 to 17:00 in half hours."""

    app: Flask
    clinic: Clinic
    doctor: Doctor
    patient: Patient
    treatment: Treatment

    @property
    def token(self) -> str:
        """A token of the clinic's chatbot, fresh."""
        return chatbot.issue_token(self.clinic)

    @property
    def visitor(self) -> Program:
        """A page that has the clinic's chatbot token, in which nobody is signed in."""
        return Program(self.app, self.token)

    def acting_for(self, person: Account | Patient | Doctor) -> Program:
        """The same, with the person's own key."""
        account = person if isinstance(person, Account) else person.account
        return self.with_key(tokens.issue_access(account))

    def with_key(self, key: str) -> Program:
        """The same, with any key."""
        program = Program(self.app, self.token)
        program.headers["X-Api-Key"] = key
        return program

    @property
    def slots(self) -> str:
        """Where the doctor's slots are."""
        return self.slots_for(self.treatment.id)

    def slots_for(self, treatment_id: int) -> str:
        return f"/{self.clinic.id}/treatments/{treatment_id}/get-doctors/slots/"

    def book(self, time: str, treatment_id: int | None = None) -> str:
        """Where a slot of Tuesday is booked."""
        slot_id = factories.slot_at(self.doctor, self.clinic, TUESDAY, time)
        return f"{self.slots_for(treatment_id or self.treatment.id)}{slot_id}/book/"

    def order(self, **others: object) -> dict[str, object]:
        """The printed body of a booking on Tuesday, for the patient."""
        return {
            "patient_email": EMAIL,
            "doctor_id": self.doctor.id,
            "appointment_date": TUESDAY.isoformat(),
        } | others


@pytest.fixture
def chat(app: Flask, clinic: Clinic, frozen_clock: time_machine.Traveller) -> Chat:
    """The clinic with its people."""
    return made_chat(app, clinic)


@pytest.fixture
def far_chat(app: Flask, chat: Chat) -> Chat:
    """Another clinic of the same installation, in India; its patient has the same e-mail."""
    return made_chat(app, factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata"))


@pytest.fixture
def listing(chat: Chat) -> Callable[..., None]:
    """Lets the clinic list the sites on which its chat may stand."""

    def list_sites(*origins: str) -> None:
        admin = factories.make_admin(chat.clinic)
        chatbot.list_sites(factories.actor_of(admin, chat.clinic), origins)

    return list_sites


def made_chat(app: Flask, clinic: Clinic) -> Chat:
    doctor = factories.make_doctor(clinic, first_name="John", last_name="Doe", gender="male")
    patient = factories.make_patient(clinic, email=EMAIL, first_name="John", last_name="Doe")
    treatment = factories.make_treatment(
        clinic, doctor, name="Dental Cleaning", description="For a bright smile.", price=100
    )
    return Chat(app, clinic, doctor, patient, treatment)
