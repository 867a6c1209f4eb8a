"""What is measured: a filled database with MediMeet in gunicorn on it, and the bare application on the same slots."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from flask import Flask

from bench.faults.servers import wait_for
from bench.speed.rows import FIRST_MINUTE, SLOT_MINUTES, SLOTS_A_DAY, ZONE, Filled, Size, fill
from medimeet.app import create_app
from medimeet.db import db
from medimeet.domain.wall_clock import text_of, to_wall
from tests import databases
from tests.conftest import Visitor
from tests.servers import ROOT, free_port

START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
SLOT_TABLE = """
CREATE TABLE slot (id BIGINT PRIMARY KEY, doctor_id INTEGER NOT NULL, day TEXT NOT NULL, start_time TEXT NOT NULL,
    end_time TEXT NOT NULL, patient_id INTEGER)
"""
SLOT_INDEX = "CREATE INDEX ix_slot ON slot (doctor_id, day)"
SLOT_COLUMNS = "id, doctor_id, day, start_time, end_time, patient_id"
SETTINGS = {
    "SECRET_KEY": "the bench's own secret key, long enough",
    "BASE_URL": "http://127.0.0.1",
    # The limits stand and are counted, but nobody reaches them.
    "RATELIMIT_ANONYMOUS": 1_000_000_000,
    "RATELIMIT_SIGNED_IN": 1_000_000_000,
}


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    name: str
    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What its workers have taken of the processors so far."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


@dataclass(frozen=True)
class Place:
    """One filled database: the application on it for the bench's own looks, and its folder."""

    app: Flask
    folder: Path
    filled: Filled
    url: str

    @contextmanager
    def served(self, workers: int = 2) -> Iterator[Server]:
        """MediMeet on this database, as in production."""
        settings = SETTINGS | {"DATA_DIR": self.folder, "DATABASE_URL": self.url, "WORKERS": workers}
        environment = {f"MEDIMEET_{name}": str(value) for name, value in settings.items()}
        with gunicorn("MediMeet", ["wsgi:app"], environment, self.folder) as server:
            yield server

    @contextmanager
    def bare_served(self, workers: int = 2) -> Iterator[Server]:
        """The bare routes on a table of the same slots, in a gunicorn with the same settings."""
        with ExitStack() as stack:
            database = self._bare_database(stack)
            environment = {
                "BENCH_DATABASE": database,
                "MEDIMEET_WORKERS": str(workers),
                "MEDIMEET_DATA_DIR": str(self.folder),
            }
            command = ["-c", str(Path(__file__).with_name("bare_gunicorn.py")), "bench.speed.bare:app"]
            yield stack.enter_context(gunicorn("bare", command, environment, self.folder))

    def cookie_of(self, account: Any) -> str:
        """The header Cookie of a browser in which the account is signed in."""
        visitor = self.app.test_client()
        assert isinstance(visitor, Visitor)
        cookie = visitor.sign_in(account).get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return f"{cookie.key}={cookie.value}"

    def count(self, table: str) -> int:
        """How many rows a table has now."""
        with self.app.app_context(), db.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    def _bare_database(self, stack: ExitStack) -> str:
        rows = (
            (
                slot.id,
                slot.doctor_id,
                *_wall(slot.starts_at),
                self.filled.patient_ids[slot.patient] if slot.is_booked else None,
            )
            for slot in self.filled.slots()
        )
        if not self.url:
            file = self.folder / "bare.sqlite"
            file.unlink(missing_ok=True)
            with sqlite3.connect(file) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(SLOT_TABLE)
                connection.executemany(f"INSERT INTO slot ({SLOT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)
                connection.execute(SLOT_INDEX)
            connection.close()
            return str(file)
        url = stack.enter_context(_postgresql())
        with psycopg.connect(url) as server:
            server.execute(SLOT_TABLE)
            with server.cursor().copy(f"COPY slot ({SLOT_COLUMNS}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            server.execute(SLOT_INDEX)
            server.execute("ANALYZE slot")
        return url


@contextmanager
def place(kind: str, size: Size) -> Iterator[Place]:
    """A clinic of this size in a new database of this kind; a folder on the disk, since FULL is about disks."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="medimeet-speed-", ignore_cleanup_errors=True)))
        url = stack.enter_context(_postgresql()) if kind == "postgresql" else ""
        app = create_app(SETTINGS | {"DATA_DIR": str(folder), "DATABASE_URL": url})
        app.test_client_class = Visitor
        databases.migrate(app)
        began = time.perf_counter()
        filled = fill(app, size)
        seconds = time.perf_counter() - began
        with app.app_context():
            db.engine.dispose()
        told = f"{size.doctors:,} doctors, {filled.appointments:,} appointments on {kind}: written in {seconds:.0f} s"
        print(told, file=sys.stderr)
        yield Place(app, folder, filled, url)
        with app.app_context():
            db.engine.dispose()


@contextmanager
def gunicorn(
    name: str, command: list[str], environment: dict[str, str], folder: Path, python: str = sys.executable
) -> Iterator[Server]:
    """A gunicorn on a free port, once it answers; what it complains of is printed at its end."""
    port = free_port()
    variables = os.environ | environment | {"MEDIMEET_HOST": "127.0.0.1", "MEDIMEET_PORT": str(port)}
    log = folder / f"{name}-{port}.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [python, "-m", "gunicorn", *command], cwd=ROOT, env=variables, stdout=output, stderr=output
        ) as server,
    ):
        try:
            wait_for(port, log.read_text)
            yield Server(name, port, server.pid)
        finally:
            server.terminate()
            server.wait(30)
    faults = [
        line for line in log.read_text().splitlines() if "Traceback" in line or "[ERROR]" in line or "Error" in line
    ]
    print(*faults[:5], sep="\n", end="\n" * bool(faults), file=sys.stderr)


@contextmanager
def _postgresql() -> Iterator[str]:
    """A new database that keeps what it has acknowledged, as in production."""
    with databases.fresh_postgresql() as url:
        with psycopg.connect(databases.SERVER, autocommit=True) as server:
            server.execute(f"ALTER DATABASE {url.rpartition('/')[2]} RESET synchronous_commit")
        yield url


def _wall(starts_at: Any) -> tuple[str, str, str]:
    """The slot's day, start and end as MediMeet says them."""
    wall = to_wall(starts_at, ZoneInfo(ZONE))
    minute = wall.hour * 60 + wall.minute
    assert FIRST_MINUTE <= minute < FIRST_MINUTE + SLOTS_A_DAY * SLOT_MINUTES
    return wall.date().isoformat(), text_of(minute), text_of(minute + SLOT_MINUTES)
