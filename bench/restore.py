"""Backup, restore and move, timed, while people book: `python -m bench.restore [--kind postgresql] [--days 280]`.

Fifty bookings a second go on while a backup is made. It is restored elsewhere, and must hold every booking that was
acknowledged before it began, each whole. Then SQLite is moved to PostgreSQL. Prints a table with the seconds that went
by and those of the processor; status 1 where a row lacks.
"""

import argparse
import json
import os
import queue
import resource
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench import ending
from bench.speed.asking import Free
from bench.speed.load import Request, ask
from bench.speed.places import SETTINGS, Place, place
from bench.speed.rows import Size
from tests import databases

FLASK = str(Path(sys.executable).with_name("flask"))
SECONDS_BEFORE = 4.0
CLIENTS, MOST_BOOKINGS = 8, 10_000
TORN = (
    "SELECT count(*) FROM appointment WHERE id > :old AND (NOT EXISTS (SELECT 1 FROM audit_entry WHERE deed = 'booked' "
    "AND subject_id = appointment.id) OR NOT EXISTS (SELECT 1 FROM notification WHERE appointment_id = appointment.id))"
)


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kind", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--days", type=int, default=60, help="days of 50 doctors: 360 appointments each")
    asked.add_argument("--rate", type=float, default=50.0, help="bookings a second")
    given = asked.parse_args()
    with ExitStack() as stack:
        here = stack.enter_context(place(given.kind, Size(days=given.days)))
        new = Path(stack.enter_context(TemporaryDirectory(prefix="medimeet-restored-")))
        target = stack.enter_context(databases.fresh_postgresql())
        sys.exit(0 if Trial(here, new, target).run(given.rate) else 1)


@dataclass
class Booked:
    """What was acknowledged: when, which appointment, and after how many milliseconds."""

    answers: list[tuple[float, int, float]] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def book(self, requests: "queue.SimpleQueue[Request]", port: int, rate: float) -> None:
        """Books so many times a second until it is over."""
        due = time.monotonic()
        while not self.is_over.is_set():
            request = requests.get()
            time.sleep(max(0.0, due - time.monotonic()))
            due += 1 / rate
            began = time.monotonic()
            status, body = ask(port, request.sent)
            if status == request.status:
                row = json.loads(body)
                self.answers.append((began, row["id"], (time.monotonic() - began) * 1000))
            else:
                self.refused.append(body)

    def wait(self, since: float, until: float, share: float) -> float:
        """Milliseconds within which this share of the bookings of a time was answered."""
        waits = sorted(wait for began, _, wait in self.answers if since <= began < until)
        return waits[int(len(waits) * share)] if waits else 0.0


@dataclass
class Trial:
    """One round: where it is, where the restored one goes, and an empty PostgreSQL."""

    here: Place
    new: Path
    target: str

    def run(self, rate: float) -> bool:
        """Whether nothing lacked."""
        booked, backup = Booked(), self.new / "backup.tar"
        old = self.here.count("appointment")
        with self.here.served() as server:
            requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
            for request in islice(Free(self.here).ours(), MOST_BOOKINGS):
                requests.put(request)
            arguments = (requests, server.port, rate / CLIENTS)
            people = [threading.Thread(target=booked.book, args=arguments) for _ in range(CLIENTS)]
            for person in people:
                person.start()
            time.sleep(SECONDS_BEFORE)
            began = time.monotonic()
            backup_seconds = self._flask("backup", str(backup), "--keys", str(self.new / "keys"))
            ended = time.monotonic()
            time.sleep(1)
            booked.is_over.set()
            for person in people:
                person.join()
        is_postgresql = bool(self.here.url)
        restored = {"DATA_DIR": str(self.new / "data"), "DATABASE_URL": self.target if is_postgresql else ""}
        restore_seconds = self._flask("restore", str(backup), "--keys", str(self.new / "keys"), **restored)
        url = self.target.replace("postgresql:", "postgresql+psycopg:")
        if not is_postgresql:
            url = f"sqlite:///{self.new / 'data' / 'medimeet.sqlite'}"
        lacking, rows, torn = self._compare(url, {row for at, row, _ in booked.answers if at < began}, old)
        print(f"{self.here.app.config['DATABASE_URL'].split(':')[0] or 'sqlite'}, {old:,} appointments before")
        self._tell("bookings acknowledged while it ran", f"{len(booked.answers)} ({len(booked.refused)} refused)")
        self._tell("a booking before the backup, p50 and p99", self._waits(booked, 0, began))
        self._tell("a booking during the backup, p50 and p99", self._waits(booked, began, ended))
        self._tell("flask backup", f"{backup_seconds}, {backup.stat().st_size / 1e6:.1f} MB")
        self._tell("flask restore, with every check", f"{restore_seconds}, {rows:,} appointments")
        self._tell("acknowledged before the backup and not in it", f"{lacking}")
        self._tell("bookings without their audit line or message", f"{torn}")
        if not is_postgresql:
            seconds = self._flask("move-to-postgresql", self.target)
            self._tell("flask move-to-postgresql, with its proof", seconds)
        return not lacking and not torn and not booked.refused

    def _compare(self, url: str, wanted: set[int], old: int) -> tuple[int, int, int]:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            found = set(connection.execute(text("SELECT id FROM appointment")).scalars())
            torn = connection.execute(text(TORN), {"old": old}).scalar_one()
        return len(wanted - found), len(found), torn

    def _flask(self, *arguments: str, **settings: str) -> str:
        """How long a command takes, its start included: seconds, and seconds of the processor."""
        values = SETTINGS | {"DATA_DIR": str(self.here.folder), "DATABASE_URL": self.here.url} | settings
        own = {f"MEDIMEET_{name}": str(value) for name, value in values.items()}
        began, used = time.monotonic(), _processor_seconds()
        done = subprocess.run([FLASK, *arguments], env=os.environ | own, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stdout, done.stderr, file=sys.stderr)
        return f"{time.monotonic() - began:.1f} s ({_processor_seconds() - used:.1f} s of processor)"

    @staticmethod
    def _waits(booked: Booked, since: float, until: float) -> str:
        return f"{booked.wait(since, until, 0.5):.0f} ms, {booked.wait(since, until, 0.99):.0f} ms"

    @staticmethod
    def _tell(name: str, value: str) -> None:
        print(f"| {name:46} | {value:38} |")


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    ending.take_everything_along()
    main()
