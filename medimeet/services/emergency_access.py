"""In an emergency a doctor of the clinic opens the records of a patient who is not theirs: for an hour, with a reason.

Nothing is asked of anybody else, because nobody may be there to ask; all are told instead.
"""

from datetime import timedelta

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import or_, select

from medimeet import clock
from medimeet.db import db
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Account, EmergencyAccess, Patient
from medimeet.services import audit, notifications, people, reasons, records, rights_messages
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.search import fold, same_number
from medimeet.writing import command, lock

LASTS = timedelta(minutes=60)
LONGEST = 500
MOST_FOUND = 10
_SHORTEST = 10
WHY = "Write in a sentence why you need to see these records now. The patient reads it."


def found(actor: Actor, text: str) -> list[Patient]:
    """The clinic's patients with exactly this family name, whole name, e-mail or phone number; none for part of one.

    Raises NotAllowed for anybody but a doctor.
    """
    doctor = actor.own_doctor
    wanted = " ".join(text.split()).casefold()
    if len(wanted) < 2:
        return []
    names = (fold(Account.last_name), fold(Account.first_name + " " + Account.last_name), fold(Account.email))
    matches = [name == wanted for name in names]
    if sum(sign.isdigit() for sign in wanted) >= 6:
        matches.append(same_number(text, actor.clinic.country, Account.mobile, Patient.phone))
    query = (
        select(Patient)
        .join(Patient.account)
        .where(Patient.clinic_id == doctor.clinic_id, Patient.closed_at.is_(None), Account.is_active, or_(*matches))
        .where(Account.id != actor.person.id)
        .order_by(fold(Account.first_name), Patient.id)
    )
    return list(db.session.scalars(query.limit(MOST_FOUND)))


def patient_of(actor: Actor, patient_id: int) -> Patient:
    """A patient of the doctor's clinic. Raises NotFound; NotAllowed for anybody but a doctor."""
    doctor = actor.own_doctor
    theirs = (Patient.id == patient_id, Patient.clinic_id == doctor.clinic_id, Patient.closed_at.is_(None))
    patient = db.session.scalar(select(Patient).join(Patient.account).where(*theirs, Account.is_active))
    if patient is None or patient.account_id == actor.person.id:
        raise NotFound("We can't find this patient.")
    return patient


@command
def open_records(actor: Actor, patient_id: int, reason: str) -> EmergencyAccess:
    """Lets the doctor read the patient's records for an hour; the patient and the clinic's admins are told.

    While one is open another is not begun. Raises InvalidInput without a reason, NotFound, NotAllowed.
    """
    patient = patient_of(actor, patient_id)
    answers = Answers()
    words = answers.text("reason", reason, LONGEST, WHY)
    if words and len(words) < _SHORTEST:
        answers.fault("reason", WHY)
    answers.check()
    lock("patient", patient.id)
    open_now = standing(actor, patient.id)
    if open_now is not None:
        return open_now
    if records.treats(actor, patient.id):
        raise InvalidInput({"": "You treat this patient, so you can open the records without this."})
    now = clock.now()
    access = EmergencyAccess(clinic_id=patient.clinic_id, account=actor.person, patient=patient, reason=words)
    access.created_at, access.expires_at = now, now + LASTS
    db.session.add(access)
    db.session.flush()
    audit.note(actor, "opened in an emergency", "emergency access", access.id, patient.id, reasons.EMERGENCY)
    rights_messages.tell_emergency(access, patient, notifications.admins_of(actor.clinic))
    return access


def standing(actor: Actor, patient_id: int) -> EmergencyAccess | None:
    """The access to this patient's records that the doctor has at present, or None."""
    mine = (EmergencyAccess.patient_id == patient_id, EmergencyAccess.account_id == actor.person.id)
    query = select(EmergencyAccess).where(*mine, EmergencyAccess.expires_at > clock.now())
    return db.session.scalar(query.order_by(EmergencyAccess.id.desc()).limit(1))


def find_standing(actor: Actor, patient_id: int) -> EmergencyAccess:
    """As `standing`. Raises NotFound where there is none, or its hour is over."""
    patient_of(actor, patient_id)
    access = standing(actor, patient_id)
    if access is None:
        raise NotFound("Your hour with these records is over. If you still need them, give the reason once more.")
    return access


def listed(actor: Actor, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the emergencies of the clinic, the newest first. Raises NotAllowed for anybody but its admin."""
    people.refuse_non_admin(actor)
    query = select(EmergencyAccess).where(EmergencyAccess.clinic_id == actor.clinic.id)
    newest = query.order_by(EmergencyAccess.created_at.desc(), EmergencyAccess.id.desc())
    return db.paginate(newest, page=page, per_page=per_page, error_out=False)
