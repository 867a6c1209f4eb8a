"""The database: one session, and the write transaction.

A function that writes is a *command*: `@command` gives it one transaction, committed once at its end.
On SQLite that transaction is BEGIN IMMEDIATE behind our own writer lock, because SQLite's lock starves writers;
on PostgreSQL `lock()` takes advisory locks in a fixed order, because exclusion constraints alone deadlock.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache, wraps
from itertools import chain
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    Executable,
    Row,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from medimeet import sqlite_engine
from medimeet.database_faults import gave_way, is_lost, leaves_in_doubt, trouble_of
from medimeet.errors import InDoubt
from medimeet.model_base import Base
from medimeet.prepared import Found, Prepared
from medimeet.sqlite_engine import KeptConnections
from medimeet.tally import COMMANDS
from medimeet.writer_lock import WriterLock

P = ParamSpec("P")
R = TypeVar("R")


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


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
        Watch(engine, timeout, longest_seconds=(_PATIENCE + 2) * timeout).start()
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


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Makes `function` one write transaction: commits once at its end, rolls back on any error.

    Read-only work that went before in the session is ended first, so the command sees the newest rows.
    Raises Busy past the database's time limit. A command never calls another command. Once one has ended well,
    `g.has_committed` says so: whatever fails later, nobody may be told that nothing was changed.
    """
    return _as_command(function, _in_transaction)


def command_of_rows(function: Callable[P, R]) -> Callable[P, R]:
    """As `command`, for one that looks and writes by prepared statements alone, at half of what the session costs.

    Models that were read before stay as they were. What it asks of such a model may have changed since; what matters
    is looked at again.
    """
    return _as_command(function, _in_transaction_of_rows)


def _as_command(function: Callable[P, R], transaction: Callable[[Callable[[], R]], R]) -> Callable[P, R]:
    name = f"{function.__module__.rpartition('services.')[2]}.{function.__name__}"

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside_command.get():
            raise RuntimeError(f"{function.__qualname__} is a command, and was called by another command.")
        token, outcome = _inside_command.set(True), "done"
        try:
            answer = _retried(lambda: function(*args, **kwargs), transaction)
            g.has_committed = True
            return answer
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            _inside_command.reset(token)
            COMMANDS.add(name, outcome)

    return run


def at_end_of_command(ending: Callable[[list[Any]], None], item: Any) -> None:
    """Calls `ending` once with all its items when the running command's work is done, just before it is committed.

    All rows are in the database by then, so what `ending` locks is locked last, and for that moment only.
    """
    endings = _endings.get()
    if endings is None:
        raise RuntimeError("No command is running, so it has no end.")
    endings.setdefault(ending, []).append(item)


def lock(subject: str, *row_ids: int) -> None:
    """Keeps other commands off these rows' business until this one ends (PostgreSQL; SQLite has one writer anyway).

    Always lock in the order of `_LOCK_ORDER`: doctor before patient.
    """
    lock_all(*((subject, row_id) for row_id in row_ids))


def lock_all(*subjects_and_ids: tuple[str, int]) -> None:
    """As `lock`, for rows of several subjects by one statement, in the right order by itself."""
    if db.engine.dialect.name != "postgresql":
        return
    # A lock's number has 32 bits. A larger one is no row's: it may stand in line with another.
    numbers = sorted((_LOCK_ORDER.index(subject), row_id & _LARGEST_LOCK) for subject, row_id in subjects_and_ids)
    in_line, alone = _lock_times()
    connection().exec_driver_sql(_lock_statement(len(numbers)), (in_line, *chain(*numbers), alone))


def rows(statement: Executable, **values: Any) -> Sequence[Row[Any]]:
    """The rows of a statement of columns that was built once, for what is asked often: a third of a session's cost.

    The statement's own parameters are `values`; what the session still holds back is written first.
    """
    db.session.flush()
    return db.session.connection().execute(statement, values).all()


def connection() -> Connection:
    """The running command's connection, known without a question to the session; else the session's own."""
    line = _connection.get()
    return line if line is not None and not line.closed else db.session.connection()


def prepared_rows(statement: Prepared, **values: Any) -> Sequence[tuple[Any, ...]]:
    """The rows of a prepared statement: past the session where none has begun, else as the session sees them."""
    return found_by(statement, **values).rows()


def found_by(statement: Prepared, **values: Any) -> Found:
    """The same as the driver gave them, for who keeps what follows from them."""
    if _connection.get() is None and not _reads_in_session():
        kept: KeptConnections | None = current_app.extensions.get("kept_connections")
        if kept is None or kept.engine.dispatch.before_cursor_execute:
            return statement.find(db.engine, values)
        return statement.find_kept(kept, values)
    if db.session.registry.has():
        db.session.flush()
    return statement.find_within(connection(), values)


def insert_into(model: type[Base]) -> Any:
    """An INSERT that can say what happens on a conflict (`on_conflict_…`), which both databases spell alike."""
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[db.engine.dialect.name](model)


