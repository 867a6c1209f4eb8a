"""What a database's refusal means for people: told by SQLSTATE and by SQLite's codes, never by a message's language."""

import errno
import re
import sqlite3

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from medimeet.errors import Busy, NoRoom
from medimeet.model_base import Base

GAVE_WAY = {"40001", "40P01"}  # PostgreSQL chose this transaction to give way; the same work succeeds afterwards

# Connections (08), resources (53), locks and limits that ran out, a server that stops, starts or was just told to.
_BUSY_CLASSES = {"08", "53"}
_BUSY_STATES = {"55P03", "57014", "57P01", "57P02", "57P03", "57P05", "25P03", "25P04"} | GAVE_WAY
# Disk full, an error of the disk, a server that takes no writes at present (a standby that took over).
_NO_ROOM_STATES = {"53100", "58030", "25006"}
_ABOUT_CONNECTIONS = {"OperationalError", "InterfaceError"}
_LOST_STATES = {"57P01", "57P02", "57P03"}

# SQLite's primary codes; its extended ones hold them in the lowest byte.
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT}
_SQLITE_NO_ROOM = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
}

_FILE_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}


def trouble_of(error: SQLAlchemyError) -> Busy | None:
    """The 503 that fits, where the database is only busy, away or full; None where the fault is ours."""
    if isinstance(error, NoConnectionFree | PendingRollbackError):
        return Busy()
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return None
    code = _sqlite_code(error)
    if code is not None:
        return NoRoom() if code in _SQLITE_NO_ROOM else Busy() if code in _SQLITE_BUSY else None
    state = _state(error.orig)
    if state in _NO_ROOM_STATES:
        return NoRoom()
    return Busy() if is_lost(error) or state in _BUSY_STATES or state[:2] in _BUSY_CLASSES else None


def trouble_of_file(error: OSError) -> Busy | None:
    """The 503 that fits, where a disk is full, broken or not to be written; None for any other fault of a file."""
    return NoRoom() if error.errno in _FILE_FAULTS else None


def is_busy(error: DBAPIError) -> bool:
    """Whether the database was only unavailable or slow for a moment, so that trying again makes sense."""
    return trouble_of(error) is not None


def is_beyond_any_row(error: DBAPIError) -> bool:
    """Whether a number or a text was asked for that no column holds: PostgreSQL refuses it, SQLite does not find it."""
    # A text with a NUL never leaves; psycopg itself is not loaded where there is no PostgreSQL.
    state = _state(error.orig)
    is_refused_here = isinstance(error, DataError) and type(error.orig).__module__ == "psycopg" and not state
    return state == "22003" or is_refused_here


def is_lost(error: DBAPIError) -> bool:
    """Whether the line to the server broke, so that nobody knows what became of the last order."""
    if _sqlite_code(error) is not None:
        return False
    return error.connection_invalidated or tells_of_broken_line(error.orig)


def tells_of_broken_line(refusal: BaseException | None) -> bool:
    """Whether PostgreSQL's driver says by this that the line broke."""
    state = _state(refusal)
    is_about_connection = any(kind.__name__ in _ABOUT_CONNECTIONS for kind in type(refusal).__mro__)
    return state in _LOST_STATES or state[:2] == "08" or (not state and is_about_connection)


def gave_way(error: DBAPIError) -> bool:
    """Whether PostgreSQL ended this transaction for another one's sake."""
    return _state(error.orig) in GAVE_WAY


def leaves_in_doubt(error: DBAPIError) -> bool:
    """Whether a COMMIT that failed so may have been kept all the same."""
    return is_lost(error) or _sqlite_code(error) == sqlite3.SQLITE_IOERR


def _state(refusal: BaseException | None) -> str:
    return getattr(refusal, "sqlstate", None) or ""


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code & 0xFF if code is not None else None


def broken_rule(error: IntegrityError) -> str:
    """The name of the constraint, index or trigger that refused the write; the same name on both databases."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    return _sqlite_rule(str(error.orig))


def _sqlite_rule(message: str) -> str:
    named = re.search(r"constraint failed: (?:index ')?([\w.]+(?:, [\w.]+)*)'?$", message)
    if named is None:
        return message  # a trigger's RAISE carries the rule's name as its whole message
    if "." not in named[1]:
        return named[1]
    return _rule_on_columns(named[1].split(", "))


def _rule_on_columns(columns: list[str]) -> str:
    table = Base.metadata.tables[columns[0].split(".")[0]]
    names = [column.split(".")[1] for column in columns]
    rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    rules += [index for index in table.indexes if index.unique]  # type: ignore[misc]
    for rule in rules:
        if [column.name for column in rule.columns] == names:
            return str(rule.name)
    return ", ".join(columns)
