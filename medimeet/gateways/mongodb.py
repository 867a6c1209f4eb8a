"""The conversation log in MongoDB, its texts sealed; one from before there were keys is read as it is.

Nobody waits for a MongoDB that is away: after one question without an answer the answer is no at once, until a thread
that asks again and again is answered.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import Any

import pymongo
from bson.errors import BSONError
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, PyMongoError

from medimeet.gateways.conversation_store import SEARCHED, Said, StoreAway, Wanted, with_words
from medimeet.sealing import PREFIX, UNSEALED, key_of, key_ring, seals_everything

ANSWER_SECONDS = 2.0  # all that one page or one batch may take, connecting included
PAUSE_SECONDS = 2.0  # between two looks whether a MongoDB that did not answer is back

SEALED_AS = "conversation.text"  # what a text in MongoDB is sealed for, as others are for their column
_DATABASE, _COLLECTION = "medimeet", "conversation"
_BATCH = 500
_DUPLICATE = 11000


def store(uri: str) -> "MongoStore":
    """The MongoDB at `uri`, the same one at each call in this process."""
    key = (os.getpid(), uri)  # a client does not outlive a fork
    with _making:
        if key not in _stores:
            _stores[key] = MongoStore(uri)
        return _stores[key]


class MongoStore:
    """A MongoDB. It is connected to at the first question."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._client: MongoClient[dict[str, Any]] | None = None
        self._is_prepared = False
        self._preparing = Lock()
        self._looker: Thread | None = None
        self._looking = Lock()
        self._is_closed = Event()

    @property
    def is_away(self) -> bool:
        """Whether it failed to answer, and is not back yet."""
        return self._looker is not None

    def keep(self, messages: Sequence[Said]) -> int:
        """Keeps the messages, each event once; how many were new."""
        if not messages:
            return 0
        with self._asking() as collection:
            try:
                collection.insert_many([_document(said) for said in messages], ordered=False)
            except BulkWriteError as error:
                return len(messages) - _duplicates(error)
        return len(messages)

    def page(self, wanted: Wanted, skip: int, limit: int) -> tuple[list[Said], int]:
        """Some of the messages, newest first, and how many there are in all."""
        filters = _filters(wanted)
        with self._asking() as collection:
            newest = collection.find(filters).sort([("at_ms", -1), ("event_id", -1)])
            if wanted.words:
                found = with_words(map(_said, newest.limit(SEARCHED)), wanted.words)
                return found[skip:][:limit], len(found)
            total = collection.count_documents(filters)
            return [_said(document) for document in newest.skip(skip).limit(limit)], total

    def all(self, wanted: Wanted) -> list[Said]:
        """All of the messages, oldest first."""
        found: dict[str, Said] = {}
        while True:
            with self._asking() as collection:
                oldest = collection.find(_filters(wanted)).sort([("at_ms", 1), ("event_id", 1)])
                batch = [_said(document) for document in oldest.skip(len(found)).limit(_BATCH)]
            found |= {said.event_id: said for said in batch}
            if len(batch) < _BATCH:
                return with_words(found.values(), wanted.words)

    def erase(self, account_id: int, until: datetime) -> None:
        """Removes what the person and the assistant said to each other until then, for good."""
        with self._asking() as collection:
            collection.delete_many({"account_id": account_id, "at_ms": {"$lte": _milliseconds(until)}})

    def forget_before(self, instant: datetime) -> None:
        """Removes everything that anybody said before then, for good."""
        with self._asking() as collection:
            collection.delete_many({"at_ms": {"$lt": _milliseconds(instant)}})

    def count_by_key(self) -> dict[str, int]:
        """How many texts are sealed with which key, by its name."""
        counted: Counter[str] = Counter()
        for batch in self._batches():
            counted.update(key_of(text) or UNSEALED for text in batch.values() if text)
        return dict(counted)

    def seal_anew(self) -> int:
        """Seals with the newest key what another sealed, or none; how many texts."""
        ring, total = key_ring(), 0
        for batch in self._batches():
            stale = {event: text for event, text in batch.items() if text and key_of(text) != ring.newest}
            for event_id, text in stale.items():
                sealed = ring.seal(ring.open(text, SEALED_AS), SEALED_AS)
                with self._asking() as collection:
                    collection.update_one({"event_id": event_id, "text": text}, {"$set": {"text": sealed}})
            total += len(stale)
        return total

    def _batches(self) -> Iterator[dict[str, str]]:
        """All texts as they are kept, by their events."""
        after = ""
        while True:
            with self._asking() as collection:
                found = collection.find({"event_id": {"$gt": after}}, {"event_id": 1, "text": 1, "_id": 0})
                batch = {each["event_id"]: each["text"] for each in found.sort("event_id", 1).limit(_BATCH)}
            if not batch:
                return
            yield batch
            after = max(batch)

    def check(self) -> None:
        """Nothing, where it answers now. Raises StoreAway."""
        with self._talking() as collection:
            collection.database.command("ping")

    def close(self) -> None:
        """Hangs up for good."""
        self._is_closed.set()
        with self._preparing:
            if self._client is not None:
                self._client.close()
        looker = self._looker
        if looker is not None:
            looker.join()

    @contextmanager
    def _asking(self) -> Iterator[Collection[dict[str, Any]]]:
        if self.is_away:
            raise StoreAway("It did not answer before, and is not back yet.")
        try:
            with self._talking() as collection:
                yield collection
        except StoreAway:
            self._look_out()
            raise

    @contextmanager
    def _talking(self) -> Iterator[Collection[dict[str, Any]]]:
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                yield self._collection()
        except (PyMongoError, BSONError, OSError, LookupError) as error:
            raise StoreAway(f"It did not answer as it should ({type(error).__name__}).") from error

    def _look_out(self) -> None:
        """Lets a thread ask until there is an answer, so that no person has to."""
        with self._looking:
            if self._looker is None and not self._is_closed.is_set():
                self._looker = Thread(target=self._look_until_it_is_back, name="looks out for MongoDB", daemon=True)
                self._looker.start()

    def _look_until_it_is_back(self) -> None:
        while not self._is_closed.wait(PAUSE_SECONDS):
            try:
                self.check()
            except StoreAway:
                continue
            break
        with self._looking:
            self._looker = None

    def _collection(self) -> Collection[dict[str, Any]]:
        with self._preparing:
            if self._is_closed.is_set():
                raise StoreAway("It was hung up.")
            if self._client is None:
                self._client = MongoClient(
                    self._uri,
                    tz_aware=True,
                    appname="medimeet",
                    serverSelectionTimeoutMS=2000,
                    connectTimeoutMS=2000,
                    timeoutMS=2000,
                    journal=True,  # an answer means that it is on the disk: we forget our own copy a day later
                )
            collection = self._client.get_default_database(_DATABASE)[_COLLECTION]
            if not self._is_prepared:
                collection.create_index("event_id", unique=True)
                collection.create_index([("account_id", 1), ("at_ms", 1), ("event_id", 1)])
                self._is_prepared = True
        return collection


