"""What patients tell of their own health: conditions that they have or had. Only the patient writes it."""

from datetime import date
from typing import Any

from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import MedicalHistoryEntry, Patient
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.writing import command

_DIAGNOSED = "Write the day it was found, with a year between 1900 and now, or leave it empty."


def of_patient(patient: Patient) -> list[MedicalHistoryEntry]:
    """The patient's entries, the oldest first. Who may ask is decided by whoever found the patient."""
    query = select(MedicalHistoryEntry).where(MedicalHistoryEntry.patient_id == patient.id)
    return list(db.session.scalars(query.order_by(MedicalHistoryEntry.id)))


def find_own(actor: Actor, entry_id: int) -> MedicalHistoryEntry:
    """One of the actor's own entries. Raises NotFound, NotAllowed for somebody who is no patient."""
    entry = db.session.scalar(
        select(MedicalHistoryEntry).where(
            MedicalHistoryEntry.id == entry_id, MedicalHistoryEntry.patient_id == actor.own_patient.id
        )
    )
    if entry is None:
        raise NotFound("We can't find this entry of your medical history.")
    return entry


@command
def add(actor: Actor, *, condition: str, diagnosed_on: date | None = None, notes: str = "") -> MedicalHistoryEntry:
    """A new entry of the actor's own history. Raises InvalidInput, NotAllowed."""
    patient = actor.own_patient
    entry = MedicalHistoryEntry(clinic_id=patient.clinic_id, patient_id=patient.id)
    _fill(actor, entry, condition, diagnosed_on, notes)
    db.session.add(entry)
    db.session.flush()
    audit.note(actor, "added", "medical history", entry.id, patient.id)
    return entry


@command
def change(actor: Actor, entry_id: int, **changes: Any) -> MedicalHistoryEntry:
    """The entry with another `condition`, `diagnosed_on` or `notes`, named as for `add`; what is not given stays.

    Raises InvalidInput, NotFound, NotAllowed.
    """
    entry = find_own(actor, entry_id)
    kept = {"condition": entry.condition, "diagnosed_on": entry.diagnosed_on, "notes": entry.notes}
    _fill(actor, entry, **kept | changes)
    audit.note(actor, "changed", "medical history", entry.id, entry.patient_id)
    return entry


@command
def remove(actor: Actor, entry_id: int) -> None:
    """Takes an entry out of the actor's own history. Raises NotFound, NotAllowed."""
    entry = find_own(actor, entry_id)
    audit.note(actor, "removed", "medical history", entry.id, entry.patient_id)
    db.session.delete(entry)


def _fill(actor: Actor, entry: MedicalHistoryEntry, condition: str, diagnosed_on: date | None, notes: str) -> None:
    answers = Answers()
    entry.condition = answers.line("condition", condition, 200, "Write what you have or had, for example Asthma.")
    entry.diagnosed_on = answers.past_day("diagnosed_on", diagnosed_on, clock.today(actor.clinic.zone), _DIAGNOSED)
    entry.notes = answers.text("notes", notes, 2000)
    answers.check()
