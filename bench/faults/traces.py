"""What the database says of every visit: is it whole, with its audit lines, its messages and its key?"""

from collections import Counter

from sqlalchemy import func, select

from bench.faults.world import World
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment, AuditEntry, IdempotencyKey, Notification
from medimeet.services import invariants


def torn(world: World) -> list[str]:
    """Every visit of which a part is missing, and every part that belongs to none."""
    with world.app.app_context():
        try:
            return [*_torn_visits(), *_strays(), *_broken_rules()]
        finally:
            db.session.remove()
            db.engine.dispose()


def _torn_visits() -> list[str]:
    lines = select(AuditEntry.subject_id, AuditEntry.deed).where(AuditEntry.subject == "appointment")
    deeds = Counter((number, deed) for number, deed in db.session.execute(lines))
    told = Counter((number, kind) for number, kind in db.session.execute(_messages()))
    wrong = []
    for visit in db.session.scalars(select(Appointment)):
        canceled = int(visit.status == AppointmentStatus.CANCELED)
        expected = {"booked": 1, "canceled": canceled, "moved": visit.sequence - canceled}
        found = {deed: deeds[visit.id, deed] for deed in expected}
        if found != expected:
            wrong.append(f"visit {visit.id}: audit lines {found} instead of {expected}")
        # A move to another doctor is a booking for that one: so messages to the patient are counted alone.
        messages = {deed: told[visit.id, deed] for deed in expected}
        if messages != expected:
            wrong.append(f"visit {visit.id}: messages {messages} instead of {expected}")
    return wrong


def _messages():
    of_patient = ~Notification.dedupe_key.like("%-doctor%")
    deed = func.replace(Notification.kind, "appointment_", "")
    return select(Notification.appointment_id, deed).where(Notification.appointment_id.is_not(None), of_patient)


def _strays() -> list[str]:
    known = select(Appointment.id)
    lines = select(AuditEntry.id).where(AuditEntry.subject == "appointment", AuditEntry.subject_id.not_in(known))
    stray = [f"audit line {number} of no visit" for number in db.session.scalars(lines)]
    twice = select(IdempotencyKey.appointment_id).group_by(IdempotencyKey.appointment_id).having(func.count() > 1)
    return stray + [f"visit {number} has two keys" for number in db.session.scalars(twice)]


def _broken_rules() -> list[str]:
    checks = invariants.of_data(db.session.connection())
    return [f"{check.name}: {check.fault}" for check in checks if not check.is_good]
