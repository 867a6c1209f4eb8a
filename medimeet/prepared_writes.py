"""INSERTs and UPDATEs that are run so often that they are compiled once for each database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Insert, Table, Update
from sqlalchemy.dialects import postgresql, sqlite

from medimeet.prepared import Form, run


class PreparedInsert:
    """The INSERT of one row of a table; what is not given takes its column's own default.

    `unless_known` names a column: where its value is there already, nothing is written.
    """

    def __init__(self, table: Table, unless_known: str | None = None) -> None:
        self._table = table
        self._unless_known = unless_known
        self._key = table.autoincrement_column
        self._defaults = [
            (column.name, _default_of(column)) for column in table.columns if column is not table.autoincrement_column
        ]
        self._forms: dict[str, Form] = {}

    def add(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
        """The row as it was written, in the connection's transaction; with its id, where the database gave one."""
        row = {name: values[name] if name in values else default() for name, default in self._defaults}
        form = self._forms.get(connection.dialect.name) or self._built(connection)
        cursor = run(connection, form, row)
        if self._key is not None:
            for (number,) in cursor.fetchall():
                row[self._key.name] = number
        return row

    def _built(self, connection: Connection) -> Form:
        kind = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
        statement: Any = kind(self._table)
        if self._unless_known is not None:
            statement = statement.on_conflict_do_nothing(index_elements=[self._table.c[self._unless_known]])
        statement = statement.returning(self._key) if self._key is not None else statement.inline()
        form = self._forms[connection.dialect.name] = _form(statement, connection, [name for name, _ in self._defaults])
        return form


class PreparedUpdate:
    """An UPDATE that sets these columns; its WHERE has parameters of other names."""

    def __init__(self, statement: Update, columns: Sequence[str]) -> None:
        self._statement = statement
        self._columns = columns
        self._forms: dict[str, Form] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Writes, in the connection's transaction."""
        form = self._forms.get(connection.dialect.name)
        if form is None:
            form = self._forms[connection.dialect.name] = _form(self._statement, connection, self._columns)
        run(connection, form, values)


def _form(statement: Insert | Update, connection: Connection, columns: Sequence[str]) -> Form:
    return Form(statement.compile(dialect=connection.dialect, column_keys=list(columns)), ())


def _default_of(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is None:
        return lambda: None
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)
