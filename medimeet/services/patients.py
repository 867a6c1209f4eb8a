"""The clinic's patients. A doctor sees those whom they treat, a patient only themselves."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, String, and_, cast, false, not_, or_, select
from sqlalchemy.orm import contains_eager

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AGREED, Role
from medimeet.errors import InvalidInput, NotAllowed, NotFound
from medimeet.models import Account, Appointment, Patient
from medimeet.services import accounts, appointment_changes, appointments, audit, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.doctors import Removed
from medimeet.services.new_picture import NewPicture
from medimeet.services.people import PersonDetails
from medimeet.services.search import any_part, fold, same_number
from medimeet.writing import command, lock

BLOOD_GROUPS = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")
_NUMBERS = (Account.mobile, Patient.phone)
# Of those who worked here the names stay beside what they wrote.
_HAS_LEFT = and_(not_(Patient.is_registered), Account.role == Role.PATIENT, Account.erased_at.is_(None))
_BLOOD_GROUP = f"Choose one of {', '.join(BLOOD_GROUPS)}."


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """What a patient's profile holds beside the person."""

    phone: str = ""
    blood_group: str = ""
    emergency_contact: str = ""


_OF_PATIENT = {field.name for field in fields(PatientDetails)}


def find_id(actor: Actor, public_id: uuid.UUID) -> int:
    """The row of a patient of the actor's clinic, by the id that phones know people by. Raises NotFound."""
    theirs = select(Patient.id).join(Patient.account).where(Account.public_id == public_id)
    found = db.session.scalar(theirs.where(Patient.clinic_id == actor.clinic.id))
    if found is None:
        raise NotFound("We can't find this patient.")
    return found


def find_own(actor: Actor) -> Patient:
    """The actor's own open profile. Raises NotFound."""
    patient = actor.person.patient
    if patient is None or patient.closed_at is not None:
        raise NotFound("You have no patient profile. Open one first.")
    return patient


def find(actor: Actor, patient_id: int) -> Patient:
    """A patient whom the actor may see: any of the clinic for its admin, those they treat for a doctor, oneself.

    Raises NotFound.
    """
    return _only(_seen_by(actor), patient_id)


def find_for_rights(actor: Actor, patient_id: int) -> Patient:
    """As `find`, for the clinic's admin who does what somebody asks for about their data, be it after they left.

    Raises NotFound, NotAllowed.
    """
    people.refuse_non_admin(actor)
    return _only(_of_clinic(actor).where(or_(Patient.is_registered, _HAS_LEFT)), patient_id)


def read(actor: Actor, patient_id: int) -> Patient:
    """As `find`, to show the profile: that somebody else reads it goes into the audit log."""
    return _read_by(actor, find(actor, patient_id))


def read_for_rights(actor: Actor, patient_id: int) -> Patient:
    """As `find_for_rights`, to show it: that somebody else reads it goes into the audit log."""
    return _read_by(actor, find_for_rights(actor, patient_id))


