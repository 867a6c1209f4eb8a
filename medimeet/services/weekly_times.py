"""A doctor's weekly hours as times of day of the clinic's grid: the same declaration, said in other words.

A weekly slot is the grid's time with the same start and end, else the shortest one with the same start.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, and_, false, or_, select

from medimeet.db import db
from medimeet.domain import slots as rules
from medimeet.models import Clinic, DayGridTime, Doctor, WorkingHours
from medimeet.services import audit, hours
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.declared_time import described
from medimeet.services.slots import hours_rule
from medimeet.writing import lock

MONDAY_TO_FRIDAY = range(5)


def of_doctors(doctors: Sequence[Doctor]) -> dict[int, list[int]]:
    """By each doctor's id: the ids of the times of day that are declared on any weekday, by start; two statements.

    The doctors are of one clinic.
    """
    grid = _grid(doctors[0].clinic_id) if doctors else {}
    declared = (
        select(WorkingHours.doctor_id, WorkingHours.start_minute, WorkingHours.end_minute, WorkingHours.slot_minutes)
        .where(WorkingHours.doctor_id.in_([doctor.id for doctor in doctors]), WorkingHours.day_of_week.is_not(None))
        .distinct()
    )
    spans = defaultdict(set)
    for doctor_id, *span in db.session.execute(declared) if grid else ():
        spans[doctor_id].add(tuple(span))
    # Most doctors of a clinic work alike, so that each week is worked out once.
    times_of_week = cache(lambda week: _times_of_week(grid, week))
    return {doctor.id: list(times_of_week(frozenset(spans[doctor.id]))) for doctor in doctors}


def declares_any(clinic: Clinic, time_ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition that `of_doctors` lists any of these times for a doctor."""
    grid = _grid(clinic.id)
    wanted = set(time_ids)
    times = [time for same_start in grid.values() for time in same_start if time.id in wanted]
    declaring = select(WorkingHours.doctor_id).where(
        WorkingHours.day_of_week.is_not(None),
        or_(false(), *(_declares(time, grid[time.start_minute]) for time in times)),
    )
    return Doctor.id.in_(declaring)


def read(clinic: Clinic, time_ids: Iterable[int], answers: Answers) -> list[rules.WorkingHours]:
    """The weekly hours that declare Monday to Friday at exactly these times of the clinic's grid.

    Times that follow each other and last equally long become one declaration. A fault of `time_ids` goes to `answers`.
    """
    wanted = set(time_ids)
    query = select(DayGridTime).where(DayGridTime.clinic_id == clinic.id, DayGridTime.id.in_(wanted))
    times = sorted(db.session.scalars(query), key=_by_start) if wanted else []
    if len(times) != len(wanted):
        answers.fault("time_ids", "Choose from the clinic's list of times.")
    spans: list[list[int]] = []
    for time in times:
        length = time.end_minute - time.start_minute
        if spans and spans[-1][1] > time.start_minute:
            answers.fault("time_ids", "Two of these times overlap. Choose one of them.")
        if spans and spans[-1][1:] == [time.start_minute, length]:
            spans[-1][1] = time.end_minute
        else:
            spans.append([time.start_minute, time.end_minute, length])
    return [rules.WorkingHours(day, None, *span) for day in MONDAY_TO_FRIDAY for span in spans]


def declare(actor: Actor, doctor: Doctor, wanted: Sequence[rules.WorkingHours], answers: Answers) -> None:
    """Puts these weekly hours in place of the doctor's, in the running command; dated ones and visits stay.

    What overlaps dated hours is a fault of `time_ids`. Raises InvalidInput with every fault of `answers`.
    """
    lock("doctor", doctor.id)
    declared = {hours_rule(row): row for row in hours.of_doctor(doctor)}
    dated = [rule for rule in declared if rule.date is not None]
    clash = rules.find_overlap([*wanted, *dated])
    if clash is not None:
        other = clash[0] if clash[0].date is not None else clash[1]
        answers.fault("time_ids", f"This overlaps the doctor's hours {described(other)}. Change those first.")
    answers.check()
    for rule in set(declared) - {*wanted, *dated}:
        db.session.delete(declared[rule])
    db.session.flush()
    new = [rule for rule in wanted if rule not in declared]
    db.session.add_all(_row(doctor, rule) for rule in new)
    db.session.flush()
    audit.note(actor, "declared", "weekly hours", doctor.id)


def withdraw_all(doctor: Doctor) -> None:
    """Takes away all that was declared about the doctor's time, in the running command."""
    for row in [*hours.of_doctor(doctor), *hours.exclusions_of(doctor)]:
        db.session.delete(row)
    db.session.flush()


def _grid(clinic_id: int) -> dict[int, list[DayGridTime]]:
    """The clinic's times of day by start, the shortest first."""
    times = select(DayGridTime).where(DayGridTime.clinic_id == clinic_id).order_by(DayGridTime.end_minute)
    grid = defaultdict(list)
    for time in db.session.scalars(times):
        grid[time.start_minute].append(time)
    return grid


def _times_of_week(grid: dict[int, list[DayGridTime]], week: Iterable[tuple[int, int, int]]) -> list[int]:
    """The ids of the times of day in these weekly hours (start, end, length of a slot), by start."""
    slots = [(start, start + length) for first, end, length in week for start in range(first, end - length + 1, length)]
    found = {time for slot in slots if (time := _time_of_slot(grid, *slot)) is not None}
    return [time.id for time in sorted(found, key=_by_start)]


def _time_of_slot(grid: dict[int, list[DayGridTime]], start: int, end: int) -> DayGridTime | None:
    same_start = grid.get(start, [])
    exact = [time for time in same_start if time.end_minute == end]
    return next(iter(exact or same_start), None)


def _declares(time: DayGridTime, same_start: Sequence[DayGridTime]) -> ColumnElement[bool]:
    """The condition on weekly hours that one of their slots is this time, among those with the same start."""
    length = time.end_minute - time.start_minute
    others = [other.end_minute - other.start_minute for other in same_start]
    is_shortest = time is same_start[0]
    fits = WorkingHours.slot_minutes.not_in(others) if is_shortest else WorkingHours.slot_minutes.in_(())
    return and_(
        WorkingHours.start_minute <= time.start_minute,
        WorkingHours.end_minute >= time.start_minute + WorkingHours.slot_minutes,
        (time.start_minute - WorkingHours.start_minute) % WorkingHours.slot_minutes == 0,
        or_(WorkingHours.slot_minutes == length, fits),
    )


def _row(doctor: Doctor, rule: rules.WorkingHours) -> WorkingHours:
    return WorkingHours(
        clinic_id=doctor.clinic_id,
        doctor_id=doctor.id,
        day_of_week=rule.day_of_week,
        start_minute=rule.start_minute,
        end_minute=rule.end_minute,
        slot_minutes=rule.slot_minutes,
    )


def _by_start(time: DayGridTime) -> tuple[int, int]:
    return time.start_minute, time.end_minute
