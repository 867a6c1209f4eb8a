"""Bringing the conversation log over to MongoDB, and what an admin must know of it.

Each step may be repeated: a message is kept there once however often it is brought, and an erasure that was overtaken
by a message on its way is carried out again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.gateways import conversation_store
from medimeet.gateways.conversation_store import Said, StoreAway
from medimeet.models import ConversationErasure, ConversationMessage
from medimeet.services.access import Actor
from medimeet.services.conversation_rows import as_said, erased_until
from medimeet.services.invariants import Check
from medimeet.writing import command

if TYPE_CHECKING:
    from medimeet.gateways.mongodb import MongoStore

BATCH = 100
KEPT_HERE = timedelta(days=1)  # for retries, and to be read while MongoDB is away
LONG_WAIT = timedelta(minutes=5)
_MEND = "Check MEDIMEET_MONGODB_URI, and that MongoDB runs."


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages and erasures MongoDB has not got yet, and since when the oldest message waits."""

    messages: int
    erasures: int
    since: datetime | None


def bring_over(is_stopped: Callable[[], bool] = lambda: False) -> int:
    """Carries out what was erased and brings over every message that waits; how many.

    Does nothing without MongoDB, or while it is known to be away. Raises StoreAway where it fails to answer.
    """
    store = conversation_store.store_at(setting("MONGODB_URI"))
    if store is None or store.is_away:
        return 0
    _erase_there(store)
    brought = 0
    while not is_stopped() and (batch := _next_batch()):
        store.keep(list(batch.values()))
        _note_brought(list(batch), {said.account_id for said in batch.values()})
        brought += len(batch)
    _forget_what_was_brought_long_ago()
    return brought


def bring_over_now() -> int:
    """As `bring_over`, because somebody asks for it. Raises InstallationFault where there is nothing to bring it to."""
    if not setting("MONGODB_URI"):
        raise InstallationFault("The conversation log is kept in the database: MEDIMEET_MONGODB_URI is not set.")
    try:
        return bring_over()
    except StoreAway:
        raise InstallationFault(f"MongoDB does not answer. Nothing is lost. {_MEND}") from None


def waiting() -> Waiting:
    """What MongoDB has not got yet, of the whole installation."""
    return _waiting(None)


def waits_too_long(actor: Actor) -> Waiting | None:
    """What waits of the actor's clinic, where that has been so for minutes; None where all is well."""
    if not setting("MONGODB_URI"):
        return None
    found = _waiting(actor.clinic.id)
    is_long = found.since is not None and found.since < clock.now() - LONG_WAIT
    return found if is_long else None


def look() -> Check:
    """Whether the log's MongoDB answers, for `flask doctor`."""
    name = "conversation log"
    store = conversation_store.store_at(setting("MONGODB_URI"))
    if store is None:
        return Check(name, remark="in the database")
    held = waiting()
    words = f"{held.messages} messages and {held.erasures} erasures wait for it"
    try:
        store.check()
    except StoreAway:
        mend = f"{_MEND} Nothing is lost: all is brought over once it answers."
        return Check(name, f"MongoDB can't be reached; {words}", mend)
    if held.since is not None and held.since < clock.now() - LONG_WAIT:
        return Check(name, f"MongoDB answers, but {words}", "Start `flask worker`, or run `flask conversations sync`.")
    return Check(name, remark=f"in MongoDB; {words}")


def _waiting(clinic_id: int | None) -> Waiting:
    found = select(func.count(), func.min(ConversationMessage.at)).where(ConversationMessage.is_synced.is_(False))
    if clinic_id is not None:
        found = found.where(ConversationMessage.clinic_id == clinic_id)
    messages, since = db.session.execute(found).one()
    erasures = select(func.count()).where(ConversationErasure.is_synced.is_(False))
    return Waiting(messages, db.session.scalar(erasures) or 0, since)


def _erase_there(store: "MongoStore") -> None:
    waiting = select(ConversationErasure.id, ConversationErasure.account_id, ConversationErasure.until)
    waiting = waiting.where(ConversationErasure.is_synced.is_(False)).order_by(ConversationErasure.id)
    for erasure_id, account_id, until in db.session.execute(waiting).all():
        store.erase(account_id, until)
        _note_erased(erasure_id)


def _next_batch() -> dict[int, Said]:
    """The messages that have waited longest, by their rows."""
    waiting = select(ConversationMessage).where(ConversationMessage.is_synced.is_(False))
    rows = db.session.scalars(waiting.order_by(ConversationMessage.id).limit(BATCH))
    return {row.id: as_said(row) for row in rows}


@command
def _note_brought(row_ids: Sequence[int], account_ids: set[int]) -> None:
    noted = db.session.scalars(
        update(ConversationMessage)
        .where(ConversationMessage.id.in_(row_ids))
        .values(is_synced=True)
        .returning(ConversationMessage.id)
    ).all()
    if len(noted) == len(row_ids):
        return
    # Somebody erased their log while it was on its way, so some of it may be there after all: erase once more.
    for account_id in sorted(account_ids):
        until = erased_until(account_id)
        if until is not None:
            db.session.add(ConversationErasure(account_id=account_id, until=until, is_synced=False))


@command
def _note_erased(erasure_id: int) -> None:
    db.session.execute(update(ConversationErasure).where(ConversationErasure.id == erasure_id).values(is_synced=True))


def _forget_what_was_brought_long_ago() -> None:
    old = and_(ConversationMessage.is_synced, ConversationMessage.at < clock.now() - KEPT_HERE)
    if db.session.scalar(select(ConversationMessage.id).where(old).limit(1)) is not None:
        _remove(old)


@command
def _remove(old: ColumnElement[bool]) -> None:
    db.session.execute(delete(ConversationMessage).where(old))
