"""The audit log: who read or changed what of whom. Lines are added, never changed."""

from typing import Any

from medimeet.db import command, db
from medimeet.models import AuditEntry
from medimeet.services.access import Actor


def note(
    actor: Actor, deed: str, subject: str, subject_id: int | None, patient_id: int | None = None, **detail: Any
) -> None:
    """Adds a line to the running command, so that deed and line are kept or lost together."""
    db.session.add(
        AuditEntry(
            clinic_id=actor.clinic.id,
            actor_id=actor.account.id if actor.account else None,
            deed=deed,
            subject=subject,
            subject_id=subject_id,
            patient_id=patient_id,
            detail=detail,
        )
    )


@command
def note_reading(actor: Actor, subject: str, subject_id: int, patient_id: int) -> None:
    """Adds a line that `actor` has read health data of a patient."""
    note(actor, "read", subject, subject_id, patient_id)
