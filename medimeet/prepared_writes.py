"""INSERTs and UPDATEs that are run so often that they are compiled once for each database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Table, Update
from sqlalchemy.dialects import postgresql, sqlite

from medimeet.prepared import Form, run

# Those that can say what happens on a conflict (`on_conflict_…`), which both databases spell alike.
INSERTS: Mapping[str, Callable[[Any], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class PreparedInsert:
    """The INSERT of one row of a table; what is not given takes its column's own default.

    `unless_known` names a column: where its value is there already, nothing is written.
    """

    def __init__(self, table: Table, unless_known: str | None = None) -> None:
        self._table = table
        self._unless_known = unless_known
        self._key = table.autoincrement_column
        self._fixed, self._made = _defaults(table)
        self._forms: dict[tuple[str, bool], Form] = {}

    def add(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
        """The row as it was written, in the connection's transaction; with its id, where the database gave one."""
        row = self._row(values)
        cursor = run(connection, self._form(connection, gives_id=self._key is not None), row)
        if self._key is not None:
            for (number,) in cursor.fetchall():
                row[self._key.name] = number
        return row

    def add_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes the rows in one go, in the connection's transaction, and does not ask for their ids."""
        form = self._form(connection, gives_id=False)
        written = [self._row(values) for values in rows]
        if len(written) > 1 and connection.dialect.name == "postgresql":  # one way there and back for all
            connection.exec_driver_sql(form.text, [form.bound(row) for row in written])
            return
        for row in written:
            run(connection, form, row)

    def _row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        made = {name: make(None) for name, make in self._made.items() if name not in values}
        return {**self._fixed, **made, **values}

    def _form(self, connection: Connection, *, gives_id: bool) -> Form:
        key = connection.dialect.name, gives_id
        if key not in self._forms:
            statement: Any = INSERTS[connection.dialect.name](self._table).inline()
            if self._unless_known is not None:
                statement = statement.on_conflict_do_nothing(index_elements=[self._table.c[self._unless_known]])
            if gives_id:
                statement = statement.returning(self._key)
            self._forms[key] = _form(statement, connection, list(self._fixed))
        return self._forms[key]


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


def _defaults(table: Table) -> tuple[dict[str, Any], dict[str, Callable[[None], Any]]]:
    """What each column has that the database does not number: a value (None without a default), or what makes one."""
    fixed: dict[str, Any] = {}
    made: dict[str, Callable[[None], Any]] = {}
    for column in table.columns:
        if column is table.autoincrement_column:
            continue
        default: Any = column.default
        fixed[column.name] = None if default is None or default.is_callable else default.arg
        if default is not None and default.is_callable:
            made[column.name] = default.arg
    return fixed, made
