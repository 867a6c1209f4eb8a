"""What the assistant proposes: kept, shown from the rows, and done once, by its person's own word alone.

A person has at most one open proposal to book, and one about each visit: a newer one ends the older. A confirmation
goes through the same services as the portal, with that person's rights, under a key that books once.
"""

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import AppointmentClosed, Busy, InvalidInput, NotAllowed, NotFound
from medimeet.models import Account, Appointment, IdempotencyKey, Proposal
from medimeet.services import (
    appointment_changes,
    appointments,
    audit,
    bookable,
    booking,
    conversation,
    placing,
    treatments,
)
from medimeet.services.access import Actor
from medimeet.services.assistant.cards import Card, card, deed_in_words
from medimeet.writing import command, lock

__all__ = [
    "CHANNEL",
    "Card",
    "Confirmed",
    "card",
    "confirm",
    "find",
    "open_between",
    "propose_booking",
    "propose_cancellation",
    "propose_move",
]

CHANNEL = "assistant"
_ID = re.compile(r"[0-9a-f-]{36}")
_MOST_OPEN = 5
_KEPT = timedelta(days=1)
_TOO_LATE = (
    "It is too late to confirm this: it was offered some time ago, or something newer was offered since. "
    "Nothing was changed. Ask the assistant again."
)
_HAS_CHANGED = "This visit has changed since that was offered, so nothing was done. Look at the visit, then ask again."


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was done, in our own words, and the visit that it was done to."""

    words: str
    appointment: Appointment


@command
def propose_booking(actor: Actor, *, slot_id: int, treatment_id: int) -> Proposal:
    """An open proposal to book this time for the actor, a patient. Raises as `booking.book` does, and NotAllowed."""
    if not actor.is_patient:
        raise NotAllowed("The assistant books for patients only. Book for a patient on their page.")
    doctor = placing.doctor_of(actor, slot_id)
    treatment = placing.given_treatment(doctor, treatments.find(actor, treatment_id).id)
    bookable.span(actor.own_patient, doctor, treatment, bookable.key_of(slot_id)[1])
    return _keep(actor, Proposal(deed="book", slot_id=slot_id, treatment_id=treatment_id))


@command
def propose_move(actor: Actor, *, appointment_id: int, slot_id: int) -> Proposal:
    """An open proposal to move one of the actor's visits to this time; a doctor stays its doctor.

    Raises as `appointment_changes.move` does, InvalidInput where the visit is at that time already.
    """
    visit = _own_visit(actor, appointment_id)
    appointment_changes.refuse_begun(visit, "moved")
    appointment_changes.refuse_unconfirmed(visit, "moved")
    if not actor.is_patient:
        bookable.refuse_other_doctor(slot_id, visit.doctor_id)
    doctor, starts_at = placing.doctor_of(actor, slot_id), bookable.key_of(slot_id)[1]
    if (doctor.id, starts_at) == (visit.doctor_id, visit.starts_at):
        raise InvalidInput({"slot_id": "The visit is at this time already."})
    treatment = placing.given_treatment(doctor, visit.treatment_id)
    bookable.span(visit.patient, doctor, treatment, starts_at, leave_out=visit.id)
    return _keep(
        actor, Proposal(deed="move", slot_id=slot_id, appointment_id=visit.id, treatment_id=visit.treatment_id)
    )


@command
def propose_cancellation(actor: Actor, *, appointment_id: int) -> Proposal:
    """An open proposal to cancel one of the actor's visits. Raises NotFound, AppointmentClosed."""
    visit = _own_visit(actor, appointment_id)
    appointment_changes.refuse_begun(visit, "canceled")
    return _keep(actor, Proposal(deed="cancel", appointment_id=visit.id, treatment_id=visit.treatment_id))


def find(actor: Actor, public_id: str) -> Proposal:
    """The actor's own proposal, open or not. Raises NotFound, also for an account that was closed."""
    is_id = isinstance(public_id, str) and _ID.fullmatch(public_id)  # it comes from outside, and may be anything
    proposal = db.session.scalar(
        select(Proposal).where(
            Proposal.public_id == (public_id if is_id else ""),
            Proposal.account_id == actor.person.id,
            Proposal.clinic_id == actor.clinic.id,
            Proposal.account.has(Account.is_active),
        )
    )
    if proposal is None:
        raise NotFound("We can't find what you want to confirm. Ask the assistant again.")
    return proposal


def waiting(actor: Actor) -> list[Proposal]:
    """All of the actor's proposals that can still be confirmed, the oldest first."""
    return list(
        db.session.scalars(
            select(Proposal)
            .where(
                Proposal.account_id == actor.person.id,
                Proposal.clinic_id == actor.clinic.id,
                Proposal.confirmed_at.is_(None),
                Proposal.expires_at > clock.now(),
            )
            .order_by(Proposal.id)
        )
    )


