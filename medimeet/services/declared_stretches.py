"""One slot of a doctor as it is declared at this moment, and how far the declared time goes on from there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, and_, bindparam, null, or_, select, union_all

from medimeet.db import prepared_rows
from medimeet.domain.slots import Exclusion, WorkingHours, declared_slots
from medimeet.domain.stretches import Stretch, stretch_from
from medimeet.models import ExclusionDate
from medimeet.models import WorkingHours as Hours
from medimeet.prepared import Prepared
from medimeet.services.doctor_rows import kept_hours_rule

_DOCTOR_ID = bindparam("doctor_id", type_=Integer())
_DAYS = (bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date()))
_WEEKDAYS = [bindparam(name, type_=Integer()) for name in ("first_weekday", "last_weekday")]
_DECLARED = Prepared(
    union_all(
        select(Hours.day_of_week, Hours.date, Hours.start_minute, Hours.end_minute, Hours.slot_minutes).where(
            Hours.doctor_id == _DOCTOR_ID,
            or_(Hours.date.between(*_DAYS), and_(Hours.date.is_(None), Hours.day_of_week.in_(_WEEKDAYS))),
        ),
        select(null(), ExclusionDate.date, ExclusionDate.start_minute, ExclusionDate.end_minute, null()).where(
            ExclusionDate.doctor_id == _DOCTOR_ID, ExclusionDate.date.between(*_DAYS)
        ),
    )
)


def of(doctor_id: int, zone: ZoneInfo, starts_at: datetime, duration: timedelta) -> Stretch | None:
    """The slot that starts then (UTC), whose clinic is in `zone`; None where none is declared."""
    first_day = starts_at.astimezone(zone).date()
    last_day = (starts_at + duration).astimezone(zone).date()  # a long visit may run past midnight
    hours, exclusions = _declared(doctor_id, first_day, last_day)
    return stretch_from(declared_slots(doctor_id, hours, exclusions, zone, first_day, last_day), starts_at, duration)


def _declared(doctor_id: int, first_day: date, last_day: date) -> tuple[list[WorkingHours], list[Exclusion]]:
    hours: list[WorkingHours] = []
    exclusions: list[Exclusion] = []
    found = prepared_rows(
        _DECLARED,
        doctor_id=doctor_id,
        first_day=first_day,
        last_day=last_day,
        first_weekday=first_day.weekday(),
        last_weekday=last_day.weekday(),
    )
    for weekday, day, start_minute, end_minute, slot_minutes in found:
        if slot_minutes is None:
            exclusions.append(Exclusion(day, start_minute, end_minute))
        else:
            hours.append(kept_hours_rule(weekday, day, start_minute, end_minute, slot_minutes))
    return hours, exclusions
