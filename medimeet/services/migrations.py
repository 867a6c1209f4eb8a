"""The database's version: which one it has, which one this code needs, and the way from one to the other.

Alembic is loaded by those who ask: no server waits for it at each start.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from medimeet.config import ROOT, setting
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.services import data_keys, sealed_texts

if TYPE_CHECKING:
    from alembic.config import Config

# Any number that nothing else locks on this PostgreSQL server.
_POSTGRESQL_LOCK = 6_261_017


@dataclass(frozen=True, slots=True)
class Version:
    """The database's version (None: empty), the code's, and whether the code knows the database's."""

    current: str | None
    newest: str | None
    is_known: bool

    @property
    def is_newest(self) -> bool:
        """Whether the database is as this code needs it."""
        return self.current == self.newest


def version(connection: Connection) -> Version:
    """The version of the database behind `connection`."""
    from alembic.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_configuration())
    known = {script.revision for script in scripts.walk_revisions()}
    return Version(current, scripts.get_current_head(), current is None or current in known)


def own_version() -> Version:
    """The version of the application's database. Raises InstallationFault where it is newer than the code."""
    with db.engine.connect() as connection:
        found = version(connection)
    if not found.is_known:
        raise InstallationFault(
            f"This database was made by a newer MediMeet (version {found.current}; this one knows up to "
            f"{found.newest}). Update MediMeet, or choose another data folder with MEDIMEET_DATA_DIR."
        )
    return found


def upgrade() -> bool:
    """Brings the database to the newest version; says whether there was anything to do.

    What was written before there were keys is sealed. Two at once migrate once: the second waits for the first.
    Raises InstallationFault.
    """
    from alembic import command  # noqa: PLC0415

    if own_version().is_newest:
        return False
    with _one_at_a_time():
        if own_version().is_newest:
            return False
        command.upgrade(_configuration(), "head")
        data_keys.require()
        if setting("SEAL"):  # else the version before still reads them
            sealed_texts.seal_rows()
    return True


def remove_everything() -> None:
    """Takes the database back to empty: every row and table is gone."""
    from alembic import command  # noqa: PLC0415

    with _one_at_a_time():
        command.downgrade(_configuration(), "base")


def _configuration() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    configuration = Config()
    configuration.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _POSTGRESQL_LOCK})
            yield
            connection.invalidate()  # ends the session, and the lock with it
        return
    with open(f"{db.engine.url.database}.migration-lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
