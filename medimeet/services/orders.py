"""What somebody asks to book, and whether the same was asked before under the same key."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import Integer, bindparam, or_, select

from medimeet.db import connection, prepared_rows
from medimeet.errors import InvalidInput, KeyReused
from medimeet.models import Appointment, IdempotencyKey
from medimeet.prepared import Prepared
from medimeet.prepared_writes import PreparedInsert
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.writing import lock

REASON_LENGTH = 2000
_KNOWN = Prepared(
    select(IdempotencyKey.fingerprint, IdempotencyKey.appointment_id).where(
        or_(  # one of the two is known, and the other is no row's
            IdempotencyKey.account_id == bindparam("account_id", type_=Integer()),
            IdempotencyKey.clinic_id == bindparam("clinic_id", type_=Integer()),
        ),
        IdempotencyKey.key == bindparam("key"),
    )
)
_REMEMBER = PreparedInsert(IdempotencyKey.__table__)  # type: ignore[arg-type]


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


@dataclass(frozen=True, slots=True)
class OrderByEmail(Order):
    """What somebody who is not signed in asks to book for the patient with this e-mail."""

    patient_email: str


def booked_once_with(actor: Actor, key: str | None, order: Order) -> int | None:
    """As booked_with, and from now on in the running command nobody else books with a key of theirs."""
    account_id, clinic_id = _owner(actor)
    if key and account_id is not None:
        lock("account", account_id)
    if key and clinic_id is not None:
        lock("clinic", clinic_id)
    return booked_with(actor, key, order)


def booked_with(actor: Actor, key: str | None, order: Order) -> int | None:
    """The id of what this account, or a visitor of this clinic, booked with this key before, if anything.

    Raises KeyReused for another order.
    """
    if not key:
        return None
    if len(key) > 200 or not key.isprintable():
        raise InvalidInput({"Idempotency-Key": "Use at most 200 characters, all of them printable."})
    account_id, clinic_id = _owner(actor)
    known = prepared_rows(_KNOWN, account_id=account_id, clinic_id=clinic_id, key=key)
    for fingerprint, appointment_id in known:
        if fingerprint != order.fingerprint:
            raise KeyReused
        return int(appointment_id)
    return None


def remember(actor: Actor, key: str | None, order: Order, appointment: Appointment) -> None:
    """Notes in the running command that this was booked with this key, if there is one."""
    if not key:
        return
    account_id, clinic_id = _owner(actor)
    noted = {"account_id": account_id, "clinic_id": clinic_id, "key": key, "fingerprint": order.fingerprint}
    _REMEMBER.add_all(connection(), [noted | {"appointment_id": appointment.id}])


def _owner(actor: Actor) -> tuple[int | None, int | None]:
    """The account, or for a visitor the clinic, whose keys the actor's are."""
    return (actor.account.id, None) if actor.account is not None else (None, actor.clinic.id)


def checked_reason(reason: str) -> str:
    """Why the patient comes, tidied. Raises InvalidInput."""
    answers = Answers()
    checked = answers.text("reason", reason, REASON_LENGTH)
    answers.check()
    return checked
