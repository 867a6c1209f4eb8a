"""SQL that makes the database itself refuse overlaps, and any change of the audit log and the credit ledger, whoever
writes: our code, a migration, a person with a shell.

Alembic's batch mode rebuilds a SQLite table and drops its triggers, so a migration that rebuilds one of these tables
creates them again with `create()`; `missing()` tells at start-up and in `flask doctor` whether they stand.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

OCCUPYING_SQL = "('pending', 'scheduled', 'completed')"

# Of visits that never overlap, the last to begin before this one ends also ends last: it alone is looked at, however
# many there were before.
_SQLITE_OVERLAP = """
CREATE TRIGGER {name}_{event} BEFORE {event} ON appointment
WHEN NEW.status IN {occupying} AND NEW.starts_at < (
    SELECT other.ends_at FROM appointment AS other
    WHERE other.{person}_id = NEW.{person}_id AND other.id IS NOT NEW.id AND other.status IN {occupying}
      AND other.starts_at < NEW.ends_at
    ORDER BY other.starts_at DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""

_POSTGRESQL_OVERLAP = """
ALTER TABLE appointment ADD CONSTRAINT {name} EXCLUDE USING gist
    ({person}_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN {occupying})
"""

_SQLITE_HOURS = """
CREATE TRIGGER working_hours_overlap_{event} BEFORE {event} ON working_hours
WHEN EXISTS (
    SELECT 1 FROM working_hours AS other
    WHERE other.doctor_id = NEW.doctor_id AND other.id IS NOT NEW.id
      AND other.day_of_week IS NEW.day_of_week AND other.date IS NEW.date
      AND other.start_minute < NEW.end_minute AND NEW.start_minute < other.end_minute)
BEGIN SELECT RAISE(ABORT, 'working_hours_overlap'); END
"""

_POSTGRESQL_HOURS = """
ALTER TABLE working_hours ADD CONSTRAINT working_hours_overlap EXCLUDE USING gist
    (doctor_id WITH =, coalesce(day_of_week, -1) WITH =, coalesce(date, '0001-01-01') WITH =,
     int4range(start_minute, end_minute) WITH &&)
"""

_SQLITE_APPEND_ONLY = """
CREATE TRIGGER {table}_append_only_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END
"""

_POSTGRESQL_APPEND_ONLY = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table}_append_only'; END $$
"""

APPEND_ONLY = ("audit_entry", "credit_entry")


def create(connection: Connection, tables: tuple[str, ...] = ("appointment", "working_hours", "audit_entry")) -> None:
    """Makes the guards of `tables`; what a migration calls after it has made or rebuilt them."""
    for statement in statements(connection.dialect.name, tables):
        connection.execute(text(statement))


def create_anew(connection: Connection, table: str) -> None:
    """Makes the guards of a table as this version words them; SQLite's alone have ever been worded otherwise."""
    if connection.dialect.name != "sqlite":
        return
    for statement in _sqlite(table):
        name = statement.split()[2]
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(text(statement))


def missing(connection: Connection) -> list[str]:
    """The names of guards that ought to stand in this database and don't."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        expected = [f"{name}_{event}" for name in _NAMES for event in _EVENTS[name]]
    else:
        found = (
            connection.execute(text("SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger"))
            .scalars()
            .all()
        )
        expected = list(_NAMES)
    return sorted(set(expected) - set(found))


def statements(dialect: str, tables: tuple[str, ...]) -> Iterator[str]:
    """The guards' SQL for one database, table by table."""
    for table in tables:
        yield from (_sqlite(table) if dialect == "sqlite" else _postgresql(table))


_NAMES = (
    "appointment_doctor_overlap",
    "appointment_patient_overlap",
    "working_hours_overlap",
    *(f"{table}_append_only" for table in APPEND_ONLY),
)
_EVENTS = {name: ("update", "delete") if name.endswith("append_only") else ("insert", "update") for name in _NAMES}


def _sqlite(table: str) -> Iterator[str]:
    if table == "appointment":
        for person in ("doctor", "patient"):
            for event in ("insert", "update"):
                name = f"appointment_{person}_overlap"
                yield _SQLITE_OVERLAP.format(name=name, person=person, event=event, occupying=OCCUPYING_SQL)
    elif table == "working_hours":
        yield from (_SQLITE_HOURS.format(event=event) for event in ("insert", "update"))
    elif table in APPEND_ONLY:
        yield from (_SQLITE_APPEND_ONLY.format(table=table, event=event) for event in ("update", "delete"))


def _postgresql(table: str) -> Iterator[str]:
    if table == "appointment":
        yield "CREATE EXTENSION IF NOT EXISTS btree_gist"
        for person in ("doctor", "patient"):
            name = f"appointment_{person}_overlap"
            yield _POSTGRESQL_OVERLAP.format(name=name, person=person, occupying=OCCUPYING_SQL)
    elif table == "working_hours":
        yield "CREATE EXTENSION IF NOT EXISTS btree_gist"
        yield _POSTGRESQL_HOURS
    elif table in APPEND_ONLY:
        yield _POSTGRESQL_APPEND_ONLY.format(table=table)
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