def listed(actor: Actor, *, search: str = "", phone: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the patients whom the actor may see, by name.

    `search` is any part of a name, e-mail or phone, or an id; `phone` a whole number, however it is spelled.
    """
    query = _seen_by(actor)
    if phone.strip():
        query = query.where(same_number(phone, actor.clinic.country, *_NUMBERS))
    return _page_by_name(query, search, page, per_page)


def listed_left(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """As `listed`, of those who left or were removed and were not erased; none of staff. Raises NotAllowed."""
    people.refuse_non_admin(actor)
    return _page_by_name(_of_clinic(actor).where(_HAS_LEFT), search, page, per_page)


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
def change(actor: Actor, patient_id: int, changes: Mapping[str, Any], picture: NewPicture | None = None) -> Patient:
    """The patient with the given fields of PersonDetails and PatientDetails changed; what is not given stays.

    Written by the patient or the clinic's admin. Raises InvalidInput, NotFound, NotAllowed for a doctor who treats
    the patient.
    """
    patient = find(actor, patient_id)
    if _is_own(actor, patient):
        return _changed(actor, patient, _details_of(patient), changes, picture)
    people.refuse_non_admin(actor)
    with people.in_staff_words():
        return _changed(actor, patient, _details_of(patient), changes, picture)


@command
def open_own(actor: Actor, told: Mapping[str, Any], picture: NewPicture | None = None) -> Patient:
    """A patient profile for the actor who has none, or the one that was closed, with what is told of it.

    That is fields of PersonDetails, of which the others stay, and of PatientDetails, of which the others are empty.
    Raises InvalidInput, also where one is open; NotAllowed for superusers, who belong to no clinic.
    """
    if actor.person.clinic_id is None:
        raise NotAllowed("A superuser belongs to no clinic, and can't be a patient.")
    lock("account", actor.person.id)
    patient = db.session.scalar(select(Patient).where(Patient.account_id == actor.person.id))
    if patient is None:
        patient = Patient(clinic_id=actor.person.clinic_id, account=actor.person)
        db.session.add(patient)
    elif patient.closed_at is None:
        raise InvalidInput({"": "You have a patient profile already. Change that one."})
    patient.closed_at = None
    _changed(actor, patient, PatientDetails(), told, picture)
    audit.note(actor, "opened", "patient", patient.id, patient.id)
    return patient


@command
def close_own(actor: Actor) -> Removed:
    """Closes the actor's own profile and cancels what is to come; the account and the row stay. Raises NotFound."""
    return _closed(actor, find_own(actor))


@command
def remove(actor: Actor, patient_id: int) -> Removed:
    """Ends the patient's account and cancels what is to come, with a message to each doctor; the row stays.

    Somebody who also works here, or closes their own profile, keeps the account. Raises NotFound, NotAllowed.
    """
    patient = find(actor, patient_id)
    if _is_own(actor, patient):
        return _closed(actor, patient)
    people.refuse_non_admin(actor)
    if patient.account.role != Role.PATIENT:
        return _closed(actor, patient)
    people.refuse_to_remove(actor, patient.account)
    to_come = len(appointments.upcoming_of(patient=patient))
    accounts.deactivate(actor, patient.account)
    audit.note(actor, "removed", "patient", patient.id, patient.id)
    return Removed(patient.name, to_come)


def _seen_by(actor: Actor) -> Select[Patient]:
    return _of_clinic(actor).where(Patient.is_registered, _is_theirs(actor))


def _of_clinic(actor: Actor) -> Select[Patient]:
    everybody = select(Patient).join(Patient.account).options(contains_eager(Patient.account))
    return everybody.where(Patient.clinic_id == actor.clinic.id)


def _only(query: Select[Patient], patient_id: int) -> Patient:
    patient = db.session.scalar(query.where(Patient.id == patient_id))
    if patient is None:
        raise NotFound("We can't find this patient.")
    return patient


def _read_by(actor: Actor, patient: Patient) -> Patient:
    if not _is_own(actor, patient):
        audit.note_reading(actor, "patient", patient.id, patient.id)
    return patient


def _page_by_name(query: Select[Patient], search: str, page: int, per_page: int) -> Pagination:
    columns = (Account.first_name, Account.last_name, Account.username, Account.email)
    found = or_(any_part(search, *columns, numbers=_NUMBERS), cast(Patient.id, String) == search.strip())
    by_name = (fold(Account.first_name), fold(Account.last_name), Patient.id)
    return db.paginate(query.where(found).order_by(*by_name), page=page, per_page=per_page, error_out=False)


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    if actor.is_admin:
        return Patient.id.is_not(None)
    own = actor.person.patient
    is_own = Patient.id == own.id if own is not None else false()
    if not actor.is_doctor:
        return is_own
    treated = select(Appointment.patient_id).where(
        Appointment.doctor_id == actor.own_doctor.id, Appointment.status.in_(AGREED)
    )
    return or_(is_own, Patient.id.in_(treated))


def _is_own(actor: Actor, patient: Patient) -> bool:
    return patient.account_id == actor.person.id


def _details_of(patient: Patient) -> PatientDetails:
    return PatientDetails(patient.phone, patient.blood_group, patient.emergency_contact)


def _closed(actor: Actor, patient: Patient) -> Removed:
    lock("account", patient.account_id)
    patient.closed_at = clock.now()
    canceled = appointment_changes.cancel_all_of(actor, patient=patient)
    audit.note(actor, "removed", "patient", patient.id, patient.id)
    return Removed(patient.name, len(canceled))


def _changed(
    actor: Actor, patient: Patient, details: PatientDetails, changes: Mapping[str, Any], picture: NewPicture | None
) -> Patient:
    """The patient with the changes, `details` being what stays where they say nothing."""
    answers = Answers()
    if picture is not None:
        picture.show(patient.account, answers)
    of_person = {name: value for name, value in changes.items() if name not in _OF_PATIENT}
    values = _read(replace(details, **{name: changes[name] for name in changes.keys() & _OF_PATIENT}), answers)
    if of_person:
        people.change(patient.account, actor.clinic, replace(people.details_of(patient.account), **of_person), answers)
    answers.check()
    for name, value in values.items():
        setattr(patient, name, value)
    db.session.flush()
    audit.note(actor, "changed", "patient", patient.id, patient.id)
    return patient


def _read(details: PatientDetails, answers: Answers) -> dict[str, str]:
    return {
        "phone": answers.line("phone", details.phone, 40),
        "blood_group": answers.one_of("blood_group", details.blood_group, BLOOD_GROUPS, _BLOOD_GROUP),
        "emergency_contact": answers.line("emergency_contact", details.emergency_contact, 200),
    }
