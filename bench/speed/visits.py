"""Appointments by the million, written as a restore writes them: rows first, then indexes, constraints and guards.

The result is what MediMeet's migrations made and its own writing would have left: the same rules stand, and each was
checked against every row when it was made anew. Only the way there is shorter: an index is sorted once instead of being
searched a million times, and a reference is looked up in one pass. What is measured begins afterwards.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from medimeet.models import overlap_guards

BATCH = 20_000
COLUMNS = (
    "public_id, reference, clinic_id, doctor_id, patient_id, treatment_id, starts_at, ends_at, status, reason, kind, "
    "price, channel, sequence, created_at, updated_at"
)
_DOCTOR, _STARTS_AT = (COLUMNS.split(", ").index(name) for name in ("doctor_id", "starts_at"))
Rows = Iterator[tuple[Any, ...]]
# Checks stay: they cost nothing. So does the primary key, which other tables refer to.
_CONSTRAINTS = """
SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'appointment'::regclass AND contype IN ('f', 'u', 'x') ORDER BY contype = 'x', conname
"""
_INDEXES = """
SELECT quote_ident(indexname), indexdef FROM pg_indexes
WHERE tablename = 'appointment' AND indexname <> 'pk_appointment' ORDER BY indexname
"""


def write(connection: Connection, rows: Rows) -> int:
    """Writes the rows of COLUMNS into an empty table, in the connection's transaction; how many."""
    return _copy(connection, rows) if connection.dialect.name == "postgresql" else _insert(connection, rows)


def _insert(connection: Connection, rows: Rows) -> int:
    for person in ("doctor", "patient"):
        for event in ("insert", "update"):
            connection.execute(text(f"DROP TRIGGER appointment_{person}_overlap_{event}"))
    stored = "FROM sqlite_master WHERE type = 'index' AND tbl_name = 'appointment' AND sql IS NOT NULL"
    indexes = [tuple(row) for row in connection.execute(text(f"SELECT name, sql {stored}"))]
    for name, _made in indexes:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    statement = f"INSERT INTO appointment ({COLUMNS}) VALUES ({marks})"
    driver, count = connection.connection.driver_connection, 0
    assert driver is not None
    while batch := [tuple(map(_as_sqlite, row)) for row in islice(rows, BATCH)]:
        driver.executemany(statement, batch)
        count += len(batch)
    for _name, made in indexes:
        connection.exec_driver_sql(made)
    overlap_guards.create(connection, ("appointment",))
    connection.execute(text("ANALYZE"))
    return count


def _as_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.hex if isinstance(value, uuid.UUID) else value


def _by_doctor(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A doctor's visits of some days side by side: their guard is checked in a third less time."""
    return row[_DOCTOR], row[_STARTS_AT]


def _copy(connection: Connection, rows: Rows) -> int:
    driver, count = connection.connection.driver_connection, 0
    assert driver is not None
    driver.execute("SET LOCAL maintenance_work_mem = '512MB'")
    driver.execute("SET LOCAL statement_timeout = 0")
    constraints = driver.execute(_CONSTRAINTS).fetchall()
    for name, _rule in constraints:
        driver.execute(f"ALTER TABLE appointment DROP CONSTRAINT {name}")
    indexes = driver.execute(_INDEXES).fetchall()  # those that are left when the constraints' own are gone
    for name, _made in indexes:
        driver.execute(f"DROP INDEX {name}")
    with driver.cursor().copy(f"COPY appointment ({COLUMNS}) FROM STDIN") as copy:
        while batch := sorted(islice(rows, BATCH), key=_by_doctor):
            for row in batch:
                copy.write_row(row)
            count += len(batch)
    for _name, made in indexes:
        driver.execute(made)
    for name, rule in constraints:
        driver.execute(f"ALTER TABLE appointment ADD CONSTRAINT {name} {rule}")
    driver.execute("ANALYZE")
    return count
