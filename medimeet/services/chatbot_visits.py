"""A patient's own visits, as the clinic's chatbot tells of them."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Doctor, Patient
from medimeet.services.access import Actor

_MOST = 100


def to_come(actor: Actor) -> list[Appointment]:
    """The actor's own visits that are still to end, soonest first, also those that wait for a confirmation.

    At most 100. Raises NotAllowed where the actor has no patient profile.
    """
    ahead = _of(actor.own_patient).where(Appointment.is_active, Appointment.ends_at > clock.now())
    return list(db.session.scalars(ahead.order_by(Appointment.starts_at, Appointment.id).limit(_MOST)))


def recent(patient: Patient) -> Appointment | None:
    """The patient's next scheduled visit, else the last one that was not canceled; None where there is none.

    A hold counts as nothing: nobody has confirmed it.
    """
    next_one = _of(patient).where(Appointment.status == AppointmentStatus.SCHEDULED, Appointment.ends_at > clock.now())
    found = db.session.scalar(next_one.order_by(Appointment.starts_at).limit(1))
    if found is not None:
        return found
    unbooked = (AppointmentStatus.CANCELED, AppointmentStatus.PENDING)
    last_one = _of(patient).where(Appointment.status.not_in(unbooked))
    return db.session.scalar(last_one.order_by(Appointment.starts_at.desc()).limit(1))


def _of(patient: Patient) -> Select[Appointment]:
    return (
        select(Appointment)
        .where(Appointment.patient_id == patient.id, Appointment.deleted_at.is_(None))
        .options(
            joinedload(Appointment.doctor).joinedload(Doctor.account).lazyload(Account.clinic),
            joinedload(Appointment.treatment),
        )
    )