def open_between(actor: Actor, first: datetime, last: datetime) -> list[Proposal]:
    """Those of them that were made between two instants."""
    return [each for each in waiting(actor) if first <= each.created_at <= last]


def confirm(actor: Actor, public_id: str) -> Confirmed:
    """Does what was proposed, once, and keeps it in the log; confirming again answers as the first time.

    Raises NotFound, AppointmentClosed where it is too late or the visit has changed since, and as the portal does.
    """
    proposal = find(actor, public_id)
    if proposal.confirmed_at is None and not _is_done(proposal):
        _refuse_late(proposal)
    if proposal.confirmed_at is None:
        _settle(actor, proposal.id, _do(actor, proposal).id)
        proposal = find(actor, public_id)
    if proposal.result is None:
        raise AppointmentClosed(_TOO_LATE)
    words = deed_in_words(proposal)
    with suppress(Busy):  # it is done; only the log lacks it
        conversation.append(
            actor,
            words,
            role="assistant",
            source="clinic",
            kind="confirmed",
            event_id=conversation.event_id_of(actor, f"{public_id} confirmed"),
        )
    return Confirmed(words, proposal.result)


def _do(actor: Actor, proposal: Proposal) -> Appointment:
    if proposal.deed == "book":
        return booking.book(
            actor,
            slot_id=proposal.slot_id or 0,
            treatment_id=proposal.treatment_id,
            channel=CHANNEL,
            idempotency_key=_key_of(proposal),
        )
    visit = _own_visit(actor, proposal.appointment_id or 0)
    if proposal.deed == "move":
        return appointment_changes.move(actor, visit.id, slot_id=proposal.slot_id or 0)
    return appointment_changes.cancel(actor, visit.id)


@command
def _settle(actor: Actor, proposal_id: int, result_id: int) -> None:
    settled = db.session.scalar(
        update(Proposal)
        .where(Proposal.id == proposal_id, Proposal.confirmed_at.is_(None))
        .values(confirmed_at=clock.now(), result_id=result_id)
        .returning(Proposal.deed)
    )
    if settled is not None:
        audit.note(actor, "confirmed", "proposal", proposal_id, asked=settled, appointment=result_id, channel=CHANNEL)


def _is_done(proposal: Proposal) -> bool:
    """Whether it was done already, by a confirmation whose end was lost or is still under way."""
    if proposal.deed == "book":
        own_key = IdempotencyKey.account_id == proposal.account_id, IdempotencyKey.key == _key_of(proposal)
        return db.session.scalar(select(IdempotencyKey.id).where(*own_key)) is not None
    visit = proposal.appointment
    if visit is None:
        return False
    if proposal.deed == "cancel":
        return visit.status == AppointmentStatus.CANCELED
    return visit.is_active and (visit.doctor_id, visit.starts_at) == bookable.key_of(proposal.slot_id or 0)


def _refuse_late(proposal: Proposal) -> None:
    if proposal.expires_at <= clock.now():
        raise AppointmentClosed(_TOO_LATE)
    if proposal.appointment is not None and proposal.appointment.updated_at > proposal.created_at:
        raise AppointmentClosed(_HAS_CHANGED)


def _keep(actor: Actor, proposal: Proposal) -> Proposal:
    """The proposal, written in the running command; older ones about the same, and long dead ones, end."""
    person, now = actor.person, clock.now()
    lock("account", person.id)
    unconfirmed = Proposal.account_id == person.id, Proposal.confirmed_at.is_(None)
    db.session.execute(delete(Proposal).where(*unconfirmed, Proposal.expires_at < now - _KEPT))
    is_open = *unconfirmed, Proposal.expires_at > now
    latest = select(Proposal.id).where(*is_open).order_by(Proposal.id.desc())
    kept = list(db.session.scalars(latest.limit(_MOST_OPEN - 1)))
    is_older = or_(Proposal.appointment_id.is_not_distinct_from(proposal.appointment_id), Proposal.id.not_in(kept))
    db.session.execute(update(Proposal).where(*is_open, is_older).values(expires_at=now))
    proposal.public_id = str(uuid.uuid4())
    proposal.clinic_id, proposal.account_id = actor.clinic.id, person.id
    proposal.created_at = now
    proposal.expires_at = now + timedelta(minutes=setting("ASSISTANT_PROPOSAL_MINUTES"))
    db.session.add(proposal)
    db.session.flush()
    return proposal


def _own_visit(actor: Actor, appointment_id: int) -> Appointment:
    """A visit that the actor has as its patient or its doctor; who runs the clinic has the pages for all others."""
    visit = appointments.find(actor, appointment_id)
    person = actor.person
    own = (
        person.patient is not None and visit.patient_id == person.patient.id,
        person.doctor is not None and visit.doctor_id == person.doctor.id,
    )
    if not any(own):
        raise NotFound(appointments.UNKNOWN)
    return visit


def _key_of(proposal: Proposal) -> str:
    return f"proposal {proposal.public_id}"
