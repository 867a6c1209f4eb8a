"""Schedules to look at: what the doctors declare about their hours, with the slots that are free in each declaration.

Writing them is `hours`' business.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from medimeet import clock
from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import Account, Doctor, WorkingHours
from medimeet.services import slots
from medimeet.services.access import Actor

MOST = 1000


@dataclass(frozen=True, slots=True)
class Schedule:
    """One declaration, and how many of its slots are free: see `slots.count_free`."""

    hours: WorkingHours
    available_slots: int


def listed(actor: Actor, doctor_id: int | None = None) -> list[Schedule]:
    """The declarations of the clinic's doctors, or of one, that still hold: weekly ones, and dates to come.

    By doctor, weekly ones first; at most MOST; a fixed number of statements. An unknown doctor has none.
    """
    query = _seen_by(actor).where(or_(WorkingHours.date.is_(None), WorkingHours.date >= clock.today(actor.clinic.zone)))
    if doctor_id is not None:
        query = query.where(WorkingHours.doctor_id == doctor_id)
    in_order = query.order_by(
        WorkingHours.doctor_id,
        WorkingHours.date.is_not(None),
        WorkingHours.day_of_week,
        WorkingHours.date,
        WorkingHours.start_minute,
    )
    return counted(actor, db.session.scalars(in_order.limit(MOST)).all())


def find(actor: Actor, hours_id: int) -> Schedule:
    """One declaration of a doctor of the clinic. Raises NotFound."""
    row = db.session.scalar(_seen_by(actor).where(WorkingHours.id == hours_id))
    if row is None:
        raise NotFound("We can't find these hours. They may have been taken away meanwhile.")
    return counted(actor, [row])[0]


def counted(actor: Actor, rows: Sequence[WorkingHours]) -> list[Schedule]:
    """The declarations with their free slots."""
    free = slots.count_free(rows, actor.clinic.zone)
    return [Schedule(row, free[row.id]) for row in rows]


def _seen_by(actor: Actor) -> Select[WorkingHours]:
    """Those of doctors who take patients; for who runs the clinic also those of applicants."""
    found = (
        select(WorkingHours)
        .join(Doctor, Doctor.id == WorkingHours.doctor_id)
        .join(Doctor.account)
        .where(WorkingHours.clinic_id == actor.clinic.id, Account.is_active)
    )
    return found if actor.is_admin else found.where(Doctor.verified_at.is_not(None))
