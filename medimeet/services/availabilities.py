"""Availabilities to look at: one slot of one doctor, called by its day and a time of the day's grid.

Opening and closing them is `openings`' business.
"""

from collections.abc import Iterable
from datetime import date as calendar_date
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import minute_of
from medimeet.errors import InvalidInput, NoSuchSlot
from medimeet.models import Appointment, Clinic, DayGridTime, Doctor
from medimeet.services import bookable, clinic_slots, day_grid, slots
from medimeet.services.access import Actor

_MINUTE = timedelta(minutes=1)


class Availability(NamedTuple):
    """One slot: whose, on which day of the clinic, at which time of the grid (None where none starts then)."""

    id: int
    doctor_id: int
    date: calendar_date
    time_id: int | None
    is_available: bool


class WallSpan(NamedTuple):
    """A time of one day on the clinic's wall clock, from minute to minute."""

    day: calendar_date
    start_minute: int
    end_minute: int


def listed(actor: Actor, *, doctor_id: int | None = None, date: calendar_date | None = None) -> list[Availability]:
    """The slots that can be booked, of all doctors or one: from now over 28 days, or of one day up to a year ahead.

    By start, at the same time by doctor; the same few statements however many there are. Raises InvalidInput (date).
    """
    today = clock.today(actor.clinic.zone)
    first_day, last_day = (today, today + slots.REACH) if date is None else (date, date)
    if last_day < today:
        return []
    refuse_out_of_reach(actor.clinic, last_day)
    zone = actor.clinic.zone
    if doctor_id is None:
        return told(actor, clinic_slots.free(actor.clinic.id, zone, first_day, last_day))
    doctors = select(Doctor).where(Doctor.clinic_id == actor.clinic.id, Doctor.takes_patients, Doctor.id == doctor_id)
    return told(actor, slots.free(list(db.session.scalars(doctors)), None, first_day, last_day))


def told(actor: Actor, found: Iterable[Slot]) -> list[Availability]:
    """The slots as availabilities, in the same order."""
    naming, zone = day_grid.Naming(day_grid.of_clinic(actor)), actor.clinic.zone
    called: dict[tuple[datetime, datetime], tuple[calendar_date, int | None]] = {}  # many doctors have the same times
    availabilities = []
    for slot in found:
        span = slot.starts_at, slot.ends_at
        if span not in called:
            day, start_minute, end_minute = wall_span(slot, zone)
            called[span] = day, naming.id_of(start_minute, end_minute)
        availabilities.append(Availability(slot.id, slot.doctor_id, *called[span], slot.is_free))
    return availabilities


def wall_span(time: Slot | Appointment, zone: ZoneInfo) -> WallSpan:
    """When a slot or a visit is on the clinic's wall clock; it ends so many minutes after its start as it lasts."""
    wall = time.starts_at.astimezone(zone)
    start_minute = minute_of(wall.time())
    return WallSpan(wall.date(), start_minute, start_minute + (time.ends_at - time.starts_at) // _MINUTE)


def is_called(actor: Actor, slot: Slot, time: DayGridTime | WallSpan) -> bool:
    """Whether lists call the slot by the same time of the grid as they call these minutes of the day."""
    naming = day_grid.Naming(day_grid.of_clinic(actor))
    _day, start_minute, end_minute = wall_span(slot, actor.clinic.zone)
    return naming.id_of(start_minute, end_minute) == naming.id_of(time.start_minute, time.end_minute)


def slot_id_of(actor: Actor, doctor_id: int, date: calendar_date, time_id: int) -> int:
    """The id of the slot that a doctor of the clinic has at the start of that time, whether there is one or not.

    Raises NotFound, InvalidInput (date, time), NoSuchSlot where the slot is called by another time with that start.
    """
    time = day_grid.find(actor, time_id)
    return _slot_id_called(actor, bookable.taking_patients(actor, doctor_id), date, time)


def slot_id_beside(
    actor: Actor, visit: Appointment, *, doctor_id: int | None, date: calendar_date | None, time_id: int | None
) -> int:
    """The id of the slot that a visit is to be moved to, where None means as it is now. Raises as slot_id_of."""
    now = wall_span(visit, actor.clinic.zone)
    doctor = visit.doctor if doctor_id is None else bookable.taking_patients(actor, doctor_id)
    time = now if time_id is None else day_grid.find(actor, time_id)
    if (time.start_minute, time.end_minute) == (now.start_minute, now.end_minute):
        return bookable.slot_id_at(doctor, date or now.day, now.start_minute)
    return _slot_id_called(actor, doctor, date or now.day, time)


def refuse_out_of_reach(clinic: Clinic, day: calendar_date) -> None:
    """Raises InvalidInput (date) for a day that is more than a year ahead."""
    if day > clock.today(clinic.zone) + slots.HORIZON:
        raise InvalidInput({"date": "This day is out of reach. Choose one within the next year."})


def _slot_id_called(actor: Actor, doctor: Doctor, day: calendar_date, time: DayGridTime | WallSpan) -> int:
    slot_id = bookable.slot_id_at(doctor, day, time.start_minute)
    if day_grid.several_start_at(actor, time.start_minute):
        slot = next((each for each in slots.of_days(doctor, day, day) if each.id == slot_id), None)
        if slot is not None and not is_called(actor, slot, time):
            raise NoSuchSlot
    return slot_id
