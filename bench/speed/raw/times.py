"""Free times by hand: hours, exclusion dates and what is busy, as rows of MediMeet's tables. Instants: UTC, no zone."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bench.speed.driver import Database
from medimeet.domain.wall_clock import day_bounds, occurrences, real_spans

EPOCH, MINUTE, DAY = datetime(2020, 1, 1), timedelta(minutes=1), timedelta(days=1)
MINUTE_BITS = 26
OCCUPIES = """status IN ('pending', 'scheduled', 'completed')
  AND NOT (status = 'pending' AND hold_expires_at IS NOT NULL AND hold_expires_at <= ?)"""
DECLARED = f"""
SELECT doctor_id, starts_at, ends_at, NULL, NULL, NULL, NULL, NULL FROM appointment
WHERE doctor_id = ? AND starts_at < ? AND starts_at > ? AND ends_at > ? AND {OCCUPIES}
UNION ALL
SELECT doctor_id, NULL, NULL, day_of_week, date, start_minute, end_minute, slot_minutes FROM working_hours
WHERE doctor_id = ? AND (date IS NULL OR date BETWEEN ? AND ?)
UNION ALL
SELECT doctor_id, NULL, NULL, NULL, date, start_minute, end_minute, NULL FROM exclusion_date
WHERE doctor_id = ? AND date BETWEEN ? AND ?
"""
DECLARED_BY_ALL = f"""
SELECT doctor_id, starts_at, ends_at, NULL, NULL, NULL, NULL, NULL FROM appointment
WHERE clinic_id = ? AND starts_at < ? AND starts_at > ? AND ends_at > ? AND {OCCUPIES}
UNION ALL
SELECT doctor_id, NULL, NULL, day_of_week, date, start_minute, end_minute, slot_minutes FROM working_hours
JOIN doctor ON doctor.id = doctor_id JOIN account ON account.id = account_id
WHERE working_hours.clinic_id = ? AND verified_at IS NOT NULL AND is_active AND (day_of_week = ? OR date = ?)
UNION ALL
SELECT doctor_id, NULL, NULL, NULL, date, start_minute, end_minute, NULL FROM exclusion_date
WHERE clinic_id = ? AND date = ?
"""


class Time(NamedTuple):
    """A slot of a day, whoever's: minutes since 2020 as its id has them, and as the clinic's wall clock shows it."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    day: str
    start: str
    end: str
    start_minute: int
    end_minute: int


class Declared:
    """What one doctor's times are computed from."""

    def __init__(self) -> None:
        self.hours: list[tuple[int | None, str | None, int, int, int]] = []
        self.exclusions: list[tuple[str, int | None, int | None]] = []
        self.busy: list[tuple[datetime, datetime]] = []

    def free(self, days: Sequence[date], zone: ZoneInfo, now: datetime) -> list[Time]:
        """The doctor's times on these days that are free and have not begun, by start."""
        found, taken, position, until = [], sorted(self.busy + self._excluded(zone)), 0, datetime.min
        for day in days:
            for time in self.times(day, zone):
                while position < len(taken) and taken[position][0] < time.ends_at:
                    until = max(until, taken[position][1])
                    position += 1
                if until <= time.starts_at and time.starts_at > now:
                    found.append(time)
        return found

    def times(self, day: date, zone: ZoneInfo) -> tuple[Time, ...]:
        """All times that the hours declare for a day."""
        weekday, text = day.weekday(), day.isoformat()
        hours = tuple(row[2:] for row in self.hours if weekday == row[0] or text == row[1])
        return _times_of_day(hours, day, zone)

    def _excluded(self, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        return [
            (start.replace(tzinfo=None), end.replace(tzinfo=None))
            for day, start_minute, end_minute in self.exclusions
            for start, end in real_spans(date.fromisoformat(day), start_minute or 0, end_minute or 1440, zone)
        ]


def of_doctor(database: Database, doctor_id: int, days: Sequence[date], zone: ZoneInfo, now: datetime) -> Declared:
    """What the doctor's times of these days are computed from, in one statement."""
    first, last = days[0].isoformat(), days[-1].isoformat()
    spans = _bounds(database, days, zone, now)
    values = (doctor_id, *spans, doctor_id, first, last, doctor_id, first, last)
    return _gathered(database, database.run(DECLARED, *values)).get(doctor_id) or Declared()


def of_clinic(database: Database, clinic_id: int, day: date, zone: ZoneInfo, now: datetime) -> dict[int, Declared]:
    """The same for every doctor of the clinic, by the doctor's id."""
    spans = _bounds(database, [day], zone, now)
    text = day.isoformat()
    values = (clinic_id, *spans, clinic_id, day.weekday(), text, clinic_id, text)
    return _gathered(database, database.run(DECLARED_BY_ALL, *values))


def _bounds(database: Database, days: Sequence[date], zone: ZoneInfo, now: datetime) -> tuple[object, ...]:
    start = day_bounds(days[0], zone)[0].replace(tzinfo=None)
    end = day_bounds(days[-1], zone)[1].replace(tzinfo=None)
    return tuple(map(database.kept, (end, start - DAY, start, now)))


def _gathered(database: Database, rows: Iterable[Any]) -> dict[int, Declared]:
    found: dict[int, Declared] = {}
    for doctor_id, starts_at, ends_at, weekday, day, start_minute, end_minute, length in rows:
        declared = found.get(doctor_id)
        if declared is None:
            declared = found[doctor_id] = Declared()
        if starts_at is not None:
            declared.busy.append((database.instant(starts_at), database.instant(ends_at)))
        elif length is not None:
            declared.hours.append((weekday, day and str(day), start_minute, end_minute, length))
        else:
            declared.exclusions.append((str(day), start_minute, end_minute))
    return found


@lru_cache(maxsize=1024)
def _times_of_day(hours: tuple[tuple[int, int, int], ...], day: date, zone: ZoneInfo) -> tuple[Time, ...]:
    """Kept, as MediMeet keeps them; the rules of a clock change are its own."""
    times: list[Time] = []
    for time in sorted(_declared_times(hours, day, zone)):
        if not times or time.starts_at >= times[-1].ends_at:
            times.append(time)
    return tuple(times)


def _declared_times(hours: tuple[tuple[int, int, int], ...], day: date, zone: ZoneInfo) -> Iterable[Time]:
    for start, end, length in hours:
        closes_at = real_spans(day, start, end, zone)[-1][1]
        for minute in range(start, end - length + 1, length):
            for starts_at in occurrences(day, minute, zone):
                ends_at = starts_at + length * MINUTE
                if ends_at <= closes_at:
                    yield _time(starts_at, ends_at, zone)


def _time(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Time:
    wall, wall_end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    start, end = starts_at.astimezone(UTC).replace(tzinfo=None), ends_at.astimezone(UTC).replace(tzinfo=None)
    lasts = (end - start) // MINUTE
    day, minutes = wall.date().isoformat(), (start - EPOCH) // MINUTE
    return Time(start, end, minutes, day, f"{wall:%H:%M}", f"{wall_end:%H:%M}", minute, minute + lasts)
