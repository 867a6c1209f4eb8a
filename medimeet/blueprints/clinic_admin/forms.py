"""The forms of people: anybody, patients, doctors. What is right and wrong is decided by the services."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField, TelField, TextAreaField, URLField
from wtforms.validators import InputRequired, Optional

from medimeet.models import Account, Doctor, Patient
from medimeet.services.doctors import DoctorDetails
from medimeet.services.patients import BLOOD_GROUPS, PatientDetails
from medimeet.services.people import GENDERS, PersonDetails
from medimeet.web.form_fields import AmountField, ChoicesField, DayField, WholeNumberField

_ACCOUNT_FIELDS = ("first_name", "last_name", "email", "username", "gender", "date_of_birth", "address", "bio")
_PATIENT_FIELDS = ("phone", "blood_group", "emergency_contact")
_DOCTOR_FIELDS = ("fee", "meet_link", "years_of_experience", "shows_contact")
_DOCTOR_LISTS = ("specialty_ids", "designation_ids", "language_ids", "treatment_ids")


class Named(Protocol):
    """Something to choose from a list."""

    id: Any
    name: Any


class PersonForm(FlaskForm):
    """What is known of anybody."""

    first_name = StringField("First name")
    last_name = StringField("Last name")
    email = EmailField("E-mail")
    mobile = TelField("Mobile number")
    username = StringField("Username")
    gender = SelectField("Gender", choices={"": "Not said", **GENDERS}, validate_choice=False)
    date_of_birth = DayField("Date of birth", [Optional()])
    address = TextAreaField("Address")

    def person(self) -> PersonDetails:
        """What was entered, as the services take it."""
        return PersonDetails(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data,
            mobile=self.mobile.data,
            username=(self.username.data or "").strip() or None,
            gender=self.gender.data or "",
            date_of_birth=self.date_of_birth.data,
            address=self.address.data or "",
            bio=self["bio"].data or "" if "bio" in self else "",
        )


class ContactChangeForm(FlaskForm):
    """The own password, for who changes how they are reached: by that e-mail or number others could get in."""

    password = PasswordField("Your password")


class StaffForm(PersonForm):
    """What an admin tells of themselves."""

    bio = TextAreaField("About you")


class PatientForm(PersonForm):
    """A patient."""

    phone = TelField("Another phone number")
    blood_group = SelectField(
        "Blood group", choices={"": "Not known", **{group: group for group in BLOOD_GROUPS}}, validate_choice=False
    )
    emergency_contact = StringField("Whom to call in an emergency")

    def details(self) -> PatientDetails:
        """What was entered beside the person, as services/patients.py takes it."""
        return PatientDetails(**{name: self[name].data or "" for name in _PATIENT_FIELDS})

    def told(self) -> dict[str, Any]:
        """The person and what is beside, as changes of a patient."""
        return asdict(self.person()) | asdict(self.details())


class DoctorForm(PersonForm):
    """A doctor."""

    bio = TextAreaField("About the doctor, for patients")
    fee = AmountField("Fee of a visit", [Optional()], places=2)
    years_of_experience = WholeNumberField("Years of experience", [Optional()])
    meet_link = URLField("Link for video visits")
    shows_contact = BooleanField("Show this doctor’s own e-mail and phone to everybody")
    specialty_ids = ChoicesField("Specialties")
    designation_ids = ChoicesField("Rank or title")
    language_ids = ChoicesField("Languages")
    treatment_ids = ChoicesField("Treatments given")

    def offer(self, lists: Mapping[str, Sequence[Named]]) -> None:
        """Sets what can be chosen in each of the lists, by the name of its field."""
        for name, rows in lists.items():
            self[name].choices = {str(row.id): row.name for row in rows}

    def details(self) -> DoctorDetails:
        """What was entered beside the person, as services/doctors.py takes it."""
        return DoctorDetails(
            fee=self.fee.data,
            meet_link=self.meet_link.data or "",
            years_of_experience=self.years_of_experience.data,
            shows_contact=self.shows_contact.data,
            **{name: self[name].data or () for name in _DOCTOR_LISTS},
        )


class PictureForm(FlaskForm):
    """A picture to show of somebody."""

    picture = FileField("Picture", [FileRequired("Choose a picture first.")])


class HistoryForm(FlaskForm):
    """One condition of a patient's own medical history."""

    condition = StringField("What you have or had", [InputRequired("Write what you have or had, for example Asthma.")])
    diagnosed_on = DayField("When it was found", [Optional()])
    notes = TextAreaField("What else a doctor should know")

    def answers(self) -> dict[str, Any]:
        """What was entered, as services/medical_history.py takes it."""
        return {name: self[name].data for name in ("condition", "diagnosed_on", "notes")}


def of_account(account: Account) -> dict[str, Any]:
    """The values that a person's form shows at first."""
    values = {name: getattr(account, name) for name in _ACCOUNT_FIELDS}
    return values | {"mobile": account.mobile_as_sent or account.mobile}


def of_patient(patient: Patient) -> dict[str, Any]:
    """The values that a patient's form shows at first."""
    return of_account(patient.account) | {name: getattr(patient, name) for name in _PATIENT_FIELDS}


def of_doctor(doctor: Doctor) -> dict[str, Any]:
    """The values that a doctor's form shows at first."""
    lists = {
        "specialty_ids": _ids(doctor.specialties),
        "designation_ids": _ids(doctor.designations),
        "language_ids": _ids(doctor.languages),
        "treatment_ids": _ids(treatment for treatment in doctor.treatments if treatment.is_active),
    }
    return of_account(doctor.account) | {name: getattr(doctor, name) for name in _DOCTOR_FIELDS} | lists


def _ids(rows: Iterable[Named]) -> list[int]:
    return [row.id for row in rows]
