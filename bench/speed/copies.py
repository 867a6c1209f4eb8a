"""The databases of the comparison applications: a bare table of the same slots, and a copy of MediMeet's own."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bench.speed.rows import FIRST_MINUTE, SLOT_MINUTES, ZONE, Filled, SlotRow
from medimeet.domain.wall_clock import text_of, to_wall
from tests import databases

TABLE = """
CREATE TABLE slot (id BIGINT PRIMARY KEY, doctor_id INTEGER NOT NULL, day TEXT NOT NULL, start_time TEXT NOT NULL,
    end_time TEXT NOT NULL, time_slot INTEGER NOT NULL, patient_id INTEGER, visit_id INTEGER)
"""
INDEXES = (
    "CREATE INDEX ix_slot_of_doctor ON slot (doctor_id, day)",
    "CREATE INDEX ix_slot_of_day ON slot (day, start_time, doctor_id)",
)
COLUMNS = "id, doctor_id, day, start_time, end_time, time_slot, patient_id, visit_id"
Row = tuple[Any, ...]


@contextmanager
def bare_database(beside: str, folder: Path, filled: Filled) -> Iterator[str]:
    """A new database of the kind of `beside` (empty: SQLite) with a row for each slot of the days that are asked about.

    Its days before are left out: nobody asks, and indexes make them cost nothing.
    """
    rows = _rows(filled)
    if not beside:
        file = folder / "bare.sqlite"
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(TABLE)
            connection.executemany(f"INSERT INTO slot ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            for index in (*INDEXES, "ANALYZE"):
                connection.execute(index)
        yield str(file)
        return
    with durable_postgresql() as url:
        with psycopg.connect(url) as server:
            server.execute(TABLE)
            with server.cursor().copy(f"COPY slot ({COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            for index in (*INDEXES, "ANALYZE"):
                server.execute(index)
        yield url


@contextmanager
def copy_of(url: str, folder: Path) -> Iterator[str]:
    """A copy of the PostgreSQL database at `url` (empty: of the SQLite file in the folder), at which nobody may be."""
    if not url:
        original, file = folder / "medimeet.sqlite", folder / "raw.sqlite"
        for leftover in folder.glob("raw.sqlite*"):
            leftover.unlink()
        with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
        yield str(file)
        return
    name = f"medimeet_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(databases.SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def durable_postgresql() -> Iterator[str]:
    """A new database that keeps what it has acknowledged, as in production."""
    with databases.fresh_postgresql() as url:
        with psycopg.connect(databases.SERVER, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {url.rpartition('/')[2]} RESET synchronous_commit")
        yield url


def _rows(filled: Filled) -> Iterator[Row]:
    visits = 0
    for slot in filled.slots():
        visits += slot.is_booked
        day, start, end, time_slot = _wall(slot)
        if day < filled.first_day:
            continue
        of_whom = (filled.patient_ids[slot.patient], visits) if slot.is_booked else (None, None)
        yield slot.id, slot.doctor_id, day.isoformat(), start, end, time_slot, *of_whom


def _wall(slot: SlotRow) -> tuple[date, str, str, int]:
    """The slot's day, start, end and time of the day's grid, as MediMeet says them."""
    wall = to_wall(slot.starts_at, ZoneInfo(ZONE))
    minute = wall.hour * 60 + wall.minute
    time_slot = 1 + (minute - FIRST_MINUTE) // SLOT_MINUTES  # the grid is the first that is written
    return wall.date(), text_of(minute), text_of(minute + SLOT_MINUTES), time_slot
