"""The latest visits that somebody may see, as plain rows of one statement: a clinic's list has a thousand."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, String, bindparam, case, or_, select, type_coerce

from medimeet import clock
from medimeet.db import prepared_rows
from medimeet.domain.statuses import AppointmentStatus
from medimeet.model_base import InstantColumn
from medimeet.models import Appointment
from medimeet.prepared import Prepared
from medimeet.services.access import Actor


class VisitRow(NamedTuple):
    """One visit: when (UTC), who by id, the status to show, and the reason."""

    id: int
    doctor_id: int
    patient_id: int
    treatment_id: int | None
    starts_at: datetime
    ends_at: datetime
    status: str
    reason: str


def newest(actor: Actor, most: int) -> list[VisitRow]:
    """The latest visits that the actor may see (`appointments.visible_to`), the latest first, without deleted ones."""
    own = {} if actor.is_admin else _own_ids(actor)
    if not (own or actor.is_admin):
        return []
    read = prepared_rows(_NEWEST[tuple(own)], clinic_id=actor.clinic.id, now=clock.now(), most=most, **own)
    return list(map(VisitRow._make, read))


def _own_ids(actor: Actor) -> dict[str, int]:
    """The actor's verified doctor's profile and the patient's, those that there are, by the columns of visits."""
    doctor, patient = actor.person.doctor, actor.person.patient
    own = {"doctor_id": doctor.id} if doctor is not None and doctor.is_verified else {}
    return own | {"patient_id": patient.id} if patient is not None else own


def _statement(*whose: str) -> Prepared:
    """`whose` are columns: visits in which one of them is as asked; without any, all of the clinic."""
    status = type_coerce(Appointment.status, String())
    is_lapsed = Appointment.lapsed_by(bindparam("now", type_=InstantColumn()))
    asked = (
        select(
            Appointment.id,
            Appointment.doctor_id,
            Appointment.patient_id,
            Appointment.treatment_id,
            Appointment.starts_at,
            Appointment.ends_at,
            case((is_lapsed, AppointmentStatus.CANCELED.value), else_=status),
            Appointment.reason,
        )
        .where(Appointment.clinic_id == bindparam("clinic_id", type_=Integer()), Appointment.deleted_at.is_(None))
        .order_by(Appointment.starts_at.desc(), Appointment.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )
    own = [getattr(Appointment, column) == bindparam(column, type_=Integer()) for column in whose]
    return Prepared(asked.where(or_(*own)) if own else asked)


# One for each, so that each finds its index.
_NEWEST: dict[tuple[str, ...], Prepared] = {
    whose: _statement(*whose) for whose in ((), ("doctor_id",), ("patient_id",), ("doctor_id", "patient_id"))
}
