"""Sending the waiting messages: claim some, hand each to its gateway, note what came of it.

At least once: a row is leased, sent outside any transaction, then noted; a poller that dies in between leaves a lease
that runs out. Nothing is sent twice but for such a death between sending and noting; its Message-ID is the same then.

A gateway that is away, or too slow, rests for a while: its messages wait, and those of the other one go out. That it
was away is no message's fault, and ends none.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from medimeet import clock
from medimeet.config import setting, shared_path
from medimeet.db import db
from medimeet.errors import Busy
from medimeet.gateways import mail, sms
from medimeet.gateways.mail import Mail, MailGateway
from medimeet.gateways.outcomes import MaybeSent, NotSent, Refused, TooLate, TryLater
from medimeet.gateways.sms import Sms, SmsGateway
from medimeet.models import Clinic, Notification
from medimeet.services import message_texts
from medimeet.services.notifications import worthless_after
from medimeet.writing import command

logger = logging.getLogger(__name__)

BATCH = 10
LEASE = timedelta(seconds=90)
REST_SECONDS = 30.0
SLOW_SECONDS = 5.0
WAIT_FOR_GATEWAY = timedelta(minutes=1)
CHANNELS = ("email", "sms")
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))

# No message of a batch is begun so late that its sending could outlast the lease.
_BEGIN_WITHIN_SECONDS = LEASE.total_seconds() - mail.CONNECTING_SECONDS - mail.SENDING_SECONDS - 5


@dataclass(frozen=True, slots=True)
class Gateways:
    """Where messages leave the process, and until when (of time.monotonic) those rest that were away."""

    mail: MailGateway
    sms: SmsGateway
    rests: dict[str, float] = field(default_factory=dict)

    @property
    def awake(self) -> list[str]:
        """The channels whose gateway is not resting."""
        now = time.monotonic()
        return [channel for channel in CHANNELS if self.rests.get(channel, 0.0) <= now]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send until `lease_until`."""

    id: int
    tries: int
    lease_until: datetime
    message: Mail | Sms

    @property
    def channel(self) -> str:
        """How it leaves."""
        return "sms" if isinstance(self.message, Sms) else "email"


def gateways() -> Gateways:
    """The gateways that the settings name. Raises ValueError for an address that can't be read."""
    outbox = shared_path("outbox")
    return Gateways(mail.gateway(setting("SMTP_URL"), outbox), sms.gateway(setting("SMS_URL"), outbox))


