"""The conversation log, wherever it is kept: what a message is, which ones are asked for, what a place can do.

Its texts are sealed in every place, so no place can look for words: whoever asks looks through what it opens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from medimeet.gateways.mongodb import MongoStore


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation. `at` is in UTC, to the millisecond.

    `role` is `person` or `assistant`; `kind` is `message`, `emergency`, `proposal`, `confirmed` or `notice`; `source`
    is `typed` or `voice` of a person, of the assistant `built-in`, `model` or `clinic`. `appointment_id` is the visit
    during which a doctor said it.
    """

    event_id: str
    clinic_id: int | None
    account_id: int
    appointment_id: int | None
    role: str
    kind: str
    source: str
    text: str
    at: datetime

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in the order of the log, which is the same wherever the log is kept."""
        return self.at, self.event_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose messages, and which of them: all that hold every one of `words`, in any case, and were said `after` then.

    `without` are events to leave out.
    """

    account_id: int
    after: datetime | None = None
    words: tuple[str, ...] = ()
    appointment_id: int | None = None
    event_id: str | None = None
    without: tuple[str, ...] = ()


SEARCHED = 20_000
"""How many of somebody's newest messages are looked through for words. Ten years of a talkative person's."""


def with_words(newest_first: Iterable[Said], words: Sequence[str]) -> list[Said]:
    """The messages that hold every one of the words, in any case."""
    folded = [word.casefold() for word in words]
    return [said for said in newest_first if all(word in said.text.casefold() for word in folded)]


class StoreAway(Exception):
    """The log can't be read or written there at present; the text is a short reason, without anybody's words."""


class ConversationStore(Protocol):
    """A place where the log is kept. All methods may raise StoreAway."""

    def keep(self, messages: Sequence[Said]) -> int:
        """Keeps the messages, each event once; how many were new."""

    def page(self, wanted: Wanted, skip: int, limit: int) -> tuple[list[Said], int]:
        """Some of the messages, newest first, and how many there are in all."""

    def all(self, wanted: Wanted) -> list[Said]:
        """All of the messages, oldest first."""

    def erase(self, account_id: int, until: datetime) -> None:
        """Removes what the person and the assistant said to each other until then, for good."""


def store_at(uri: str) -> "MongoStore | None":
    """The MongoDB at `uri`, the same one at each call in this process; None where `uri` is empty."""
    if not uri:
        return None
    # Here, so that no clinic without MongoDB waits at each start for what speaks to one.
    from medimeet.gateways import mongodb  # noqa: PLC0415

    return mongodb.store(uri)
