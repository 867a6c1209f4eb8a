"""Commands of the machine's owner killed in the middle of their work while people book, and run again to their end."""

import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg
from sqlalchemy import select

from bench.faults import world
from bench.faults.own_postgresql import OwnPostgresql
from bench.faults.rounds import Course, Verdict
from bench.faults.servers import environment_of
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.models import Appointment
from medimeet.sealing import CannotOpen
from medimeet.services import backup_archive
from tests.servers import ROOT
from tests.warm import WarmProcess

FIRST_GUESS_SECONDS = 1.5
LONGEST_SECONDS = 120
KILLS_A_ROUND = 3


@dataclass
class Bench:
    """Runs commands on one installation. `seconds`: how long each took when nobody killed it."""

    course: Course
    settings: Mapping[str, Any]
    folder: Path
    chance: random.Random
    seconds: dict[str, float] = field(default_factory=dict)
    killed: int = 0

    def round(self, *words: str) -> Verdict:
        """A command is killed a few times and then left alone."""
        wrong: list[str] = []

        def strike() -> float:
            for _kill in range(KILLS_A_ROUND):
                self._kill(words)
            started = time.monotonic()
            wrong.extend(run(self.settings, *words))
            self.seconds[words[0]] = time.monotonic() - started
            return time.monotonic()

        verdict = self.course.round(strike)
        verdict.wrong += wrong + self._broken()
        verdict.wrong += ["somebody was sent away"] if verdict.statuses["503"] else []
        return verdict

    def _kill(self, words: tuple[str, ...]) -> None:
        with running(self.settings, words) as command:
            time.sleep(self.chance.uniform(0.1, 1.0) * self.seconds.get(words[0], FIRST_GUESS_SECONDS))
            self.killed += command.kill()

    def _broken(self) -> list[str]:
        """What the killed commands left that must not be there: an archive that is not whole, a text nobody opens."""
        wrong = []
        for archive in sorted((self.folder / "backups").glob("*.tar")):
            try:
                backup_archive.check(archive)
            except InstallationFault as fault:
                wrong.append(f"{archive.name}: {fault}")
        with self.course.world.app.app_context():
            try:
                db.session.scalars(select(Appointment)).all()
            except CannotOpen as fault:
                wrong.append(f"a visit's reason: {fault}")
            finally:
                db.session.remove()
                db.engine.dispose()
        return wrong


@dataclass
class Command:
    """A running command, and what it prints."""

    process: WarmProcess
    output: IO[bytes]

    def kill(self) -> bool:
        """kill -9; whether it was still at work."""
        if self.process.poll() is not None:
            return False
        self.process.send_signal(9)
        self.process.wait(LONGEST_SECONDS)
        return True

    def end(self) -> tuple[int, str]:
        """Its status and what it printed, once it has ended by itself."""
        status = self.process.wait(LONGEST_SECONDS)
        self.output.seek(0)
        return status, self.output.read().decode()


@contextmanager
def running(settings: Mapping[str, Any], words: Sequence[str]) -> Iterator[Command]:
    """The command, which does not outlive the block."""
    with open("/dev/null") as nothing, tempfile.TemporaryFile() as output:
        streams = (nothing, output, output)
        command = Command(WarmProcess(["flask", *words], ROOT, environment_of(settings), streams), output)
        try:
            yield command
        finally:
            command.kill()


def run(settings: Mapping[str, Any], *words: str) -> list[str]:
    """What is wrong where the command does not end well."""
    with running(settings, words) as command:
        status, printed = command.end()
    return [] if status == 0 else [f"flask {' '.join(words)} ended with {status}: {printed[-300:]}"]


def run_all(
    course: Course, url: str, folder: Path, server: OwnPostgresql | None, rounds: int
) -> tuple[dict[str, Verdict], list[str]]:
    """So many rounds of each command; at the end the last backup is restored elsewhere. Also answers lines to print."""
    settings = world.settings_of(url, folder)
    bench = Bench(course, settings, folder, random.Random(course.seed))
    commands = {
        "retention killed": ("clean-up",),
        "key rotation killed": ("keys", "rotate"),
        "backup killed": ("backup", str(folder / "backups")),
    }
    verdicts = {}
    for name, words in commands.items():
        verdicts[name] = Verdict()
        for _round in range(rounds):
            verdicts[name].add(bench.round(*words))
    verdicts["the last backup restored"] = _restored(bench, server)
    return verdicts, [f"    {bench.killed} commands were killed at work"]


def _restored(bench: Bench, server: OwnPostgresql | None) -> Verdict:
    """Restoring looks everything through by itself, and ends with another status where a rule is broken."""
    started, newest = time.monotonic(), max((bench.folder / "backups").glob("*.tar"))
    with tempfile.TemporaryDirectory() as elsewhere:
        url = f"sqlite:///{elsewhere}/medimeet.sqlite" if server is None else _empty_database(server)
        keys = Path(elsewhere, "kept-keys")
        wrong = run(bench.settings, "backup", f"{elsewhere}/once-more.tar", "--keys", str(keys))
        there = dict(bench.settings) | {"DATABASE_URL": url, "DATA_DIR": f"{elsewhere}/data", "SECRET_KEY": ""}
        wrong += run(there, "restore", str(newest), "--keys", str(keys))
    return Verdict(rounds=1, wrong=wrong, seconds=time.monotonic() - started)


def _empty_database(server: OwnPostgresql) -> str:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    return server.url.removesuffix("postgres") + "restored"
