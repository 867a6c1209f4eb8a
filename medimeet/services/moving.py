"""The way of an installation from SQLite to PostgreSQL: every row in one transaction, and the proof that none was lost.

Sealed texts, JSON and all else go over as they are kept, byte for byte, so that digests over them stay true.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Enum,
    Select,
    Table,
    Text,
    cast,
    delete,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from medimeet.errors import InstallationFault
from medimeet.model_base import Base
from medimeet.models import overlap_guards
from medimeet.sealing import SealedText
from medimeet.services import data_keys, migrations

_ROWS_AT_ONCE = 2_000
_DIGEST_RANGE = 2**256
# What a migration notes by itself in a database of its own; the old database's rows take their place.
_NOTED_BY_MIGRATION = {"data_key"}
_NOT_EMPTY = "The database to move to is not empty ({}). Make a new, empty one, and name that."


@dataclass(frozen=True, slots=True)
class TableProof:
    """One table on both sides: how many rows, and a digest over all that stands in them."""

    table: str
    rows_before: int
    rows_after: int
    digest_before: str
    digest_after: str

    @property
    def is_equal(self) -> bool:
        """Whether nothing was lost, added or changed."""
        return (self.rows_before, self.digest_before) == (self.rows_after, self.digest_after)


def check_source(connection: Connection) -> None:
    """Nothing, where these are the tables of this version on SQLite. Raises InstallationFault."""
    if connection.dialect.name != "sqlite":
        raise InstallationFault("This installation is not on SQLite any more: MEDIMEET_DATABASE_URL is set.")
    if not migrations.version(connection).is_newest:
        raise InstallationFault("Bring the database to this version first: `flask serve --migrate`.")
    if fault := data_keys.fault(connection):
        raise InstallationFault(f"{fault}. {data_keys.MEND}")
    strange = sorted(_tables_of(connection) - set(Base.metadata.tables))
    if strange:
        raise InstallationFault(f"These tables are not MediMeet's, and would be lost: {', '.join(strange)}.")


def check_target(connection: Connection) -> None:
    """Nothing, where this is a PostgreSQL without a table, or with our tables and no row. Raises InstallationFault."""
    if connection.dialect.name != "postgresql":
        raise InstallationFault("Name a PostgreSQL to move to: postgresql://user@host/database.")
    found = _tables_of(connection)
    if not found:
        return
    if not migrations.version(connection).is_newest or found - set(Base.metadata.tables):
        raise InstallationFault(_NOT_EMPTY.format("it has tables"))
    for table in Base.metadata.sorted_tables:
        if table.name not in _NOTED_BY_MIGRATION:
            _require_no_row(connection, table)


def move(source: Connection, target: Connection) -> list[TableProof]:
    """Copies every row from `source` to `target`; the caller ends both transactions, and commits only what is equal.

    Raises InstallationFault where the target holds rows, refuses one of ours, or lacks a guard.
    """
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        target.execute(text(f"SET LOCAL {limit} = 0"))
    proofs = [_moved(source, target, table) for table in Base.metadata.sorted_tables]
    missing = overlap_guards.missing(target)
    if missing:
        raise InstallationFault(f"The database to move to lacks guards: {', '.join(missing)}. Make a new, empty one.")
    target.execute(text("ANALYZE"))
    return proofs


def digest(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows a table has, and a digest over them that does not depend on their order or on the database."""
    summed = _Digest()
    for row in _rows(connection, table):
        summed.add(row)
    return summed.rows, summed.text


class _Digest:
    """The sum of the rows' SHA-256: no row is like another, because each has its primary key."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Counts one row in."""
        plain = json.dumps(row, ensure_ascii=False, default=_plain).encode()
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(plain).digest())) % _DIGEST_RANGE
        self.rows += 1

    @property
    def text(self) -> str:
        """The digest in hexadecimal digits."""
        return f"{self._sum:064x}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _moved(source: Connection, target: Connection, table: Table) -> TableProof:
    target.execute(text(f'LOCK TABLE "{table.name}" IN ACCESS EXCLUSIVE MODE'))
    if table.name in _NOTED_BY_MIGRATION:
        target.execute(delete(table))
    _require_no_row(target, table)
    summed = _copied(source, target, table)
    _set_sequence(target, table)
    rows, found = digest(target, table)
    return TableProof(table.name, summed.rows, rows, summed.text, found)


def _copied(source: Connection, target: Connection, table: Table) -> _Digest:
    summed = _Digest()
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = target.connection.driver_connection.cursor()  # type: ignore[union-attr]
    try:
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in _rows(source, table):
                summed.add(row)
                copy.write_row(row)
    except psycopg.DataError as error:
        raise InstallationFault(_words_on_row(source, table, error, summed.rows)) from None
    except psycopg.IntegrityError as error:
        raise InstallationFault(_words_on_row(source, table, error, 0)) from None
    return summed


def _words_on_row(source: Connection, table: Table, error: psycopg.Error, row_number: int) -> str:
    """What PostgreSQL will not keep, and in which row; never what stands in that row."""
    line = re.search(r"line (\d+)", error.diag.context or "")
    number = int(line[1]) if line else row_number
    reason = error.diag.message_primary or str(error)
    which = f"a row of {table.name}"
    if number:
        keys = select(*table.primary_key.columns).order_by(*table.primary_key.columns)
        row = source.execute(keys.offset(number - 1).limit(1)).first()
        if row is not None and all(isinstance(part, int) for part in row):  # a key in words may be somebody's
            which = f"{table.name} {', '.join(map(str, row))}"
    return f"PostgreSQL refuses {which}: {reason}. Nothing was moved. Mend that row, then try again."


def _set_sequence(target: Connection, table: Table) -> None:
    column = table.autoincrement_column
    if column is None:
        return
    name = target.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
    largest = target.scalar(select(func.max(column)))
    if name is not None and largest is not None:
        target.execute(select(func.setval(name, largest)))


def _require_no_row(connection: Connection, table: Table) -> None:
    if connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None:
        raise InstallationFault(_NOT_EMPTY.format(f"there are rows in {table.name}"))


def _tables_of(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _rows(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    options = {"yield_per": _ROWS_AT_ONCE}
    for row in connection.execute(_every_row(table), execution_options=options):
        yield tuple(row)


def _every_row(table: Table) -> Select[Any]:
    return select(*(_as_kept(column, column.type) for column in table.columns)).order_by(*table.primary_key.columns)


def _as_kept(column: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """The column without its meaning where that would open, parse or name what is kept."""
    return cast(column, Text) if isinstance(kind, JSON | Enum | SealedText) else column
