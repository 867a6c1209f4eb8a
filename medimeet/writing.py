"""How rows are written: in a command, which is one write transaction.

A function that writes is a *command*: `@command` gives it one transaction, committed once at its end.
On SQLite that transaction is BEGIN IMMEDIATE behind our own writer lock, because SQLite's lock starves writers;
on PostgreSQL `lock()` takes advisory locks in a fixed order, because exclusion constraints alone deadlock.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from itertools import chain
from typing import Any, ParamSpec, TypeVar

from flask import current_app, g
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from medimeet import sqlite_engine
from medimeet.database_faults import gave_way, is_lost, leaves_in_doubt, trouble_of
from medimeet.db import PATIENCE, connection, db, give_up, running_connection
from medimeet.errors import Busy, InDoubt, MediMeetError
from medimeet.model_base import Base
from medimeet.prepared_writes import INSERTS
from medimeet.tally import COMMANDS

P = ParamSpec("P")
R = TypeVar("R")


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Makes `function` one write transaction: commits once at its end, rolls back on any error.

    Read-only work that went before in the session is ended first, so the command sees the newest rows.
    Raises Busy past the database's time limit. A command never calls another command. Once one has ended well,
    `g.has_committed` says so: `honest` knows what may then be told of what fails later.
    """
    return _as_command(function, _in_transaction)


def command_of_rows(function: Callable[P, R]) -> Callable[P, R]:
    """As `command`, for one that looks and writes by prepared statements alone, at half of what the session costs.

    Models that were read before stay as they were. What it asks of such a model may have changed since; what matters
    is looked at again.
    """
    return _as_command(function, _in_transaction_of_rows)


def honest(refusal: MediMeetError) -> MediMeetError:
    """The refusal as people may be told it: once a command has ended well, never that nothing was changed."""
    return InDoubt() if isinstance(refusal, Busy) and g.get("has_committed") else refusal


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


def insert_into(model: type[Base]) -> Any:
    """An INSERT that can say what happens on a conflict (`on_conflict_…`), which both databases spell alike."""
    return INSERTS[db.engine.dialect.name](model)


_LOCK_ORDER = ("clinic", "account", "doctor", "patient")
_LARGEST_LOCK = 2**31 - 1
_TRIES = 4
_inside_command: ContextVar[bool] = ContextVar("inside_command", default=False)
_endings: ContextVar[dict[Callable[[list[Any]], None], list[Any]] | None] = ContextVar("endings", default=None)


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
    running_connection.set(line)
    try:
        answer = work()
        if endings:
            db.session.flush()
        for ending, items in endings.items():
            ending(items)
        return answer
    finally:
        _endings.reset(token)
        running_connection.set(None)


def _forget_what_was_read() -> None:
    give_up()
    db.session.expire_all()  # a rollback expires nothing where no transaction was open


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
    with writer_lock.held(PATIENCE * current_app.config["DATABASE_TIMEOUT_SECONDS"]):
        yield
    if writer_lock.is_checkpoint_due():
        sqlite_engine.take_up_log(db.engine)  # not within a COMMIT, where all who write would wait for it


def _lock_times() -> tuple[str, str]:
    """How long to wait in our own line, and for a lock that somebody else holds: a long look at a table, say."""
    milliseconds = int(current_app.config["DATABASE_TIMEOUT_SECONDS"] * 1000)
    return f"{PATIENCE * milliseconds}ms", f"{milliseconds}ms"


@cache
def _lock_statement(count: int) -> str:
    locks = ", ".join(["pg_advisory_xact_lock(%s, %s)"] * count)
    return f"SELECT set_config('lock_timeout', %s, true), {locks}, set_config('lock_timeout', %s, true)"
