"""A doctor's slots, computed from hours, exclusion dates and appointments, and the search for free ones.

A slot is free when it lies in declared hours, outside exclusions, and no appointment occupies it. A hold that is up
does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from medimeet import clock
from medimeet.domain import slots as rules
from medimeet.domain.slots import Exclusion, Slot
from medimeet.domain.wall_clock import day_bounds
from medimeet.errors import InvalidInput
from medimeet.models import Doctor, ExclusionDate, Treatment, WorkingHours
from medimeet.prepared import Found
from medimeet.services import doctor_rows
from medimeet.services.doctor_rows import DoctorRows

REACH = timedelta(days=28)
HORIZON = timedelta(days=365)
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class DaySlots:
    """One calendar day of the clinic and its free slots."""

    day: date
    slots: list[Slot]


def of_days(doctor: Doctor, first_day: date, last_day: date, *, leave_out: int | None = None) -> list[Slot]:
    """All slots of one doctor from the first to the last day, free and taken, in order.

    `leave_out` is an appointment that takes no time in this view: one that is about to be moved.
    """
    return of_doctors([doctor], first_day, last_day, leave_out=leave_out)


def of_doctors(
    doctors: Sequence[Doctor], first_day: date, last_day: date, *, leave_out: int | None = None
) -> list[Slot]:
    """All slots of several doctors of one clinic, free and taken, by start; one statement however many there are."""
    if not doctors:
        return []
    zone, doctor_ids = doctors[0].clinic.zone, [doctor.id for doctor in doctors]
    return of_ids(doctor_ids, zone, first_day, last_day, leave_out=leave_out)


def of_ids(
    doctor_ids: Sequence[int], zone: ZoneInfo, first_day: date, last_day: date, *, leave_out: int | None = None
) -> list[Slot]:
    """The same by the doctors' ids; their clinic is in `zone`."""
    if len(doctor_ids) == 1:
        found = doctor_rows.of_one(doctor_ids[0], first_day, last_day, leave_out)
        return _of_found(found, doctor_ids[0], zone, first_day, last_day)
    declared = doctor_rows.of_days(doctor_ids, first_day, last_day, leave_out)
    slots: list[Slot] = []
    for doctor_id in doctor_ids:
        slots += marked(doctor_id, declared[doctor_id], zone, first_day, last_day)
    return sorted(slots, key=_by_start)


def free(
    doctors: Sequence[Doctor],
    treatment: Treatment | None,
    first_day: date,
    last_day: date,
    *,
    leave_out: int | None = None,
) -> list[Slot]:
    """The slots that can be booked for `treatment` from now on, by start; each lasts as long as the visit would.

    `leave_out` as for `of_days`.
    """
    if not doctors:
        return []
    duration = treatment.duration if treatment is not None else _NO_TIME
    zone, doctor_ids = doctors[0].clinic.zone, [doctor.id for doctor in doctors]
    return free_of_ids(doctor_ids, zone, duration, first_day, last_day, leave_out=leave_out)


def free_of_ids(
    doctor_ids: Sequence[int],
    zone: ZoneInfo,
    duration: timedelta,
    first_day: date,
    last_day: date,
    *,
    leave_out: int | None = None,
) -> list[Slot]:
    """The same by the doctors' ids; their clinic is in `zone`."""
    read_until = last_day + _overhang(duration)
    if len(doctor_ids) == 1:
        found = doctor_rows.of_one(doctor_ids[0], first_day, read_until, leave_out)
        return free_of_found(found, doctor_ids[0], zone, duration, first_day, last_day)
    slots = of_ids(doctor_ids, zone, first_day, read_until, leave_out=leave_out)
    return rules.still_to_come(_spans(slots, zone, duration, last_day), clock.now())


def free_of_found(
    found: Found, doctor_id: int, zone: ZoneInfo, duration: timedelta, first_day: date, last_day: date
) -> list[Slot]:
    """The same by the rows that were found for one doctor (`doctor_rows.of_one`)."""
    spans_of = _kept_spans if first_day == last_day else _spans_of_found
    return rules.still_to_come(spans_of(found, doctor_id, zone, duration, first_day, last_day), clock.now())


