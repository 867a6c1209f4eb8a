"""The audit log: who read or changed what of whom. Lines are added, never changed."""

from typing import Any

from medimeet import clock, logs
from medimeet.services import audit_chain, reasons
from medimeet.services.access import Actor
from medimeet.writing import command


def note(
    actor: Actor,
    deed: str,
    subject: str,
    subject_id: int | None,
    patient_id: int | None = None,
    why: str = "",
    **detail: Any,
) -> None:
    """Adds a line to the running command, so that deed and line are kept or lost together.

    `why` is told to the patient; unless given it is what lets the actor do such things at all.
    """
    audit_chain.add(
        {
            "at": clock.now(),
            "clinic_id": actor.clinic.id,
            "actor_id": actor.account.id if actor.account else None,
            "deed": deed,
            "subject": subject,
            "subject_id": subject_id,
            "patient_id": patient_id,
            "detail": detail,
            "why": why or (reasons.standing(actor, deed) if patient_id is not None else ""),
            "request_id": logs.request_id.get(),
        }
    )


@command
def note_reading(actor: Actor, subject: str, subject_id: int | None, patient_id: int) -> None:
    """Adds a line that `actor` has read health data of a patient."""
    note(actor, "read", subject, subject_id, patient_id, reasons.of_reading(actor, patient_id))


def note_upkeep(deed: str, subject: str, **detail: Any) -> None:
    """Adds a line of no clinic to the running command: whoever runs the installation did it, at the machine itself."""
    audit_chain.add(
        {
            "at": clock.now(),
            **dict.fromkeys(("clinic_id", "actor_id", "subject_id", "patient_id")),
            "deed": deed,
            "subject": subject,
            "detail": detail,
            "why": "",
            "request_id": "",
        }
    )
