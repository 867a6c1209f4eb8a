"""What doctors declare about their time: working hours and exclusion dates.

Taking hours away never touches an appointment: every change tells which visits now stand outside the hours.
Times of day are text on the clinic's wall clock, as people write them ("09:00", "9:00 AM", "24:00").
"""

from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from medimeet.db import db
from medimeet.domain.wall_clock import text_of
from medimeet.errors import InvalidInput, NotAllowed, NotFound
from medimeet.models import Account, Appointment, Doctor, ExclusionDate, WorkingHours
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.declared_time import read_exclusion, read_hours, visits_outside
from medimeet.services.slots import exclusion_rule, hours_rule
from medimeet.writing import command, lock

MOST_DAYS_AWAY = 92
Row = TypeVar("Row", WorkingHours, ExclusionDate)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change left behind: the row (None when it was taken away), and the visits outside the hours now."""

    row: WorkingHours | ExclusionDate | None
    outside: list[Appointment]


def doctor_to_schedule(actor: Actor, doctor_id: int | None) -> Doctor:
    """The doctor whose hours the actor may write: any of the clinic for its admin, oneself for a doctor.

    Raises NotFound, NotAllowed.
    """
    own = actor.own_doctor if doctor_id is None or not actor.is_admin else None
    if own is not None and doctor_id in (None, own.id):
        return own
    of_clinic = select(Doctor).join(Doctor.account).where(Doctor.clinic_id == actor.clinic.id)
    found = db.session.scalar(of_clinic.where(Doctor.id == doctor_id, Account.is_active))
    if found is None:
        raise NotFound("We can't find this doctor.")
    if own is not None:
        raise NotAllowed("You can change your own hours only.")
    return found


def of_doctor(doctor: Doctor, day: calendar_date | None = None) -> list[WorkingHours]:
    """The doctor's declarations: weekly ones by weekday, then dated ones by date; with a day those that hold on it."""
    found = select(WorkingHours).where(WorkingHours.doctor_id == doctor.id)
    if day is not None:
        found = found.where(or_(WorkingHours.day_of_week == day.weekday(), WorkingHours.date == day))
    order = (WorkingHours.date.is_not(None), WorkingHours.day_of_week, WorkingHours.date, WorkingHours.start_minute)
    return list(db.session.scalars(found.order_by(*order)))


def exclusions_of(doctor: Doctor, day: calendar_date | None = None) -> list[ExclusionDate]:
    """The doctor's exclusion dates, by date; with a day those on it."""
    found = select(ExclusionDate).where(ExclusionDate.doctor_id == doctor.id)
    if day is not None:
        found = found.where(ExclusionDate.date == day)
    return list(db.session.scalars(found.order_by(ExclusionDate.date, ExclusionDate.start_minute)))


def outside_hours(doctor: Doctor) -> list[Appointment]:
    """The doctor's visits to come that do not stand inside the declared hours, by start."""
    hours = [hours_rule(row) for row in of_doctor(doctor)]
    return visits_outside(doctor, hours, [exclusion_rule(row) for row in exclusions_of(doctor)])


@command
def declare(
    actor: Actor,
    doctor_id: int | None = None,
    *,
    day_of_week: int | None = None,
    date: calendar_date | None = None,
    start: str,
    end: str,
    slot_minutes: int,
) -> Change:
    """New working hours on a weekday (0 is Monday) or a date. Raises InvalidInput, NotFound, NotAllowed."""
    doctor = doctor_to_schedule(actor, doctor_id)
    lock("doctor", doctor.id)
    row = WorkingHours(clinic_id=doctor.clinic_id, doctor_id=doctor.id)
    _set_hours(row, doctor, day_of_week, date, start, end, slot_minutes)
    db.session.add(row)
    return _settled(actor, "declared", row, doctor)


@command
def declare_weekdays(
    actor: Actor, doctor_id: int | None, days_of_week: list[int], *, start: str, end: str, slot_minutes: int
) -> list[Change]:
    """The same new working hours on several weekdays: all of them, or none. Raises as `declare` does."""
    doctor = doctor_to_schedule(actor, doctor_id)
    lock("doctor", doctor.id)
    if not days_of_week:
        raise InvalidInput({"day_of_week": "Choose at least one day."})
    changes = []
    for day_of_week in sorted(set(days_of_week)):
        row = WorkingHours(clinic_id=doctor.clinic_id, doctor_id=doctor.id)
        _set_hours(row, doctor, day_of_week, None, start, end, slot_minutes)
        db.session.add(row)
        changes.append(_settled(actor, "declared", row, doctor))
    return changes


@command
def change(
    actor: Actor,
    hours_id: int,
    *,
    doctor_id: int | None = None,
    day_of_week: int | None = None,
    date: calendar_date | None = None,
    start: str | None = None,
    end: str | None = None,
    slot_minutes: int | None = None,
) -> Change:
    """The declaration with new values; what is None stays as it is, and the doctor always does.

    Raises InvalidInput, NotFound, NotAllowed.
    """
    row, doctor = _own_row(actor, WorkingHours, hours_id)
    if doctor_id not in (None, doctor.id):
        raise InvalidInput({"doctor": f"These hours are of {doctor.name}. Declare new ones for another doctor."})
    if day_of_week is None and date is None:
        day_of_week, date = row.day_of_week, row.date
    start, end = start or text_of(row.start_minute), end or text_of(row.end_minute)
    _set_hours(row, doctor, day_of_week, date, start, end, slot_minutes or row.slot_minutes)
    return _settled(actor, "changed", row, doctor)


