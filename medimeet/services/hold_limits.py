"""How often visits may be asked for by e-mail alone, and how many may wait to be confirmed at once.

Whoever asks may be a stranger. So tries are counted before anybody is looked for, and strangers can hold neither the
whole day of a doctor nor the whole calendar of a patient.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, not_, select

from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import day_bounds
from medimeet.errors import TooManyTries
from medimeet.models import Appointment, Clinic, Doctor, Patient
from medimeet.services import attempts, chatbot, slots
from medimeet.services.attempts import Limit
from medimeet.writing import command

MOST_OF_A_PATIENT = 3


def refuse_too_many_tries(clinic: Clinic, email: str, address: str, origin: str | None) -> None:
    """Counts a try, and keeps the count whatever comes of it. Raises TooManyTries."""
    reached = _count_try(clinic, email, address, origin)
    if reached is not None:
        raise TooManyTries(attempts.seconds_left(reached), _TOO_OFTEN)


def refuse_full_day(doctor: Doctor, starts_at: datetime) -> None:
    """Raises TooManyTries while half of the locked doctor's time on that day waits to be confirmed."""
    zone = doctor.clinic.zone
    day = starts_at.astimezone(zone).date()
    first, end = day_bounds(day, zone)
    waiting = _waiting(Appointment.doctor_id == doctor.id, Appointment.starts_at >= first, Appointment.starts_at < end)
    if not waiting:
        return
    held = sum((visit.ends_at - visit.starts_at for visit in waiting), timedelta())
    declared = sum((slot.ends_at - slot.starts_at for slot in slots.of_days(doctor, day, day)), timedelta())
    if 2 * held >= declared:
        raise TooManyTries(_until_one_ends(waiting), _FULL_DAY)


def refuse_full_patient(patient: Patient) -> None:
    """Raises TooManyTries while several visits of the locked patient wait to be confirmed."""
    waiting = _waiting(Appointment.patient_id == patient.id)
    if len(waiting) >= MOST_OF_A_PATIENT:
        raise TooManyTries(_until_one_ends(waiting), _TOO_OFTEN)


def _waiting(*which: ColumnElement[bool]) -> Sequence[Appointment]:
    unconfirmed = (Appointment.status == AppointmentStatus.PENDING, not_(Appointment.is_lapsed))
    return db.session.scalars(select(Appointment).where(*which, *unconfirmed)).all()


def _until_one_ends(waiting: Sequence[Appointment]) -> int:
    return attempts.seconds_until(min(visit.hold_expires_at or visit.starts_at for visit in waiting))


@command
def _count_try(clinic: Clinic, email: str, address: str, origin: str | None) -> Limit | None:
    """Counts a try, whoever has the e-mail; the limit that was reached before it, or nothing."""
    named = attempts.key_of("chatbot patient", clinic.id, email)
    for limit in (
        attempts.by_the_hour("chatbot", address, setting("CHATBOT_BOOKINGS")),
        attempts.by_the_hour("chatbot site", _site(clinic, origin), setting("CHATBOT_BOOKINGS_A_SITE")),
        Limit(named, setting("CHATBOT_BOOKINGS_A_PATIENT"), timedelta(hours=1)),
    ):
        if not attempts.count_one(limit):
            return limit
    return None


def _site(clinic: Clinic, origin: str | None) -> str:
    """The site that is counted: one that is known for itself, all others together, for a program can name any."""
    is_known = origin in {*clinic.chatbot_origins, chatbot.own_origin()}
    return f"{clinic.id} {origin if is_known else ''}"


_TOO_OFTEN = (
    "Many visits were asked for like this. Look into your mailbox for one that waits to be confirmed, "
    "try again later, or sign in to book."
)
_FULL_DAY = "Many visits of this day wait to be confirmed. Choose another day, try again later, or sign in to book."
