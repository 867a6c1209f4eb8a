"""Slots are values: computed from what a doctor declares, never stored. Their ids: `slot_ids`.

Expansion on the days of a clock change: docs/decisions/0002-slots-on-clock-changes.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from medimeet.domain.slot_ids import encode_slot
from medimeet.domain.wall_clock import MINUTES_A_DAY, occurrences, real_spans

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """One declaration: a weekday (0 is Monday) or a date, minutes of the clinic's wall clock (0 to 1440), slot length.

    Raises ValueError, in words that say how to mend it.
    """

    day_of_week: int | None
    date: date | None
    start_minute: int
    end_minute: int
    slot_minutes: int

    def __post_init__(self) -> None:
        if (self.day_of_week is None) == (self.date is None):
            raise ValueError("Choose either a day of the week or a date.")
        if self.day_of_week is not None and not 0 <= self.day_of_week <= 6:
            raise ValueError("The day of the week is 0 (Monday) to 6 (Sunday).")
        _check_minutes(self.start_minute, self.end_minute)
        if self.slot_minutes < 1:
            raise ValueError("A slot lasts at least one minute.")
        if self.start_minute + self.slot_minutes > self.end_minute:
            raise ValueError("Not one slot fits between these times. Choose a later end or shorter slots.")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A day, or from start_minute to end_minute of it on the clinic's wall clock, without slots.

    Raises ValueError, in words that say how to mend it.
    """

    date: date
    start_minute: int | None = None
    end_minute: int | None = None

    def __post_init__(self) -> None:
        if self.start_minute is None and self.end_minute is None:
            return
        if self.start_minute is None or self.end_minute is None:
            raise ValueError("Give both a start and an end, or neither for the whole day.")
        _check_minutes(self.start_minute, self.end_minute)


class Busy(NamedTuple):
    """A time that is taken: UTC, half-open."""

    starts_at: datetime
    ends_at: datetime


class Slot(NamedTuple):
    """A time of one doctor: UTC, half-open."""

    doctor_id: int
    starts_at: datetime
    ends_at: datetime
    is_free: bool = True

    @property
    def id(self) -> int:
        """The reversible id: see encode_slot."""
        return encode_slot(self.doctor_id, self.starts_at)


