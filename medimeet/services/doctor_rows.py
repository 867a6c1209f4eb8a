"""What doctors' slots are computed from: hours, exclusion dates and busy times, read in one statement."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    bindparam,
    cast,
    null,
    or_,
    select,
    union_all,
)

from medimeet import clock
from medimeet.db import prepared_rows, rows
from medimeet.domain import slots as rules
from medimeet.domain.slots import Busy, Exclusion
from medimeet.domain.wall_clock import day_bounds
from medimeet.model_base import InstantColumn
from medimeet.models import Appointment, ExclusionDate, WorkingHours
from medimeet.prepared import Prepared


class DoctorRows(NamedTuple):
    """What one doctor's slots are computed from."""

    hours: list[rules.WorkingHours]
    exclusions: list[Exclusion]
    busy: list[Busy]


def of_days(
    doctor_ids: Sequence[int], zone: ZoneInfo, first_day: date, last_day: date, leave_out: int | None
) -> dict[int, DoctorRows]:
    """What the doctors' slots of these days are computed from, by doctor, in one statement."""
    start, end = day_bounds(first_day, zone)[0], day_bounds(last_day, zone)[1]
    found: dict[int, DoctorRows] = defaultdict(lambda: DoctorRows([], [], []))
    asked: dict[str, Any] = {
        "first_day": first_day,
        "last_day": last_day,
        "start": start,
        "before_start": start - timedelta(days=1),
        "end": end,
        "leave_out": leave_out or 0,
        "now": clock.now(),
    }
    if len(doctor_ids) == 1:
        read = prepared_rows(_OF_ONE, doctor_id=doctor_ids[0], **asked)
    else:
        read = [tuple(row) for row in rows(_OF_MANY, doctor_ids=doctor_ids, **asked)]
    for doctor_id, starts_at, ends_at, day_of_week, day, start_minute, end_minute, slot_minutes in read:
        if starts_at is not None:
            found[doctor_id].busy.append(Busy(starts_at, ends_at))
        elif slot_minutes is not None:
            rule = _kept_hours_rule(day_of_week, day, start_minute, end_minute, slot_minutes)
            found[doctor_id].hours.append(rule)
        else:
            found[doctor_id].exclusions.append(Exclusion(day, start_minute, end_minute))
    return found


_kept_hours_rule = lru_cache(maxsize=1024)(rules.WorkingHours)


def _statement(is_meant: Callable[[Any], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Busy times, hours and exclusions one below the other: one way to the database and back, not three.

    `is_meant` says of a column whether it holds the id of a doctor who is asked about.
    """
    days = (bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date()))
    now: BindParameter[datetime] = bindparam("now", type_=InstantColumn())
    busy = select(
        Appointment.doctor_id,
        Appointment.starts_at,
        Appointment.ends_at,
        cast(null(), Integer),
        cast(null(), Date),
        cast(null(), Integer),
        cast(null(), Integer),
        cast(null(), Integer),
    ).where(
        is_meant(Appointment.doctor_id),
        Appointment.starts_at < bindparam("end", type_=InstantColumn()),
        Appointment.starts_at > bindparam("before_start", type_=InstantColumn()),
        Appointment.ends_at > bindparam("start", type_=InstantColumn()),
        Appointment.id != bindparam("leave_out", type_=Integer()),
        Appointment.occupies_at(now),
    )
    hours = select(
        WorkingHours.doctor_id,
        null(),
        null(),
        WorkingHours.day_of_week,
        WorkingHours.date,
        WorkingHours.start_minute,
        WorkingHours.end_minute,
        WorkingHours.slot_minutes,
    ).where(is_meant(WorkingHours.doctor_id), or_(WorkingHours.date.is_(None), WorkingHours.date.between(*days)))
    exclusions = select(
        ExclusionDate.doctor_id,
        null(),
        null(),
        null(),
        ExclusionDate.date,
        ExclusionDate.start_minute,
        ExclusionDate.end_minute,
        null(),
    ).where(is_meant(ExclusionDate.doctor_id), ExclusionDate.date.between(*days))
    return union_all(busy, hours, exclusions)


_OF_MANY = _statement(lambda column: column.in_(bindparam("doctor_ids", expanding=True)))
_OF_ONE = Prepared(_statement(lambda column: column == bindparam("doctor_id", type_=Integer())))
