"""Forgetting what is no longer needed, in small steps: what goes when is set (docs/privacy.md).

Every step is one short transaction, so nobody waits for it; whoever stops in between goes on later where it stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, delete, inspect, or_, select, type_coerce, update

from medimeet import clock
from medimeet.config import setting, shared_path
from medimeet.db import db
from medimeet.gateways import conversation_store
from medimeet.gateways.conversation_store import StoreAway
from medimeet.gateways.outbox import OutboxFolder
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    AttemptCount,
    BrowserSession,
    ContactMessage,
    ConversationErasure,
    ConversationMessage,
    EmergencyAccess,
    Heartbeat,
    IdempotencyKey,
    IssuedToken,
    Notification,
    OneTimeCode,
    OneTimeLink,
    Patient,
    Proposal,
)
from medimeet.services import erased_traces, erasure, heartbeats, held_records, new_picture
from medimeet.writing import command, insert_into

BATCH = 200
EVERY = timedelta(hours=1)
_CLAIM = "clean-up"
_DONE_WITH = ("sent", "failed", "unknown", "canceled")
IsStopping = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table that go once they are due, by what the counts call them."""

    name: str
    model: type[Base]
    is_due: ColumnElement[bool]


def clean_up(is_stopping: IsStopping = lambda: False) -> dict[str, int]:
    """Forgets all that is due; how much of each. Stops between two steps once `is_stopping` says so."""
    gone = {"people whom a backup brought back": erasure.repeat_what_was_lost()}
    for rule in _rules():
        gone[rule.name] = _repeated(lambda rule=rule: _remove_some(rule), is_stopping)  # type: ignore[misc]
    gone["pictures that nothing shows"] = 0 if is_stopping() else new_picture.remove_strays()
    gone["words of messages"] = _repeated(_blank_some_messages, is_stopping)
    gone["reasons of emergencies"] = _repeated(_blank_some_reasons, is_stopping)
    gone["records of people erased long ago"] = _repeated(held_records.end_some, is_stopping, held_records.A_STEP)
    if not is_stopping():
        _forget_in_mongodb()
        erased_traces.empty_write_ahead_log()
    return gone


def clean_up_hourly(is_stopping: IsStopping, seconds: float = 1.0) -> bool:
    """As `clean_up`, once an hour whoever of several asks first, and not for longer than so many seconds at a time.

    What is left over is due again at once. True where it did all that was due.
    """
    if not _is_due() or not _claim():
        return False
    ends_at = clock.now() + timedelta(seconds=seconds)
    is_late = False

    def is_up() -> bool:
        nonlocal is_late
        is_late = is_late or is_stopping() or clock.now() >= ends_at
        return is_late

    clean_up(is_up)
    if is_late:
        _give_back()
    else:
        heartbeats.beat("housekeeping")
    return not is_late


def _rules() -> Iterator[Rule]:
    now = clock.now()
    yield Rule("counts of tries", AttemptCount, AttemptCount.window_ends_at < now - timedelta(days=1))
    if days := setting("SIGN_IN_DAYS"):
        then = now - timedelta(days=days)
        ended = or_(BrowserSession.ended_at < then, BrowserSession.expires_at < then)
        yield Rule("ended sign-ins", BrowserSession, ended)
        yield Rule("expired tokens", IssuedToken, IssuedToken.expires_at < then)
        yield Rule("expired codes", OneTimeCode, OneTimeCode.expires_at < then)
        yield Rule("expired links", OneTimeLink, OneTimeLink.expires_at < then)
        yield Rule("expired proposals", Proposal, Proposal.expires_at < then)
    if hours := setting("IDEMPOTENCY_HOURS"):
        then = now - timedelta(hours=max(hours, 24))
        yield Rule("keys of bookings", IdempotencyKey, IdempotencyKey.created_at < then)
    if days := setting("ENQUIRY_DAYS"):
        yield Rule(
            "messages from the contact page", ContactMessage, ContactMessage.created_at < now - timedelta(days=days)
        )
    if days := setting("CONVERSATION_DAYS"):
        then = now - timedelta(days=days)
        yield Rule("messages of conversations", ConversationMessage, ConversationMessage.at < then)
        # Once nothing that old is left anywhere, nobody needs to know any more that it was erased.
        settled = ConversationErasure.is_synced if setting("MONGODB_URI") else ConversationErasure.id.is_not(None)
        yield Rule(
            "notes of erased conversations", ConversationErasure, and_(ConversationErasure.until < then, settled)
        )


