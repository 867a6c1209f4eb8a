"""What the database itself knows of how the installation does: what waits, who is silent, what was written down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import db
from medimeet.models import AuditHead, Heartbeat, Notification, Subscription
from medimeet.services import secret_key


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: its name, what it says, and the kind that it is of (empty: there is one kind only)."""

    name: str
    says: str
    value: float
    kind: str = ""


def of_database() -> list[Figure]:
    """Each figure that rows tell; asked again at every call, over indexes."""
    found = [*_messages(), *_heartbeats(), *_totals()]
    db.session.rollback()
    return found


def _messages() -> Iterator[Figure]:
    waiting = select(func.count(), func.min(Notification.due_at)).where(Notification.state == "queued")
    count, oldest = db.session.execute(waiting.where(Notification.due_at <= clock.now())).one()
    yield Figure("medimeet_messages_due", "Messages whose time has come and that have not left.", count)
    yield Figure("medimeet_oldest_due_message_seconds", "How long the oldest of them waits.", _age(oldest))
    failed = select(func.count()).where(Notification.state == "failed")
    yield Figure("medimeet_messages_failed", "Messages that were given up.", db.session.scalar(failed) or 0)


def _heartbeats() -> Iterator[Figure]:
    living = select(Heartbeat).where(Heartbeat.name.not_like(f"{secret_key.NOTED}%"))
    for beat in db.session.scalars(living.execution_options(populate_existing=True)):
        yield Figure("medimeet_heartbeat_age_seconds", "How long ago it was last well.", _age(beat.at), beat.name)


def _totals() -> Iterator[Figure]:
    lines = db.session.scalar(select(func.sum(AuditHead.number))) or 0
    yield Figure("medimeet_audit_lines", "Lines in the chains of the audit log.", lines)
    credits = db.session.scalar(select(func.sum(Subscription.credits_left))) or 0
    yield Figure("medimeet_credits", "Credits that clinics have left.", credits)


def _age(since: datetime | None) -> float:
    return max(0.0, (clock.now() - since).total_seconds()) if since is not None else 0.0
