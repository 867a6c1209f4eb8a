"""Encryption at rest: the keys that seal health data, kept outside the database, and the column type that uses them.

A sealed text is `sealed:<key>:<base64 of nonce and AES-256-GCM ciphertext>`. It is bound to the column that it stands
in, so that a text can't be moved to another one. What is not sealed, because it was written before there were keys,
is read as it is, until `flask keys rotate` seals it.
"""

import base64
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from medimeet.config import BadSetting, owner_only

PREFIX = "sealed:"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class CannotOpen(Exception):
    """A sealed text whose key is not here, or that was changed; its text says which."""


class KeyRing:
    """The keys by name, oldest first; the last one seals, every one opens."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._keys = dict(keys)
        self.newest = list(keys)[-1]

    def seal(self, text: str, column: str) -> str:
        """The text, readable only with the newest key and only for this column (`table.column`)."""
        nonce = os.urandom(_NONCE_BYTES)
        hidden = self._ciphers[self.newest].encrypt(nonce, text.encode(), column.encode())
        return f"{PREFIX}{self.newest}:{base64.b64encode(nonce + hidden).decode()}"

    def open(self, kept: str, column: str) -> str:
        """The text behind what `seal` gave; a text that was never sealed as it is. Raises CannotOpen."""
        if not kept.startswith(PREFIX):
            return kept
        name, _, coded = kept.removeprefix(PREFIX).partition(":")
        if name not in self._ciphers:
            raise CannotOpen(f"The key {name} that sealed {column} is not in the data keys.")
        hidden = base64.b64decode(coded)
        try:
            return self._ciphers[name].decrypt(hidden[:_NONCE_BYTES], hidden[_NONCE_BYTES:], column.encode()).decode()
        except InvalidTag:
            raise CannotOpen(f"A text in {column} was changed, or its key {name} is another one.") from None

    def is_newest(self, kept: str) -> bool:
        """Whether a kept text needs no sealing any more: it is empty, or sealed with the newest key."""
        return not kept or kept.startswith(f"{PREFIX}{self.newest}:")

    def secret(self, name: str) -> bytes:
        """The key `name` itself, for what is derived from it. Raises CannotOpen."""
        if name not in self._keys:
            raise CannotOpen(f"The key {name} is not in the data keys.")
        return self._keys[name]


class SealedText(TypeDecorator[str]):
    """A text column whose rows are sealed; an empty text stays empty. It can't be searched or compared in SQL."""

    impl = Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return key_ring().seal(value, self.column) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return key_ring().open(value, self.column) if value else value


def start(app: Flask) -> None:
    """Gives `app` its keys: those of DATA_KEYS, else those in the data folder, made at first use. Raises BadSetting."""
    app.extensions["key_ring"] = read_keys(app.config["DATA_KEYS"], Path(app.config["DATA_DIR"], "data-keys"))


def key_ring() -> KeyRing:
    """The keys of the running application."""
    ring: KeyRing = current_app.extensions["key_ring"]
    return ring


def read_keys(setting: str, file: Path) -> KeyRing:
    """The keys of `setting` (`name:base64,name:base64`), else those of `file`, a line each. Raises BadSetting."""
    if not setting and not file.exists():
        _make_file(file)
    lines = setting.split(",") if setting else file.read_text().split()
    keys = dict(_read_key(line.strip()) for line in lines)
    if not keys:
        raise BadSetting(f"{file} holds no key. Put it back from your backup of the data folder.")
    return KeyRing(keys)


def new_key() -> str:
    """A new key as one line of the file: a name that no other has, and 256 random bits."""
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


def _read_key(line: str) -> tuple[str, bytes]:
    name, _, coded = line.partition(":")
    with suppress(ValueError):
        key = base64.b64decode(coded, validate=True)
        if name and len(key) == _KEY_BYTES:
            return name, key
    raise BadSetting("A data key can't be read: each is a name, a colon and 32 random bytes in base64.")


def _make_file(file: Path) -> None:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with open(draft, "x", opener=owner_only) as new:
        new.write(new_key() + "\n")
    # A link appears whole or not at all: of two starts at once, both read the same key.
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
