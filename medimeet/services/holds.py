"""Holds: pending appointments that nobody has confirmed yet. One that is up takes no time, and is ended soon after.

A booking ends those that stand in its way by itself, so that no stopped poller keeps a time from others.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select, update

from medimeet import clock
from medimeet.db import connection, db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment
from medimeet.writing import command


def end_due_of(doctor_ids: Iterable[int], patient_id: int) -> None:
    """Cancels the holds that are up of these doctors and this patient. For use inside a command."""
    _end(or_(Appointment.doctor_id.in_(doctor_ids), Appointment.patient_id == patient_id))


def end_all_due() -> None:
    """Cancels every hold that is up; writes nothing where there is none. What the poller calls."""
    if db.session.scalar(select(Appointment.id).where(Appointment.is_lapsed).limit(1)) is not None:
        _end_all()


@command
def _end_all() -> None:
    _end(Appointment.id.is_not(None))


def _end(which: ColumnElement[bool]) -> None:
    now = clock.now()
    db.session.flush()
    connection().execute(
        update(Appointment.__table__)  # type: ignore[arg-type]
        .where(which, Appointment.is_lapsed)
        .values(status=AppointmentStatus.CANCELED, canceled_at=now, updated_at=now)
    )
    for known in list(db.session.identity_map.values()):
        if isinstance(known, Appointment):
            db.session.expire(known, ["status", "canceled_at", "updated_at"])
