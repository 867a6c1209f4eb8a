"""Examples for the documentation of JSON interfaces that hold whenever it is read: days and times that lie ahead.

They stand in `example=` like any value, and become text or a number when the document is served. Doctor 1 and the zone
are those of the demo's first clinic, in whose hours (weekdays, 09:00 to 17:00) the times lie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from medimeet import clock
from medimeet.domain.slot_ids import encode_slot, slot_uuid
from medimeet.domain.wall_clock import parse_minute, to_instant

_ZONE = ZoneInfo("Europe/London")
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A value that depends on the day that is `working_days` ahead of today."""

    working_days: int
    of_day: Callable[[date], Any]

    def value(self) -> Any:
        """The value as of now."""
        day = clock.today(_ZONE)
        for _ in range(self.working_days):
            day += timedelta(days=1)
            while day.weekday() >= _SATURDAY:
                day += timedelta(days=1)
        return self.of_day(day)


def upcoming_day(working_days: int) -> Upcoming:
    """The day so many working days ahead, YYYY-MM-DD."""
    return Upcoming(working_days, date.isoformat)


def upcoming_slot(working_days: int, time: str, doctor_id: int = 1) -> Upcoming:
    """The id of a doctor's slot so many working days ahead, at a time like "10:30"."""
    return Upcoming(working_days, lambda day: _slot_id(doctor_id, day, time))


def upcoming_slot_uuid(working_days: int, time: str, doctor_id: int = 1) -> Upcoming:
    """The same id as a UUID."""
    return Upcoming(working_days, lambda day: str(slot_uuid(_slot_id(doctor_id, day, time))))


def upcoming_instant(working_days: int, time: str) -> Upcoming:
    """The instant so many working days ahead, at a time like "10:30" on the clinic's wall clock, in UTC with `Z`."""
    return Upcoming(
        working_days, lambda day: f"{to_instant(day, parse_minute(time), _ZONE).replace(tzinfo=None).isoformat()}Z"
    )


def example_of_path(parameter: str) -> Any:
    """An id for this part of a path that the demo knows, or None; as `as_of_now` takes it."""
    return _IN_PATHS.get(parameter)


def as_of_now(example: Any) -> Any:
    """The example with every upcoming value in it as of now."""
    if isinstance(example, Upcoming):
        return example.value()
    if isinstance(example, dict):
        return {name: as_of_now(value) for name, value in example.items()}
    if isinstance(example, list | tuple):
        return [as_of_now(value) for value in example]
    return example


def _slot_id(doctor_id: int, day: date, time: str) -> int:
    return encode_slot(doctor_id, to_instant(day, parse_minute(time), _ZONE))


# The demo writes its rows in one order, so every install has the same ids.
_IN_PATHS = {
    "appointment_id": 3,
    "availability_id": upcoming_slot(6, "11:30"),
    "chatbot_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjbGluaWMiOjF9.c2lnbmF0dXJl",
    "clinic_id": 1,
    "doctor_id": 1,
    "doctor_uuid": "c3c0a296-0bca-5015-881b-6c1dbad5423f",
    "entry_id": 1,
    "language_id": 1,
    "message_id": 1,
    "patient_id": 1,
    "profile_id": 5,
    "review_id": 1,
    "schedule_id": 1,
    "service_id": 1,
    "slot_id": upcoming_slot(6, "11:00"),
    "slot_uuid": upcoming_slot_uuid(6, "11:00"),
    "specialty_id": 1,
    "time_id": 1,
    "treatment_id": 1,
}
