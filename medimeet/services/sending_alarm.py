"""Whether messages leave: the alarm on the admin's page when none did for a day, and the poller's signs of life."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from medimeet import clock
from medimeet.db import db
from medimeet.models import Notification
from medimeet.services import heartbeats
from medimeet.services.access import Actor
from medimeet.services.invariants import Check

POLLER = "poller"
LATE = timedelta(seconds=60)  # it beats every ten seconds, or after the batch of messages that it is sending
SILENT = timedelta(minutes=10)
NONE_LEFT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """So many messages wait or were given up, the oldest `since`, and none left since `last_sent` (None: ever).

    `is_poller_silent`: not the way out is shut, but nobody carries messages there.
    """

    messages: int
    since: datetime
    last_sent: datetime | None
    is_poller_silent: bool


def of_clinic(actor: Actor) -> Alarm | None:
    """The alarm for the actor's clinic; None where all is well."""
    return _alarm(Notification.clinic_id == actor.clinic.id)


def poller_state() -> str:
    """`ok`, `late` (silent for a minute) or `never` (it never ran on this database)."""
    beat = heartbeats.last(POLLER)
    if beat is None:
        return "never"
    return "ok" if clock.now() - beat < LATE else "late"


def look() -> Check:
    """Whether messages leave, for `flask doctor`. A poller that stopped is no fault while nothing waits for it."""
    name, beat = "messages leave", heartbeats.last(POLLER)
    alarm = _alarm(Notification.id.is_not(None))
    if alarm is None:
        return Check(name, remark=f"the poller was last well at {beat:%Y-%m-%d %H:%M} UTC" if beat else "none wait")
    waiting = f"{alarm.messages} wait or were given up since {alarm.since:%Y-%m-%d %H:%M} UTC, and none left"
    if alarm.is_poller_silent:
        return Check(name, f"{waiting}: nothing sends them", "Start `flask worker`, and keep it running.")
    return Check(name, waiting, "See why on the outbox page; check MEDIMEET_SMTP_URL and MEDIMEET_SMS_URL.")


def _alarm(whose: ColumnElement[bool]) -> Alarm | None:
    now = clock.now()
    last_sent = db.session.scalar(select(func.max(Notification.sent_at)).where(whose))
    messages, since = _held_up(whose, last_sent)
    if since is None:
        return None
    beat = heartbeats.last(POLLER)
    is_silent = since < now - SILENT and (beat is None or beat < now - SILENT)
    is_shut = since < now - NONE_LEFT and (last_sent is None or last_sent < now - NONE_LEFT)
    return Alarm(messages, since, last_sent, is_silent) if is_silent or is_shut else None


def _held_up(whose: ColumnElement[bool], last_sent: datetime | None) -> tuple[int, datetime | None]:
    """How many should have left: those due, those tried in vain, those given up since the last one left."""
    is_tried = Notification.tries > 0
    waits = and_(Notification.state == "queued", or_(Notification.due_at <= clock.now(), is_tried))
    given_up: ColumnElement[bool] = Notification.state.in_(("failed", "unknown"))
    if last_sent is not None:
        given_up = and_(given_up, Notification.created_at > last_sent)
    since = case((is_tried, Notification.created_at), else_=Notification.due_at)
    found = select(func.count(), func.min(since)).where(whose, or_(waits, given_up))
    messages, oldest = db.session.execute(found).one()
    return messages, oldest
