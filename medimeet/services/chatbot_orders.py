"""What a clinic's chatbot is asked to book: the day that goes with a slot, and the patient, who is named by e-mail."""

from datetime import date

from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.wall_clock import to_wall
from medimeet.errors import InvalidInput, NotAllowed, NotFound, PastSlot
from medimeet.models import Account, Appointment, Clinic, Patient
from medimeet.services import bookable, booking
from medimeet.services.access import Actor

_UNKNOWN = "We can't find this patient."
_UNVERIFIED = (
    "Show first that this e-mail is yours: press the link in the mail that we sent you. Then you can book here."
)


def refuse_past_day(clinic: Clinic, day: date) -> None:
    """Raises PastSlot for a day before the clinic's today."""
    if day < clock.today(clinic.zone):
        raise PastSlot


def refuse_other_day(clinic: Clinic, slot_id: int, day: date) -> None:
    """Raises InvalidInput (date) where the slot is not on this day of the clinic; NoSuchSlot."""
    _doctor_id, starts_at = bookable.key_of(slot_id)
    if to_wall(starts_at, clinic.zone).date() != day:
        raise InvalidInput({"date": "This time is on another day. Choose one of this day's times."})


def book(
    actor: Actor, *, patient_email: str, slot_id: int, treatment_id: int, idempotency_key: str | None
) -> Appointment:
    """The new appointment, scheduled, of the patient with this e-mail: the actor's own, or whom the staff name.

    Raises NotFound where the e-mail is not the patient's, NotAllowed for one that is not verified, and as
    `booking.book`.
    """
    return booking.book(
        actor,
        slot_id=slot_id,
        treatment_id=treatment_id,
        patient_id=_patient_id(actor, patient_email.strip().lower()),
        channel="chatbot",
        idempotency_key=idempotency_key,
    )


def _patient_id(actor: Actor, email: str) -> int | None:
    """Whom staff book for; None for patients, who book for themselves."""
    if actor.is_admin or actor.is_doctor:
        named = select(Patient.id).join(Patient.account)
        return _known(db.session.scalar(named.where(Account.email == email, Account.clinic_id == actor.clinic.id)))
    if actor.person.email != email:
        raise NotFound(_UNKNOWN)
    if not actor.person.is_email_verified:
        raise NotAllowed(_UNVERIFIED)
    return None


def _known(patient_id: int | None) -> int:
    if patient_id is None:
        raise NotFound(_UNKNOWN)
    return patient_id