def days_with_slots(
    doctors: Sequence[Doctor],
    treatment: Treatment | None,
    first_day: date,
    count: int = 10,
    *,
    leave_out: int | None = None,
) -> list[DaySlots]:
    """The next `count` days from `first_day` that have free slots, as far as a year ahead."""
    if not doctors:
        return []
    zone = doctors[0].clinic.zone
    today = clock.today(zone)
    # First as many as hold so many working days, which mostly is enough; then ever more.
    day, last, length = max(first_day, today), today + HORIZON, count * 7 // 5
    found: list[DaySlots] = []
    while day <= last and len(found) < count:
        until = min(day + timedelta(days=length - 1), last)
        by_day: dict[date, list[Slot]] = defaultdict(list)
        for slot in free(doctors, treatment, day, until, leave_out=leave_out):
            by_day[slot.starts_at.astimezone(zone).date()].append(slot)
        found += [DaySlots(each, slots) for each, slots in sorted(by_day.items())]
        day, length = until + timedelta(days=1), length * 2
    return found[:count]


def bookable(doctor: Doctor, treatment: Treatment | None, day: date | None) -> list[Slot]:
    """The doctor's free slots on one day, or from now on over REACH; none on a day that has passed.

    Raises InvalidInput for a day beyond HORIZON.
    """
    return bookable_of_id(doctor.id, doctor.clinic.zone, day, treatment.duration if treatment else _NO_TIME)


def bookable_of_id(doctor_id: int, zone: ZoneInfo, day: date | None, duration: timedelta = _NO_TIME) -> list[Slot]:
    """The same by the doctor's id, whose clinic is in `zone`; each slot is long enough for a visit of the duration."""
    days = bookable_days(zone, day)
    return free_of_ids([doctor_id], zone, duration, *days) if days else []


def bookable_days(zone: ZoneInfo, day: date | None) -> tuple[date, date] | None:
    """The first and the last day on which `bookable` looks; None for a day that has passed. Raises InvalidInput."""
    today = clock.today(zone)
    if day is None:
        return today, today + REACH
    if day > today + HORIZON:
        raise InvalidInput({"date": f"Choose a day within the next {HORIZON.days} days."})
    return (day, day) if day >= today else None


def to_come(doctor: Doctor, first_day: date | None, last_day: date | None) -> list[Slot]:
    """The doctor's slots that have not begun, free and taken, on these days and those between; without days over REACH.

    Raises InvalidInput (first_day, last_day) for days beyond HORIZON or in the wrong order.
    """
    today = clock.today(doctor.clinic.zone)
    for field, day in (("first_day", first_day), ("last_day", last_day)):
        if day is not None and day > today + HORIZON:
            raise InvalidInput({field: f"Choose a day within the next {HORIZON.days} days."})
    if first_day is not None and last_day is not None and last_day < first_day:
        raise InvalidInput({"last_day": "The last day comes before the first one."})
    first = max(first_day or today, today)
    last = last_day or min(first + REACH, today + HORIZON)
    return rules.still_to_come(of_days(doctor, first, last), clock.now()) if first <= last else []


def count_free(declarations: Sequence[WorkingHours], zone: ZoneInfo) -> dict[int, int]:
    """How many slots of each declaration are free from now on, by its id: of a weekly one over REACH, of a dated one
    on its date, if that lies within HORIZON. One statement however many there are.
    """
    now, today = clock.now(), clock.today(zone)
    farthest = today + HORIZON
    days = {row.id: (row.date, min(row.date, farthest)) if row.date else (today, today + REACH) for row in declarations}
    last_day = max((last for _first, last in days.values()), default=today)
    doctor_ids = list({row.doctor_id for row in declarations})
    declared = doctor_rows.of_days(doctor_ids, today, last_day, None)
    counts = {}
    for row in declarations:
        _hours, exclusions, busy = declared[row.doctor_id]
        slots = rules.declared_slots(row.doctor_id, [hours_rule(row)], exclusions, zone, *days[row.id])
        marked = rules.mark_taken(slots, busy)
        counts[row.id] = sum(slot.is_free and slot.starts_at > now for slot in marked)
    return counts