@command
def withdraw(actor: Actor, hours_id: int) -> Change:
    """Takes a declaration away. Raises NotFound, NotAllowed."""
    row, doctor = _own_row(actor, WorkingHours, hours_id)
    return _removed(actor, row, doctor)


@command
def exclude(
    actor: Actor,
    doctor_id: int | None = None,
    *,
    date: calendar_date,
    start: str | None = None,
    end: str | None = None,
    reason: str = "",
) -> Change:
    """A new exclusion date: the whole day, or from start to end. Raises InvalidInput, NotFound, NotAllowed."""
    doctor = doctor_to_schedule(actor, doctor_id)
    lock("doctor", doctor.id)
    row = ExclusionDate(clinic_id=doctor.clinic_id, doctor_id=doctor.id)
    _set_exclusion(row, doctor, date, start, end, reason)
    db.session.add(row)
    return _settled(actor, "declared", row, doctor)


@command
def exclude_days(
    actor: Actor, doctor_id: int | None, first_day: calendar_date, last_day: calendar_date, *, reason: str = ""
) -> list[Change]:
    """An exclusion of each whole day from the first to the last, such as a holiday: all of them, or none.

    Raises InvalidInput, NotFound, NotAllowed.
    """
    doctor = doctor_to_schedule(actor, doctor_id)
    lock("doctor", doctor.id)
    count = (last_day - first_day).days + 1
    if not 1 <= count <= MOST_DAYS_AWAY:
        raise InvalidInput(
            {"last_date": f"Choose a last day on or after the first one, and at most {MOST_DAYS_AWAY} days in all."}
        )
    rows = []
    for number in range(count):
        row = ExclusionDate(clinic_id=doctor.clinic_id, doctor_id=doctor.id)
        _set_exclusion(row, doctor, first_day + timedelta(days=number), None, None, reason)
        db.session.add(row)
        rows.append(_written(actor, "declared", row, doctor))
    outside = outside_hours(doctor)
    return [Change(row, outside) for row in rows]


@command
def change_exclusion(
    actor: Actor,
    exclusion_id: int,
    *,
    date: calendar_date,
    start: str | None = None,
    end: str | None = None,
    reason: str = "",
) -> Change:
    """The exclusion date with new values. Raises InvalidInput, NotFound, NotAllowed."""
    row, doctor = _own_row(actor, ExclusionDate, exclusion_id)
    _set_exclusion(row, doctor, date, start, end, reason)
    return _settled(actor, "changed", row, doctor)


@command
def end_exclusion(actor: Actor, exclusion_id: int) -> Change:
    """Takes an exclusion date away, so that the hours of that day hold again. Raises NotFound, NotAllowed."""
    row, doctor = _own_row(actor, ExclusionDate, exclusion_id)
    return _removed(actor, row, doctor)


def _own_row(actor: Actor, kind: type[Row], row_id: int) -> tuple[Row, Doctor]:
    """The row and its doctor, locked, if the actor may write them."""
    row = db.session.scalar(select(kind).where(kind.id == row_id, kind.clinic_id == actor.clinic.id))
    if row is None or not (actor.is_admin or actor.own_doctor.id == row.doctor_id):
        raise NotFound("We can't find these hours. They may have been taken away meanwhile.")
    doctor = doctor_to_schedule(actor, row.doctor_id)
    lock("doctor", doctor.id)
    return row, doctor


def _set_hours(
    row: WorkingHours,
    doctor: Doctor,
    day_of_week: int | None,
    date: calendar_date | None,
    start: str,
    end: str,
    slot_minutes: int,
) -> None:
    others = [hours_rule(other) for other in of_doctor(doctor) if other is not row]
    wanted = read_hours(
        doctor, others, day_of_week=day_of_week, date=date, start=start, end=end, slot_minutes=slot_minutes
    )
    row.day_of_week, row.date = wanted.day_of_week, wanted.date
    row.start_minute, row.end_minute, row.slot_minutes = wanted.start_minute, wanted.end_minute, wanted.slot_minutes


def _set_exclusion(
    row: ExclusionDate, doctor: Doctor, date: calendar_date, start: str | None, end: str | None, reason: str
) -> None:
    answers = Answers()
    row.reason = answers.line("reason", reason, 200)
    answers.check()
    wanted = read_exclusion(doctor, date, start, end)
    row.date, row.start_minute, row.end_minute = wanted.date, wanted.start_minute, wanted.end_minute


def _settled(actor: Actor, deed: str, row: Row, doctor: Doctor) -> Change:
    return Change(_written(actor, deed, row, doctor), outside_hours(doctor))


def _written(actor: Actor, deed: str, row: Row, doctor: Doctor) -> Row:
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput({"start_time": "These hours overlap others of this doctor. Choose other times."}) from None
    audit.note(actor, deed, row.__tablename__, row.id, doctor_id=doctor.id)
    return row


def _removed(actor: Actor, row: Row, doctor: Doctor) -> Change:
    audit.note(actor, "removed", row.__tablename__, row.id, doctor_id=doctor.id)
    db.session.delete(row)
    db.session.flush()
    return Change(None, outside_hours(doctor))
