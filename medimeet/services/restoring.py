"""Bringing a backup back: into an installation without a database, wholly or not at all."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from medimeet import key_file
from medimeet.config import data_path, owner_only, setting, shared_path
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.gateways import postgresql_tools
from medimeet.sealing import KeyRing, key_ring
from medimeet.services import backup
from medimeet.services.backup_archive import Contents, unpack
from medimeet.services.new_picture import UPLOADS

_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_DRAFTS = "restoring-"


def put_keys(file: Path, contents: Contents, folder: Path, secret_key: str, data_keys: str) -> None:
    """Puts the keys of `file` into the data folder, but for those that settings give (`secret_key`, `data_keys`).

    Raises InstallationFault, with nothing written, where they are not those of the backup or others are there already.
    """
    secrets, lines = [], []
    for line in file.read_text(errors="replace").splitlines():
        kind, _, value = line.strip().partition(" ")
        if kind == "secret-key":
            secrets.append(value)
        elif kind == "data-key":
            lines.append(value)
    if len(secrets) != 1 or not lines:
        raise InstallationFault(f"{file} is no file of keys as `flask backup --keys` writes it.")
    ring = KeyRing(key_file.parsed(data_keys.split(",") if data_keys else lines, str(file)))
    _require_fit(contents, ring, secret_key or secrets[0])
    if not secret_key:
        _put_key(folder / "secret-key", secrets[0])
    if not data_keys:
        _put_key(folder / "data-keys", "\n".join(lines) + "\n")


def require_keys(folder: Path, secret_key: str, data_keys: str) -> None:
    """Nothing, where settings or files give the keys. Raises InstallationFault; starting would make new ones."""
    missing = [name for name, given in (("secret-key", secret_key), ("data-keys", data_keys)) if not given]
    missing = [name for name in missing if not (folder / name).exists()]
    if missing:
        raise InstallationFault(
            f"A backup is of no use without its keys, and {folder} has no {' and no '.join(missing)}. Name the file "
            "that `flask backup --keys` wrote: --keys FILE."
        )


def check_place(contents: Contents) -> None:
    """Nothing, where there is room for this backup: the same kind of database, and nothing in it.

    Raises InstallationFault.
    """
    kind = db.engine.dialect.name
    if contents.database != kind:
        raise InstallationFault(
            f"This backup is of {_KINDS[contents.database]}, and this installation is set to {_KINDS[kind]}. "
            "Set MEDIMEET_DATABASE_URL to where it came from (empty: SQLite)."
        )
    if kind == "sqlite" and not Path(str(db.engine.url.database)).exists():
        return
    with db.engine.connect() as connection:
        if kind == "sqlite" or inspect(connection).get_table_names():
            raise InstallationFault("There is a database here already, and nothing is written over. Use a new place.")


def check_keys(contents: Contents) -> None:
    """Nothing, where this installation's keys are those of the backup. Raises InstallationFault."""
    _require_fit(contents, key_ring(), setting("SECRET_KEY"))


def _require_fit(contents: Contents, ring: KeyRing, secret_key: str) -> None:
    fault = contents.keys_fault(ring, secret_key)
    if fault:
        raise InstallationFault(f"These keys do not fit: {fault}. Name those that were kept with it: --keys FILE.")


def restore(file: Path, contents: Contents) -> None:
    """Brings back the pictures and the database of a checked backup; the database last, and all of it at once.

    Raises InstallationFault where the database that came back is not the one that was listed.
    """
    beside = Path(str(db.engine.url.database)).parent if contents.database == "sqlite" else data_path()
    for left_over in beside.glob(f"{_DRAFTS}*"):  # of one that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(mkdtemp(dir=beside, prefix=_DRAFTS))
    try:
        unpack(file, folder)
        _put_pictures(folder / UPLOADS)
        if contents.database == "sqlite":
            _put_sqlite(folder / contents.database_file, contents)
        else:
            _put_postgresql(folder / contents.database_file, contents)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_key(path: Path, text: str) -> None:
    if path.exists():
        if path.read_text().split() != text.split():
            raise InstallationFault(f"{path} is there already and holds another key. Use a new data folder.")
        return
    with open(path, "x", opener=owner_only) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put_pictures(folder: Path) -> None:
    if not folder.exists():
        return
    place = shared_path(UPLOADS)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for picture in folder.iterdir():
        shutil.move(picture, place / picture.name)


def _put_sqlite(file: Path, contents: Contents) -> None:
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.connect() as connection:
        backup.examined_sqlite(connection)
        _compare(contents, backup.row_counts(connection))
    place = Path(str(db.engine.url.database))
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{place}{ending}")
    os.link(file, place)  # unlike a rename, it never takes the place of a file that came meanwhile


def _put_postgresql(file: Path, contents: Contents) -> None:
    with db.engine.connect() as connection:
        connection.rollback()
        postgresql_tools.restore(connection.connection.driver_connection, file)  # type: ignore[arg-type]
    with db.engine.connect() as connection:
        _compare(contents, backup.row_counts(connection))


def _compare(contents: Contents, rows: dict[str, int]) -> None:
    wrong = sorted(name for name in rows.keys() | contents.rows.keys() if rows.get(name) != contents.rows.get(name))
    if wrong:
        raise InstallationFault(f"What came back is not what was copied: {', '.join(wrong[:5])}. Take another backup.")
