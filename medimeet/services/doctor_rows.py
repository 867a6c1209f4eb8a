"""What doctors' slots are computed from: hours, exclusion dates and busy times, read in one statement.

Days are asked for with what lies around them in any zone, so that the same statement can read the zone, too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)

from medimeet import clock
from medimeet.db import found_by, prepared_rows, rows
from medimeet.domain import slots as rules
from medimeet.domain.slots import Busy, Exclusion
from medimeet.domain.wall_clock import day_bounds
from medimeet.model_base import InstantColumn
from medimeet.models import Account, Appointment, Clinic, Doctor, ExclusionDate, WorkingHours
from medimeet.prepared import Found, Prepared
from medimeet.services import meant_clinic


class DoctorRows(NamedTuple):
    """What one doctor's slots are computed from; busy times also of the days before and after."""

    hours: list[rules.WorkingHours]
    exclusions: list[Exclusion]
    busy: list[Busy]


def of_days(
    doctor_ids: Sequence[int], first_day: date, last_day: date, leave_out: int | None
) -> Mapping[int, DoctorRows]:
    """What the doctors' slots of these days are computed from, by doctor, in one statement.

    `leave_out` is an appointment that takes no time in this view.
    """
    return by_doctor(rows(_OF_MANY, doctor_ids=doctor_ids, **_asked(first_day, last_day, leave_out)))


def of_clinic(clinic_id: int, zone: ZoneInfo, first_day: date, last_day: date) -> Mapping[int, DoctorRows]:
    """The same for every doctor of the clinic, which is in `zone`, whom patients can book.

    Only what is busy on these very days; where it is one day, only its weekday's hours.
    """
    asked = _asked(first_day, last_day, None)
    start, end = day_bounds(first_day, zone)[0], day_bounds(last_day, zone)[1]
    asked |= {"start": start, "before_start": start - timedelta(days=1), "end": end}
    weekday = first_day.weekday() if first_day == last_day else None
    return by_doctor(prepared_rows(_OF_CLINIC, clinic_id=clinic_id, weekday=weekday, **asked))


def of_one(doctor_id: int, first_day: date, last_day: date, leave_out: int | None) -> Found:
    """The same for one doctor, as the driver gives it: equal to what it was while nothing has changed."""
    return found_by(_OF_ONE, doctor_id=doctor_id, **_asked(first_day, last_day, leave_out))


def in_zone(doctor_id: int, first_day: date, last_day: date, account: Account | None, host: str) -> Found:
    """The same, with the zone of the doctor's clinic in a row of its own.

    That row is missing where patients can't book the doctor in the clinic that the account's request to the host means.
    """
    asked = _asked(first_day, last_day, None)
    return found_by(_IN_ZONE, doctor_id=doctor_id, **asked, **meant_clinic.by(account, host))


def zone_of(found: Found) -> ZoneInfo | None:
    """The zone that `in_zone` found, if it did."""
    return next((ZoneInfo(row[-1]) for row in found.given if row[-1] is not None), None)


def by_doctor(found: Iterable[Sequence[Any]]) -> Mapping[int, DoctorRows]:
    """The rows as the domain sees them."""
    by_id: dict[int, DoctorRows] = defaultdict(lambda: DoctorRows([], [], []))
    for doctor_id, starts_at, ends_at, day_of_week, day, start_minute, end_minute, slot_minutes, zone in found:
        if starts_at is not None:
            by_id[doctor_id].busy.append(Busy(starts_at, ends_at))
        elif slot_minutes is not None:
            rule = kept_hours_rule(day_of_week, day, start_minute, end_minute, slot_minutes)
            by_id[doctor_id].hours.append(rule)
        elif zone is None:
            by_id[doctor_id].exclusions.append(Exclusion(day, start_minute, end_minute))
    return by_id


def _asked(first_day: date, last_day: date, leave_out: int | None) -> dict[str, Any]:
    return {**_around(first_day, last_day), "leave_out": leave_out or 0, "now": clock.now()}


@lru_cache(maxsize=1024)
def _around(first_day: date, last_day: date) -> dict[str, Any]:
    """The days, and the instants around them: a day begins 14 hours before that of UTC at most, and ends 12 after."""
    start = datetime.combine(first_day, time(), UTC) - timedelta(hours=14)
    end = datetime.combine(last_day, time(), UTC) + timedelta(hours=36)
    days = {"first_day": first_day, "last_day": last_day}
    return days | {"start": start, "before_start": start - timedelta(days=1), "end": end}


# Kept, for many doctors declare the same.
kept_hours_rule = lru_cache(maxsize=1024)(rules.WorkingHours)


def _parts(is_meant: Callable[[Any], ColumnElement[bool]]) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Busy times, hours and exclusions, to be read one below the other: one way to the database and back, not three.

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
        cast(null(), String),
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
        null(),
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
        null(),
    ).where(is_meant(ExclusionDate.doctor_id), ExclusionDate.date.between(*days))
    return busy, hours, exclusions


def _in_clinic(column: Any) -> ColumnElement[bool]:
    """The doctors of one clinic; the hours of other weekdays, of which there are six times as many, are left out."""
    model = column.class_
    clinic_id = bindparam("clinic_id", type_=Integer())
    found = and_(
        model.clinic_id == clinic_id,
        column.in_(select(Doctor.id).where(Doctor.clinic_id == clinic_id, Doctor.takes_patients)),
    )
    if model is not WorkingHours:
        return found
    weekday = func.coalesce(bindparam("weekday", type_=Integer()), WorkingHours.day_of_week)
    return and_(found, or_(WorkingHours.date.is_not(None), WorkingHours.day_of_week == weekday))


_OF_CLINIC = Prepared(union_all(*_parts(_in_clinic)))
_OF_MANY = union_all(*_parts(lambda column: column.in_(bindparam("doctor_ids", expanding=True))))
_DOCTOR_ID: BindParameter[int] = bindparam("doctor_id", type_=Integer())
_PARTS_OF_ONE = _parts(lambda column: column == _DOCTOR_ID)
_OF_ONE = Prepared(union_all(*_PARTS_OF_ONE))
_IN_ZONE = Prepared(
    union_all(
        *_PARTS_OF_ONE,
        select(Doctor.id, *[null()] * 7, Clinic.time_zone)
        .join(Clinic, Clinic.id == Doctor.clinic_id)
        .where(Doctor.id == _DOCTOR_ID, Doctor.takes_patients, Clinic.id == meant_clinic.MEANT),
    )
)
