"""What a change of a doctor's declared time would make, before anybody saves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from medimeet.db import db
from medimeet.domain import slots as rules
from medimeet.domain.wall_clock import text_of
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Appointment, Doctor, ExclusionDate, WorkingHours
from medimeet.services import hours
from medimeet.services.access import Actor
from medimeet.services.declared_time import read_exclusion, read_hours, visits_outside
from medimeet.services.slots import exclusion_rule, hours_rule

Row = TypeVar("Row", WorkingHours, ExclusionDate)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be there: slots a day, their first and last start ("09:00"), minutes left over at the end.

    `outside` are the visits that would come to stand outside the hours, beside those that already do.
    """

    slots: int
    first: str
    last: str
    left_over: int
    outside: list[Appointment]


def find_hours(actor: Actor, hours_id: int) -> tuple[WorkingHours, Doctor]:
    """A declaration that the actor may change, and its doctor. Raises NotFound, NotAllowed."""
    return _find(actor, WorkingHours, hours_id)


def find_exclusion(actor: Actor, exclusion_id: int) -> tuple[ExclusionDate, Doctor]:
    """An exclusion date that the actor may change, and its doctor. Raises NotFound, NotAllowed."""
    return _find(actor, ExclusionDate, exclusion_id)


def of_hours(
    doctor: Doctor,
    *,
    days_of_week: Sequence[int] = (),
    date: calendar_date | None = None,
    start: str,
    end: str,
    slot_minutes: int,
    instead_of: WorkingHours | None = None,
) -> Preview:
    """What these hours would make, on each of the weekdays or on the date. Raises InvalidInput."""
    if not days_of_week and date is None:
        raise InvalidInput({"day_of_week": "Choose at least one day."})
    known = [hours_rule(row) for row in hours.of_doctor(doctor) if row is not instead_of]
    days: list[int | None] = [None] if date is not None else [*sorted(set(days_of_week))]
    for day in days:
        wanted = read_hours(doctor, known, day_of_week=day, date=date, start=start, end=end, slot_minutes=slot_minutes)
        known.append(wanted)
    count = rules.whole_slots(wanted)
    return Preview(
        slots=count,
        first=text_of(wanted.start_minute),
        last=text_of(wanted.start_minute + (count - 1) * wanted.slot_minutes),
        left_over=wanted.end_minute - wanted.start_minute - count * wanted.slot_minutes,
        outside=_newly_outside(doctor, known, _exclusions(doctor)),
    )


def of_withdrawal(doctor: Doctor, row: WorkingHours) -> list[Appointment]:
    """The visits that would stand outside if these hours were taken away."""
    known = [hours_rule(other) for other in hours.of_doctor(doctor) if other is not row]
    return _newly_outside(doctor, known, _exclusions(doctor))


def of_exclusion(
    doctor: Doctor,
    *,
    date: calendar_date,
    last_date: calendar_date | None = None,
    start: str | None = None,
    end: str | None = None,
    instead_of: ExclusionDate | None = None,
) -> list[Appointment]:
    """The visits that would stand outside if the doctor were away then. Raises InvalidInput."""
    count = ((last_date or date) - date).days + 1
    wanted = [
        read_exclusion(doctor, date + timedelta(days=number), start, end)
        for number in range(max(1, min(count, hours.MOST_DAYS_AWAY)))
    ]
    known = [hours_rule(row) for row in hours.of_doctor(doctor)]
    return _newly_outside(doctor, known, _exclusions(doctor, leave_out=instead_of) + wanted)


def _find(actor: Actor, kind: type[Row], row_id: int) -> tuple[Row, Doctor]:
    row = db.session.scalar(select(kind).where(kind.id == row_id, kind.clinic_id == actor.clinic.id))
    if row is None or not (actor.is_admin or actor.own_doctor.id == row.doctor_id):
        raise NotFound("We can't find these hours. They may have been taken away meanwhile.")
    return row, hours.doctor_to_schedule(actor, row.doctor_id)


def _exclusions(doctor: Doctor, leave_out: ExclusionDate | None = None) -> list[rules.Exclusion]:
    return [exclusion_rule(row) for row in hours.exclusions_of(doctor) if row is not leave_out]


def _newly_outside(
    doctor: Doctor, known: Sequence[rules.WorkingHours], exclusions: Sequence[rules.Exclusion]
) -> list[Appointment]:
    already = {visit.id for visit in hours.outside_hours(doctor)}
    return [visit for visit in visits_outside(doctor, known, exclusions) if visit.id not in already]
