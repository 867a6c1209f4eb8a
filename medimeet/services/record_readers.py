"""Who saw or changed what the clinic keeps of a person, when and why: for that person, out of the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Account, Appointment, AuditEntry, EmergencyAccess
from medimeet.services import reasons
from medimeet.services.access import Actor

Kind = Literal["all", "reads", "changes"]
_READS = ("read", "exported", "opened in an emergency", "was refused")
_ROLES = {
    Role.SUPERUSER: "runs the installation",
    Role.ADMIN: "clinic staff",
    Role.DOCTOR: "doctor",
    Role.PATIENT: "patient",
}
_NOUNS = {
    "account": "your details",
    "patient": "your details",
    "medical history": "your medical history",
    "medical_history_entry": "your medical history",
    "medical_record": "the medical record of your visit",
    "medical_record_version": "a medical record of yours",
    "appointment": "your visit",
    "notification": "a message to you",
    "review": "your review",
    "proposal": "what you asked the assistant for",
    "conversation": "your conversation with the assistant",
    "conversation_message": "your conversation with the assistant",
    "browser_session": "where you were signed in",
    "held identity": "your name, kept with your medical record",
}
_WHOLE = {
    ("booked", "appointment"): "booked a visit for you",
    ("held", "appointment"): "asked for a visit with your e-mail",
    ("removed", "patient"): "ended your account",
    ("deactivated", "account"): "ended your account",
    ("added", "patient"): "entered you as a patient",
    ("added", "account"): "made your account",
    ("exported", "personal data"): "downloaded everything that is kept about you",
    ("erased", "personal data"): "erased what is kept about you",
    ("opened in an emergency", "emergency access"): "opened your medical records in an emergency",
    ("sent_again", "notification"): "sent a message to you again",
}
_VISITS = ("appointment", "medical_record")


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: when, who in which role, whether it changed anything, what in plain words, and why."""

    at: datetime
    who: str
    role: str
    is_change: bool
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class DeedPage:
    """One page of deeds, with where it stands among the others."""

    found: Pagination
    deeds: list[Deed]


def page(actor: Actor, *, kind: Kind = "all", page: int = 1, per_page: int = 25) -> DeedPage:
    """One page of what others did with the actor's own data, the newest first; `kind` narrows to reads or changes."""
    lines = by_others(actor.person)
    if kind == "reads":
        lines = lines.where(AuditEntry.deed.in_(_READS))
    elif kind == "changes":
        lines = lines.where(AuditEntry.deed.not_in(_READS))
    newest = lines.options(joinedload(AuditEntry.actor)).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    found = db.paginate(newest, page=page, per_page=per_page, error_out=False)
    return DeedPage(found, in_words(actor.person, found.items))


def by_others(person: Account) -> Select[AuditEntry]:
    """The lines about a person by anybody else."""
    by_another = or_(AuditEntry.actor_id.is_(None), AuditEntry.actor_id != person.id)
    return select(AuditEntry).where(about(person), by_another)


def about(person: Account) -> ColumnElement[bool]:
    """The condition for lines that concern a person: as a patient, or the account itself."""
    of_account = and_(AuditEntry.subject == "account", AuditEntry.subject_id == person.id)
    if person.patient is None:
        return of_account
    return or_(AuditEntry.patient_id == person.patient.id, of_account)


def in_words(person: Account, lines: Sequence[AuditEntry]) -> list[Deed]:
    """The lines as the person reads them."""
    visits, emergencies = _visits_of(lines), _emergencies_of(person)
    return [_deed(person, line, visits, emergencies) for line in lines]


def name_of(account: Account | None) -> str:
    """What the person knows somebody by, those who left included; visitors have no name."""
    if account is None:
        return "Somebody who was not signed in"
    return account.doctor.name if account.doctor is not None and account.role == Role.DOCTOR else account.full_name


def _deed(
    person: Account, line: AuditEntry, visits: dict[int, Appointment], emergencies: list[EmergencyAccess]
) -> Deed:
    role = _ROLES[line.actor.role] if line.actor is not None else ""
    if line.actor is not None and not line.actor.is_active:
        role = f"{role}, no longer here"
    return Deed(
        at=line.at,
        who=name_of(line.actor),
        role=role,
        is_change=line.deed not in _READS,
        what=_what(person, line, visits),
        why=_why(line, emergencies),
    )


def _what(person: Account, line: AuditEntry, visits: dict[int, Appointment]) -> str:
    said = _WHOLE.get((line.deed, line.subject))
    words = said or f"{line.deed.replace('_', ' ')} {_NOUNS.get(line.subject, line.subject.replace('_', ' '))}"
    visit = visits.get(line.subject_id or 0) if line.subject in _VISITS else None
    if visit is not None:
        start = to_wall(visit.starts_at, visit.clinic.zone)
        words = f"{words} on {start.day} {start:%B %Y}"
    if line.deed == "marked":
        words = f"{words} as {str(line.detail.get('now', 'changed')).replace('_', ' ')}"
    return words


def _why(line: AuditEntry, emergencies: list[EmergencyAccess]) -> str:
    if line.why == reasons.EMERGENCY:
        return _emergency_words(line, emergencies)
    if line.why:
        return line.why
    role = line.actor.role if line.actor is not None else None
    by_role = {
        Role.SUPERUSER: reasons.RUNS_INSTALLATION,
        Role.ADMIN: reasons.RUNS_CLINIC,
        Role.DOCTOR: reasons.TREATS,
    }
    return by_role.get(role, "not noted") if role is not None else "not noted"


def _emergency_words(line: AuditEntry, emergencies: list[EmergencyAccess]) -> str:
    """The reason is sealed in its own row, so that the log, which is kept for ever, holds nobody's words."""
    for access in emergencies:
        if access.account_id == line.actor_id and access.created_at <= line.at <= access.expires_at:
            return f"{reasons.EMERGENCY}: {access.reason}"
    return reasons.EMERGENCY


def _visits_of(lines: Sequence[AuditEntry]) -> dict[int, Appointment]:
    ids = {line.subject_id for line in lines if line.subject in _VISITS and line.subject_id is not None}
    query = select(Appointment).where(Appointment.id.in_(ids)).options(joinedload(Appointment.clinic))
    return {visit.id: visit for visit in db.session.scalars(query)} if ids else {}


def _emergencies_of(person: Account) -> list[EmergencyAccess]:
    if person.patient is None:
        return []
    query = select(EmergencyAccess).where(EmergencyAccess.patient_id == person.patient.id)
    return list(db.session.scalars(query))
