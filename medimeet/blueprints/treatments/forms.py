"""The form of a treatment. What is right and wrong is decided by services/treatments.py."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from medimeet.models import Doctor, Treatment
from medimeet.web.form_fields import AmountField, ChoicesField, WholeNumberField

_NAME = "Write the name of the treatment, for example Check-up."
_PRICE = "Write the price in digits, for example 45.00. Write 0 if it is free."
_DURATION = "Write how many minutes it takes, for example 30."
_FIELDS = ("name", "price", "duration_minutes", "description", "instructions", "doctor_ids")


class TreatmentForm(FlaskForm):
    """Name, price, duration, words for the patient, and the doctors who give it."""

    name = StringField("Name", [InputRequired(_NAME)])
    duration_minutes = WholeNumberField("How many minutes it takes", [InputRequired(_DURATION)], default=30)
    price = AmountField("Price", [InputRequired(_PRICE)], places=2)
    description = TextAreaField("What it is, for patients")
    instructions = TextAreaField("How to prepare")
    doctor_ids = ChoicesField("Doctors who give it")

    def offer(self, doctors: Sequence[Doctor]) -> None:
        """Sets the doctors to choose from."""
        self.doctor_ids.choices = {str(doctor.id): doctor.name for doctor in doctors}

    def answers(self) -> dict[str, Any]:
        """What was entered, as services/treatments.py takes it."""
        return {name: self[name].data for name in _FIELDS}


def filled_with(treatment: Treatment) -> TreatmentForm:
    """The form, showing the treatment as it is."""
    values = {name: getattr(treatment, name) for name in _FIELDS if name != "doctor_ids"}
    return TreatmentForm(data=values | {"doctor_ids": [doctor.id for doctor in treatment.doctors]})
