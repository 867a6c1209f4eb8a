"""A database by its driver alone, SQLite's or PostgreSQL's: what the comparison applications stand on.

Statements have question marks for their values. Instants are UTC without a zone.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from queue import LifoQueue
from typing import Any

import psycopg

from medimeet.writer_lock import WriterLock

PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")  # as MediMeet's
LONGEST_WAIT = 30.0
LINES = 5  # to PostgreSQL, of each worker; a server has a hundred for all


class Database:
    """The file of a SQLite database, where each thread has its connection; or PostgreSQL's URL, where they are lent."""

    def __init__(self, address: str) -> None:
        self.is_sqlite = "://" not in address
        self._address = address
        self._own = threading.local()
        self._writers = WriterLock(address) if self.is_sqlite else None
        self._lines: LifoQueue[Any] = LifoQueue()
        for _ in range(0 if self.is_sqlite else LINES):
            self._lines.put(None)

    def run(self, statement: str, *values: object) -> Any:
        """The cursor of one statement, which is its own transaction unless one was begun."""
        with self._line() as line:
            return line.execute(statement if self.is_sqlite else statement.replace("?", "%s"), values)

    def replay(self, statement: str, values: Any) -> None:
        """Asks a statement that was noted as the driver got it, and reads all that it gives."""
        with self._line() as line:
            line.execute(statement, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write transaction: on SQLite behind the writers' lock that MediMeet has."""
        with self._writers.held(LONGEST_WAIT) if self._writers is not None else nullcontext(), self._line() as line:
            line.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
            try:
                yield
            except BaseException:
                line.execute("ROLLBACK")
                raise
            line.execute("COMMIT")

    def kept(self, instant: datetime) -> object:
        """An instant as the database keeps it."""
        return instant.isoformat(" ", "microseconds") if self.is_sqlite else instant.replace(tzinfo=UTC)

    def instant(self, kept: Any) -> datetime:
        """An instant that the database kept."""
        return datetime.fromisoformat(kept) if self.is_sqlite else kept.replace(tzinfo=None)

    def close(self) -> None:
        """Ends this thread's connection, or those that nobody has at the moment."""
        lines = [self._own.line] if hasattr(self._own, "line") else []
        while not self._lines.empty():
            lines.append(self._lines.get())
        for line in lines:
            if line is not None:
                line.close()

    @contextmanager
    def _line(self) -> Iterator[Any]:
        """The connection of this thread: its own for good on SQLite, else for as long as it is lent."""
        if hasattr(self._own, "line"):
            yield self._own.line
            return
        line = (None if self.is_sqlite else self._lines.get()) or self._connect()
        self._own.line = line
        try:
            yield line
        finally:
            if not self.is_sqlite:
                del self._own.line
                self._lines.put(line)

    def _connect(self) -> Any:
        if not self.is_sqlite:
            return psycopg.connect(self._address, autocommit=True, options="-c timezone=UTC")
        connection = sqlite3.connect(self._address, isolation_level=None, timeout=10, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("fold", 1, lambda text: text and text.casefold(), deterministic=True)
        return connection
