"""Encryption at rest: the keys that seal health data, kept outside the database, and the column type that uses them.

A sealed text is `sealed:<key>:<base64 of nonce and AES-256-GCM ciphertext>`. It is bound to the column that it stands
in, so that a text can't be moved to another one. What is not sealed, because it was written before there were keys,
is read as it is, until `flask keys rotate` seals it.
"""

import base64
import hmac
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from sqlalchemy import ColumnElement, Dialect, Text
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from medimeet import key_file
from medimeet.config import BadSetting

PREFIX = "sealed:"
UNSEALED = "not sealed"
"""What stands in place of a key's name where a text is not sealed."""
LOOK_SECONDS = 1.0
_NONCE_BYTES = 12
# What somebody typed before there were keys may begin like a sealed text, too.
_SEALED = re.compile(r"sealed:([A-Za-z0-9_-]{1,20}):[A-Za-z0-9+/]{38,}={0,2}")


class CannotOpen(Exception):
    """A sealed text whose key is not here, or that was changed; its text says which."""


@dataclass(frozen=True)
class _Keys:
    """Some keys by name, oldest first, as they were read at one time."""

    keys: Mapping[str, bytes]
    ciphers: Mapping[str, AESGCM]
    newest: str
    stamp: tuple[int, ...] = ()


class KeyRing:
    """The keys by name, oldest first; the last one seals, every one opens.

    Where there is no key yet, the first one is made when something is sealed: whoever only looks leaves none behind.
    Where they come from a file, it is looked at again every second, and at once for a key that is not known: a worker
    takes up a new key without a restart.
    """

    def __init__(self, keys: Mapping[str, bytes], file: Path | None = None) -> None:
        self.file = file
        self._held = _held(keys, _stamp(file))
        self._looked_at = time.monotonic()

    @property
    def newest(self) -> str:
        """The name of the key that seals; it is made where there is none."""
        return self._current().newest

    @property
    def names(self) -> list[str]:
        """The names of all keys that there are, oldest first."""
        return list(self._looked_through().keys)

    def seal(self, text: str, column: str, name: str = "") -> str:
        """The text, readable only with the key (unless named: the newest) and only for this column (`table.column`)."""
        held = self._current()
        name = name or held.newest
        nonce = os.urandom(_NONCE_BYTES)
        hidden = held.ciphers[name].encrypt(nonce, text.encode(), column.encode())
        return f"{PREFIX}{name}:{base64.b64encode(nonce + hidden).decode()}"

    def open(self, kept: str, column: str) -> str:
        """The text behind what `seal` gave; a text that was never sealed as it is. Raises CannotOpen."""
        if not kept.startswith(PREFIX):
            return kept
        name, _, coded = kept.removeprefix(PREFIX).partition(":")
        cipher = self._held.ciphers.get(name)
        if cipher is None:
            if key_of(kept) is None:
                return kept
            cipher = self.look_again().ciphers.get(name)
        if cipher is None:
            raise CannotOpen(f"The key {name} that sealed {column} is not among the data keys.")
        try:
            hidden = base64.b64decode(coded)
            return cipher.decrypt(hidden[:_NONCE_BYTES], hidden[_NONCE_BYTES:], column.encode()).decode()
        except (InvalidTag, ValueError):
            if key_of(kept) is None:
                return kept
            raise CannotOpen(f"A text in {column} was changed, or its key {name} is another one.") from None

    def audit_secret(self, name: str) -> bytes:
        """What digests of the audit log are made with, derived from the key `name`. Raises CannotOpen."""
        key = self._held.keys.get(name) or self.look_again().keys.get(name)
        if key is None:
            raise CannotOpen(f"The key {name} is not among the data keys.")
        return _audit_secret(key)

    def _current(self) -> _Keys:
        if self.file is None or self._held.keys:
            return self._looked_through()
        key_file.read_or_make(self.file)
        return self.look_again()

    def _looked_through(self) -> _Keys:
        if self.file is not None and time.monotonic() - self._looked_at > LOOK_SECONDS:
            self._looked_at = time.monotonic()
            if _stamp(self.file) != self._held.stamp:
                return self.look_again()
        return self._held

    def look_again(self) -> _Keys:
        """Reads the file anew, where the keys come from one."""
        if self.file is not None:
            # A file that can't be read just now, or is half restored, is no reason to forget the keys that are known.
            with suppress(OSError, BadSetting):
                stamp = _stamp(self.file)
                self._held = _held(key_file.read(self.file), stamp)
        return self._held


