"""The database: the session, and reading past it. How rows are written is `writing`."""

import re
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Executable, Row
from sqlalchemy.exc import SQLAlchemyError

from medimeet import sqlite_engine
from medimeet.model_base import Base
from medimeet.prepared import Found, Prepared, goes_to_driver
from medimeet.sqlite_engine import KeptConnections
from medimeet.writer_lock import WriterLock

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
# Standing in our own line is progress, so it may take longer than waiting for a database that does not answer.
PATIENCE = 3
running_connection: ContextVar[Connection | None] = ContextVar("connection", default=None)


def start(app: Flask) -> None:
    """Binds the session to the application's database (`DATABASE_URL`, else SQLite in the data folder)."""
    url = app.config["DATABASE_URL"] or f"sqlite:///{Path(app.config['DATA_DIR'], 'medimeet.sqlite')}"
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url, app.config["DATABASE_TIMEOUT_SECONDS"])
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        sqlite_engine.prepare(engine, app.config["DATABASE_TIMEOUT_SECONDS"])
        app.extensions["kept_connections"] = KeptConnections(engine)
        app.extensions["writer_lock"] = WriterLock(engine.url.database)
    else:
        # Here, so that no clinic on SQLite waits at each start for what speaks to PostgreSQL.
        from medimeet.database_watch import Watch  # noqa: PLC0415

        timeout = app.config["DATABASE_TIMEOUT_SECONDS"]
        Watch(engine, timeout, longest_seconds=(PATIENCE + 2) * timeout).start()
    app.teardown_appcontext(lambda _error: let_go())


def let_go() -> None:
    """Ends what the session has begun, and gives its connection back, also where the line to the server is broken."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        with suppress(SQLAlchemyError):
            db.session().invalidate()
            db.session.remove()


def give_up() -> None:
    """Rolls back; where even that fails, the line is broken, and the server has rolled back by itself."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        try:
            db.session.rollback()  # the session knows now that the line is broken, and keeps the rows that it gave out
        except SQLAlchemyError:
            db.session().invalidate()


def rows(statement: Executable, **values: Any) -> Sequence[Row[Any]]:
    """The rows of a statement of columns that was built once, for what is asked often: a third of a session's cost.

    The statement's own parameters are `values`; what the session still holds back is written first.
    """
    db.session.flush()
    return db.session.connection().execute(statement, values).all()


def connection() -> Connection:
    """The running command's connection, known without a question to the session; else the session's own."""
    line = running_connection.get()
    return line if line is not None and not line.closed else db.session.connection()


def prepared_rows(statement: Prepared, **values: Any) -> Sequence[tuple[Any, ...]]:
    """The rows of a prepared statement: past the session where none has begun, else as the session sees them."""
    return found_by(statement, **values).rows()


def found_by(statement: Prepared, **values: Any) -> Found:
    """The same as the driver gave them, for who keeps what follows from them."""
    if running_connection.get() is None and not _reads_in_session():
        engine = db.engine
        if goes_to_driver(engine):
            return statement.find_kept(current_app.extensions["kept_connections"], values)
        return statement.find(engine, values)
    if db.session.registry.has():
        db.session.flush()
    return statement.find_within(connection(), values)


def _reads_in_session() -> bool:
    """Whether the session has begun to read; to begin costs SQLite more than the look, and PostgreSQL less."""
    if not db.session.registry.has():
        return False
    return db.engine.dialect.name != "sqlite" or db.session().in_transaction()


def _engine_options(url: str, timeout: float) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"pool_size": 20, "max_overflow": 50, "connect_args": {"timeout": timeout, "check_same_thread": False}}
    milliseconds = int(timeout * 1000)
    in_line = PATIENCE * milliseconds
    limits = f"-c lock_timeout={milliseconds} -c statement_timeout={in_line + milliseconds} -c timezone=UTC"
    limits += " -c idle_in_transaction_session_timeout=30000"
    return {
        "pool_size": 10,
        "max_overflow": 20,
        "pool_timeout": PATIENCE * timeout,
        "connect_args": {"options": limits, "connect_timeout": max(1, int(timeout))},
    }
