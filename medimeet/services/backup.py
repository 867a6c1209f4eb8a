"""Copies of what is here, taken while people work, and looked through before they count.

`make` writes a whole backup (services/backup_archive.py); `copy_to` copies a SQLite database alone, before a migration.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, create_engine, func, inspect, select, text
from sqlalchemy import table as named_table
from sqlalchemy.pool import NullPool

from medimeet import clock, key_file
from medimeet.config import data_path, owner_only, setting, shared_path
from medimeet.db import db
from medimeet.errors import Busy, InstallationFault
from medimeet.gateways import postgresql_tools
from medimeet.sealing import key_ring
from medimeet.services import backup_archive, data_keys, heartbeats, invariants, migrations
from medimeet.services.backup_archive import DATABASES, Contents, Writer
from medimeet.services.invariants import Check
from medimeet.services.new_picture import UPLOADS

HEARTBEAT = "backup"
OLDEST = timedelta(days=2)
_MOMENT = "%Y%m%d-%H%M%S"
_DRAFTS = ".backup-"
_DRAFT_SECONDS = 24 * 60 * 60  # no copy takes as long


def is_possible() -> bool:
    """Whether the database is one that we can copy ourselves (SQLite)."""
    return db.engine.dialect.name == "sqlite"


def default_path() -> Path:
    """A new name for a copy of the database in the data folder's `backups`, by the time of day in UTC."""
    return data_path("backups", f"medimeet-{clock.now():{_MOMENT}}.sqlite")


def place_in(folder: Path | None) -> Path:
    """A new name for a backup in `folder` (None: the data folder's `backups`), by the time of day in UTC."""
    return (folder or data_path("backups")) / f"medimeet-{clock.now():{_MOMENT}}.tar"


def make(path: Path) -> list[Check]:
    """Writes a backup to `path`, readable by its owner only; returns what was checked in it.

    It appears under its name only when it is whole and was read again; the rules about rows may be broken in it as they
    are in the original. Raises InstallationFault.
    """
    _require_free(path)
    _remove_drafts(path.parent)
    with TemporaryDirectory(dir=path.parent, prefix=_DRAFTS) as folder:
        draft = Path(folder, "draft.tar")
        with backup_archive.writing(draft) as writer:
            pictures = _add_pictures(writer)
            with _copied_database(Path(folder)) as (file, connection, checks):
                # Pictures that came meanwhile may be named by the rows that were copied.
                pictures += _add_pictures(writer)
                writer.add(DATABASES[connection.dialect.name], file)
                contents = _contents(connection)
            writer.finish(contents)
        backup_archive.check(draft)
        draft.rename(path)
    if migrations.own_version().is_newest:
        with suppress(Busy):  # the backup is whole; that it was made is then told by the next one
            heartbeats.beat(HEARTBEAT)
    read_again = Check("every file of the backup reads well", remark=f"1 database, {pictures} pictures")
    return [read_again, *checks]


def look() -> Check:
    """How old the last backup is. Where there never was one, that is said and no fault: others may make them."""
    last = heartbeats.last(HEARTBEAT)
    if last is None:
        return Check("last backup", remark="none yet by `flask backup`")
    age = clock.now() - last
    if age > OLDEST:
        mend = "Run `flask backup`, and look at why the timer does not."
        return Check("last backup", f"it is {age.days} days old", mend)
    return Check("last backup", remark="today" if age < timedelta(days=1) else "yesterday")


def remove_old(folder: Path, keep: int) -> int:
    """Deletes the oldest backups of a folder until `keep` are left; answers how many went.

    Those that somebody has named stay, as other files do: their names tell no time.
    """
    made_at = {file: at for file in folder.iterdir() if (at := _made_at(file)) is not None}
    old = sorted(made_at, key=made_at.__getitem__)[:-keep]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _made_at(file: Path) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(file.name, f"medimeet-{_MOMENT}.tar").replace(tzinfo=UTC)
    return None


def _remove_drafts(folder: Path) -> None:
    """Takes away what backups left that were killed, else each would keep its copy of the database for ever."""
    for draft in folder.glob(f"{_DRAFTS}*"):
        with suppress(OSError):  # another backup removes it, too
            if clock.now().timestamp() - draft.stat().st_mtime > _DRAFT_SECONDS:
                shutil.rmtree(draft)


