"""Two versions on one database: `python -m bench.upgrade [--from REVISION] [--seconds 8] [--databases sqlite]`.

Clients book, cancel, move and look all the time, through the doors that programs and people use, while an installation
goes from one version (by default the last one before migration 0006) to the one that stands here, in the order of
docs/upgrading.md. A judge looks at all that they were told. Prints a table for each database; ends with status 1 where
a client got a 5xx, saw a sealed text, or lost a visit.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from flask_migrate import downgrade

from bench.faults import doors, rounds, servers
from bench.faults.clients import Client, Log
from bench.faults.doors import Reply
from bench.faults.rounds import Course, Verdict
from bench.faults.servers import Service, wait_for
from bench.faults.world import World, made, settings_of
from medimeet.db import db
from medimeet.services import migrations
from tests.databases import fresh_postgresql
from tests.servers import ROOT, free_port

BEFORE_SEALING = "357c4ce"
SEALED = "sealed:"
SERVER = ["-m", "gunicorn", "wsgi:app"]
# Not by its name, by which the commands of both versions would be looked for.
WORKER = ["-c", "from medimeet import cli; cli.worker()"]


def main() -> None:
    """Prints the tables."""
    asked = _arguments()
    is_good = True
    patient = mock.patch.object(servers, "START_SECONDS", 120)  # a busy machine is no fault
    with patient, tempfile.TemporaryDirectory(prefix="medimeet-bench-") as folder:
        old = checked_out(asked.revision, Path(folder, "old"))
        for kind in asked.databases:
            data = Path(folder, kind)
            data.mkdir()
            with database(kind, data) as url:
                print(f"\n{asked.revision} and this version on {kind}")
                is_good &= upgrade(url, data, old, asked.seconds)
    sys.exit(0 if is_good else 1)


def checked_out(revision: str, folder: Path) -> Path:
    """The files of another version."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/medimeet.sqlite"
        return
    with fresh_postgresql() as url:
        yield url


class OtherVersion(Service):
    """A program of another version, from its own files."""

    def __init__(self, tree: Path, command: list[str], settings: Mapping[str, Any], folder: Path) -> None:
        self.tree = tree
        super().__init__(command, settings, folder)

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with open(os.devnull) as nothing, open(self.log, "ab") as output:
            return subprocess.Popen(
                [sys.executable, *self.command],
                cwd=self.tree,
                env=self.environment,
                stdin=nothing,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


@dataclass
class Watched:
    """What all answers had in common: their statuses, and whether one showed a sealed text."""

    statuses: Counter[int] = field(default_factory=Counter)
    sealed: int = 0

    def take(self, reply: Reply) -> Reply:
        """Looks at one answer."""
        self.statuses[reply.status] += 1
        self.sealed += SEALED in reply.body
        return reply

    @property
    def faults(self) -> int:
        """How many 5xx."""
        return sum(times for status, times in self.statuses.items() if status >= 500)


@dataclass
class Both(Course):
    """Rounds at several servers at once."""

    ports: tuple[int, ...] = ()

    def _crowd(self, log: Log) -> list[Client]:
        crowd = super()._crowd(log)
        for number, client in enumerate(crowd):
            client.port = self.ports[number % len(self.ports)]
        return crowd


def upgrade(url: str, folder: Path, old: Path, seconds: float) -> bool:
    """Takes one installation from the old version to this one, with the table; whether nobody noticed."""
    world = _world_before(url, folder)
    settings = settings_of(url, folder) | {"HOST": "127.0.0.1", "WORKERS": 2}
    first, second = free_port(), free_port()
    print("| step | deeds | answers | 5xx | sealed texts seen | wrong by the judge |\n|---|---|---|---|---|---|")
    course, is_good = Both(world, first, seed=7, ports=(first,)), True

    def step(name: str, ports: tuple[int, ...], deed: Callable[[], object]) -> None:
        nonlocal is_good
        course.ports, course.port = ports, ports[-1]
        verdict, watched = _watched(course, deed, seconds)
        is_good &= not (watched.faults or watched.sealed or verdict.wrong)
        answers = watched.statuses.total()
        print(f"| {name} | {verdict.deeds} | {answers} | {watched.faults} | {watched.sealed} | {len(verdict.wrong)} |")
        for words in verdict.wrong[:5]:
            print(f"    {words}", flush=True)

    with ExitStack() as running:

        def started(service: Service, port: int) -> Service:
            running.callback(service.stop)
            wait_for(port, lambda: service.log.read_text(errors="replace")[-3000:])
            return service

        before = started(OtherVersion(old, SERVER, settings | {"PORT": first}, folder), first)
        sender = OtherVersion(old, WORKER, settings, folder)
        running.callback(sender.stop)
        step("the version before, alone", (first,), lambda: None)
        step("the database is migrated", (first,), lambda: _migrate(world))
        unsealed = settings | {"PORT": second, "SEAL": 0}
        after = started(OtherVersion(ROOT, SERVER, unsealed, folder), second)
        step("both, nothing is sealed yet", (first, second), lambda: None)
        step("the version before is stopped", (second,), lambda: (before.stop(), sender.stop()))
        after.environment["MEDIMEET_SEAL"] = "1"
        third = free_port()
        sealing = OtherVersion(ROOT, SERVER, settings | {"PORT": third}, folder)
        started(sealing, third)
        sending = OtherVersion(ROOT, WORKER, settings, folder)
        running.callback(sending.stop)
        step("this version, one server seals", (second, third), lambda: None)
        step("all is sealed", (third,), lambda: _seal(settings, folder))
    messages = [file.read_text(errors="replace") for file in (folder / "outbox").glob("*")]
    sealed = sum(SEALED in message for message in messages)
    print(f"{len(messages)} messages left, {sealed} of them sealed")
    return is_good and bool(messages) and not sealed


def _world_before(url: str, folder: Path) -> World:
    """The clinics in a database as the version before knows it."""
    with mock.patch.dict(os.environ, {"MEDIMEET_SEAL": "0"}):
        world = made(url, folder)
    with world.app.app_context():
        downgrade(revision="0005")
        db.session.remove()
        db.engine.dispose()
    return world


def _migrate(world: World) -> None:
    with world.app.app_context():
        migrations.upgrade()
        db.session.remove()


def _seal(settings: Mapping[str, Any], folder: Path) -> None:
    given = {
        f"MEDIMEET_{name}": str(int(value) if isinstance(value, bool) else value) for name, value in settings.items()
    }
    subprocess.run(
        [Path(sys.executable).with_name("flask"), "keys", "rotate"],
        cwd=ROOT,
        env=os.environ | given,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _watched(course: Course, deed: Callable[[], object], seconds: float) -> tuple[Verdict, Watched]:
    watched, asked = Watched(), doors.request

    def strike() -> None:
        time.sleep(seconds / 2)
        deed()
        time.sleep(seconds / 2)

    with (
        mock.patch.object(doors, "request", lambda *given: watched.take(asked(*given))),
        mock.patch.object(rounds.traces, "torn", lambda _world: []),  # its rows are of the version that stands here
    ):
        return course.round(strike), watched


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.upgrade", description=__doc__)
    parser.add_argument("--from", dest="revision", default=BEFORE_SEALING)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
