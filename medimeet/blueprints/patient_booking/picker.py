"""The picker of a time: days that have free times, and the times of one day."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from medimeet import clock
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import to_wall, zone_label
from medimeet.models import Appointment, Doctor, Treatment
from medimeet.services import bookable, slots
from medimeet.services.slots import DaySlots
from medimeet.web.asked import calendar_day

DAYS = 10
FAR_OFF = timedelta(days=14)
_LOOK_BACK = timedelta(days=30)
# Where the afternoon and the evening begin, in hours of the clinic's wall clock.
_PARTS = (("Morning", 0, 12), ("Afternoon", 12, 17), ("Evening", 17, 24))


@dataclass(frozen=True, slots=True)
class DayChoice:
    """One day of the strip, and how many times are free on it."""

    date: date
    free: int


@dataclass(frozen=True, slots=True)
class Picker:
    """What the step shows: days, the chosen one, its times by part of day, ways on, and words where there are none.

    `others` are the other doctors who have a time, each with their next one.
    """

    treatment: Treatment | None
    days: list[DayChoice]
    chosen: date | None
    parts: list[dict[str, Any]]
    next_free: Slot | None
    next_day: date | None
    first_day: date | None
    earlier: date | None
    later: date | None
    problem: str | None
    is_far_off: bool
    others: list[tuple[Doctor, Slot]]

    @property
    def count(self) -> int:
        """How many times the chosen day has."""
        return sum(len(part["slots"]) for part in self.parts)

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows this picker: 400 where the address asked for no day."""
        return 400 if self.problem else 200


@dataclass(frozen=True, slots=True)
class _Times:
    """Whose times are looked for, and for what."""

    doctors: Sequence[Doctor]
    treatment: Treatment | None
    moving: Appointment | None

    def days(self, first_day: date, count: int) -> list[DaySlots]:
        """The next `count` days with free times."""
        if self.moving is None:
            return slots.days_with_slots(self.doctors, self.treatment, first_day, count)
        now_at = self.moving.starts_at
        found = slots.days_with_slots(self.doctors, self.treatment, first_day, count + 1, leave_out=self.moving.id)
        other = [DaySlots(each.day, [slot for slot in each.slots if slot.starts_at != now_at]) for each in found]
        return [each for each in other if each.slots][:count]


def picker(
    doctors: Sequence[Doctor],
    treatment: Treatment | None,
    zone: ZoneInfo,
    *,
    day: str | None,
    from_day: str | None = None,
    others: Callable[[], Sequence[Doctor]] = tuple,
    moving: Appointment | None = None,
) -> Picker:
    """The picker of these doctors' times on the day, in a strip of days from `from_day`, both as the address has them.

    The time of a visit that is `moving` counts as free, but its present start is not offered. `others` are asked for
    only where these doctors have no time soon.
    """
    today = clock.today(zone)
    wanted, first, problem = _asked(day, from_day, today)
    times = _Times(doctors, treatment, moving)
    first, days = _strip(times, first, wanted)
    if not days and wanted is None:  # the address begins after the last free day
        first, days = today, times.days(today, DAYS + 1)
    strip = days[:DAYS]
    chosen = wanted or (strip[0].day if strip else None)
    soonest = strip if first == today else times.days(today, 1)
    next_free = soonest[0].slots[0] if soonest else None
    is_far_off = next_free is not None and next_free.starts_at - clock.now() > FAR_OFF
    nothing_here = next_free is None or chosen not in {each.day for each in strip}
    return Picker(
        treatment=treatment,
        days=[DayChoice(each.day, len(slots.one_a_start(each.slots))) for each in strip],
        chosen=chosen,
        parts=_parts([slot for each in strip if each.day == chosen for slot in each.slots], zone),
        next_free=next_free,
        next_day=soonest[0].day if soonest else None,
        first_day=first if first != today else None,
        earlier=_earlier(times, strip, today) if soonest and strip and strip[0] != soonest[0] else None,
        later=days[DAYS].day if len(days) > DAYS else None,
        problem=problem,
        is_far_off=is_far_off,
        others=_with_time(others(), treatment) if nothing_here or is_far_off else [],
    )


def times_as_data(found: Sequence[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Slots for a JSON answer, on the clinic's wall clock."""
    return [
        {
            "id": slot.id,
            "doctor_id": slot.doctor_id,
            "date": to_wall(slot.starts_at, zone).date().isoformat(),
            "start_time": f"{to_wall(slot.starts_at, zone):%H:%M}",
            "end_time": f"{to_wall(slot.ends_at, zone):%H:%M}",
        }
        for slot in found
    ]


def _asked(day: str | None, from_day: str | None, today: date) -> tuple[date | None, date, str | None]:
    """The day that the address names, the first day of the strip, and what is wrong with them."""
    horizon = today + slots.HORIZON
    wanted, first = calendar_day(day), calendar_day(from_day)
    if day and wanted is None:
        return None, today, "We could not read the day in the address. Choose one of the days shown."
    if wanted is not None and wanted > horizon:
        return None, today, "Visits can be booked up to a year ahead. Choose one of the days shown."
    if wanted is not None and wanted < today:
        return None, today, "That day is over. Choose one of the days shown."
    return wanted, min(max(first or today, today), horizon), None


def _strip(times: _Times, first: date, wanted: date | None) -> tuple[date, list[DaySlots]]:
    """Where the strip begins, and its days and one more; from the wanted day on where they would not reach it."""
    days = times.days(first, DAYS + 1)
    is_shown = wanted is None or (first <= wanted and (len(days) <= DAYS or wanted < days[DAYS].day))
    if is_shown or wanted is None:
        return first, days
    return wanted, times.days(wanted, DAYS + 1)


def _earlier(times: _Times, strip: list[DaySlots], today: date) -> date | None:
    """The first of the ten days with free times before the strip, if there are any."""
    around = times.days(max(today, strip[0].day - _LOOK_BACK), _LOOK_BACK.days)
    before = [each.day for each in around if each.day < strip[0].day]
    return before[-DAYS:][0] if before else None


def _with_time(others: Sequence[Doctor], treatment: Treatment | None) -> list[tuple[Doctor, Slot]]:
    soonest = bookable.first_free(others, treatment)
    found = [(doctor, soonest[doctor.id]) for doctor in others if doctor.id in soonest]
    return sorted(found, key=lambda pair: pair[1].starts_at)[:3]


def _parts(found: list[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The day's times under Morning, Afternoon and Evening; one button a time, whoever has it."""
    times = slots.one_a_start(found)
    twice = Counter(f"{to_wall(slot.starts_at, zone):%H:%M}" for slot in times)
    return [
        {"label": name, "slots": [_choice(slot, zone, twice) for slot in times if begins <= _hour(slot, zone) < ends]}
        for name, begins, ends in _PARTS
    ]


def _choice(slot: Slot, zone: ZoneInfo, twice: Counter[str]) -> dict[str, Any]:
    label = f"{to_wall(slot.starts_at, zone):%H:%M}"
    if twice[label] > 1:  # the hour that a clock change repeats
        label = f"{label} {zone_label(slot.starts_at, zone)}"
    return {"value": slot.id, "label": label, "taken": False}


def _hour(slot: Slot, zone: ZoneInfo) -> int:
    return to_wall(slot.starts_at, zone).hour
