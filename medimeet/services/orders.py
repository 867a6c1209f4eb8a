"""What somebody asks to book, and whether the same was asked before under the same key."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import select

from medimeet.db import db
from medimeet.errors import InvalidInput, KeyReused
from medimeet.models import Appointment, IdempotencyKey
from medimeet.services.access import Actor
from medimeet.services.answers import Answers

REASON_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A minute of the clinic's day with a doctor: on `day`, or on the first day on which it is free."""

    doctor_id: int
    minute: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to book, as it came in; `time` is a slot's id, or a time of day with a doctor.

    A key stands for what was asked, not for the slot that was found: the first free one is another one next time.
    """

    time: int | TimeOfDay
    treatment_id: int | None
    patient_id: int | None
    reason: str
    kind: str

    @property
    def fingerprint(self) -> str:
        """The same for the same order only, so that a key can be told to come with another one."""
        return hashlib.sha256(json.dumps(astuple(self), default=str).encode()).hexdigest()


def booked_with(actor: Actor, key: str | None, order: Order) -> Appointment | None:
    """What this account booked with this key before, if anything. Raises KeyReused for another order."""
    if not key:
        return None
    if len(key) > 200 or not key.isprintable():
        raise InvalidInput({"Idempotency-Key": "Use at most 200 characters, all of them printable."})
    known = db.session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.account_id == actor.person.id, IdempotencyKey.key == key)
    )
    if known is None:
        return None
    if known.fingerprint != order.fingerprint:
        raise KeyReused
    return known.appointment


def remember(actor: Actor, key: str, order: Order, appointment: Appointment) -> None:
    """Notes in the running command that this account booked this with this key."""
    db.session.add(
        IdempotencyKey(
            account_id=actor.person.id, key=key, fingerprint=order.fingerprint, appointment_id=appointment.id
        )
    )


def checked_reason(reason: str) -> str:
    """Why the patient comes, tidied. Raises InvalidInput."""
    answers = Answers()
    checked = answers.text("reason", reason, REASON_LENGTH)
    answers.check()
    return checked