def declared_slots(
    doctor_id: int,
    hours: Sequence[WorkingHours],
    exclusions: Sequence[Exclusion],
    zone: ZoneInfo,
    first_day: date,
    last_day: date,
) -> list[Slot]:
    """All slots of the days from first to last (both included), in order of start; none overlaps another."""
    hours_by_day = _by_day(hours)
    exclusions_by_date: dict[date, list[Exclusion]] = defaultdict(list)
    for exclusion in exclusions:
        exclusions_by_date[exclusion.date].append(exclusion)
    slots: list[Slot] = []
    for ordinal in range(first_day.toordinal(), last_day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        declarations = hours_by_day.get(day.weekday(), []) + hours_by_day.get(day, [])
        if declarations:
            times = _times_of_day(tuple(declarations), day, zone)
            day_slots = [Slot(doctor_id, starts_at, ends_at) for starts_at, ends_at in times]
            slots += without_excluded(day_slots, exclusions_by_date.get(day, []), zone)
    return slots


def mark_taken(slots: Sequence[Slot], busy: Sequence[Busy]) -> list[Slot]:
    """One doctor's slots, as declared_slots gives them, with is_free False where a busy time overlaps; linear."""
    return [
        slot._replace(is_free=False) if is_taken and slot.is_free else slot
        for slot, is_taken in zip(slots, taken(slots, busy), strict=True)
    ]


def taken(slots: Sequence[Slot], busy: Sequence[Busy]) -> Iterator[bool]:
    """Whether a busy time overlaps it, for each of the slots that declared_slots gives of one doctor."""
    waiting = sorted((time for time in busy if time.starts_at < time.ends_at), key=attrgetter("starts_at"))
    position, busy_until = 0, datetime.min.replace(tzinfo=UTC)
    for slot in slots:
        while position < len(waiting) and waiting[position].starts_at < slot.ends_at:
            busy_until = max(busy_until, waiting[position].ends_at)
            position += 1
        yield busy_until > slot.starts_at


def bookable_spans(slots: Sequence[Slot], duration: timedelta) -> list[Slot]:
    """The spans that can be booked, one for each start, sorted as `slots` are.

    A span lasts the duration, or the slot's own length if that is longer, and lies within free slots of the same
    doctor that follow each other without a gap.
    """
    # Backwards, knowing for each doctor when the next slot starts and how long it stays free from there.
    following: dict[int, tuple[datetime, datetime]] = {}
    spans = []
    for slot in reversed(slots):
        next_start, next_free_until = following.get(slot.doctor_id, (None, slot.ends_at))
        free_until = next_free_until if next_start == slot.ends_at else slot.ends_at
        if not slot.is_free:
            following[slot.doctor_id] = (slot.starts_at, slot.starts_at)
            continue
        following[slot.doctor_id] = (slot.starts_at, free_until)
        ends_at = max(slot.ends_at, slot.starts_at + duration)
        if ends_at <= free_until:
            spans.append(slot if ends_at == slot.ends_at else slot._replace(ends_at=ends_at))
    return spans[::-1]


def still_to_come(slots: Sequence[Slot], now: datetime) -> list[Slot]:
    """Those that have not begun."""
    return [slot for slot in slots if slot.starts_at > now]


def find_overlap(hours: Sequence[WorkingHours]) -> tuple[WorkingHours, WorkingHours] | None:
    """Two of one doctor's declarations that claim the same time, the earlier first, or None.

    A dated declaration adds to the weekly ones of its weekday, so it may not overlap these either.
    """
    by_day = _by_day(hours)
    for day, declarations in by_day.items():
        weekly = by_day.get(day.weekday(), []) if isinstance(day, date) else []
        overlap = _first_overlap(declarations + weekly)
        if overlap:
            return overlap
    return None


def stands_inside(visit: Busy, hours: Sequence[WorkingHours], exclusions: Sequence[Exclusion], zone: ZoneInfo) -> bool:
    """Whether a visit lies wholly in declared hours and touches no exclusion, on whatever grid it was booked."""
    first_day = visit.starts_at.astimezone(zone).date() - timedelta(days=1)
    days = [first_day + timedelta(days=count) for count in range(3)]
    by_day = _by_day(hours)
    worked = sorted(
        span
        for day in days
        for declaration in by_day.get(day.weekday(), []) + by_day.get(day, [])
        for span in real_spans(day, declaration.start_minute, declaration.end_minute, zone)
    )
    covered_until = visit.starts_at
    for start, end in worked:
        if start <= covered_until < end:
            covered_until = end
    excluded = [span for exclusion in exclusions if exclusion.date in days for span in _excluded_spans(exclusion, zone)]
    is_excluded = any(start < visit.ends_at and visit.starts_at < end for start, end in excluded)
    return covered_until >= visit.ends_at and not is_excluded


def without(exclusion: Exclusion, start_minute: int, end_minute: int) -> list[Exclusion]:
    """What is left of an exclusion when these minutes of its day are taken out of it: none, one or two."""
    start, end = exclusion.start_minute or 0, exclusion.end_minute or MINUTES_A_DAY
    if end_minute <= start or end <= start_minute:
        return [exclusion]
    left = [(start, start_minute), (end_minute, end)]
    return [Exclusion(exclusion.date, *minutes) for minutes in left if minutes[0] < minutes[1]]


def without_excluded(slots: Sequence[Slot], exclusions: Sequence[Exclusion], zone: ZoneInfo) -> list[Slot]:
    """The slots that touch no exclusion."""
    if not exclusions:
        return list(slots)
    spans = [span for exclusion in exclusions for span in _excluded_spans(exclusion, zone)]
    return [slot for slot in slots if not any(start < slot.ends_at and slot.starts_at < end for start, end in spans)]


def whole_slots(hours: WorkingHours) -> int:
    """How many slots a declaration holds on an ordinary day; a rest too short for a slot holds none."""
    return (hours.end_minute - hours.start_minute) // hours.slot_minutes


def _check_minutes(start_minute: int, end_minute: int) -> None:
    if not 0 <= start_minute < end_minute <= MINUTES_A_DAY:
        raise ValueError("The start must be before the end, both between 00:00 and 24:00.")


def _by_day(hours: Iterable[WorkingHours]) -> dict[int | date, list[WorkingHours]]:
    by_day: dict[int | date, list[WorkingHours]] = defaultdict(list)
    for declaration in hours:
        key = declaration.date if declaration.day_of_week is None else declaration.day_of_week
        if key is not None:
            by_day[key].append(declaration)
    return dict(by_day)


def _first_overlap(declarations: list[WorkingHours]) -> tuple[WorkingHours, WorkingHours] | None:
    in_order = sorted(declarations, key=attrgetter("start_minute"))
    # Two neighbours overlap if any two do: where none of the neighbours does, each ends before all later ones begin.
    for earlier, later in zip(in_order, in_order[1:], strict=False):
        if later.start_minute < earlier.end_minute:
            return earlier, later
    return None


@lru_cache(maxsize=1024)
def _times_of_day(
    declarations: tuple[WorkingHours, ...], day: date, zone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    """When the slots of a day begin and end, in order; none overlaps another.

    Kept, for many doctors declare the same, and are asked about the same days.
    """
    times = sorted(time for hours in declarations for time in _times_of_declaration(hours, day, zone))
    kept: list[tuple[datetime, datetime]] = []
    for starts_at, ends_at in times:
        if not kept or starts_at >= kept[-1][1]:
            kept.append((starts_at, ends_at))
    return tuple(kept)


def _times_of_declaration(hours: WorkingHours, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """A time for each of the grid that exists, two for one that exists twice, none past the declaration's end."""
    spans = real_spans(day, hours.start_minute, hours.end_minute, zone)
    length = hours.slot_minutes * _MINUTE
    for minute in range(hours.start_minute, hours.end_minute - hours.slot_minutes + 1, hours.slot_minutes):
        for starts_at in occurrences(day, minute, zone):
            if starts_at + length <= spans[-1][1]:
                yield starts_at, starts_at + length


def _excluded_spans(exclusion: Exclusion, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    end_minute = MINUTES_A_DAY if exclusion.end_minute is None else exclusion.end_minute
    return real_spans(exclusion.date, exclusion.start_minute or 0, end_minute, zone)
