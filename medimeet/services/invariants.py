"""What must hold in the data at all times, asked of any database: the running one, or a copy of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from medimeet import clock
from medimeet.domain.statuses import OCCUPYING, AppointmentStatus
from medimeet.models import (
    Appointment,
    Clinic,
    CreditEntry,
    CreditReservation,
    Notification,
    Subscription,
    WorkingHours,
    overlap_guards,
)
from medimeet.services import audit_proof

HOLD_GRACE = timedelta(minutes=10)
MESSAGE_GRACE = timedelta(minutes=15)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, what is wrong (empty: nothing), and how to mend it."""

    name: str
    fault: str = ""
    mend: str = ""
    remark: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.fault


def of_data(connection: Connection) -> list[Check]:
    """Every rule about the rows, with the rows that break it."""
    return [check(connection) for check in _CHECKS]


def guards(connection: Connection) -> Check:
    """Whether the database's own guards against overlaps stand."""
    missing = overlap_guards.missing(connection)
    return Check(
        "guards against overlaps",
        f"missing: {', '.join(missing)}" if missing else "",
        "Restore the last backup, or make the guards again with medimeet.models.overlap_guards.create "
        "(each refuses to be made while rows break it).",
    )


def _doctor_overlaps(connection: Connection) -> Check:
    return Check(
        "no doctor has two visits at once",
        _listed("appointments", _starting_too_early(connection, Appointment.doctor_id)),
        "Call the patients and cancel or move one of each pair on its page.",
    )


def _patient_overlaps(connection: Connection) -> Check:
    return Check(
        "no patient has two visits at once",
        _listed("appointments", _starting_too_early(connection, Appointment.patient_id)),
        "Call the patient and cancel or move one of each pair on its page.",
    )


def _orphan_holds(connection: Connection) -> Check:
    orphans = select(Appointment.id).where(
        Appointment.status == AppointmentStatus.PENDING, Appointment.hold_expires_at < clock.now() - HOLD_GRACE
    )
    return Check(
        "no hold outlives its end",
        _listed("appointments", _ids(connection, orphans)),
        "Start `flask worker`, which ends them; the next booking of the same doctor does so too.",
    )


def _hours_overlaps(connection: Connection) -> Check:
    ends = func.max(WorkingHours.end_minute).over(
        partition_by=(WorkingHours.doctor_id, WorkingHours.day_of_week, WorkingHours.date),
        order_by=(WorkingHours.start_minute, WorkingHours.id),
        rows=(None, -1),
    )
    spans = select(WorkingHours.id, WorkingHours.start_minute.label("start"), ends.label("earlier_end")).subquery()
    return Check(
        "no doctor's working hours overlap",
        _listed("working hours", _ids(connection, select(spans.c.id).where(spans.c.earlier_end > spans.c.start))),
        "Remove one of the two on the doctor's page of slots and excluded dates.",
    )


def _stuck_messages(connection: Connection) -> Check:
    late = clock.now() - MESSAGE_GRACE
    stuck = select(Notification.id).where(
        Notification.state == "queued",
        Notification.due_at < late,
        Notification.lease_until.is_(None) | (Notification.lease_until < late),
    )
    failed = connection.scalar(select(func.count()).where(Notification.state == "failed"))
    return Check(
        "no message waits too long",
        _listed("notifications", _ids(connection, stuck)),
        "Start `flask worker`, which sends them, and look at what it prints.",
        f"{failed} could not be sent: see the outbox page" if failed else "",
    )


def _credits(connection: Connection) -> Check:
    sums = select(
        CreditEntry.clinic_id, func.sum(CreditEntry.change).label("sum"), func.max(CreditEntry.id).label("id")
    )
    ledger = sums.group_by(CreditEntry.clinic_id).subquery()
    last = aliased(CreditEntry)
    left = func.coalesce(Subscription.credits_left, 0)
    wrong = (
        select(Clinic.id)
        .outerjoin(Subscription, Subscription.clinic_id == Clinic.id)
        .outerjoin(ledger, ledger.c.clinic_id == Clinic.id)
        .outerjoin(last, last.id == ledger.c.id)
        .where(or_(left != func.coalesce(ledger.c.sum, 0), left != func.coalesce(last.left, 0)))
    )
    return Check(
        "credits agree with their ledger",
        _listed("clinics", _ids(connection, wrong)),
        "Nothing in MediMeet changes one without the other. Compare with the last backup, then set the clinic's "
        "credits_left in the database to the sum of its lines.",
    )


def _reservations(connection: Connection) -> Check:
    taken = func.coalesce(func.sum(CreditEntry.change), 0)
    wrong = (
        select(CreditReservation.id)
        .outerjoin(CreditEntry, CreditEntry.reservation_id == CreditReservation.id)
        .group_by(CreditReservation.id, CreditReservation.state)
        .having(taken != case((CreditReservation.state == "returned", 0), else_=-1))
    )
    return Check(
        "every reserved credit was taken once",
        _listed("reservations", _ids(connection, wrong)),
        "Correct the clinic's credits on its subscription page, with the reservation's number as the reason.",
    )


def _abandoned(connection: Connection) -> Check:
    abandoned = select(CreditReservation.id).where(
        CreditReservation.state == "reserved", CreditReservation.expires_at < clock.now() - HOLD_GRACE
    )
    return Check(
        "no credit stays reserved",
        _listed("reservations", _ids(connection, abandoned)),
        "Start `flask worker`, which gives them back.",
    )


def _audit_log(connection: Connection) -> Check:
    proofs = audit_proof.verify(connection)
    broken = [f"{_chain_name(proof.chain)}: {'; '.join(proof.faults)}" for proof in proofs if not proof.is_whole]
    outside = sum(proof.outside for proof in proofs)
    return Check(
        "the audit log is whole",
        ". ".join(broken),
        "Nothing in MediMeet changes a line. Keep this database as it is, find out who could write to it, and compare "
        "with a backup; `flask audit verify` says more.",
        f"{sum(proof.lines for proof in proofs)} lines"
        + (f", and {outside} outside the chain: see `flask audit verify`" if outside else ""),
    )


def _chain_name(chain: int) -> str:
    return f"clinic {chain}" if chain else "the installation"


_CHECKS: tuple[Callable[[Connection], Check], ...] = (
    _doctor_overlaps,
    _patient_overlaps,
    _orphan_holds,
    _hours_overlaps,
    _stuck_messages,
    _credits,
    _reservations,
    _abandoned,
    _audit_log,
)


def _starting_too_early(connection: Connection, person: ColumnElement[int] | InstrumentedAttribute[int]) -> list[int]:
    """Ids of appointments that start before an earlier one of the same person has ended."""
    ends = func.max(Appointment.ends_at).over(
        partition_by=person, order_by=(Appointment.starts_at, Appointment.id), rows=(None, -1)
    )
    spans = (
        select(Appointment.id, Appointment.starts_at, ends.label("earlier_end"))
        .where(Appointment.status.in_(OCCUPYING))
        .subquery()
    )
    return _ids(connection, select(spans.c.id).where(spans.c.earlier_end > spans.c.starts_at))


def _ids(connection: Connection, rows: Select[int]) -> list[int]:
    return sorted(connection.scalars(rows))


def _listed(things: str, ids: list[int]) -> str:
    if not ids:
        return ""
    shown = ", ".join(str(row_id) for row_id in ids[:_SHOWN])
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return f"{things} {shown}{more}"