def key_of(kept: str) -> str | None:
    """The name of the key that sealed a kept text; None where it is not sealed."""
    if not kept.startswith(PREFIX):
        return None
    sealed = _SEALED.fullmatch(kept)
    return sealed[1] if sealed is not None else None


# Those that a version without keys reads too, while it runs on the same database (SEAL=0).
_TABLES_OF_VERSION_BEFORE = {
    "appointment",
    "contact_message",
    "conversation_message",
    "medical_history_entry",
    "medical_record_version",
    "notification",
}


class SealedText(TypeDecorator[str]):
    """A text column whose rows are sealed; an empty text stays empty. It can't be searched or compared in SQL."""

    impl = Text
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[str]):
        """Each sealing of a text is another one, so that to look for one in SQL would find nothing, and say nothing."""

        def operate(self, op: Any, *other: Any, **options: Any) -> Any:
            # Columns with each other: SQLAlchemy itself does, where it finds a statement in its cache.
            if op in (operators.is_, operators.is_not) or (other and isinstance(other[0], ColumnElement)):
                return super().operate(op, *other, **options)
            raise TypeError(f"A sealed column can't be searched, compared or sorted in SQL ({op.__name__}).")

        reverse_operate = operate

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if not value or self._is_read_by_version_before(value):
            return value
        return key_ring().seal(value, self.column)

    def _is_read_by_version_before(self, value: str) -> bool:
        """Whether, while that version still runs, it shows this text to people as it stands in the row."""
        if seals_everything() or value.startswith(PREFIX):
            return False
        return self.column.split(".")[0] in _TABLES_OF_VERSION_BEFORE

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return key_ring().open(value, self.column) if value else value


@lru_cache(maxsize=64)
def _audit_secret(key: bytes) -> bytes:
    return hmac.digest(key, b"medimeet audit log", "sha256")


def seals_everything() -> bool:
    """Whether no version from before sealing reads what this one writes (SEAL)."""
    return bool(current_app.config["SEAL"])


def start(app: Flask) -> None:
    """Gives `app` its keys: those of DATA_KEYS, else those in the data folder. Raises BadSetting."""
    app.extensions["key_ring"] = read_keys(app.config["DATA_KEYS"], Path(app.config["DATA_DIR"], "data-keys"))


def key_ring() -> KeyRing:
    """The keys of the running application."""
    ring: KeyRing = current_app.extensions["key_ring"]
    return ring


def read_keys(setting: str, file: Path) -> KeyRing:
    """The keys of `setting` (`name:base64,name:base64`), else those of `file`, a line each. Raises BadSetting."""
    if setting:
        return KeyRing(key_file.parsed(setting.split(","), "MEDIMEET_DATA_KEYS"))
    return KeyRing(key_file.read(file) if file.exists() else {}, file)


def _held(keys: Mapping[str, bytes], stamp: tuple[int, ...]) -> _Keys:
    return _Keys(keys, {name: AESGCM(key) for name, key in keys.items()}, [*keys][-1] if keys else "", stamp)


def _stamp(file: Path | None) -> tuple[int, ...]:
    """What changes whenever the file does; nothing where it can't be looked at."""
    with suppress(OSError):
        if file is not None:
            found = file.stat()
            return found.st_ino, found.st_mtime_ns, found.st_size
    return ()
