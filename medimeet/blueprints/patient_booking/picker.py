"""The picker of a time: days that have free times, and the times of one day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from medimeet import clock
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import is_repeated, to_wall, zone_label
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


class TimeChoice(NamedTuple):
    """One button: the slot's id, and when it is on the clinic's wall clock."""

    slot_id: str
    label: str


class PartOfDay(NamedTuple):
    """The times of a morning, an afternoon or an evening."""

    label: str
    times: list[TimeChoice]


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

    def of_day(self, day: date) -> list[Slot]:
        """The free times of one day."""
        if self.moving is None:
            return slots.free(self.doctors, self.treatment, day, day)
        found = slots.free(self.doctors, self.treatment, day, day, leave_out=self.moving.id)
        return [slot for slot in found if slot.starts_at != self.moving.starts_at]


class Picker:
    """What the step shows: days, the chosen one, its times by part of day, ways on, and words where there are none.

    Each is looked for when it is shown: where the times of one day are swapped, nothing else is asked for.
    """

    def __init__(
        self,
        times: _Times,
        zone: ZoneInfo,
        day: str | None,
        from_day: str | None,
        others: Callable[[], Sequence[Doctor]],
    ) -> None:
        self.treatment = times.treatment
        self._times, self._zone, self._others = times, zone, others
        self._today = clock.today(zone)
        self._wanted, self._first, self.problem = _asked(day, from_day, self._today)

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows this picker: 400 where the address asked for no day."""
        return 400 if self.problem else 200

    @property
    def asked_first(self) -> date | None:
        """The first day of the strip as the address has it, where it is not today."""
        return self._first if self._first != self._today else None

    @property
    def first_day(self) -> date | None:
        """The first day of the strip as it is shown, where it is not today."""
        first = self._strip[0]
        return first if first != self._today else None

    @property
    def days(self) -> list[DayChoice]:
        """The days of the strip."""
        return [DayChoice(each.day, len(slots.one_a_start(each.slots))) for each in self._shown]

    @cached_property
    def chosen(self) -> date | None:
        """The day whose times are shown."""
        return self._wanted or (self._shown[0].day if self._shown else None)

    @cached_property
    def parts(self) -> list[PartOfDay]:
        """The times of the chosen day under Morning, Afternoon and Evening."""
        if self._wanted is not None:
            return _parts(self._times.of_day(self._wanted), self._zone)
        return _parts(self._shown[0].slots if self._shown else [], self._zone)

    @cached_property
    def count(self) -> int:
        """How many times the chosen day has."""
        return sum(len(part.times) for part in self.parts)

    @property
    def next_free(self) -> Slot | None:
        """The first free time of all."""
        return self._soonest[0].slots[0] if self._soonest else None

    @property
    def next_day(self) -> date | None:
        """Its day."""
        return self._soonest[0].day if self._soonest else None

    @cached_property
    def is_far_off(self) -> bool:
        """Whether there is no free time soon."""
        if self.count and self.chosen is not None and self.chosen < self._today + FAR_OFF:
            return False
        return self.next_free is not None and self.next_free.starts_at - clock.now() > FAR_OFF

    @cached_property
    def earlier(self) -> date | None:
        """Where the strip before this one begins, if there is one."""
        if not self._soonest or not self._shown or self._shown[0] == self._soonest[0]:
            return None
        return _earlier(self._times, self._shown, self._today)

    @property
    def later(self) -> date | None:
        """Where the strip after this one begins, if there is one."""
        days = self._strip[1]
        return days[DAYS].day if len(days) > DAYS else None

    @cached_property
    def others(self) -> list[tuple[Doctor, Slot]]:
        """The other doctors who have a time, each with their next one, where these have none on that day, or soon."""
        return _with_time(self._others(), self.treatment) if not self.count or self.is_far_off else []

    @property
    def _shown(self) -> list[DaySlots]:
        return self._strip[1][:DAYS]

    @cached_property
    def _strip(self) -> tuple[date, list[DaySlots]]:
        """Where the strip begins, and its days and one more."""
        first, days = _strip(self._times, self._first, self._wanted)
        if not days and self._wanted is None:  # the address begins after the last free day
            return self._today, self._times.days(self._today, DAYS + 1)
        return first, days

    @cached_property
    def _soonest(self) -> list[DaySlots]:
        is_known = "_strip" in self.__dict__ and self._strip[0] == self._today
        return self._shown if is_known else self._times.days(self._today, 1)


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
    return Picker(_Times(doctors, treatment, moving), zone, day, from_day, others)


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


def _parts(found: list[Slot], zone: ZoneInfo) -> list[PartOfDay]:
    """The day's times under Morning, Afternoon and Evening; one button a time, whoever has it."""
    choices = [_choice(slot, zone) for slot in slots.one_a_start(found)]
    return [
        PartOfDay(name, [choice for hour, choice in choices if begins <= hour < ends]) for name, begins, ends in _PARTS
    ]


@lru_cache(maxsize=8192)
def _choice(slot: Slot, zone: ZoneInfo) -> tuple[int, TimeChoice]:
    """The hour in which a slot begins, and its button. Kept, for what is free is shown over and over."""
    wall = to_wall(slot.starts_at, zone)
    zone_name = f" {zone_label(wall, zone)}" if is_repeated(wall) else ""
    return wall.hour, TimeChoice(str(slot.id), f"{wall:%H:%M}{zone_name}")
