"""The day's grid: the times of day that declarations may name, in each clinic's own list."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from medimeet.db import db
from medimeet.domain.wall_clock import MINUTES_A_DAY, text_of
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Clinic, DayGridTime
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.declared_time import LONGEST_SLOT, SHORTEST_SLOT, read_minute
from medimeet.writing import command

FIRST_MINUTE, LAST_MINUTE, STEP = 9 * 60, 21 * 60, 30


class Naming:
    """By which time of the grid a span of the day is called: one that starts then, if there is, with the same end."""

    def __init__(self, times: Sequence[DayGridTime]) -> None:
        self._by_span = {(time.start_minute, time.end_minute): time.id for time in times}
        self._by_start = {time.start_minute: time.id for time in reversed(times)}

    def id_of(self, start_minute: int, end_minute: int) -> int | None:
        """The id of that time; None where none starts then."""
        return self._by_span.get((start_minute, end_minute), self._by_start.get(start_minute))


def of_clinic(actor: Actor) -> list[DayGridTime]:
    """The times of day of the actor's clinic, by start."""
    return list(
        db.session.scalars(
            select(DayGridTime)
            .where(DayGridTime.clinic_id == actor.clinic.id)
            .order_by(DayGridTime.start_minute, DayGridTime.end_minute)
        )
    )


def find(actor: Actor, time_id: int) -> DayGridTime:
    """A time of day of the actor's clinic. Raises NotFound."""
    found = db.session.scalar(
        select(DayGridTime).where(DayGridTime.id == time_id, DayGridTime.clinic_id == actor.clinic.id)
    )
    if found is None:
        raise NotFound("We can't find this time of day.")
    return found


def several_start_at(actor: Actor, start_minute: int) -> bool:
    """Whether several times of day of the actor's clinic start then."""
    then = select(func.count()).where(
        DayGridTime.clinic_id == actor.clinic.id, DayGridTime.start_minute == start_minute
    )
    return (db.session.scalar(then) or 0) > 1


@command
def add(actor: Actor, *, start: str, end: str) -> DayGridTime:
    """A new time of day, in words as people write them ("09:00", "9:00 AM", "24:00" as the end). It may overlap others.

    Raises InvalidInput (start_time, end_time), NotAllowed.
    """
    people.refuse_non_admin(actor)
    time = DayGridTime(clinic_id=actor.clinic.id)
    _set(time, start, end)
    db.session.add(time)
    _write(time)
    audit.note(actor, "added", "day_grid_time", time.id)
    return time


@command
def change(actor: Actor, time_id: int, *, start: str, end: str) -> DayGridTime:
    """The time of day with a new start and end; what was declared by it before stays. Raises as `add`, and NotFound."""
    people.refuse_non_admin(actor)
    time = find(actor, time_id)
    _set(time, start, end)
    _write(time)
    audit.note(actor, "changed", "day_grid_time", time.id)
    return time


@command
def remove(actor: Actor, time_id: int) -> None:
    """Takes the time of day from the list; what was declared by it before stays. Raises NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    time = find(actor, time_id)
    audit.note(actor, "removed", "day_grid_time", time.id)
    db.session.delete(time)


@command
def populate(clinic_id: int | None = None) -> int:
    """Gives one clinic (None: every clinic) the half hours from 09:00 to 21:00 that it lacks; returns how many.

    Raises NotFound for an unknown clinic.
    """
    wanted = select(Clinic.id) if clinic_id is None else select(Clinic.id).where(Clinic.id == clinic_id)
    clinics = db.session.scalars(wanted).all()
    if clinic_id is not None and not clinics:
        raise NotFound(f"There is no clinic {clinic_id}.")
    return sum(add_missing(each) for each in clinics)


def add_missing(clinic_id: int) -> int:
    """Adds the missing half hours of one clinic within the running command; returns how many."""
    rows = select(DayGridTime.start_minute, DayGridTime.end_minute).where(DayGridTime.clinic_id == clinic_id)
    there = {(start, end) for start, end in db.session.execute(rows)}
    missing = [start for start in range(FIRST_MINUTE, LAST_MINUTE, STEP) if (start, start + STEP) not in there]
    db.session.add_all(
        DayGridTime(clinic_id=clinic_id, start_minute=start, end_minute=start + STEP) for start in missing
    )
    return len(missing)


def _set(time: DayGridTime, start: str, end: str) -> None:
    answers = Answers()
    start_minute = read_minute("start_time", start, answers)
    end_minute = read_minute("end_time", end, answers) or MINUTES_A_DAY
    answers.check()
    if start_minute >= end_minute:
        raise InvalidInput({"end_time": "The end must be after the start, at 24:00 at the latest."})
    if not SHORTEST_SLOT <= end_minute - start_minute <= LONGEST_SLOT:
        raise InvalidInput({"end_time": f"A time of day lasts from {SHORTEST_SLOT} to {LONGEST_SLOT} minutes."})
    time.start_minute, time.end_minute = start_minute, end_minute


def _write(time: DayGridTime) -> None:
    words = f"{text_of(time.start_minute)} to {text_of(time.end_minute)} is in the list already."
    try:
        db.session.flush()
    except IntegrityError:
        raise InvalidInput({"start_time": words}) from None
