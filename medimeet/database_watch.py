"""Watches over a PostgreSQL that takes orders and does not answer: frozen, or behind a network that swallows all.

Nothing else would notice: its time limits are its own, and the line stays open. One thread looks each second. Where an
order is overdue and a new connection is not answered either, all lines are cut and everybody is told at once to come
back later, until a new connection is answered again.
"""

import logging
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from medimeet.database_faults import tells_of_broken_line
from medimeet.errors import Busy

_POOL = logging.getLogger("sqlalchemy.pool.impl.QueuePool")
_LOOKS_EVERY = 1.0
_PROBE_SECONDS = 2


class Watch:
    """What runs on which connection since when, and whether the server is away."""

    def __init__(self, engine: Engine, overdue_seconds: float, longest_seconds: float) -> None:
        self._engine = engine
        self._overdue_seconds = overdue_seconds
        self._longest_seconds = longest_seconds
        self._running: dict[int, tuple[float, Any]] = {}
        self._lock = threading.Lock()
        self._process = 0
        self.is_away = False

    def start(self) -> None:
        """Listens to the engine. The thread starts with the first order of each process."""
        listen = event.listens_for
        engine = self._engine
        _POOL.addFilter(_calmly)

        @listen(engine, "do_connect")
        def connecting(*_: Any) -> None:
            self._refuse_while_away()

        @listen(engine, "connect")
        def connected(_connection: Any, record: Any) -> None:
            record.info["is_fresh"] = True

        @listen(engine, "checkout")
        def taken(connection: Any, record: Any, _proxy: Any) -> None:
            self._refuse_while_away()
            if not record.info.pop("is_fresh", False):
                self._ping(connection)

        @listen(engine, "checkin")
        @listen(engine, "close")
        @listen(engine, "invalidate")
        def given_back(connection: Any, *_: Any) -> None:
            self._running.pop(id(connection), None)

        @listen(engine, "before_cursor_execute")
        def asked(connection: Any, *_: Any) -> None:
            self._begin(connection.connection.dbapi_connection)

        @listen(engine, "after_cursor_execute")
        def answered(connection: Any, *_: Any) -> None:
            self._running.pop(id(connection.connection.dbapi_connection), None)

        @listen(engine, "commit")
        @listen(engine, "rollback")
        def ending(connection: Any) -> None:
            if not connection.invalidated:
                self._begin(connection.connection.dbapi_connection)  # over once the connection is given back

    def _refuse_while_away(self) -> None:
        if self.is_away:
            raise Busy

    def _ping(self, connection: Any) -> None:
        """As the pool would, but under our eyes."""
        self._begin(connection)
        try:
            self._engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error
        finally:
            self._running.pop(id(connection), None)

    def _begin(self, connection: Any) -> None:
        self._running[id(connection)] = (time.monotonic(), connection)
        if self._process != os.getpid():
            self._start_looking()

    def _start_looking(self) -> None:
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._look, name="watches over PostgreSQL", daemon=True).start()

    def _look(self) -> None:
        while True:
            time.sleep(_LOOKS_EVERY)
            oldest = self._oldest()
            if oldest > self._overdue_seconds and not self._answers():
                self.is_away = True
                self._cut(0)
                while not self._answers():
                    time.sleep(_LOOKS_EVERY)
                    self._cut(0)
                self.is_away = False
            elif oldest > self._longest_seconds:
                self._cut(self._longest_seconds)

    def _oldest(self) -> float:
        """For how long the longest order has been under way."""
        now = time.monotonic()
        return max((now - since for since, _connection in list(self._running.values())), default=0.0)

    def _answers(self) -> bool:
        _, arguments = self._engine.dialect.create_connect_args(self._engine.url)
        try:
            psycopg.connect(**{**arguments, "connect_timeout": _PROBE_SECONDS}).close()
            return True
        except psycopg.Error:
            return False

    def _cut(self, seconds: float) -> None:
        """Breaks every line on which an order has been under way for so long; who waits there finds that it broke."""
        now = time.monotonic()
        for since, connection in list(self._running.values()):
            if now - since >= seconds:
                with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
                    line.shutdown(socket.SHUT_RDWR)


def _calmly(record: logging.LogRecord) -> bool:
    """Has the pool tell of a connection that the server ended in one line: it has given it up by itself."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and tells_of_broken_line(error):
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        record.msg, record.args = "PostgreSQL ended a connection; the next one is new", ()
    return True
