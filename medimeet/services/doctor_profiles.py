"""A doctor's profile, part by part, in the hands of its owner and of the clinic's admin; applicants have one too."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_

from medimeet.db import db
from medimeet.errors import InvalidInput, NotAllowed, NotFound
from medimeet.models import Doctor
from medimeet.services import audit, doctor_applications, doctors, weekly_times
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.new_picture import NewPicture
from medimeet.writing import command


def find(actor: Actor, doctor_id: int) -> Doctor:
    """A doctor who works in the actor's clinic; an applicant for themselves and for the admin. Raises NotFound."""
    query = doctors.of_clinic(actor.clinic).where(Doctor.id == doctor_id)
    if not actor.is_admin:
        own_id = actor.account.id if actor.account is not None else None
        query = query.where(or_(Doctor.verified_at.is_not(None), Doctor.account_id == own_id))
    doctor = db.session.scalar(query)
    if doctor is None:
        raise NotFound("We can't find this doctor.")
    return doctor


def public_phone(doctor: Doctor) -> str:
    """The number that everybody may see: the doctor's own where they show it, else the clinic's."""
    own = doctor.account.mobile_as_sent or doctor.account.mobile if doctor.shows_contact else None
    return own or doctor.clinic.phone


def public_email(doctor: Doctor) -> str | None:
    """The doctor's own e-mail, where they show it to everybody."""
    return doctor.account.email if doctor.shows_contact else None


@command
def change(actor: Actor, doctor_id: int, changes: Mapping[str, Any], picture: NewPicture | None = None) -> Doctor:
    """The doctor with the given fields of DoctorDetails changed; beside these `time_ids`, the weekly hours as in
    `weekly_times`, and `is_verified`, which an admin may set for an applicant.

    Raises InvalidInput, NotFound, NotAllowed for another doctor's profile.
    """
    doctor = _own_or_any(actor, doctor_id)
    answers = Answers()
    if picture is not None:
        picture.show(doctor.account, answers)
    details = {name: value for name, value in changes.items() if name not in {"time_ids", "is_verified"}}
    values = doctors.read_changes(doctor.clinic, details, answers)
    times = weekly_times.read(doctor.clinic, changes.get("time_ids", ()), answers)
    answers.check()
    doctors.write(doctor, values)
    if "time_ids" in changes:
        weekly_times.declare(actor, doctor, times, answers)
    if "is_verified" in changes:
        _verify(actor, doctor, changes["is_verified"])
    db.session.flush()
    audit.note(actor, "changed", "doctor", doctor.id)
    return doctor


@command
def remove(actor: Actor, doctor_id: int) -> None:
    """Ends the doctor's account and cancels what is to come; the row stays. An application goes without a trace.

    Raises NotFound, NotAllowed for another doctor's profile and for who runs the clinic.
    """
    doctor = _own_or_any(actor, doctor_id)
    if not doctor.is_verified:
        doctor_applications.take_away(actor, doctor, "withdrew")
        return
    doctors.end(actor, doctor)


def _own_or_any(actor: Actor, doctor_id: int) -> Doctor:
    doctor = find(actor, doctor_id)
    if not actor.is_admin and doctor.account_id != actor.person.id:
        raise NotAllowed("You can change your own profile only.")
    return doctor


def _verify(actor: Actor, doctor: Doctor, wanted: bool) -> None:
    if wanted == doctor.is_verified:
        return
    if not actor.is_admin:
        raise NotAllowed("Only the clinic's admin can accept a doctor.")
    if not wanted:
        raise InvalidInput({"is_verified": "A doctor who was accepted stays so. Remove the doctor instead."})
    doctor_applications.verify(actor, doctor)
