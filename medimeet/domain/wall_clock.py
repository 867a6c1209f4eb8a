"""Between a clinic's wall clock and UTC, right on the days that have 23, 24 or 25 hours.

A wall-clock time is a day and a minute of that day, 0 to 1440, where 1440 is the end of the day.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 1440

_ONE_DAY = timedelta(days=1)
_TIME_TEXT = re.compile(
    r"([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE
)
_TIME_ADVICE = "Write the time as hours and minutes, for example 09:30 or 2:30 PM."


class NonexistentTime(ValueError):
    """A wall-clock time that the clocks jump over on that day."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a day during which the clocks are not changed: wall-clock midnight plus minutes, in UTC."""

    starts_at: datetime
    ends_at: datetime
    midnight: datetime


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of a local calendar day and the first of the next, UTC, half-open: 23, 24 or 25 hours."""
    stretches = _stretches(day, zone)
    return stretches[0].starts_at, stretches[-1].ends_at


def to_instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The UTC instant of a minute of a day: the first, where it exists twice. Raises NonexistentTime, ValueError."""
    instants = occurrences(day, minute, zone)
    if not instants:
        raise NonexistentTime(
            f"The clocks go forward on {day.isoformat()}, so {text_of(minute)} does not exist on that day. "
            "Choose an earlier or a later time."
        )
    return instants[0]


def occurrences(day: date, minute: int, zone: ZoneInfo) -> list[datetime]:
    """Every UTC instant of a minute of a day, in order: none, one or two. 1440 is the end of the day, always one."""
    _check_minute(minute)
    stretches = _stretches(day, zone)
    if minute == MINUTES_A_DAY:
        return [stretches[-1].ends_at]
    after_midnight = timedelta(minutes=minute)
    instants = [(stretch, stretch.midnight + after_midnight) for stretch in stretches]
    return [instant for stretch, instant in instants if stretch.starts_at <= instant < stretch.ends_at]


def real_spans(day: date, start_minute: int, end_minute: int, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The UTC spans, half-open and in order, during which that day's wall clock shows start_minute to end_minute."""
    _check_minute(start_minute)
    _check_minute(end_minute)
    spans = []
    for stretch in _stretches(day, zone):
        starts_at = max(stretch.starts_at, stretch.midnight + timedelta(minutes=start_minute))
        ends_at = min(stretch.ends_at, stretch.midnight + timedelta(minutes=end_minute))
        if starts_at < ends_at:
            spans.append((starts_at, ends_at))
    return spans


def to_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """The aware local datetime of an instant. Raises ValueError for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(zone)


def is_repeated(wall: datetime) -> bool:
    """Whether clocks that are put back show this local time twice on that day."""
    return wall.utcoffset() != wall.replace(fold=1 - wall.fold).utcoffset()


def zone_label(instant: datetime, zone: ZoneInfo) -> str:
    """What people there call the time then ('BST', 'IST'), or 'UTC+10:30' where it has no name."""
    local = to_wall(instant, zone)
    name, offset = local.tzname() or "", local.utcoffset() or timedelta()
    if name.isalpha():
        return name
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours:02d}:{minutes:02d}"


def zone_in_words(instant: datetime, zone: ZoneInfo) -> str:
    """'Europe/London, GMT': the zone, and what its time is called at that instant where it has a name of its own."""
    label = zone_label(instant, zone)
    return zone.key if label == zone.key else f"{zone.key}, {label}"


def minute_of(wall_time: time) -> int:
    """The minute of the day of a time; its seconds are dropped."""
    return wall_time.hour * 60 + wall_time.minute


def time_of(minute: int) -> time:
    """The time of a minute of the day; midnight for 1440. Raises ValueError outside 0 to 1440."""
    _check_minute(minute)
    return time(minute // 60 % 24, minute % 60)


def text_of(minute: int) -> str:
    """'HH:MM' of a minute of the day, '24:00' for 1440. Raises ValueError outside 0 to 1440."""
    _check_minute(minute)
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_minute(text: str) -> int:
    """The minute of the day that a person wrote: '09:00', '9:00', '09:00:00', '09:00 AM', '9 am', '24:00'.

    Raises ValueError, in words that say how to mend it.
    """
    match = _TIME_TEXT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or (match[2] is None and match[4] is None):
        raise ValueError(_TIME_ADVICE)
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[4] or "").lower()
    if match[3] and int(match[3]):
        raise ValueError("Use whole minutes, without seconds, for example 09:30.")
    if half and not 1 <= hour <= 12:
        raise ValueError("With AM or PM the hour is 1 to 12. Write 2:30 PM, or 14:30 without PM.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour * 60 + minute > MINUTES_A_DAY:
        raise ValueError("The hour is 0 to 23 and the minute 0 to 59. Write for example 09:30, or 24:00 for midnight.")
    return hour * 60 + minute


def _check_minute(minute: int) -> None:
    if not 0 <= minute <= MINUTES_A_DAY:
        raise ValueError("A minute of the day is 0 to 1440.")


@lru_cache(maxsize=4096)
def _stretches(day: date, zone: ZoneInfo) -> tuple[_Stretch, ...]:
    """The day cut where its clocks change, in order. Raises ValueError for a day at the end of the calendar."""
    if not 2 <= day.year <= 9998:
        raise ValueError("Choose a date between the years 2 and 9998.")
    starts_at, ends_at = _day_start(day, zone), _day_start(day + _ONE_DAY, zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    before, after = _offset(starts_at, zone), _offset(ends_at - timedelta.resolution, zone)
    if before == after or starts_at == ends_at:
        return (_Stretch(starts_at, ends_at, midnight - before),)
    change = _first_instant(starts_at, ends_at, lambda instant: _offset(instant, zone) == after)
    return (_Stretch(starts_at, change, midnight - before), _Stretch(change, ends_at, midnight - after))


def _day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day; where the clocks jump over midnight, the moment of the jump."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    return _first_instant(instant - _ONE_DAY, instant, lambda moment: moment.astimezone(zone).date() >= day)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _first_instant(before: datetime, known: datetime, holds: Callable[[datetime], bool]) -> datetime:
    """The first instant after `before` at which `holds`, by halving; it holds at `known`."""
    while known - before > timedelta.resolution:
        middle = before + (known - before) // 2
        before, known = (before, middle) if holds(middle) else (middle, known)
    return known