_LOCK_ORDER = ("clinic", "account", "doctor", "patient")
_LARGEST_LOCK = 2**31 - 1
_TRIES = 4
# Standing in our own line is progress, so it may take longer than waiting for a database that does not answer.
_PATIENCE = 3
_inside_command: ContextVar[bool] = ContextVar("inside_command", default=False)
_connection: ContextVar[Connection | None] = ContextVar("connection", default=None)
_endings: ContextVar[dict[Callable[[list[Any]], None], list[Any]] | None] = ContextVar("endings", default=None)


def _retried(work: Callable[[], R], transaction: Callable[[Callable[[], R]], R]) -> R:
    for attempt in range(1, _TRIES + 1):
        try:
            return transaction(work)
        except SQLAlchemyError as error:
            # Nothing was kept: PostgreSQL had this transaction give way, or the line broke before its end.
            if isinstance(error, DBAPIError) and (gave_way(error) or is_lost(error)) and attempt < _TRIES:
                time.sleep(0.01 * attempt)
                continue
            trouble = trouble_of(error)
            if trouble is None:
                raise
            raise trouble from error
    raise AssertionError("unreachable")


def _in_transaction(work: Callable[[], R]) -> R:
    _forget_what_was_read()
    with _one_writer():
        try:
            answer = _with_endings(db.session.connection(execution_options={"writes": True}), work)
            db.session.flush()  # so that what fails below is the COMMIT alone
            _commit(db.session)
            return answer
        except BaseException:
            give_up()
            raise


def _in_transaction_of_rows(work: Callable[[], R]) -> R:
    """Beside the session on SQLite, where reading ends before writing begins; in what it reads in on PostgreSQL."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        _forget_what_was_read()
    try:
        if db.engine.dialect.name != "sqlite":
            answer = _with_endings(session.connection(), work)
            _commit(session)
            return answer
        if session.in_transaction():
            session.commit()  # ends what was read, and unlike a rollback has no model read anew
        with _one_writer():
            line = current_app.extensions["kept_connections"].writer()
            with line.begin() as transaction:
                answer = _with_endings(line, work)
                _commit(transaction)
                return answer
    except BaseException:
        _forget_what_was_read()
        raise


def _with_endings(line: Connection, work: Callable[[], R]) -> R:
    """What the command's work gives, once its endings have run on the same connection."""
    endings: dict[Callable[[list[Any]], None], list[Any]] = {}
    token = _endings.set(endings)
    _connection.set(line)
    try:
        answer = work()
        if endings:
            db.session.flush()
        for ending, items in endings.items():
            ending(items)
        return answer
    finally:
        _endings.reset(token)
        _connection.set(None)


def _forget_what_was_read() -> None:
    give_up()
    db.session.expire_all()  # a rollback expires nothing where no transaction was open


def _reads_in_session() -> bool:
    """Whether the session has begun to read; to begin costs SQLite more than the look, and PostgreSQL less."""
    if not db.session.registry.has():
        return False
    return db.engine.dialect.name != "sqlite" or db.session().in_transaction()


def _commit(transaction: Any) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        if leaves_in_doubt(error):
            raise InDoubt from error
        raise


@contextmanager
def _one_writer() -> Iterator[None]:
    writer_lock = current_app.extensions.get("writer_lock")
    if writer_lock is None:
        yield
        return
    with writer_lock.held(_PATIENCE * current_app.config["DATABASE_TIMEOUT_SECONDS"]):
        yield
    if writer_lock.is_checkpoint_due():
        sqlite_engine.take_up_log(db.engine)  # not within a COMMIT, where all who write would wait for it


def _lock_times() -> tuple[str, str]:
    """How long to wait in our own line, and for a lock that somebody else holds: a long look at a table, say."""
    milliseconds = int(current_app.config["DATABASE_TIMEOUT_SECONDS"] * 1000)
    return f"{_PATIENCE * milliseconds}ms", f"{milliseconds}ms"


@cache
def _lock_statement(count: int) -> str:
    locks = ", ".join(["pg_advisory_xact_lock(%s, %s)"] * count)
    return f"SELECT set_config('lock_timeout', %s, true), {locks}, set_config('lock_timeout', %s, true)"


def _engine_options(url: str, timeout: float) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"pool_size": 20, "max_overflow": 50, "connect_args": {"timeout": timeout, "check_same_thread": False}}
    milliseconds = int(timeout * 1000)
    in_line = _PATIENCE * milliseconds
    limits = f"-c lock_timeout={milliseconds} -c statement_timeout={in_line + milliseconds} -c timezone=UTC"
    limits += " -c idle_in_transaction_session_timeout=30000"
    return {
        "pool_size": 10,
        "max_overflow": 20,
        "pool_timeout": _PATIENCE * timeout,
        "connect_args": {"options": limits, "connect_timeout": max(1, int(timeout))},
    }