def deliver_due(through: Gateways, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Sends at most one batch of what is due; answers how many messages were claimed (0: nothing is waiting).

    `is_stopping` is asked before each message; what is then left is free for the next poller at once. Raises Busy.
    """
    awake = through.awake
    if not _is_anything_due(awake):
        return 0
    claimed = claim(clock.now(), awake)
    begin_until = time.monotonic() + _BEGIN_WITHIN_SECONDS
    left, waiting = list(claimed), []
    try:
        while left and not is_stopping() and time.monotonic() < begin_until:
            one = left.pop(0)
            if one.channel not in through.awake:  # asking a dead server ten times helps nobody
                waiting.append(one)
                continue
            _note_surely(one, _too_late(one) or _sent(one, through))
    finally:
        through.mail.close()
        if left or waiting:
            release(left + waiting)
    return len(claimed)


@command
def claim(now: datetime, channels: Sequence[str] = CHANNELS) -> list[Claimed]:
    """Leases the longest waiting messages that are due; no other poller gets the same ones meanwhile."""
    is_free = or_(Notification.lease_until.is_(None), Notification.lease_until <= now)
    due = (
        select(Notification.id)
        .where(Notification.state == "queued", Notification.due_at <= now, is_free, Notification.channel.in_(channels))
        .order_by(Notification.due_at, Notification.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("due")  # not a subquery: PostgreSQL may run that again and again, and lease too many
    )
    leased = (
        update(Notification)
        .where(Notification.id.in_(select(due.c.id)))
        .values(lease_until=now + LEASE)
        .returning(Notification)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = sorted(db.session.scalars(leased), key=lambda row: (row.due_at, row.id))
    return [Claimed(row.id, row.tries, now + LEASE, _message(row)) for row in rows]


@command
def note(one: Claimed, outcome: NotSent | None, now: datetime) -> None:
    """Writes down how sending ended (None: well). Texts that held a code or link are blanked once it is over."""
    values = _ending(one, outcome, now)
    mine = (Notification.id == one.id, Notification.state == "queued", Notification.lease_until == one.lease_until)
    if values["state"] != "queued":
        db.session.execute(update(Notification).where(*mine, Notification.holds_secret).values(body=""))
    noted = db.session.execute(
        update(Notification).where(*mine).values(lease_until=None, **values).returning(Notification.id)
    )
    if noted.first() is None:
        logger.warning("notification %s was taken by another poller before its end could be noted", one.id)


@command
def release(claimed: list[Claimed]) -> None:
    """Gives messages back unsent, for any poller to take at once."""
    for one in claimed:
        mine = (Notification.id == one.id, Notification.lease_until == one.lease_until)
        db.session.execute(update(Notification).where(*mine).values(lease_until=None))


def _is_anything_due(channels: Sequence[str]) -> bool:
    """Asked by every poller several times a second, so it takes no lock."""
    now = clock.now()
    is_free = or_(Notification.lease_until.is_(None), Notification.lease_until <= now)
    due = select(Notification.id).where(Notification.state == "queued", Notification.due_at <= now, is_free)
    found = db.session.scalar(due.where(Notification.channel.in_(channels)).limit(1)) is not None
    db.session.rollback()
    return found


def _message(row: Notification) -> Mail | Sms:
    if row.channel == "sms":
        return Sms(row.message_id, row.created_at, row.recipient, row.body, row.kind)
    clinic = db.session.get(Clinic, row.clinic_id) if row.clinic_id is not None else None
    return Mail(
        message_id=row.message_id,
        at=row.created_at,
        sender=message_texts.sender_of(clinic),
        sender_name=message_texts.one_line(clinic.name) if clinic is not None else "MediMeet",
        reply_to=clinic.email if clinic is not None else "",
        to=row.recipient,
        subject=row.subject,
        body=row.body,
        kind=row.kind,
        calendar=row.calendar,
    )


def _too_late(one: Claimed) -> TooLate | None:
    lifetime = worthless_after(one.message.kind)
    if lifetime is None or clock.now() < one.message.at + lifetime:
        return None
    return TooLate("It was worth nothing any more when its turn came.")


def _sent(one: Claimed, through: Gateways) -> NotSent | None:
    """How sending ended; a gateway that was away, slow or gave no answer of use rests from now on."""
    started = time.monotonic()
    outcome = _send(one, through)
    is_slow = time.monotonic() - started > SLOW_SECONDS
    # One message may be lost with a gateway that answers nonsense, not all that wait.
    if isinstance(outcome, MaybeSent) or (isinstance(outcome, TryLater) and (outcome.is_down or is_slow)):
        through.rests[one.channel] = time.monotonic() + REST_SECONDS
    return outcome


def _send(one: Claimed, through: Gateways) -> NotSent | None:
    try:
        if isinstance(one.message, Sms):
            through.sms.send(one.message)
        else:
            through.mail.send(one.message)
    except NotSent as outcome:
        logger.warning("notification %s was not sent: %s", one.id, type(outcome).__name__)  # the words may name people
        return outcome
    except Exception as error:  # one odd message must not stop the others
        logger.exception("notification %s could not be sent", one.id)
        return TryLater(f"It could not be sent: {type(error).__name__}.")
    logger.info("notification %s was sent", one.id)
    return None


def _note_surely(one: Claimed, outcome: NotSent | None) -> None:
    """Notes the end even where the database is busy or away for a while: what is not noted would be sent again."""
    while True:
        try:
            note(one, outcome, clock.now())
            return
        except Busy:
            if clock.now() > one.lease_until:
                raise
            time.sleep(0.2)


def _ending(one: Claimed, outcome: NotSent | None, now: datetime) -> dict[str, object]:
    """The columns to write."""
    tries = one.tries + 1
    said = {"tries": tries, "last_error": str(outcome or "")[:300]}
    if outcome is None:
        return said | {"state": "sent", "sent_at": now}
    if isinstance(outcome, MaybeSent):
        return said | {"state": "unknown"}
    if isinstance(outcome, TooLate):
        return said | {"state": "canceled"}
    if isinstance(outcome, TryLater) and outcome.is_down:
        return {"last_error": said["last_error"], "state": "queued", "due_at": now + WAIT_FOR_GATEWAY}
    if isinstance(outcome, Refused) or tries > len(BACK_OFF):
        return said | {"state": "failed"}
    return said | {"state": "queued", "due_at": now + BACK_OFF[tries - 1]}