_stores: dict[tuple[int, str], MongoStore] = {}
_making = Lock()


def _filters(wanted: Wanted) -> dict[str, Any]:
    filters: dict[str, Any] = {"account_id": wanted.account_id}
    if wanted.after is not None:
        filters["at_ms"] = {"$gt": _milliseconds(wanted.after)}
    if wanted.appointment_id is not None:
        filters["appointment_id"] = wanted.appointment_id
    if wanted.event_id is not None:
        filters["event_id"] = wanted.event_id
    elif wanted.without:
        filters["event_id"] = {"$nin": list(wanted.without)}
    return filters


def _document(said: Said) -> dict[str, Any]:
    # Order and limits go by the number: not everything that speaks MongoDB's protocol compares dates to the ms.
    is_plain = not said.text or (not seals_everything() and not said.text.startswith(PREFIX))
    text = said.text if is_plain else key_ring().seal(said.text, SEALED_AS)
    return asdict(said) | {"text": text, "at_ms": _milliseconds(said.at)}


def _said(document: Mapping[str, Any]) -> Said:
    return Said(
        event_id=document["event_id"],
        clinic_id=document["clinic_id"],
        account_id=document["account_id"],
        appointment_id=document["appointment_id"],
        role=document["role"],
        kind=document["kind"],
        source=document["source"],
        text=key_ring().open(document["text"], SEALED_AS),
        at=document["at"].astimezone(UTC),
    )


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _duplicates(error: BulkWriteError) -> int:
    """How many of the messages were there already. Raises the error where anything else went wrong."""
    faults = (error.details or {}).get("writeErrors", [])
    if not faults or any(fault.get("code") != _DUPLICATE for fault in faults):
        raise error
    return len(faults)
