"""The clinic's doctors: who works here, and what is told of them. Applications are `doctor_applications`' business."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, selectinload

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.errors import NotAllowed, NotFound
from medimeet.models import Account, Clinic, Designation, Doctor, Language, Specialty, Treatment, WorkingHours
from medimeet.services import accounts, appointments, audit, people, weekly_times, word_lists
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.people import PersonDetails
from medimeet.services.search import any_part, fold
from medimeet.writing import command

_COLUMNS = {
    "specialty_ids": "specialties",
    "designation_ids": "designations",
    "language_ids": "languages",
    "treatment_ids": "treatments",
}
_EXPERIENCE = "Write a whole number of years, from 0 to 80."
_NEEDS_EMAIL = "Write the doctor's e-mail address. The link to sign in for the first time goes there."


@dataclass(frozen=True, slots=True)
class DoctorDetails:
    """What a profile tells beside the person. The fee is in the clinic's currency, ids are of the clinic's own rows."""

    fee: Decimal | None = None
    meet_link: str = ""
    years_of_experience: int | None = None
    shows_contact: bool = False
    specialty_ids: Iterable[int] = ()
    designation_ids: Iterable[int] = ()
    language_ids: Iterable[int] = ()
    treatment_ids: Iterable[int] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody who was removed, and how many visits to come were canceled by that."""

    name: str
    canceled: int


def find(actor: Actor, doctor_id: int) -> Doctor:
    """A verified, active doctor of the actor's clinic. Raises NotFound."""
    return _the_one(working_in(actor.clinic).where(Doctor.id == doctor_id))


def find_public(actor: Actor, public_id: uuid.UUID) -> Doctor:
    """The same, by the id that phones know people by. Raises NotFound."""
    return _the_one(working_in(actor.clinic).where(Account.public_id == public_id))


