"""What is kept of erased patients: who they were, for whoever may ask by law; and the end of it."""

import json
from dataclasses import dataclass
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import delete, select, update

from medimeet import clock
from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import Appointment, HeldIdentity, MedicalHistoryEntry, MedicalRecordVersion
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.writing import command

A_STEP = 20  # patients; each has some records


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose the records are."""

    name: str
    born: date | None
    gender: str


def listed(actor: Actor, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the clinic's erased patients of whom something must be kept, by the names they are listed under.

    Raises NotAllowed for anybody but the clinic's admin.
    """
    people.refuse_non_admin(actor)
    query = select(HeldIdentity).where(HeldIdentity.clinic_id == actor.clinic.id)
    return db.paginate(query.order_by(HeldIdentity.patient_id), page=page, per_page=per_page, error_out=False)


def find(actor: Actor, patient_id: int) -> HeldIdentity:
    """What is kept of an erased patient of the clinic. Raises NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    mine = (HeldIdentity.patient_id == patient_id, HeldIdentity.clinic_id == actor.clinic.id)
    held = db.session.scalar(select(HeldIdentity).where(*mine))
    if held is None:
        raise NotFound("Nothing is kept of this person.")
    return held


@command
def show(actor: Actor, patient_id: int) -> Identity:
    """Who an erased patient was; the look is noted in the audit log. Raises NotFound, NotAllowed."""
    held = find(actor, patient_id)
    audit.note(actor, "read", "held identity", patient_id, patient_id)
    kept = json.loads(held.identity)
    born = date.fromisoformat(kept["born"]) if kept["born"] else None
    return Identity(kept["name"], born, kept["gender"])


def end_some() -> int:
    """Removes the records of a few patients whose time is up, and who they were; how many patients."""
    due = select(HeldIdentity.patient_id).where(HeldIdentity.until <= clock.now()).limit(A_STEP)
    ids = list(db.session.scalars(due))
    if ids:
        _end(ids)
    return len(ids)


@command
def _end(patient_ids: list[int]) -> None:
    """The visits stay, without a name and a word, so that what was counted still sums."""
    visits = select(Appointment.id).where(Appointment.patient_id.in_(patient_ids))
    db.session.execute(delete(MedicalRecordVersion).where(MedicalRecordVersion.appointment_id.in_(visits)))
    db.session.execute(delete(MedicalHistoryEntry).where(MedicalHistoryEntry.patient_id.in_(patient_ids)))
    db.session.execute(update(Appointment).where(Appointment.patient_id.in_(patient_ids)).values(reason=""))
    db.session.execute(delete(HeldIdentity).where(HeldIdentity.patient_id.in_(patient_ids)))
