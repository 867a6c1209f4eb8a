"""The figures of the clinic's dashboard. A fixed number of statements, however many doctors and visits there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slots import Slot
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import day_bounds
from medimeet.models import Appointment, Doctor
from medimeet.services import doctors, slots
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
    people = doctors.working(actor)
    first = clock.today(actor.clinic.zone)
    last, now = first + timedelta(days=days - 1), clock.now()
    free = Counter(_minutes_by_doctor(slots.free(people, None, first, last)))
    end = day_bounds(last, actor.clinic.zone)[1]
    booked = _booked(actor, now, end)
    visits = Counter(doctor_id for doctor_id, _starts_at, _ends_at in booked)
    minutes: Counter[int] = Counter()
    for doctor_id, starts_at, ends_at in booked:
        minutes[doctor_id] += (ends_at - max(starts_at, now)) // _A_MINUTE
    return [Utilisation(doctor, visits[doctor.id], minutes[doctor.id], free[doctor.id]) for doctor in people]


def visits_by_day(actor: Actor, days: int = 7) -> list[tuple[date, int]]:
    """How many visits stand on each of the next `days` calendar days, today included, canceled ones not counted."""
    first = clock.today(actor.clinic.zone)
    last = first + timedelta(days=days - 1)
    start, end = day_bounds(first, actor.clinic.zone)[0], day_bounds(last, actor.clinic.zone)[1]
    starts = db.session.scalars(
        select(Appointment.starts_at).where(
            _between(actor, start, end), Appointment.status != AppointmentStatus.CANCELED
        )
    )
    counts = Counter(instant.astimezone(actor.clinic.zone).date() for instant in starts)
    return [(day, counts[day]) for day in (first + timedelta(days=offset) for offset in range(days))]


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


def _minutes_by_doctor(free: Sequence[Slot]) -> dict[int, int]:
    minutes: Counter[int] = Counter()
    for slot in free:
        minutes[slot.doctor_id] += (slot.ends_at - slot.starts_at) // _A_MINUTE
    return minutes


def _booked(actor: Actor, start: datetime, end: datetime) -> list[tuple[int, datetime, datetime]]:
    """Doctor, start and end of every visit that still takes time between two instants."""
    rows = db.session.execute(
        select(Appointment.doctor_id, Appointment.starts_at, Appointment.ends_at).where(
            Appointment.clinic_id == actor.clinic.id,
            Appointment.starts_at < end,
            Appointment.starts_at > start - timedelta(days=1),
            Appointment.ends_at > start,
            slots.occupies_now(),
        )
    )
    return [(doctor_id, starts_at, ends_at) for doctor_id, starts_at, ends_at in rows]


def _between(actor: Actor, start: datetime, end: datetime) -> ColumnElement[bool]:
    return (Appointment.clinic_id == actor.clinic.id) & (Appointment.starts_at >= start) & (Appointment.starts_at < end)
