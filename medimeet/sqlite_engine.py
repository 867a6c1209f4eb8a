"""What each connection to a SQLite file is told first, and how its transactions begin."""

import os
import secrets
import sqlite3
import time
from collections import deque
from contextlib import closing, suppress
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_LOG_PAGES = 4000  # the log is taken up before that; a COMMIT that has to do it keeps all who write waiting


def prepare(engine: Engine, timeout: float) -> None:
    """Sets up every connection of the engine; `timeout` is how many seconds it waits for the file's lock."""

    @event.listens_for(engine, "do_connect")
    def make_private(_dialect: Any, _record: Any, arguments: list[Any], _named: Any) -> None:
        # SQLite would make it readable to everybody on the machine; its neighbours (-wal, -shm) take after it.
        if not arguments[0].startswith((":", "file:")) and not os.path.exists(arguments[0]):
            with suppress(OSError):
                _make_empty_file(arguments[0])

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 would otherwise begin by itself, deferred and too late
        connection.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
        switch_to_wal(connection, timeout)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only unlinked
        connection.create_function("fold", 1, _folded, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # By the driver itself, at a fifth of the cost.
        begins = "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
        try:
            connection.connection.dbapi_connection.execute(begins)
        except sqlite3.Error as error:
            raise DBAPIError.instance(begins, None, error, sqlite3.Error) from error


class KeptConnections:
    """Connections that stay open past the engine's pool, whose ceremony costs ten times what a small look does.

    There is one for each look that is under way, and one for whoever holds the writer's lock.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._idle: deque[sqlite3.Connection] = deque()
        self._writer: Connection | None = None
        event.listen(engine, "engine_disposed", self._close)

    def rows(self, text: str, values: Any) -> list[tuple[Any, ...]]:
        """What a look finds, in no transaction of ours. Raises sqlite3.Error."""
        try:
            line = self._idle.pop()
        except IndexError:
            line = self._opened()
        try:
            return line.execute(text, values).fetchall()
        finally:
            self._idle.append(line)

    def writer(self) -> Connection:
        """The connection on which this process writes, outside a transaction, for who holds the writer's lock."""
        if self._writer is not None and self._driver_of(self._writer).in_transaction:
            self._close_writer()  # not even its rollback came through
        if self._writer is None:
            self._writer = self.engine.connect().execution_options(writes=True)
            self._writer.detach()
        return self._writer

    def _opened(self) -> sqlite3.Connection:
        drawn = self.engine.raw_connection()
        line: Any = drawn.dbapi_connection
        drawn.detach()
        return line

    def _close(self, _engine: Engine) -> None:
        while self._idle:
            self._idle.pop().close()
        self._close_writer()

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._driver_of(self._writer).close()
            self._writer = None

    @staticmethod
    def _driver_of(line: Connection) -> Any:
        return line.connection.dbapi_connection


def take_up_log(engine: Engine) -> None:
    """Writes what the write-ahead log holds into the file, as far as nobody reads it there; others write meanwhile.

    Where it fails, the next COMMIT that finds the log too long tries it by itself, and tells.
    """
    with suppress(sqlite3.Error, SQLAlchemyError), closing(engine.raw_connection()) as line:
        line.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _make_empty_file(path: str) -> None:
    """A new file for its owner alone, which is never opened and closed by its own name.

    To close any file handle of a database takes all of SQLite's locks on it from the whole process, and the database is
    torn soon after.
    """
    draft = f"{path}.{secrets.token_hex(8)}"
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    try:
        os.link(draft, path)
    finally:
        os.unlink(draft)


def switch_to_wal(connection: Any, timeout: float) -> None:
    """Write-ahead logging. SQLite does not wait by itself where another process makes the same switch of a new file."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _folded(text: str | None) -> str | None:
    return text.casefold() if text is not None else None
