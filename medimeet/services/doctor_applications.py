"""People who applied as doctors: they stay patients until the clinic's admin accepts them."""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from medimeet import clock
from medimeet.db import command, db, lock
from medimeet.domain.statuses import Role
from medimeet.errors import Conflict, NotFound
from medimeet.models import Doctor
from medimeet.services import audit, doctors, notifications, people, sign_in
from medimeet.services.access import Actor


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the applicants who wait for an answer, the longest waiting first."""
    waiting = doctors.of_clinic(actor.clinic).where(Doctor.verified_at.is_(None), doctors.matches(search))
    query = waiting.order_by(Doctor.created_at, Doctor.id)
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


@command
def accept(actor: Actor, doctor_id: int) -> Doctor:
    """The applicant as a verified doctor of the clinic, told so; accepting twice changes nothing. Raises NotFound.

    They sign in afresh, because a session keeps the rights it was started with no longer than needed.
    """
    doctor = _applicant(actor, doctor_id)
    if doctor.is_verified:
        return doctor
    doctor.verified_at = clock.now()
    if not doctor.account.is_staff:
        doctor.account.role = Role.DOCTOR
    sign_in.end_all_sessions(doctor.account)
    db.session.flush()
    notifications.tell_verified(doctor)
    audit.note(actor, "accepted", "doctor", doctor.id)
    return doctor


@command
def decline(actor: Actor, doctor_id: int) -> str:
    """Takes the application away; the person is told, stays a patient and may apply again.

    Gives their name.

    Raises NotFound, Conflict.
    """
    doctor = _applicant(actor, doctor_id)
    if doctor.is_verified:
        raise Conflict(f"{doctor.name} was accepted meanwhile. Remove the doctor in the list of doctors instead.")
    name, account = doctor.account.full_name, doctor.account
    audit.note(actor, "declined", "doctor", doctor.id)
    db.session.delete(doctor)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(
            f"{name} has worked here before, so this can't be declined. Accept and then remove them."
        ) from None
    notifications.tell_declined(account)
    return name


def _applicant(actor: Actor, doctor_id: int) -> Doctor:
    people.refuse_non_admin(actor)
    found = db.session.scalar(select(Doctor).where(Doctor.id == doctor_id, Doctor.clinic_id == actor.clinic.id))
    if found is None or not found.account.is_active:
        raise NotFound("We can't find this application. Perhaps somebody else has answered it.")
    lock("account", found.account_id)
    db.session.refresh(found)
    return found
