"""A copy of the SQLite database, taken while people work, and looked through before it counts."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from medimeet import clock
from medimeet.config import data_path
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.services import invariants, migrations
from medimeet.services.invariants import Check


def is_possible() -> bool:
    """Whether the database is one that we can copy ourselves (SQLite)."""
    return db.engine.dialect.name == "sqlite"


def default_path() -> Path:
    """A new name in the data folder's `backups`, by the time of day in UTC."""
    return data_path("backups", f"medimeet-{clock.now():%Y%m%d-%H%M%S}.sqlite")


def copy_to(path: Path) -> list[Check]:
    """Copies the database to `path`, readable by its owner only; returns what was checked in the copy.

    The copy appears under its name only when it is whole and sound; the rules about rows may be broken in it as they
    are in the original. Raises InstallationFault.
    """
    if path.exists():
        raise InstallationFault(f"{path} is there already, and is not written over. Choose another name.")
    if migrations.own_version().current is None:
        raise InstallationFault("There is no database here yet, so there is nothing to copy. Run `flask init` first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        _copy(str(db.engine.url.database), str(part))
        checks = _examined(part)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return checks


def _copy(database: str, part: str) -> None:
    """One read transaction for the whole copy: writers go on, and the copy is of one instant."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as target:
        source.execute("PRAGMA busy_timeout = 10000")
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it


def _examined(part: Path) -> list[Check]:
    engine = create_engine(f"sqlite:///{part}", poolclass=NullPool)
    with engine.connect() as connection:
        faults = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        if faults != ["ok"]:
            raise InstallationFault(f"The copy is damaged ({faults[0]}), so it was not kept. Run `flask doctor`.")
        if orphans:
            raise InstallationFault(f"{len(orphans)} rows of the copy point nowhere, so it was not kept.")
        # The rules are asked in the words of this version's tables.
        rules = invariants.of_data(connection) if migrations.version(connection).is_newest else []
        return [*_soundness(connection), *rules]


def _soundness(connection: Connection) -> list[Check]:
    return [
        Check("every page of the file reads well"),
        Check("every row points at rows that exist"),
        invariants.guards(connection),
    ]
