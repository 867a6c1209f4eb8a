"""What a backup is: one tar file with the database, the pictures, and a list of both by which all of it can be checked.

The keys are not in it: whoever finds it reads no sealed text. The list holds what tells whether a key fits.
"""

import hashlib
import hmac
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from medimeet.config import owner_only
from medimeet.errors import InstallationFault
from medimeet.sealing import CannotOpen, KeyRing

FORMAT = 1
LIST = "contents.json"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
PICTURE = re.compile(r"uploads/[0-9a-f]{32}\.jpg")
_OWN_DIGEST = "MEDIMEET.sha256"
_AT_ONCE = 1024 * 1024
_KNOWN_TEXT, _KNOWN_COLUMN = "MediMeet", "backup.check"
_DAMAGED = "This backup is damaged ({}). Take an older one."


@dataclass(slots=True)
class Contents:
    """The list: when and from what it was made, how many rows each table has, each file's size and SHA-256."""

    made_at: str
    database: str
    migration: str
    rows: dict[str, int]
    sealed_text: str
    secret_key_print: str
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def database_file(self) -> str:
        """The database's name in the archive."""
        return DATABASES[self.database]

    def keys_fault(self, ring: KeyRing, secret_key: str) -> str:
        """What is wrong with these keys for this backup; empty where they fit."""
        try:
            ring.open(self.sealed_text, _KNOWN_COLUMN)
        except CannotOpen:
            return "the data keys are not those that sealed this backup"
        return "" if print_of(secret_key) == self.secret_key_print else "the secret key is another one"


class Writer:
    """An archive that is being written, file by file; the list comes last."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.files: dict[str, tuple[int, str]] = {}

    def add(self, name: str, file: Path) -> None:
        """Takes one file in. Raises FileNotFoundError where it is gone."""
        with open(file, "rb") as opened:
            member = tarfile.TarInfo(name)
            member.size, member.mode = os.fstat(opened.fileno()).st_size, 0o600
            reading = _Hashing(opened)
            self._archive.addfile(member, reading)
        self.files[name] = (member.size, reading.digest)

    def finish(self, contents: Contents) -> None:
        """Writes the list."""
        contents.files = self.files
        plain = json.dumps(asdict(contents), ensure_ascii=False, indent=1).encode()
        member = tarfile.TarInfo(LIST)
        member.size, member.mode = len(plain), 0o600
        member.pax_headers = {_OWN_DIGEST: hashlib.sha256(plain).hexdigest()}
        self._archive.addfile(member, io.BytesIO(plain))


class _Hashing:
    """A file that hashes what is read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        read = self._file.read(size)
        self._hash.update(read)
        return read

    @property
    def digest(self) -> str:
        """SHA-256 of what was read so far."""
        return self._hash.hexdigest()


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """A new archive, readable by its owner only, on the disk for good when the block ends."""
    with open(file, "wb", opener=owner_only) as opened:
        with tarfile.open(fileobj=opened, mode="w", format=tarfile.PAX_FORMAT) as archive:
            yield Writer(archive)
        opened.flush()
        os.fsync(opened.fileno())


def check(file: Path) -> Contents:
    """The list of a backup, once every file in it was read and found as listed. Raises InstallationFault."""
    found: dict[str, tuple[int, str]] = {}
    listed = None
    with _reading(file) as archive:
        for member in archive:
            if not member.isreg() or member.name in found or not _is_ours(member.name):
                raise InstallationFault(f"{file} holds {member.name!r}, which no backup of MediMeet does.")
            opened = archive.extractfile(member)
            assert opened is not None
            if member.name == LIST:
                plain = opened.read()
                if member.pax_headers.get(_OWN_DIGEST) != hashlib.sha256(plain).hexdigest():
                    raise InstallationFault(_DAMAGED.format("its list was changed"))
                listed = _contents(plain)
                continue
            reading = _Hashing(opened)
            while reading.read(_AT_ONCE):
                pass
            found[member.name] = (member.size, reading.digest)
    if listed is None:
        raise InstallationFault(_DAMAGED.format("its end is missing"))
    if found != listed.files or listed.database_file not in found:
        wrong = sorted(name for name in found.keys() | listed.files.keys() if found.get(name) != listed.files.get(name))
        raise InstallationFault(_DAMAGED.format(", ".join(wrong[:3]) or "it has no database"))
    return listed


def unpack(file: Path, folder: Path) -> None:
    """Writes the checked files of a backup into `folder`, readable by their owner only. Raises InstallationFault."""
    with _reading(file) as archive:
        for member in archive:
            if member.name == LIST or not _is_ours(member.name):
                continue
            opened = archive.extractfile(member)
            assert opened is not None
            path = folder / member.name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with open(path, "wb", opener=owner_only) as new:
                while part := opened.read(_AT_ONCE):
                    new.write(part)
                new.flush()
                os.fsync(new.fileno())


def sealed_text(ring: KeyRing) -> str:
    """A known text, sealed: whoever can open it has the right keys."""
    return ring.seal(_KNOWN_TEXT, _KNOWN_COLUMN)


def print_of(secret_key: str) -> str:
    """What tells one secret key from another without giving it away."""
    return hmac.digest(secret_key.encode(), b"backup", "sha256").hex()[:32]


@contextmanager
def _reading(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError) as error:
        raise InstallationFault(f"{file} is no whole backup of MediMeet ({error}). Take another one.") from None


def _is_ours(name: str) -> bool:
    return name == LIST or name in DATABASES.values() or PICTURE.fullmatch(name) is not None


def _contents(plain: bytes) -> Contents:
    try:
        values: dict[str, Any] = json.loads(plain)
        values["files"] = {name: (size, digest) for name, (size, digest) in values["files"].items()}
        contents = Contents(**values)
        if contents.database not in DATABASES:
            raise ValueError(contents.database)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InstallationFault(_DAMAGED.format("its list can't be read")) from None
    if contents.format != FORMAT:
        raise InstallationFault("This backup was made by a newer MediMeet. Update MediMeet first.")
    return contents
