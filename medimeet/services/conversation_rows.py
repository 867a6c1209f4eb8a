"""The conversation log in the database: all of it without MongoDB; with MongoDB what waits for it, and the last day."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, true

from medimeet import clock
from medimeet.db import db
from medimeet.gateways.conversation_store import SEARCHED, Said, Wanted, with_words
from medimeet.models import ConversationErasure, ConversationMessage
from medimeet.writing import insert_into

_ONE_STEP = timedelta(milliseconds=1)
_BATCH = 500
_COLUMNS = tuple(getattr(ConversationMessage, each.name) for each in fields(Said))


class ConversationRows:
    """The messages in the database, or only those to which `only` applies. `keep` and `erase` belong in a command."""

    def __init__(self, only: ColumnElement[bool] | None = None) -> None:
        self._only = true() if only is None else only

    def keep(self, messages: Sequence[Said]) -> int:
        """Keeps the messages, each event once; how many were new."""
        return sum(_insert(said) for said in messages)

    def page(self, wanted: Wanted, skip: int, limit: int) -> tuple[list[Said], int]:
        """Some of the messages, newest first, and how many there are in all."""
        newest = self._found(wanted).order_by(ConversationMessage.at.desc(), ConversationMessage.event_id.desc())
        if wanted.words:
            found = with_words(_read(newest.limit(SEARCHED)), wanted.words)
            return found[skip:][:limit], len(found)
        total = db.session.scalar(select(func.count()).select_from(newest.order_by(None).subquery())) or 0
        return list(_read(newest.offset(skip).limit(limit))), total

    def all(self, wanted: Wanted) -> list[Said]:
        """All of the messages, oldest first."""
        found = self._found(wanted).order_by(ConversationMessage.at, ConversationMessage.event_id)
        return with_words(_read(found), wanted.words)

    def erase(self, account_id: int, until: datetime) -> None:
        """Removes what the person and the assistant said to each other until then, for good."""
        db.session.execute(
            delete(ConversationMessage).where(
                ConversationMessage.account_id == account_id, ConversationMessage.at <= until
            )
        )

    def _found(self, wanted: Wanted) -> Select[Any]:
        found = select(*_COLUMNS).where(ConversationMessage.account_id == wanted.account_id, self._only)
        if wanted.after is not None:
            found = found.where(ConversationMessage.at > wanted.after)
        if wanted.appointment_id is not None:
            found = found.where(ConversationMessage.appointment_id == wanted.appointment_id)
        if wanted.event_id is not None:
            found = found.where(ConversationMessage.event_id == wanted.event_id)
        if wanted.without:
            found = found.where(ConversationMessage.event_id.not_in(wanted.without))
        return found


EVERYTHING_HERE = ConversationRows()
WAITING = ConversationRows(ConversationMessage.is_synced.is_(False))


def as_said(row: ConversationMessage) -> Said:
    """The message as every place of the log knows it."""
    return Said(
        event_id=row.event_id,
        clinic_id=row.clinic_id,
        account_id=row.account_id,
        appointment_id=row.appointment_id,
        role=row.role,
        kind=row.kind,
        source=row.source,
        text=row.text,
        at=row.at,
    )


def next_instant(account_id: int) -> datetime:
    """Now, to the millisecond, and later than all that stands in the person's log.

    So an answer never precedes its question, also where the machine's clock was set back.
    """
    newest = db.session.scalar(
        select(func.max(ConversationMessage.at)).where(ConversationMessage.account_id == account_id)
    )
    earlier = [instant for instant in (newest, erased_until(account_id)) if instant is not None]
    now = clock.now()
    return max([now.replace(microsecond=now.microsecond // 1000 * 1000), *(each + _ONE_STEP for each in earlier)])


def erased_until(account_id: int) -> datetime | None:
    """When the person last erased their log: nothing older is shown, wherever it may still be kept."""
    return db.session.scalar(
        select(func.max(ConversationErasure.until)).where(ConversationErasure.account_id == account_id)
    )


def erase_log(account_id: int) -> None:
    """Erases the person's whole log in the running command; MongoDB's part of it follows once it is there."""
    until = next_instant(account_id)
    EVERYTHING_HERE.erase(account_id, until)
    db.session.add(ConversationErasure(account_id=account_id, until=until, is_synced=False))


def _read(found: Select[Any]) -> Iterator[Said]:
    """The messages without the weight of a row's object each: a search opens many."""
    for values in db.session.execute(found.execution_options(yield_per=_BATCH)):
        yield Said(*values)


def _insert(said: Said) -> bool:
    statement = (
        insert_into(ConversationMessage)
        .values(**asdict(said), is_synced=False)
        .on_conflict_do_nothing(index_elements=[ConversationMessage.event_id])
        .returning(ConversationMessage.id)
    )
    return db.session.execute(statement).first() is not None
