"""The file of the data keys: a line for each, oldest first, for nobody's eyes but its owner's.

It is changed by putting a whole new one in its place, which is on the disk before anybody seals with what is new in it.
"""

import base64
import fcntl
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from medimeet.config import BadSetting, owner_only

_KEY_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{1,20}")


def read_or_make(file: Path) -> dict[str, bytes]:
    """The keys of the file, which is made with a first one where there is none. Raises BadSetting."""
    if not file.exists():
        _make(file)
    return read(file)


def read(file: Path) -> dict[str, bytes]:
    """The keys of the file. Raises BadSetting, OSError."""
    return parsed(file.read_text(errors="replace").split(), str(file))


def parsed(lines: Iterable[str], place: str) -> dict[str, bytes]:
    """The keys of some lines, by name, in their order. Raises BadSetting, which names `place`."""
    keys = dict(_read_key(line.strip()) for line in lines if line.strip())
    if not keys:
        raise BadSetting(f"{place} holds no key. Put it back from your backup of the data folder.")
    return keys


def new_key() -> str:
    """A new key as one line of the file: a name that no other has, and 256 random bits."""
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


def add(file: Path) -> str:
    """Adds a new key to the file; its name. It is on the disk before anything can be sealed with it."""
    with _alone(file):
        line = new_key()
        _replace(file, [*file.read_text(errors="replace").split(), line])
    return line.partition(":")[0]


def take_out(file: Path, name: str) -> Path:
    """Moves the key from the file to one beside it, for old backups; that one's path."""
    kept = file.with_name(f"{file.name}-retired")
    with _alone(file):
        lines = file.read_text(errors="replace").split()
        gone = [line for line in lines if line.startswith(f"{name}:")]
        before = kept.read_text().split() if kept.exists() else []
        _replace(kept, [*before, *(line for line in gone if line not in before)])
        _replace(file, [line for line in lines if line not in gone])
    return kept


def _read_key(line: str) -> tuple[str, bytes]:
    name, _, coded = line.partition(":")
    with suppress(ValueError):
        key = base64.b64decode(coded, validate=True)
        if _NAME.fullmatch(name) and len(key) == _KEY_BYTES:
            return name, key
    raise BadSetting(
        "A data key can't be read: each is a name of up to 20 letters and digits, a colon and 32 random bytes in "
        "base64. `flask keys new` makes one."
    )


def _make(file: Path) -> None:
    draft = _written(file, [new_key()])
    # A link appears whole or not at all: of two starts at once, both read the same key.
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
    _sync_folder(file)


def _replace(file: Path, lines: Iterable[str]) -> None:
    _written(file, lines).replace(file)
    _sync_folder(file)


def _written(file: Path, lines: Iterable[str]) -> Path:
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with open(draft, "x", opener=owner_only) as new:
        new.writelines(f"{line}\n" for line in lines)
        new.flush()
        os.fsync(new.fileno())
    return draft


def _sync_folder(file: Path) -> None:
    """A name in a folder is on the disk for good only when the folder is."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Two who change the file at once would lose one's key, and all that it has sealed."""
    with open(file.with_name(f"{file.name}.lock"), "a", opener=owner_only) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
