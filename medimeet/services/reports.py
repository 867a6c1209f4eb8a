"""The figures of the clinic's dashboard. A fixed number of statements, however many doctors and visits there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.domain import slots as rules
from medimeet.domain.slots import Busy, Slot
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import day_bounds
from medimeet.models import Appointment, Doctor
from medimeet.services import doctor_rows, doctors, slots
from medimeet.services.access import Actor

PERIOD = timedelta(days=30)
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Today:
    """The clinic's day: visits by status, what is going on, and who is next."""

    day: date
    by_status: dict[AppointmentStatus, int]
    to_come: int
    going_on: list[Appointment]
    next_visits: list[Appointment]

    @property
    def total(self) -> int:
        """Every visit of the day that was not canceled."""
        return sum(count for status, count in self.by_status.items() if status != AppointmentStatus.CANCELED)


@dataclass(frozen=True, slots=True)
class Utilisation:
    """How much of a doctor's time of the next days is booked, in minutes from now on."""

    doctor: Doctor
    visits: int
    booked_minutes: int
    free_minutes: int

    @property
    def percent(self) -> int | None:
        """The booked share of the offered time; None where no time is offered."""
        offered = self.booked_minutes + self.free_minutes
        return round(100 * self.booked_minutes / offered) if offered else None


@dataclass(frozen=True, slots=True)
class NoShows:
    """Missed visits among those that were due in a period."""

    missed: int
    due: int

    @property
    def percent(self) -> int | None:
        """The missed share; None where no visit was due."""
        return round(100 * self.missed / self.due) if self.due else None


def today(actor: Actor) -> Today:
    """The clinic's own calendar day, as it stands now."""
    day, now = clock.today(actor.clinic.zone), clock.now()
    visits = list(
        db.session.scalars(
            select(Appointment)
            .where(_between(actor, *day_bounds(day, actor.clinic.zone)))
            .options(joinedload(Appointment.doctor), joinedload(Appointment.patient), joinedload(Appointment.treatment))
            .order_by(Appointment.starts_at, Appointment.id)
        )
    )
    active = [visit for visit in visits if visit.is_active]
    to_come = [visit for visit in active if visit.starts_at > now]
    return Today(
        day=day,
        by_status=Counter(visit.status for visit in visits),
        to_come=len(to_come),
        going_on=[visit for visit in active if visit.starts_at <= now < visit.ends_at],
        next_visits=_next_of_each_doctor(to_come),
    )


def utilisation(actor: Actor, days: int = 7) -> list[Utilisation]:
    """Booked and free time of each doctor from now over the next `days` calendar days, today included; by name."""
    people, zone = doctors.named(actor), actor.clinic.zone
    first = clock.today(zone)
    last = first + timedelta(days=days - 1)
    declared = doctor_rows.of_days([doctor.id for doctor in people], first, last, None)
    end, found = day_bounds(last, zone)[1], []
    for doctor in people:
        offered = slots.marked(doctor.id, declared[doctor.id], zone, first, last)
        found.append(_utilisation_of(doctor, offered, declared[doctor.id].busy, end))
    return found


def visits_by_day(actor: Actor, days: int = 7) -> list[tuple[date, int]]:
    """How many visits stand on each of the next `days` calendar days, today included, canceled ones not counted."""
    first = clock.today(actor.clinic.zone)
    shown = [first + timedelta(days=offset) for offset in range(days)]
    bounds = [day_bounds(day, actor.clinic.zone) for day in shown]
    number = case(*((Appointment.starts_at < end, place) for place, (_start, end) in enumerate(bounds)))
    rows = db.session.execute(
        select(number, func.count(Appointment.id))
        .where(_between(actor, bounds[0][0], bounds[-1][1]), Appointment.status != AppointmentStatus.CANCELED)
        .group_by(number)
    )
    counts = {place: count for place, count in rows}  # noqa: C416 (so that its type is known)
    return [(day, counts.get(place, 0)) for place, day in enumerate(shown)]


def no_shows(actor: Actor) -> tuple[NoShows, NoShows]:
    """Missed visits of the last thirty days, and of the thirty days before them."""
    now = clock.now()
    return _no_shows_between(actor, now - PERIOD, now), _no_shows_between(actor, now - 2 * PERIOD, now - PERIOD)


def _no_shows_between(actor: Actor, start: datetime, end: datetime) -> NoShows:
    rows = db.session.execute(
        select(Appointment.status, func.count(Appointment.id))
        .where(_between(actor, start, end))
        .group_by(Appointment.status)
    )
    counts = {status: count for status, count in rows}  # noqa: C416 (so that its type is known)
    missed = counts.get(AppointmentStatus.NO_SHOW, 0)
    return NoShows(missed, missed + counts.get(AppointmentStatus.COMPLETED, 0))


def _next_of_each_doctor(to_come: Sequence[Appointment]) -> list[Appointment]:
    first: dict[int, Appointment] = {}
    for visit in to_come:
        first.setdefault(visit.doctor_id, visit)
    return list(first.values())


def _utilisation_of(doctor: Doctor, offered: Sequence[Slot], busy: Sequence[Busy], end: datetime) -> Utilisation:
    now = clock.now()
    to_come = [time for time in busy if now < time.ends_at and time.starts_at < end]
    booked = sum(((time.ends_at - max(time.starts_at, now)) // _A_MINUTE for time in to_come), 0)
    free = [slot for slot in rules.still_to_come(offered, now) if slot.is_free]
    return Utilisation(
        doctor, len(to_come), booked, sum(((slot.ends_at - slot.starts_at) // _A_MINUTE for slot in free), 0)
    )


def _between(actor: Actor, start: datetime, end: datetime) -> ColumnElement[bool]:
    return (Appointment.clinic_id == actor.clinic.id) & (Appointment.starts_at >= start) & (Appointment.starts_at < end)