def next_free(doctors: Sequence[Doctor], treatment: Treatment | None) -> Slot | None:
    """The earliest slot that can be booked, or None within a year."""
    if not doctors:
        return None
    days = days_with_slots(doctors, treatment, clock.today(doctors[0].clinic.zone), count=1)
    return days[0].slots[0] if days else None


def nearest(doctors: Sequence[Doctor], treatment: Treatment | None, instant: datetime, count: int = 3) -> list[Slot]:
    """The `count` free slots nearest to `instant`, by start: within a week of it, else the next ones after."""
    if not doctors:
        return []
    day = instant.astimezone(doctors[0].clinic.zone).date()
    around = one_a_start(free(doctors, treatment, day - timedelta(days=7), day + timedelta(days=7)))
    if not around:
        around = [slot for each in days_with_slots(doctors, treatment, day, count=1) for slot in each.slots]
    closest = sorted(around, key=lambda slot: abs(slot.starts_at - instant))[:count]
    return sorted(closest, key=_by_start)


def one_a_start(slots: Iterable[Slot]) -> list[Slot]:
    """One slot for each start, for people who take any doctor: of the doctor who has the most free slots there."""
    slots = list(slots)
    free_of = Counter(slot.doctor_id for slot in slots)
    chosen: dict[datetime, Slot] = {}
    for slot in slots:
        rival = chosen.get(slot.starts_at)
        if rival is None or free_of[slot.doctor_id] > free_of[rival.doctor_id]:
            chosen[slot.starts_at] = slot
    return sorted(chosen.values(), key=_by_start)


def hours_rule(row: WorkingHours) -> rules.WorkingHours:
    """One declaration as the domain sees it."""
    return rules.WorkingHours(row.day_of_week, row.date, row.start_minute, row.end_minute, row.slot_minutes)


def exclusion_rule(row: ExclusionDate) -> Exclusion:
    """One exclusion date as the domain sees it."""
    return Exclusion(row.date, row.start_minute, row.end_minute)


def _of_found(found: Found, doctor_id: int, zone: ZoneInfo, first_day: date, last_day: date) -> list[Slot]:
    return marked(doctor_id, doctor_rows.by_doctor(found.rows())[doctor_id], zone, first_day, last_day)


def marked(doctor_id: int, declared: DoctorRows, zone: ZoneInfo, first_day: date, last_day: date) -> list[Slot]:
    """All slots that follow from one doctor's rows, free and taken, in order."""
    slots = rules.declared_slots(doctor_id, declared.hours, declared.exclusions, zone, first_day, last_day)
    return rules.mark_taken(slots, declared.busy)


def _spans_of_found(
    found: Found, doctor_id: int, zone: ZoneInfo, duration: timedelta, first_day: date, last_day: date
) -> list[Slot]:
    slots = _of_found(found, doctor_id, zone, first_day, last_day + _overhang(duration))
    return _spans(slots, zone, duration, last_day)


# The same rows make the same slots: what follows from a day's is kept, and not worked out for each request.
_kept_spans = lru_cache(maxsize=1024)(_spans_of_found)


def _spans(slots: Sequence[Slot], zone: ZoneInfo, duration: timedelta, last_day: date) -> list[Slot]:
    end = day_bounds(last_day, zone)[1]
    return [span for span in rules.bookable_spans(slots, duration) if span.starts_at < end]


def _overhang(duration: timedelta) -> timedelta:
    """How much is read past the last day: a visit that is longer than its slot may run past midnight."""
    return timedelta(days=1) if duration else _NO_TIME


def _by_start(slot: Slot) -> tuple[datetime, int]:
    return slot.starts_at, slot.doctor_id
