"""A database by its driver alone, SQLite's or PostgreSQL's: what the comparison applications stand on.

Statements have question marks for their values. Instants are UTC without a zone.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import psycopg

from medimeet.writer_lock import WriterLock

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")  # as MediMeet's
LONGEST_WAIT = 30.0


class Database:
    """The file of a SQLite database, or the URL of PostgreSQL's: a connection for each thread."""

    def __init__(self, address: str) -> None:
        self.is_sqlite = "://" not in address
        self._address = address
        self._own = threading.local()
        self._writers = WriterLock(address) if self.is_sqlite else None

    def run(self, statement: str, *values: object) -> Any:
        """The cursor of one statement, which is its own transaction unless one was begun."""
        return self._connection().execute(statement if self.is_sqlite else statement.replace("?", "%s"), values)

    def replay(self, statement: str, values: Any) -> None:
        """Asks a statement that was noted as the driver got it, and reads all that it gives."""
        self._connection().execute(statement, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write transaction: on SQLite behind the writers' lock that MediMeet has."""
        with self._writers.held(LONGEST_WAIT) if self._writers is not None else nullcontext():
            self.run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
            try:
                yield
            except BaseException:
                self.run("ROLLBACK")
                raise
            self.run("COMMIT")

    def kept(self, instant: datetime) -> object:
        """An instant as the database keeps it."""
        return instant.isoformat(" ", "microseconds") if self.is_sqlite else instant.replace(tzinfo=UTC)

    def instant(self, kept: Any) -> datetime:
        """An instant that the database kept."""
        return datetime.fromisoformat(kept) if self.is_sqlite else kept.replace(tzinfo=None)

    def close(self) -> None:
        """Ends this thread's connection."""
        self._connection().close()
        del self._own.connection

    def _connection(self) -> Any:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect()
        return self._own.connection

    def _connect(self) -> Any:
        if not self.is_sqlite:
            return psycopg.connect(self._address, autocommit=True, options="-c timezone=UTC")
        connection = sqlite3.connect(self._address, isolation_level=None, timeout=10, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("fold", 1, lambda text: text and text.casefold(), deterministic=True)
        return connection
