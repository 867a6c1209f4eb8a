"""The clinic's patients. A doctor sees those whom they treat, a patient only themselves."""

from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import contains_eager

from medimeet import clock
from medimeet.db import command, db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.errors import NotFound
from medimeet.models import Account, Appointment, Patient
from medimeet.services import accounts, appointments, audit, booking, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.doctors import Removed
from medimeet.services.people import PersonDetails
from medimeet.services.search import any_part, fold

BLOOD_GROUPS = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """What a patient's profile holds beside the person."""

    phone: str = ""
    blood_group: str = ""
    emergency_contact: str = ""


def find(actor: Actor, patient_id: int) -> Patient:
    """A patient whom the actor may see: any of the clinic for its admin, those they treat for a doctor, oneself.

    Raises NotFound.
    """
    patient = db.session.scalar(_seen_by(actor).where(Patient.id == patient_id))
    if patient is None:
        raise NotFound("We can't find this patient.")
    return patient


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the patients whom the actor may see, by name. `search` is any part of a name, e-mail or phone."""
    columns = (Account.first_name, Account.last_name, Account.username, Account.email)
    found = any_part(search, *columns, numbers=(Account.mobile, Patient.phone))
    by_name = (fold(Account.first_name), fold(Account.last_name), Patient.id)
    return db.paginate(_seen_by(actor).where(found).order_by(*by_name), page=page, per_page=per_page, error_out=False)


def visits_to_come(actor: Actor, patient_id: int) -> int:
    """How many visits of the patient are still to come. Raises NotFound."""
    return len(appointments.upcoming_of(patient=find(actor, patient_id)))


@command
def add(actor: Actor, person: PersonDetails, details: PatientDetails) -> Patient:
    """A new patient of the clinic, who gets a link to set a password where there is an e-mail or a mobile number.

    Raises InvalidInput, NotAllowed.
    """
    people.refuse_non_admin(actor)
    answers = Answers()
    values = _read(details, answers)
    with people.in_staff_words():
        account = people.add(actor.clinic, Role.PATIENT, person, answers)
    patient = Patient(clinic_id=actor.clinic.id, account=account, **values)
    db.session.add(patient)
    db.session.flush()
    accounts.mail_first_password(account)
    audit.note(actor, "added", "patient", patient.id, patient.id)
    return patient


@command
def change(actor: Actor, patient_id: int, person: PersonDetails, details: PatientDetails) -> Patient:
    """The patient with new details, written by the clinic's admin. Raises InvalidInput, NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    with people.in_staff_words():
        return _changed(actor, find(actor, patient_id), person, details)


@command
def change_own(actor: Actor, person: PersonDetails, details: PatientDetails) -> Patient:
    """The actor's own patient profile with new details. Raises InvalidInput, NotAllowed."""
    return _changed(actor, actor.own_patient, person, details)


@command
def remove(actor: Actor, patient_id: int) -> Removed:
    """Ends the patient's account and cancels what is to come, with a message to each doctor; the row stays.

    Somebody who also works here keeps the account and loses the patient profile. Raises NotFound, NotAllowed.
    """
    people.refuse_non_admin(actor)
    patient = find(actor, patient_id)
    to_come = len(appointments.upcoming_of(patient=patient))
    if patient.account.role == Role.PATIENT:
        people.refuse_to_remove(actor, patient.account)
        accounts.deactivate(actor, patient.account)
    else:
        patient.closed_at = clock.now()
        booking.cancel_all_of(actor, patient=patient)
    audit.note(actor, "removed", "patient", patient.id, patient.id)
    return Removed(patient.name, to_come)


def _seen_by(actor: Actor) -> Select[Patient]:
    return (
        select(Patient)
        .join(Patient.account)
        .where(Patient.clinic_id == actor.clinic.id, Patient.closed_at.is_(None), Account.is_active, _is_theirs(actor))
        .options(contains_eager(Patient.account))
    )


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    if actor.is_admin:
        return Patient.id.is_not(None)
    if actor.is_doctor:
        return Patient.id.in_(
            select(Appointment.patient_id).where(
                Appointment.doctor_id == actor.own_doctor.id, Appointment.status != AppointmentStatus.CANCELED
            )
        )
    own = actor.person.patient
    return Patient.id == own.id if own is not None else false()


def _changed(actor: Actor, patient: Patient, person: PersonDetails, details: PatientDetails) -> Patient:
    answers = Answers()
    values = _read(details, answers)
    people.change(patient.account, actor.clinic, person, answers)
    for name, value in values.items():
        setattr(patient, name, value)
    db.session.flush()
    audit.note(actor, "changed", "patient", patient.id, patient.id)
    return patient


def _read(details: PatientDetails, answers: Answers) -> dict[str, str]:
    return {
        "phone": answers.line("phone", details.phone, 40),
        "blood_group": answers.one_of("blood_group", details.blood_group, BLOOD_GROUPS, "Choose one from the list."),
        "emergency_contact": answers.line("emergency_contact", details.emergency_contact, 200),
    }
