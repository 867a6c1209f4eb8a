"""Fifty people talk to the assistant at once: `python -m bench.sockets [--seconds 60] [--sockets 50] [--workers 2]`.

Gunicorn as in production on a fresh SQLite database, a speech service in a process of its own, and one that asks pages
meanwhile. Prints a table; ends with status 1 where a byte was lost or came out of its order.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from flask import Flask

from bench import speakers, speech_peer
from bench.sound import Heard
from bench.speakers import Person, Round, Spoken
from bench.workers import State, serving, state_of
from medimeet.app import create_app
from medimeet.services import sessions
from medimeet.services.assistant import prompts
from tests import databases, factories

PAGES = ("/sessions/", "/treatment-list/", "/view_appointments/", "/profile/")
PAGES_A_SECOND = 5
WARMING_ROUNDS, WARMING_SECONDS = 2, 2.0
MOST_DELAY_MS, MOST_PAGE_MS, MOST_GROWTH_MB = 150, 300, 8


def main() -> None:
    """Prints the table."""
    asked = _arguments()
    with (
        helper(speech_peer.run) as peer,
        helper(speakers.run) as talkers,
        tempfile.TemporaryDirectory(prefix="medimeet-bench-") as folder,
    ):
        app, people = install(folder, asked.sockets)
        with serving(app, f"ws://127.0.0.1:{peer.recv()}/v1/listen", asked.workers) as (server, port):
            bench = Bench(peer, talkers, server, port, people)
            for _ in range(WARMING_ROUNDS):  # what is loaded at first use is no part of what is measured
                bench.round(WARMING_SECONDS)
            found = bench.round(asked.seconds)
    print(f"{asked.sockets} sockets for {asked.seconds:g} s through {asked.workers} workers on {os.cpu_count()} cores")
    for name, value, is_good in lines_of(found):
        print(f"| {name:52} | {value:24} | {'ok' if is_good else 'MISSED':6} |")
    sys.exit(0 if found.is_whole else 1)


@dataclass(frozen=True)
class Found:
    """What a round showed. The states are those before, while all talk, and after."""

    spoken: Spoken
    heard: list[Heard]
    told: Counter[str]
    pages: list[float]
    states: tuple[State, State, State]

    @property
    def arrived(self) -> int:
        """Frames at the speech service."""
        return sum(one.frames for one in self.heard)

    @property
    def is_whole(self) -> bool:
        """Whether every byte came, in its order."""
        return self.arrived == self.spoken.sent and all(one.is_whole and not one.has_rest for one in self.heard)


@dataclass(frozen=True)
class Bench:
    """The processes that take part."""

    peer: Connection
    talkers: Connection
    server: int
    port: int
    people: list[Person]

    def round(self, seconds: float) -> Found:
        """Everybody talks for so long, somebody asks pages; then all is closed."""
        before = state_of(self.server)
        self.talkers.send(Round(f"ws://127.0.0.1:{self.port}/ws/transcription/", self.people, seconds))
        pages = ask_pages(self.port, self.people[0].cookie, self.talkers)
        spoken = self.talkers.recv()
        talking = state_of(self.server)
        self.talkers.send("close")
        told = self.talkers.recv()
        self.peer.send("report")
        heard = self.peer.recv()
        time.sleep(3)  # a session that ends waits a second for its last words
        return Found(spoken, heard, told, pages, (before, talking, state_of(self.server)))


def ask_pages(port: int, cookie: str, talkers: Connection) -> list[float]:
    """The milliseconds of each page, until the talkers are done."""
    found = []
    number = 0
    while not talkers.poll(1 / PAGES_A_SECOND):
        began = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", PAGES[number % len(PAGES)], headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, (PAGES[number % len(PAGES)], answer.status)
        found.append((time.monotonic() - began) * 1000)
        number += 1
    return found


def install(folder: str, sockets: int) -> tuple[Flask, list[Person]]:
    """The application on a new database, and its signed-in patients, whose prompt files are written."""
    app = create_app(
        {"DATA_DIR": folder, "SECRET_KEY": "a key for this bench, long enough", "BASE_URL": "http://127.0.0.1"}
    )
    databases.migrate(app)
    with app.app_context():
        clinic = factories.make_clinic()
        factories.make_treatment(clinic, factories.make_doctor(clinic))
        patients = [factories.make_patient(clinic) for _ in range(sockets)]
        for patient in patients:
            prompts.write(factories.actor_of(patient, clinic))
        return app, [person(app, patient.account) for patient in patients]


def person(app: Flask, account: Any) -> Person:
    token = sessions.start_session(account, "127.0.0.1", "bench")
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token, '_fresh': True})}"
    return Person(account.id, account.email, cookie)


@contextmanager
def helper(task: Any) -> Iterator[Connection]:
    """A pipe to a process that does the task."""
    ours, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_be, args=(task, ours, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(10)


def _be(task: Any, ours: Connection, theirs: Connection) -> None:
    ours.close()
    task(theirs)


def lines_of(found: Found) -> list[tuple[str, str, bool]]:
    """The table: what, how much, and whether that is good."""
    spoken, before, after = found.spoken, found.states[0], found.states[2]
    delays = [delay * 1000 for one in found.heard for delay in one.delays]
    told = ", ".join(f"{count} {what}" for what, count in found.told.items())
    is_back = after.megabytes - before.megabytes < MOST_GROWTH_MB
    return [
        ("sockets opened (refused at first: a full worker)", f"{spoken.opened} ({spoken.refused})", True),
        ("frames of 3,200 bytes sent, arrived", f"{spoken.sent:,}, {found.arrived:,}", found.arrived == spoken.sent),
        ("every byte in its order", "yes" if found.is_whole else "no", found.is_whole),
        ("added delay, ms (p50, p95, max)", _spread(delays), _p95(delays) < MOST_DELAY_MS),
        ("pages meanwhile", str(len(found.pages)), True),
        ("a page, ms (p50, p95, max)", _spread(found.pages), _p95(found.pages) < MOST_PAGE_MS),
        ("memory of the workers, MB (before, talking, after)", _each(found, "megabytes"), is_back),
        ("threads (before, talking, after)", _each(found, "threads"), True),
        ("descriptors (before, talking, after)", _each(found, "descriptors"), True),
        ("told beside `ready`", told or "nothing", True),
    ]


def _each(found: Found, name: str) -> str:
    return ", ".join(f"{getattr(state, name):.0f}" for state in found.states)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f}, {_p95(values):.1f}, {max(values):.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sockets")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--sockets", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
