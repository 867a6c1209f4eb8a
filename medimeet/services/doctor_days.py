"""A doctor's days: the visits, the free times between them, and when the doctor is away."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from medimeet import clock
from medimeet.domain.slots import Slot
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment, Doctor, ExclusionDate
from medimeet.services import appointments, hours, slots
from medimeet.services.access import Actor


@dataclass(frozen=True, slots=True)
class FreeTime:
    """Free slots that follow each other without a gap: from, to (UTC), and how many."""

    starts_at: datetime
    ends_at: datetime
    slots: int = 1


@dataclass(frozen=True, slots=True)
class DoctorDay:
    """One calendar day of the clinic: visits by start (canceled ones left out), what can still be booked, absences."""

    day: date
    visits: list[Appointment]
    free: list[FreeTime]
    away: list[ExclusionDate]

    @property
    def free_slots(self) -> int:
        """How many slots can still be booked."""
        return sum(time.slots for time in self.free)

    @property
    def timeline(self) -> list[Appointment | FreeTime]:
        """Visits and free times together, by start."""
        return sorted([*self.visits, *self.free], key=lambda entry: (entry.starts_at, isinstance(entry, FreeTime)))

    @property
    def current(self) -> Appointment | None:
        """The visit that should be going on now and is not yet closed."""
        now = clock.now()
        return next(
            (visit for visit in self.visits if visit.starts_at <= now < visit.ends_at and visit.is_active), None
        )

    @property
    def following(self) -> Appointment | None:
        """The first visit that is still to begin."""
        now = clock.now()
        return next((visit for visit in self.visits if visit.starts_at > now and visit.is_active), None)

    @property
    def unmarked(self) -> int:
        """How many visits are over and still wait to be marked."""
        now = clock.now()
        return sum(visit.status == AppointmentStatus.SCHEDULED and visit.ends_at <= now for visit in self.visits)


def of_day(actor: Actor, doctor: Doctor, day: date) -> DoctorDay:
    """One day of the doctor."""
    return of_days(actor, doctor, day, day)[0]


def of_days(actor: Actor, doctor: Doctor, first_day: date, last_day: date) -> list[DoctorDay]:
    """The doctor's days from the first to the last; the same few statements however many there are."""
    zone, now = doctor.clinic.zone, clock.now()
    visits: dict[date, list[Appointment]] = defaultdict(list)
    for visit in appointments.of_days(actor, doctor, first_day, last_day):
        visits[visit.starts_at.astimezone(zone).date()].append(visit)
    free: dict[date, list[Slot]] = defaultdict(list)
    for slot in slots.of_days(doctor, first_day, last_day):
        if slot.is_free and slot.starts_at > now:
            free[slot.starts_at.astimezone(zone).date()].append(slot)
    away: dict[date, list[ExclusionDate]] = defaultdict(list)
    for exclusion in hours.exclusions_of(doctor):
        away[exclusion.date].append(exclusion)
    days = [first_day + timedelta(days=count) for count in range((last_day - first_day).days + 1)]
    return [DoctorDay(day, visits[day], _joined(free[day]), away[day]) for day in days]


def _joined(free: Iterable[Slot]) -> list[FreeTime]:
    times: list[FreeTime] = []
    for slot in free:
        if times and times[-1].ends_at == slot.starts_at:
            times[-1] = replace(times[-1], ends_at=slot.ends_at, slots=times[-1].slots + 1)
        else:
            times.append(FreeTime(slot.starts_at, slot.ends_at))
    return times