def write_keys(path: Path) -> None:
    """Writes the keys that a backup needs to be read to a file of their own. Raises InstallationFault."""
    if path.exists():
        raise InstallationFault(f"{path} is there already, and is not written over. Choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"secret-key {setting('SECRET_KEY')}", *(f"data-key {key.strip()}" for key in _data_key_lines())]
    try:
        with open(path, "x", opener=owner_only) as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)  # an empty file looks like keys that were kept
        raise


def _data_key_lines() -> list[str]:
    if setting("DATA_KEYS"):
        return str(setting("DATA_KEYS")).split(",")
    file = data_path("data-keys")
    key_file.read_or_make(file)  # nothing may have been sealed yet
    return file.read_text().split()


def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    counts = {name: connection.scalar(select(func.count()).select_from(named_table(name))) for name in names}
    return {name: count or 0 for name, count in counts.items()}


def copy_to(path: Path) -> list[Check]:
    """Copies the SQLite database to `path`, readable by its owner only; returns what was checked in the copy.

    The copy appears under its name only when it is whole and sound; the rules about rows may be broken in it as they
    are in the original. Raises InstallationFault.
    """
    _require_free(path)
    part = path.with_name(path.name + ".part")
    try:
        with _copied_sqlite(part) as (_file, _connection, checks):
            pass
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return checks


def examined_sqlite(connection: Connection) -> list[Check]:
    """What was checked in a copy. Raises InstallationFault where it is damaged."""
    faults = connection.execute(text("PRAGMA integrity_check")).scalars().all()
    orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    if faults != ["ok"]:
        raise InstallationFault(f"The copy is damaged ({faults[0]}), so it was not kept. Run `flask doctor`.")
    if orphans:
        raise InstallationFault(f"{len(orphans)} rows of the copy point nowhere, so it was not kept.")
    sound = [Check("every page of the file reads well"), Check("every row points at rows that exist")]
    return [*sound, *_rules(connection)]


def _require_free(path: Path) -> None:
    if path.exists():
        raise InstallationFault(f"{path} is there already, and is not written over. Choose another name.")
    version = migrations.own_version()
    if version.current is None:
        raise InstallationFault("There is no database here yet, so there is nothing to copy. Run `flask init` first.")
    if version.is_newest:
        data_keys.require()  # a backup notes which keys open it
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _copied_database(folder: Path) -> Iterator[tuple[Path, Connection, list[Check]]]:
    """The copy's file, a connection that sees the very rows in it, and what was checked in them."""
    if is_possible():
        with _copied_sqlite(folder / "database.sqlite") as copied:
            yield copied
        return
    dump = folder / "database.dump"
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        postgresql_tools.dump(connection.connection.driver_connection, snapshot, dump)  # type: ignore[arg-type]
        postgresql_tools.examine(dump)
        yield dump, connection, _rules(connection)


@contextmanager
def _copied_sqlite(part: Path) -> Iterator[tuple[Path, Connection, list[Check]]]:
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    _copy(str(db.engine.url.database), str(part))
    engine = create_engine(f"sqlite:///{part}", poolclass=NullPool)
    with engine.connect() as connection:
        yield part, connection, examined_sqlite(connection)


def _copy(database: str, part: str) -> None:
    """One read transaction for the whole copy: writers go on, and the copy is of one instant."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as target:
        source.execute("PRAGMA busy_timeout = 10000")
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it


def _rules(connection: Connection) -> list[Check]:
    # The rules are asked in the words of this version's tables.
    rules = invariants.of_data(connection) if migrations.version(connection).is_newest else []
    return [invariants.guards(connection), *rules]


def _add_pictures(writer: Writer) -> int:
    """Takes in the pictures that are not in it yet; one that is replaced at this moment is nobody's any more."""
    added = 0
    for file in sorted(shared_path(UPLOADS).glob("*.jpg")):
        name = f"{UPLOADS}/{file.name}"
        if name in writer.files:
            continue
        try:
            writer.add(name, file)
        except FileNotFoundError:
            continue
        added += 1
    return added


def _contents(connection: Connection) -> Contents:
    return Contents(
        made_at=clock.now().isoformat(),
        database=connection.dialect.name,
        migration=migrations.version(connection).current or "",
        rows=row_counts(connection),
        sealed_text=backup_archive.sealed_text(key_ring()),
        secret_key_print=backup_archive.print_of(setting("SECRET_KEY")),
        files={},
    )
