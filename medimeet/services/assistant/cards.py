"""A proposal as it is shown and said: every word from the rows, none from a model."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from medimeet import clock
from medimeet.db import db
from medimeet.domain.wall_clock import to_wall, zone_in_words
from medimeet.models import Appointment, Clinic, Doctor, Proposal, Treatment
from medimeet.services import bookable, message_texts, placing, slots


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal to confirm; times are on the clinic's wall clock in `time_zone` (IANA), `price` in its currency.

    `deed` is `book`, `move` or `cancel`, `state` is `open`, `confirmed` or `expired`. `was` is a move's old time in
    words. `patient` is the name of whose visit it is, for others than the patient. What there is not is "".
    """

    proposal: str
    deed: str
    doctor: str
    treatment: str
    date: str
    start_time: str
    end_time: str
    time_zone: str
    day: str
    was: str
    price: Decimal | None
    expires_at: datetime
    state: str
    patient: str


@dataclass(frozen=True, slots=True)
class _Time:
    doctor: Doctor
    starts_at: datetime
    ends_at: datetime


def card(proposal: Proposal) -> Card:
    """What the person confirms, exactly."""
    time, visit, clinic = _time_of(proposal), proposal.appointment, proposal.clinic
    start, end = to_wall(time.starts_at, clinic.zone), to_wall(time.ends_at, clinic.zone)
    is_other = visit is not None and visit.patient.account_id != proposal.account_id
    is_to_move = visit is not None and proposal.deed == "move" and proposal.confirmed_at is None
    return Card(
        proposal=proposal.public_id,
        deed=proposal.deed,
        doctor=message_texts.one_line(time.doctor.name),
        treatment=message_texts.one_line(proposal.treatment.name) if proposal.treatment else "",
        date=start.date().isoformat(),
        start_time=f"{start:%H:%M}",
        end_time=f"{end:%H:%M}",
        time_zone=clinic.time_zone,
        day=day_in_words(start),
        was=message_texts.when_of(visit.starts_at, clinic) if visit is not None and is_to_move else "",
        price=_price_of(proposal, time.doctor),
        expires_at=proposal.expires_at,
        state=_state_of(proposal),
        patient=message_texts.one_line(visit.patient.name) if visit is not None and is_other else "",
    )


def deed_in_words(proposal: Proposal) -> str:
    """What was done, once it was: "Booked: Check-up with Dr Amelia Hart on Tuesday 24 November 2026, 09:00 …"."""
    time = _time_of(proposal)
    treatment = message_texts.one_line(proposal.treatment.name) if proposal.treatment else "visit"
    doctor, when = (
        message_texts.one_line(time.doctor.name),
        span_in_words(time.starts_at, time.ends_at, proposal.clinic),
    )
    if proposal.deed == "book":
        return f"Booked: {treatment} with {doctor} on {when}."
    if proposal.deed == "move":
        return f"Moved: {treatment} with {doctor} is now on {when}."
    return f"Canceled: {treatment} with {doctor} on {when}."


def span_in_words(starts_at: datetime, ends_at: datetime, clinic: Clinic) -> str:
    """'Tuesday 24 November 2026, 09:00 to 09:30 (Europe/London, GMT)'."""
    start, end = to_wall(starts_at, clinic.zone), to_wall(ends_at, clinic.zone)
    return f"{day_in_words(start)}, {start:%H:%M} to {end:%H:%M} ({zone_in_words(starts_at, clinic.zone)})"


def day_in_words(day: datetime) -> str:
    """'Tuesday 24 November 2026'."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _time_of(proposal: Proposal) -> _Time:
    """The visit's time: of a cancellation as it stands, else as proposed, whatever became of the visit since."""
    if proposal.slot_id is None:
        visit = _visit_of(proposal)
        return _Time(visit.doctor, visit.starts_at, visit.ends_at)
    doctor_id, starts_at = bookable.key_of(proposal.slot_id)
    doctor = db.session.get_one(Doctor, doctor_id)
    return _Time(doctor, starts_at, _end_of(doctor, proposal.treatment, starts_at))


def _end_of(doctor: Doctor, treatment: Treatment | None, starts_at: datetime) -> datetime:
    day = starts_at.astimezone(doctor.clinic.zone).date()
    ends = [slot.ends_at for slot in slots.of_days(doctor, day, day) if slot.starts_at == starts_at]
    return max([*ends, starts_at + (treatment.duration if treatment else timedelta(0))])


def _price_of(proposal: Proposal, doctor: Doctor) -> Decimal | None:
    if proposal.deed == "book":
        return placing.price_of(doctor, proposal.treatment)
    visit = _visit_of(proposal)
    return visit.price if visit.doctor_id == doctor.id else placing.price_of(doctor, proposal.treatment)


def _visit_of(proposal: Proposal) -> Appointment:
    return db.session.get_one(Appointment, proposal.appointment_id)


def _state_of(proposal: Proposal) -> str:
    if proposal.confirmed_at is not None:
        return "confirmed"
    return "expired" if proposal.expires_at <= clock.now() else "open"
