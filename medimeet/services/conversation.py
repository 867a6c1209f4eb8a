"""The conversation log: what people and the assistant said to each other.

Every message is first a row of the database, so that nothing is lost and nobody waits; with a MongoDB set, the poller
brings it over (medimeet/services/conversation_transfer.py), and what is read here comes from both.
"""

import unicodedata
import uuid
from dataclasses import replace
from typing import Any

from flask_sqlalchemy.pagination import Pagination

from medimeet.config import setting
from medimeet.errors import Busy
from medimeet.gateways import conversation_store
from medimeet.gateways.conversation_store import Said, StoreAway, Wanted
from medimeet.models import Account
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.conversation_rows import EVERYTHING_HERE, WAITING, erase_log, erased_until, next_instant
from medimeet.services.search import words_of
from medimeet.writing import command


class LogAway(Busy):
    """The older part of a log can't be read at present, and half of it would be misleading."""

    default_words = (
        "Your older messages can't be read at the moment, so the file would not be whole. Nothing is lost. "
        "Try again in a few minutes."
    )
    retry_after = 60


class LogPage(Pagination):
    """One page of a log; `is_whole` is false where the older messages can't be read at present."""

    is_whole: bool

    def __init__(self, page: int, per_page: int, **given: Any) -> None:
        self.is_whole = given["is_whole"]
        super().__init__(page, per_page, max_per_page=None, error_out=False, **given)

    def _query_items(self) -> list[Said]:
        items: list[Said] = self._query_args["items"]
        return items

    def _query_count(self) -> int:
        return int(self._query_args["total"])


def event_id_of(actor: Actor, given: str) -> str:
    """The id of an event that a client named `given`: the same for the same person and name, never another person's."""
    name = given.encode(errors="backslashreplace").decode()  # half characters, which JSON can hold
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{actor.person.id}:{name}"))


@command
def append(
    actor: Actor,
    text: str,
    *,
    role: str,
    source: str,
    event_id: str,
    kind: str = "message",
    appointment_id: int | None = None,
) -> bool:
    """Keeps one message of the actor's conversation; False where this event is kept already: a retry is harmless.

    The words for `role`, `kind` and `source` stand at `Said`. MongoDB is not asked: it gets no event twice, but what is
    older than a day is only known there.
    """
    said = Said(
        event_id=event_id,
        clinic_id=actor.clinic.id,
        account_id=actor.person.id,
        appointment_id=appointment_id,
        role=role,
        kind=kind,
        source=source,
        text=_kept_text(text),
        at=next_instant(actor.person.id),
    )
    return EVERYTHING_HERE.keep([said]) == 1


def find_answer(actor: Actor, event_id: str) -> Said | None:
    """The actor's message of that id, or None where there is none (or none that can be read at present)."""
    found, _is_whole = _everything(replace(_own(actor.person), event_id=event_id))
    return found[0] if found else None


def page(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> LogPage:
    """One page of the actor's own conversation, newest first. `search` is words, each any part of a message."""
    wanted = replace(_own(actor.person), words=tuple(words_of(search)))
    first = (page - 1) * per_page
    is_whole = True
    try:
        items, total = _merged_page(wanted, first, per_page)
    except StoreAway:
        is_whole = False
        items, total = EVERYTHING_HERE.page(wanted, first, per_page)
    return LogPage(page, per_page, items=items, total=total, is_whole=is_whole)


def of_visit(actor: Actor, appointment_id: int) -> list[Said]:
    """What the actor and the assistant said to each other during that visit, oldest first.

    The last day's part of it is there even while MongoDB is away.
    """
    found, _is_whole = _everything(replace(_own(actor.person), appointment_id=appointment_id))
    return found


def export(actor: Actor) -> list[Said]:
    """The actor's whole conversation, oldest first. Raises LogAway rather than leave anything out."""
    found, is_whole = _everything(_own(actor.person))
    if not is_whole:
        raise LogAway
    return found


@command
def note_export(actor: Actor) -> None:
    """Adds a line to the audit log that the actor took their whole conversation with them."""
    person = actor.person
    audit.note(actor, "exported", "conversation", person.id, _patient_id(person))


@command
def erase(actor: Actor) -> None:
    """Erases the actor's whole conversation: at once for everybody's eyes, in MongoDB as soon as it is there."""
    person = actor.person
    erase_log(person.id)
    audit.note(actor, "erased", "conversation", person.id, _patient_id(person))


def _own(person: Account) -> Wanted:
    return Wanted(person.id, after=erased_until(person.id))


def _merged_page(wanted: Wanted, first: int, length: int) -> tuple[list[Said], int]:
    """A page of the messages here and in MongoDB together. Raises StoreAway."""
    store = conversation_store.store_at(setting("MONGODB_URI"))
    if store is None:
        return EVERYTHING_HERE.page(wanted, first, length)
    waiting = WAITING.all(wanted)
    # Of the messages before the page, at most the waiting ones are here: all others can be skipped there.
    skipped = max(0, first - len(waiting))
    elsewhere = replace(wanted, without=tuple(said.event_id for said in waiting))
    there, count = store.page(elsewhere, skipped, first + length - skipped)
    newest_first = sorted([*waiting, *there], key=lambda said: said.place, reverse=True)
    return newest_first[first - skipped :][:length], len(waiting) + count


def _everything(wanted: Wanted) -> tuple[list[Said], bool]:
    """All of the messages, oldest first, and whether these are all: the older ones may not be readable at present."""
    here = EVERYTHING_HERE.all(wanted)
    store = conversation_store.store_at(setting("MONGODB_URI"))
    if store is None or (wanted.event_id is not None and here):
        return here, True
    try:
        there = store.all(wanted)
    except StoreAway:
        return here, False
    return sorted({said.event_id: said for said in [*there, *here]}.values(), key=lambda said: said.place), True


def _patient_id(person: Account) -> int | None:
    return person.patient.id if person.patient is not None else None


def _kept_text(text: str) -> str:
    """The text without what no database keeps: half characters, and signs that are none."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
