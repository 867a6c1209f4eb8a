"""Why somebody may see what is kept of a patient, in words for the patient; it stands in each line of the audit log.

Never anybody's own words: the log is kept for ever, and its lines are not sealed.
"""

from sqlalchemy import case, select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AGREED, Role
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Appointment, EmergencyAccess
from medimeet.services.access import Actor

RUNS_CLINIC, RUNS_INSTALLATION, TREATS = "runs the clinic", "runs the installation", "treats you"
EMERGENCY = "emergency"
_AT_THE_DESK = {"booked": "booking for you at the desk", "moved": "moving your visit", "canceled": "canceling for you"}


def standing(actor: Actor, deed: str = "") -> str:
    """What gives the actor a right of their own here, without a look into the database; empty for oneself."""
    role = actor.account.role if actor.account is not None else None
    if role == Role.ADMIN:
        doing = _AT_THE_DESK.get(deed)
        return f"{RUNS_CLINIC}: {doing}" if doing else RUNS_CLINIC
    return {Role.SUPERUSER: RUNS_INSTALLATION, Role.DOCTOR: TREATS}.get(role, "") if role is not None else ""


def of_reading(actor: Actor, patient_id: int) -> str:
    """Why the actor may read health data of this patient: the visit by which a doctor treats them, or an emergency."""
    if not actor.is_doctor:
        return standing(actor)
    treating = _treating_visit(actor, patient_id)
    if treating is not None:
        day = to_wall(treating.starts_at, actor.clinic.zone)
        return f"{TREATS}: visit on {day.day} {day:%B %Y}"
    return EMERGENCY if _open_emergency(actor, patient_id) is not None else standing(actor)


def _treating_visit(actor: Actor, patient_id: int) -> Appointment | None:
    """The doctor's latest visit with the patient that has begun, else the next one to come."""
    mine = select(Appointment).where(
        Appointment.patient_id == patient_id,
        Appointment.doctor_id == actor.own_doctor.id,
        Appointment.status.in_(AGREED),
    )
    now = clock.now()
    has_begun = Appointment.starts_at <= now
    nearest = (has_begun.desc(), case((has_begun, Appointment.starts_at)).desc(), Appointment.starts_at)
    return db.session.scalar(mine.order_by(*nearest).limit(1))


def _open_emergency(actor: Actor, patient_id: int) -> int | None:
    return db.session.scalar(
        select(EmergencyAccess.id)
        .where(
            EmergencyAccess.patient_id == patient_id,
            EmergencyAccess.account_id == actor.person.id,
            EmergencyAccess.expires_at > clock.now(),
        )
        .limit(1)
    )