def _repeated(step: Callable[[], int], is_stopping: IsStopping, batch: int = BATCH) -> int:
    total = 0
    while not is_stopping():
        count = step()
        total += count
        if count < batch:
            break
    return total


def _remove_some(rule: Rule) -> int:
    key = inspect(rule.model).primary_key[0]
    keys = list(db.session.scalars(select(key).where(rule.is_due).limit(BATCH)))
    return _remove(rule, key, keys) if keys else 0


@command
def _remove(rule: Rule, key: Any, keys: list[Any]) -> int:
    db.session.execute(delete(rule.model).where(key.in_(keys), rule.is_due))
    return len(keys)


def _blank_some_messages() -> int:
    due = select(Notification.id, Notification.message_id, Notification.created_at).where(_is_told_long_ago())
    found = db.session.execute(due.limit(BATCH)).all()
    if found:
        _blank([row.id for row in found])
        outbox = OutboxFolder(shared_path("outbox"))
        for _id, message_id, at in found:
            outbox.forget(message_id, at)
    return len(found)


def _is_told_long_ago() -> ColumnElement[bool]:
    """Messages whose words still stand there though they were dealt with long ago, or their reader was erased."""
    erased = Notification.account_id.in_(select(Account.id).where(Account.erased_at.is_not(None)))
    days = setting("MESSAGE_DAYS")
    is_old = or_(erased, Notification.created_at < clock.now() - timedelta(days=days)) if days else erased
    return and_(Notification.state.in_(_DONE_WITH), Notification.recipient != "", is_old)


@command
def _blank(ids: list[int]) -> None:
    """The row stays: it keeps a message from being written twice, and it is counted."""
    empty = {"recipient": "", "subject": "", "body": "", "calendar": None, "last_error": ""}
    db.session.execute(update(Notification).where(Notification.id.in_(ids)).values(**empty))


def _blank_some_reasons() -> int:
    """Of people who were erased by a version that left the words why a doctor opened their records."""
    erased = select(Patient.id).join(Patient.account).where(Account.erased_at.is_not(None))
    has_words = type_coerce(EmergencyAccess.reason, Text) != ""
    due = select(EmergencyAccess.id).where(EmergencyAccess.patient_id.in_(erased), has_words)
    ids = list(db.session.scalars(due.limit(BATCH)))
    if ids:
        _empty_reasons(ids)
    return len(ids)


@command
def _empty_reasons(ids: list[int]) -> None:
    db.session.execute(update(EmergencyAccess).where(EmergencyAccess.id.in_(ids)).values(reason=""))


def _forget_in_mongodb() -> None:
    store, days = conversation_store.store_at(setting("MONGODB_URI")), setting("CONVERSATION_DAYS")
    if store is None or store.is_away or not days:
        return
    try:
        store.forget_before(clock.now() - timedelta(days=days))
    except StoreAway:
        return  # the next clean-up does it


def _is_due() -> bool:
    """Only a look, so that the many times that nothing is due cost no writing."""
    last = db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == _CLAIM))
    return last is None or last <= clock.now() - EVERY


@command
def _claim() -> bool:
    now = clock.now()
    first = insert_into(Heartbeat).values(name=_CLAIM, at=now).on_conflict_do_nothing()
    if db.session.execute(first.returning(Heartbeat.name)).first() is not None:
        return True
    mine = update(Heartbeat).where(Heartbeat.name == _CLAIM, Heartbeat.at <= now - EVERY).values(at=now)
    return db.session.execute(mine.returning(Heartbeat.name)).first() is not None


@command
def _give_back() -> None:
    db.session.execute(update(Heartbeat).where(Heartbeat.name == _CLAIM).values(at=clock.now() - EVERY))
