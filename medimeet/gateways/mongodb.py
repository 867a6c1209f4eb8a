"""The conversation log in MongoDB.

Nobody waits for a MongoDB that is away: it is asked again only after a pause, and until then the answer is no at once.
"""

import ipaddress
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import pymongo
from bson.errors import BSONError
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.uri_parser import parse_uri

from medimeet.config import BadSetting
from medimeet.gateways.conversation_store import Said, StoreAway, Wanted

ANSWER_SECONDS = 2.0  # all that one page or one batch may take, connecting included
PAUSE_SECONDS = 10.0  # so long a MongoDB that did not answer is not asked again

_DATABASE, _COLLECTION = "medimeet", "conversation"
_BATCH = 500
_DUPLICATE = 11000
_OPEN_TO_ALL = (
    "MEDIMEET_MONGODB_URI names a MongoDB that anybody on the network could read: it has no user and password. "
    "Write mongodb://user:password@host/medimeet?tls=true, or run MongoDB on this very machine."
)


def check_address(uri: str) -> None:
    """Nothing, where the log may be kept at `uri` (empty: nowhere). Raises BadSetting; asks nobody."""
    try:
        if uri and not _is_safe(uri):
            raise BadSetting(_OPEN_TO_ALL)
    except (PyMongoError, ValueError) as error:
        raise BadSetting(
            f"MEDIMEET_MONGODB_URI can't be read ({error}). Write it as mongodb://user:password@host/medimeet."
        ) from None


def store(uri: str) -> "MongoStore | None":
    """The MongoDB at `uri`, the same one at each call in this process; None where `uri` is empty."""
    if not uri:
        return None
    key = (os.getpid(), uri)  # a client does not outlive a fork
    with _making:
        if key not in _stores:
            _stores[key] = MongoStore(uri)
        return _stores[key]


class MongoStore:
    """A MongoDB. It is connected to at the first question."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._away_until = 0.0
        self._client: MongoClient[dict[str, Any]] | None = None
        self._is_prepared = False
        self._preparing = Lock()

    @property
    def is_away(self) -> bool:
        """Whether it failed to answer a moment ago, so that it is not asked at present."""
        return time.monotonic() < self._away_until

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
            total = collection.count_documents(filters)
            newest = collection.find(filters).sort([("at_ms", -1), ("event_id", -1)]).skip(skip).limit(limit)
            return [_said(document) for document in newest], total

    def all(self, wanted: Wanted) -> list[Said]:
        """All of the messages, oldest first."""
        found: dict[str, Said] = {}
        while True:
            with self._asking() as collection:
                oldest = collection.find(_filters(wanted)).sort([("at_ms", 1), ("event_id", 1)])
                batch = [_said(document) for document in oldest.skip(len(found)).limit(_BATCH)]
            found |= {said.event_id: said for said in batch}
            if len(batch) < _BATCH:
                return list(found.values())

    def erase(self, account_id: int, until: datetime) -> None:
        """Removes what the person and the assistant said to each other until then, for good."""
        with self._asking() as collection:
            collection.delete_many({"account_id": account_id, "at_ms": {"$lte": _milliseconds(until)}})

    def check(self) -> None:
        """Nothing, where it answers. Raises StoreAway."""
        self._away_until = 0.0
        with self._asking():
            pass

    def close(self) -> None:
        """Hangs up; a later question connects anew."""
        client, self._client, self._is_prepared = self._client, None, False
        if client is not None:
            client.close()

    @contextmanager
    def _asking(self) -> Iterator[Collection[dict[str, Any]]]:
        if self.is_away:
            raise StoreAway("It did not answer a moment ago.")
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                yield self._collection()
        except (PyMongoError, BSONError, OSError, LookupError) as error:
            self._away_until = time.monotonic() + PAUSE_SECONDS
            raise StoreAway(f"It did not answer as it should ({type(error).__name__}).") from error

    def _collection(self) -> Collection[dict[str, Any]]:
        with self._preparing:
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


def _is_safe(uri: str) -> bool:
    """Whether a password or a certificate is asked for there, or it is this very machine."""
    if uri.startswith("mongodb+srv://"):  # its hosts stand in the DNS, which is not asked here
        parts = urlsplit(uri)
        return bool(parts.username) or "MONGODB-X509" in parts.query
    parts_of = parse_uri(uri)
    has_credentials = parts_of["username"] or parts_of["options"].get("authMechanism") == "MONGODB-X509"
    return bool(has_credentials) or all(_is_this_machine(host) for host, _port in parts_of["nodelist"])


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".sock")


def _filters(wanted: Wanted) -> dict[str, Any]:
    filters: dict[str, Any] = {"account_id": wanted.account_id}
    if wanted.after is not None:
        filters["at_ms"] = {"$gt": _milliseconds(wanted.after)}
    if wanted.words:
        filters["$and"] = [{"text": {"$regex": re.escape(word), "$options": "i"}} for word in wanted.words]
    if wanted.appointment_id is not None:
        filters["appointment_id"] = wanted.appointment_id
    if wanted.event_id is not None:
        filters["event_id"] = wanted.event_id
    elif wanted.without:
        filters["event_id"] = {"$nin": list(wanted.without)}
    return filters


def _document(said: Said) -> dict[str, Any]:
    return {
        "event_id": said.event_id,
        "clinic_id": said.clinic_id,
        "account_id": said.account_id,
        "appointment_id": said.appointment_id,
        "role": said.role,
        "kind": said.kind,
        "source": said.source,
        "text": said.text,
        "at": said.at,
        # Order and limits go by this number: not everything that speaks MongoDB's protocol compares dates to the ms.
        "at_ms": _milliseconds(said.at),
    }


def _said(document: Mapping[str, Any]) -> Said:
    return Said(
        event_id=document["event_id"],
        clinic_id=document["clinic_id"],
        account_id=document["account_id"],
        appointment_id=document["appointment_id"],
        role=document["role"],
        kind=document["kind"],
        source=document["source"],
        text=document["text"],
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
