"""SQLite takes one writer at a time: programs get their turn, whoever is killed holds nothing up, nor does the log."""

import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import groupby
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from medimeet import sqlite_engine
from medimeet.db import db
from medimeet.errors import Busy
from medimeet.models import Clinic
from medimeet.services import erased_traces
from medimeet.writer_lock import WriterLock
from medimeet.writing import command
from tests.cli.commands import until
from tests.servers import ROOT

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
# Says when it is ready, waits for a line, then takes its turns; each is the letter of its name in the file of turns.
WRITER = """
import sys
import time
from medimeet.writer_lock import WriterLock

database, turns, name, last = sys.argv[1:]
lock = WriterLock(database)
print("ready", flush=True)
sys.stdin.readline()
while True:
    with lock.held(30), open(turns, "a") as file:
        if file.tell() >= int(last):
            break
        file.write(name)
        written = time.monotonic() + 0.001  # about as long as a COMMIT takes
        while time.monotonic() < written:
            pass
"""
# Takes the lock, says so, and never gives it back.
HOLDER = """
import sys
from medimeet.writer_lock import WriterLock

with WriterLock(sys.argv[1]).held(30):
    print("holds", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def program(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that runs the code, and has said its first word; killed afterwards."""
    words = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def go(process: subprocess.Popen[str]) -> None:
    """Lets the process go on."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def somebody_is_in_line(path: Path) -> bool:
    """Whether a process waits for the file's lock, as the next who gets it."""
    with open(f"{path}.writer-lock-line", "ab") as line:
        try:
            fcntl.flock(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_whoever_has_just_written_comes_after_a_program_that_waits(tmp_path: Path) -> None:
    path, turns = tmp_path / "clinic.sqlite", tmp_path / "turns"
    lock = WriterLock(str(path))
    with program(WRITER, path, turns, "w", 1) as waiting:
        with lock.held(30):
            go(waiting)
            until(lambda: somebody_is_in_line(path))
            assert not turns.exists()
        with lock.held(30):
            assert turns.read_text() == "w"


def test_of_three_programs_that_write_all_the_time_none_keeps_the_others_waiting_for_long(tmp_path: Path) -> None:
    path, turns = tmp_path / "clinic.sqlite", tmp_path / "turns"
    with ExitStack() as stack:
        writers = [stack.enter_context(program(WRITER, path, turns, name, 600)) for name in ("a", "b", "c")]
        for writer in writers:
            go(writer)
        for writer in writers:
            writer.wait(60)
    taken = turns.read_text()
    all_are_there = max(taken.index(name) for name in "abc")
    longest = max(len(list(run)) for _name, run in groupby(taken[all_are_there:]))
    assert longest < 50, taken  # without a line it is hundreds


def test_what_a_killed_program_held_is_free_at_once_its_place_in_line_too(tmp_path: Path) -> None:
    path, turns = tmp_path / "clinic.sqlite", tmp_path / "turns"
    with program(HOLDER, path) as holder, program(WRITER, path, turns, "k", 1) as killed:
        go(killed)
        until(lambda: somebody_is_in_line(path))
        with pytest.raises(Busy), WriterLock(str(path)).held(0.01):
            pass
        killed.kill()
        killed.wait(10)
        with program(WRITER, path, turns, "n", 1) as following:
            go(following)
            until(lambda: somebody_is_in_line(path))
            holder.kill()
            following.wait(10)
    assert turns.read_text() == "n"


@command
def rename(clinic: Clinic, name: str) -> None:
    clinic.name = name


def size_of_log() -> int:
    return os.stat(f"{db.engine.url.database}-wal").st_size


@on_sqlite
def test_the_log_of_writes_is_taken_up_again_and_again_and_does_not_grow_with_each(app: Flask, clinic: Clinic) -> None:
    erased_traces.empty_write_ahead_log()
    for number in range(100):
        rename(clinic, f"Clinic {number}")
    after_a_hundred = size_of_log()
    for number in range(400):
        rename(clinic, f"Clinic {number} again")
    assert 0 < size_of_log() < 1.5 * after_a_hundred


@pytest.fixture
def in_the_file(tmp_path: Path) -> Callable[[], list[str]]:
    """The clinics' names as the database file alone has them, without the log beside it."""

    def names() -> list[str]:
        copy = tmp_path / "copy.sqlite"
        # By another process: to close a handle of the file takes SQLite's locks on it from ours.
        subprocess.run(["cp", str(db.engine.url.database), str(copy)], check=True)
        with closing(sqlite3.connect(copy)) as line:
            return [name for (name,) in line.execute("SELECT name FROM clinic")]

    return names


@on_sqlite
def test_the_log_is_taken_up_while_somebody_writes_and_another_reads_and_waits_for_neither(
    app: Flask, clinic: Clinic, in_the_file: Callable[[], list[str]]
) -> None:
    rename(clinic, "Riverside by the Sea")
    with closing(db.engine.raw_connection()) as writer, closing(db.engine.raw_connection()) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT name FROM clinic").fetchall()
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE clinic SET name = 'Half written'")
        began = time.monotonic()
        sqlite_engine.take_up_log(db.engine)
        assert time.monotonic() - began < app.config["DATABASE_TIMEOUT_SECONDS"] / 2
        assert in_the_file() == ["Riverside by the Sea"]
        writer.rollback()
        reader.rollback()


@on_sqlite
def test_others_write_while_the_log_is_taken_up(app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    taking_up = sqlite_engine.take_up_log
    meanwhile: list[str] = []

    def write_meanwhile() -> None:
        with app.app_context():
            rename(db.session.get_one(Clinic, clinic_id), "Written meanwhile")
            meanwhile.append("written")

    def take_up_log(engine: Engine) -> None:
        other = threading.Thread(target=write_meanwhile)
        other.start()
        other.join()
        taking_up(engine)

    clinic_id = clinic.id
    monkeypatch.setattr(sqlite_engine, "take_up_log", take_up_log)
    for number in range(51):
        rename(clinic, f"Clinic {number}")
    assert meanwhile == ["written"]


def test_a_log_that_can_not_be_taken_up_troubles_nobody(tmp_path: Path) -> None:
    sqlite_engine.take_up_log(create_engine(f"sqlite:///{tmp_path}/folder that is away/clinic.sqlite"))
