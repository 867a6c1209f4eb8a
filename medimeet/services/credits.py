"""Credits: what a clinic pays for its team's answers by the language model.

One is taken before the call, then spent or returned. Each change is one conditional UPDATE with a line of the ledger in
the same transaction: a hundred questions at once take no more than there is, and what a dead worker took goes back.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from medimeet import clock
from medimeet.db import command, db
from medimeet.domain.statuses import Role
from medimeet.errors import MediMeetError
from medimeet.models import Account, Clinic, CreditEntry, CreditReservation, Subscription
from medimeet.services.access import Actor

LONGEST_ANSWER = timedelta(minutes=5)


class NoCreditsLeft(MediMeetError):
    """The clinic has no credits left for answers of the language model."""

    status = 402
    default_words = "Your clinic has no credits left for the AI assistant. Ask your clinic's admin to order more."


@dataclass(frozen=True, slots=True)
class Meter:
    """How many credits a clinic has left; `is_low` from a fifth of what it last had downwards."""

    left: int
    is_low: bool


def is_metered(account: Account) -> bool:
    """Whether the account's answers cost its clinic credits: those of the team do, a patient's don't."""
    return account.role != Role.PATIENT


def meter(clinic: Clinic) -> Meter:
    """What the clinic has left."""
    row = db.session.query(Subscription).filter_by(clinic_id=clinic.id).one_or_none()
    left = row.credits_left if row is not None else 0
    return Meter(left, is_low=row is not None and left * 5 <= row.plan.monthly_credits)


@command
def reserve(actor: Actor) -> int:
    """Takes one credit of the actor's clinic for one answer; gives the reservation's id. Raises NoCreditsLeft."""
    now = clock.now()
    left = db.session.scalar(
        update(Subscription)
        .where(Subscription.clinic_id == actor.clinic.id, Subscription.credits_left > 0)
        .values(credits_left=Subscription.credits_left - 1)
        .returning(Subscription.credits_left)
    )
    if left is None:
        raise NoCreditsLeft
    reservation = CreditReservation(
        clinic_id=actor.clinic.id, account_id=actor.person.id, expires_at=now + LONGEST_ANSWER
    )
    db.session.add(reservation)
    db.session.flush()
    db.session.add(
        CreditEntry(
            clinic_id=actor.clinic.id,
            account_id=actor.person.id,
            reservation_id=reservation.id,
            change=-1,
            left=left,
            reason="An answer of the assistant",
        )
    )
    return reservation.id


@command
def settle(reservation_id: int) -> None:
    """The answer was given: the credit is spent. Does nothing where it went back already."""
    _end(reservation_id, "spent")


@command
def give_back(reservation_id: int) -> None:
    """No answer came: the credit goes back, once."""
    reservation = _end(reservation_id, "returned")
    if reservation is None:
        return
    left = db.session.scalar(
        update(Subscription)
        .where(Subscription.clinic_id == reservation.clinic_id)
        .values(credits_left=Subscription.credits_left + 1)
        .returning(Subscription.credits_left)
    )
    db.session.add(
        CreditEntry(
            clinic_id=reservation.clinic_id,
            account_id=reservation.account_id,
            reservation_id=reservation.id,
            change=1,
            left=left,
            reason="No answer came: given back",
        )
    )


def _end(reservation_id: int, state: str) -> CreditReservation | None:
    return db.session.scalar(
        update(CreditReservation)
        .where(CreditReservation.id == reservation_id, CreditReservation.state == "reserved")
        .values(state=state)
        .returning(CreditReservation)
    )
