"""Credits: what a clinic pays for its team's answers by the language model.

One is taken before the call, then spent or returned. Each change is one conditional UPDATE with a line of the ledger in
the same transaction: a hundred questions at once take no more than there is, and what a dead worker took goes back.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from medimeet import clock
from medimeet.db import db
from medimeet.domain.credits import is_low
from medimeet.domain.statuses import Role
from medimeet.errors import Conflict, MediMeetError
from medimeet.models import Account, Clinic, CreditEntry, CreditReservation, Plan, Subscription
from medimeet.services.access import Actor
from medimeet.writing import command

LONGEST_ANSWER = timedelta(minutes=5)
MOST = 1_000_000_000


class NoCreditsLeft(MediMeetError):
    """The clinic has no credits left for answers of the language model."""

    status = 402
    default_words = "Your clinic has no credits left for the AI assistant. Ask your clinic's admin to order more."


@dataclass(frozen=True, slots=True)
class Meter:
    """How many credits a clinic has left, of how many it `had` after some were last added; `is_low` from a fifth."""

    left: int
    is_low: bool
    had: int = 0


def is_metered(account: Account) -> bool:
    """Whether the account's answers cost its clinic credits: those of the team do, a patient's don't."""
    return account.role != Role.PATIENT


def meter(clinic: Clinic) -> Meter:
    """What the clinic has left."""
    # Columns, not the row: a socket's session may have read it an hour ago.
    of_clinic = select(Subscription.credits_left, Plan.monthly_credits).join(Subscription.plan)
    row = db.session.execute(of_clinic.where(Subscription.clinic_id == clinic.id)).one_or_none()
    if row is None:
        return Meter(0, is_low=True)
    left, monthly_credits = row
    last_added = (
        select(CreditEntry.left)
        .where(CreditEntry.clinic_id == clinic.id, CreditEntry.change > 0, CreditEntry.reservation_id.is_(None))
        .order_by(CreditEntry.id.desc())
        .limit(1)
    )
    had = db.session.scalar(last_added) or monthly_credits
    return Meter(left, is_low(left, had), had)


@command
def reserve(actor: Actor) -> int:
    """Takes one credit of the actor's clinic for one answer; gives the reservation's id. Raises NoCreditsLeft."""
    left = _change(actor.clinic.id, -1)
    if left is None:
        raise NoCreditsLeft
    reservation = CreditReservation(
        clinic_id=actor.clinic.id, account_id=actor.person.id, expires_at=clock.now() + LONGEST_ANSWER
    )
    db.session.add(reservation)
    db.session.flush()
    _note(reservation, -1, left, "An answer of the assistant")
    return reservation.id


@command
def settle(reservation_id: int) -> None:
    """The answer was given: the credit is spent. Does nothing where it went back already."""
    _end(reservation_id, "spent")


@command
def give_back(reservation_id: int) -> bool:
    """No answer came: the credit goes back, once. Says whether it went back now."""
    reservation = _end(reservation_id, "returned")
    left = _change(reservation.clinic_id, 1) if reservation is not None else None
    if reservation is None or left is None:
        return False
    _note(reservation, 1, left, "No answer came: given back")
    return True


def return_abandoned() -> int:
    """Gives back, one by one, what workers took that died before they spent it; says how many credits went back.

    Any number of pollers may do so at once. An answer that took longer than LONGEST_ANSWER costs nothing.
    """
    abandoned = select(CreditReservation.id).where(
        CreditReservation.state == "reserved", CreditReservation.expires_at <= clock.now()
    )
    return sum(give_back(reservation_id) for reservation_id in db.session.scalars(abandoned).all())


def add(clinic_id: int, change: int, reason: str, account_id: int | None) -> int:
    """Adds credits in the running command (below zero: takes them away) with a line of the ledger; gives what is left.

    Raises Conflict where the clinic has no plan, has fewer than are taken, or would have more than MOST.
    """
    left = _change(clinic_id, change)
    if left is None:
        raise Conflict(_why_not(clinic_id, change))
    db.session.add(
        CreditEntry(clinic_id=clinic_id, account_id=account_id, change=change, left=left, reason=reason[:200])
    )
    return left


def are_counted(clinic_id: int) -> bool:
    """Whether the ledger has a line of this clinic, so that its subscription must stay."""
    return db.session.scalar(select(CreditEntry.id).where(CreditEntry.clinic_id == clinic_id).limit(1)) is not None


def _change(clinic_id: int, change: int) -> int | None:
    """What is left after the change; None where it can't be made, and nothing is changed."""
    return db.session.scalar(
        update(Subscription)
        .where(Subscription.clinic_id == clinic_id, Subscription.credits_left.between(-change, MOST - change))
        .values(credits_left=Subscription.credits_left + change)
        .returning(Subscription.credits_left)
    )


def _why_not(clinic_id: int, change: int) -> str:
    left = db.session.scalar(select(Subscription.credits_left).where(Subscription.clinic_id == clinic_id))
    if left is None:
        return "The clinic has no plan yet, so nothing can hold its credits. Order a month of a plan first."
    if change < 0:
        return f"The clinic has only {left} credits left, so no more than that can be taken away."
    return f"A clinic can have {MOST:,} credits at most. It has {left:,} now."


def _note(reservation: CreditReservation, change: int, left: int, reason: str) -> None:
    db.session.add(
        CreditEntry(
            clinic_id=reservation.clinic_id,
            account_id=reservation.account_id,
            reservation_id=reservation.id,
            change=change,
            left=left,
            reason=reason,
        )
    )


def _end(reservation_id: int, state: str) -> CreditReservation | None:
    return db.session.scalar(
        update(CreditReservation)
        .where(CreditReservation.id == reservation_id, CreditReservation.state == "reserved")
        .values(state=state)
        .returning(CreditReservation)
    )