def listed(
    actor: Actor,
    *,
    search: str = "",
    specialty_ids: Collection[int] = (),
    designation_ids: Collection[int] = (),
    time_ids: Collection[int] = (),
    fee: Decimal | None = None,
    page: int = 1,
    per_page: int = 25,
) -> Pagination:
    """One page of the doctors who work in the clinic, by name. `search` is any part of a name, e-mail or phone.

    Of ids any may apply; `time_ids` are of the day's grid, and apply to who declares one of them on some weekday.
    """
    query = working_in(actor.clinic).where(matches(search))
    if specialty_ids:
        query = query.where(Doctor.specialties.any(Specialty.id.in_(specialty_ids)))
    if designation_ids:
        query = query.where(Doctor.designations.any(Designation.id.in_(designation_ids)))
    if time_ids:
        query = query.where(weekly_times.declares_any(actor.clinic, time_ids))
    if fee is not None:
        query = query.where(Doctor.fee == fee)
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def introduced(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the doctors who work in the clinic, by name, with the languages that they speak."""
    query = working_in(actor.clinic).where(matches(search)).options(selectinload(Doctor.languages))
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def working(actor: Actor) -> list[Doctor]:
    """Every verified, active doctor of the clinic, by name, with the treatments they give and languages they speak."""
    return list(db.session.scalars(_working_in_full(actor)))


def named(actor: Actor) -> list[Doctor]:
    """The same with their names alone, for lists that show no more."""
    return list(db.session.scalars(_by_name(_of_clinic(actor.clinic))))


def described(actor: Actor, doctor_ids: Collection[int]) -> dict[int, Doctor]:
    """Those of the clinic's doctors with their fields of medicine, by id, also who has gone; for lists of visits."""
    query = select(Doctor).where(Doctor.clinic_id == actor.clinic.id, Doctor.id.in_(doctor_ids))
    return {doctor.id: doctor for doctor in db.session.scalars(query.options(selectinload(Doctor.specialties)))}


def of_specialty(actor: Actor, specialty: Specialty) -> list[Doctor]:
    """Those of them who work in this field of medicine."""
    in_field = Doctor.specialties.any(Specialty.id == specialty.id)
    return list(db.session.scalars(_working_in_full(actor).where(in_field)))


def with_hours(doctors: Sequence[Doctor]) -> set[int]:
    """The ids of those of these doctors who have declared any working hours."""
    ids = [doctor.id for doctor in doctors]
    return set(db.session.scalars(select(WorkingHours.doctor_id).where(WorkingHours.doctor_id.in_(ids)).distinct()))


def visits_to_come(actor: Actor, doctor_id: int) -> int:
    """How many visits of the doctor are still to come. Raises NotFound."""
    return len(appointments.upcoming_of(doctor=find(actor, doctor_id)))


@command
def add(actor: Actor, person: PersonDetails, details: DoctorDetails) -> Doctor:
    """A new, verified doctor of the clinic, who gets a link to set a password. Raises InvalidInput, NotAllowed."""
    people.refuse_non_admin(actor)
    answers = Answers()
    values = _read(actor.clinic, details, answers)
    if not (person.email or "").strip():
        answers.fault("email", _NEEDS_EMAIL)
    with people.in_staff_words():
        account = people.add(actor.clinic, Role.DOCTOR, person, answers)
    doctor = Doctor(clinic_id=actor.clinic.id, account=account, verified_at=clock.now())
    db.session.add(doctor)
    write(doctor, values)
    db.session.flush()
    accounts.mail_first_password(account)
    audit.note(actor, "added", "doctor", doctor.id)
    return doctor


@command
def change(actor: Actor, doctor_id: int, person: PersonDetails, details: DoctorDetails) -> Doctor:
    """The doctor with new details, written by the clinic's admin or the doctor.

    Raises InvalidInput, NotFound, NotAllowed for another doctor's profile.
    """
    if not actor.is_admin and actor.own_doctor.id != doctor_id:
        raise NotAllowed("You can change your own profile only.")
    doctor = find(actor, doctor_id)
    answers = Answers()
    values = _read(actor.clinic, details, answers)
    if not (person.email or "").strip():
        answers.fault("email", _NEEDS_EMAIL)
    with people.in_staff_words():
        people.change(doctor.account, actor.clinic, person, answers)
    write(doctor, values)
    db.session.flush()
    audit.note(actor, "changed", "doctor", doctor.id)
    return doctor


@command
def remove(actor: Actor, doctor_id: int) -> Removed:
    """Ends the doctor's account and cancels what is to come, with a message to each patient; the row stays.

    Raises NotFound, NotAllowed for one's own account.
    """
    people.refuse_non_admin(actor)
    doctor = find(actor, doctor_id)
    to_come = len(appointments.upcoming_of(doctor=doctor))
    end(actor, doctor)
    return Removed(doctor.name, to_come)


def end(actor: Actor, doctor: Doctor) -> None:
    """Ends the doctor's account, in the running command. Raises NotAllowed for who runs the clinic."""
    people.refuse_to_remove(actor, doctor.account)
    accounts.deactivate(actor, doctor.account)
    audit.note(actor, "removed", "doctor", doctor.id)


def read_changes(clinic: Clinic, changes: Mapping[str, Any], answers: Answers) -> dict[str, Any]:
    """What `write` takes, for the given fields of DoctorDetails; faults go to `answers`."""
    values = _read(clinic, DoctorDetails(**changes), answers)
    columns = [_COLUMNS.get(name, name) for name in changes]
    return {column: values[column] for column in columns}


def write(doctor: Doctor, values: Mapping[str, Any]) -> None:
    """Writes what was read into the profile, in the running command."""
    for name, value in values.items():
        setattr(doctor, name, value)


def working_in(clinic: Clinic) -> Select[Doctor]:
    """The query of a clinic's verified, active doctors, by name, with what most lists show of them."""
    return _by_name(of_clinic(clinic))


def of_clinic(clinic: Clinic) -> Select[Doctor]:
    """The query of a clinic's doctors and applicants with an active account, with what most lists show of them."""
    return _of_clinic(clinic).options(selectinload(Doctor.specialties), selectinload(Doctor.designations))


def matches(search: str) -> ColumnElement[bool]:
    """The condition that a doctor's name, e-mail or phone holds `search`."""
    columns = (Account.first_name, Account.last_name, Account.username, Account.email)
    return any_part(search, *columns, numbers=(Account.mobile,))


def _of_clinic(clinic: Clinic) -> Select[Doctor]:
    return (
        select(Doctor)
        .join(Doctor.account)
        .where(Doctor.clinic_id == clinic.id, Account.is_active)
        .options(contains_eager(Doctor.account).lazyload(Account.clinic))  # the same for all, and known already
    )


def _by_name(query: Select[Doctor]) -> Select[Doctor]:
    verified = query.where(Doctor.verified_at.is_not(None))
    return verified.order_by(fold(Account.first_name), fold(Account.last_name), Doctor.id)


def _working_in_full(actor: Actor) -> Select[Doctor]:
    return working_in(actor.clinic).options(selectinload(Doctor.treatments), selectinload(Doctor.languages))


def _the_one(query: Select[Doctor]) -> Doctor:
    doctor = db.session.scalar(query)
    if doctor is None:
        raise NotFound("We can't find this doctor.")
    return doctor


def _read(clinic: Clinic, details: DoctorDetails, answers: Answers) -> dict[str, Any]:
    return {
        "fee": answers.money("fee", details.fee),
        "meet_link": answers.web_address("meet_link", details.meet_link),
        "years_of_experience": answers.number("years_of_experience", details.years_of_experience, 0, 80, _EXPERIENCE),
        "shows_contact": details.shows_contact,
        "specialties": word_lists.chosen(Specialty, clinic.id, details.specialty_ids, "specialty_ids", answers),
        "designations": word_lists.chosen(Designation, clinic.id, details.designation_ids, "designation_ids", answers),
        "languages": word_lists.chosen(Language, clinic.id, details.language_ids, "language_ids", answers),
        "treatments": _chosen_treatments(clinic, details.treatment_ids, answers),
    }


def _chosen_treatments(clinic: Clinic, treatment_ids: Iterable[int], answers: Answers) -> list[Treatment]:
    wanted = set(treatment_ids)
    query = select(Treatment).where(Treatment.clinic_id == clinic.id, Treatment.is_active, Treatment.id.in_(wanted))
    found = list(db.session.scalars(query)) if wanted else []
    if len(found) != len(wanted):
        answers.fault("treatment_ids", "Choose treatments from the list.")
    return found
