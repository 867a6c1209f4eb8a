"""Statements that are asked so often that they are compiled once for each database, and give plain rows of columns."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Dialect, Engine, Numeric, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from medimeet.sqlite_engine import KeptConnections

Row = tuple[Any, ...]
Change = Callable[[Any], Any] | None


class Prepared:
    """A SELECT with parameters (`bindparam`, none of them expanding), built once when its module is loaded."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._forms: dict[str, Form] = {}

    def ask_within(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Row]:
        """The rows as the connection's transaction sees them."""
        return self.find_within(connection, values).rows()

    def find(self, engine: Engine, values: Mapping[str, Any]) -> "Found":
        """The rows as the driver gives them, read by themselves, in no transaction of ours."""
        with engine.connect() as connection:
            return self.find_within(connection, values)

    def find_kept(self, kept: KeptConnections, values: Mapping[str, Any]) -> "Found":
        """The same on SQLite by a connection that is kept, at a tenth of the cost; nobody hears of the look."""
        form = self._form(kept.engine.dialect)
        with _Refusals(form):
            return form.found(kept.rows(form.text, form.bound(values)))

    def find_within(self, connection: Connection, values: Mapping[str, Any]) -> "Found":
        """As `ask_within`, the rows as the driver gives them."""
        form = self._form(connection.dialect)
        with _Refusals(form):
            return form.found(run(connection, form, values).fetchall())

    def _form(self, dialect: Dialect) -> "Form":
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = Form(
                self._statement.compile(dialect=dialect),
                [_read_by(column.type, dialect) for column in self._statement.selected_columns],
            )
        return form


def goes_to_driver(engine: Engine) -> bool:
    """Whether the driver itself may be asked: on SQLite, unless somebody wants to hear of each order."""
    return engine.dialect.name == "sqlite" and not engine.dispatch.before_cursor_execute


def run(connection: Connection, form: "Form", values: Mapping[str, Any]) -> Any:
    """The cursor of a statement in the connection's transaction."""
    if not goes_to_driver(connection.engine):
        cursor = connection.connection.cursor()
        # Heard and refused as any other, but no result is prepared by its columns: that costs more than all the rest.
        connection._cursor_execute(cursor, form.text, form.bound(values))
        return cursor
    with _Refusals(form):
        return connection.connection.dbapi_connection.execute(form.text, form.bound(values))  # type: ignore[union-attr]


class _Refusals:
    """What SQLite refuses is told as SQLAlchemy does: a connection, an order, and rows that can't be fetched."""

    def __init__(self, form: "Form") -> None:
        self._form = form

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise DBAPIError.instance(self._form.text, None, error, sqlite3.Error) from error


class Form:
    """A statement in the words of one database: its text, and how values go in and come out."""

    def __init__(self, compiled: Any, out: Sequence[Change]) -> None:
        asked = {name: None for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(asked)
        self.text: str = state.statement
        self._in_order: list[str] | None = state.positiontup
        # The state knows only those of lists that were written out.
        changes: dict[str, Change] = {**compiled._bind_processors, **state.processors}
        self._binds = {name: change for name, change in changes.items() if name in asked and change is not None}
        self._fixed = {
            name: _changed(changes.get(name), value) for name, value in state.parameters.items() if name not in asked
        }
        self._out = [(place, change) for place, change in enumerate(out) if change is not None]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        given = {**self._fixed, **values}
        for name, change in self._binds.items():
            if name in values:
                given[name] = change(values[name])
        return given if self._in_order is None else tuple(map(given.__getitem__, self._in_order))

    def found(self, rows: Sequence[Row]) -> "Found":
        """What the statement found."""
        return Found(self, tuple(map(tuple, rows)))

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The driver's rows with Python's own values."""
        return [self._read(row) for row in rows] if self._out else rows

    def _read(self, row: Row) -> Row:
        cells = list(row)
        for place, change in self._out:
            if cells[place] is not None:
                cells[place] = change(cells[place])
        return tuple(cells)


class Found(NamedTuple):
    """Rows as the driver gave them: equal to those of another time for as long as nothing has changed."""

    form: Form
    given: tuple[Row, ...]

    def rows(self) -> Sequence[Row]:
        """The rows with Python's own values."""
        return self.form.read(self.given)


def _read_by(kind: TypeEngine[Any], dialect: Dialect) -> Change:
    if dialect.name == "postgresql" and isinstance(kind, Numeric):
        return None  # the driver gives a Decimal by itself
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _changed(change: Change, value: Any) -> Any:
    return change(value) if change is not None and value is not None else value
