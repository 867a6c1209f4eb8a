"""The parts of the bench: each makes what it breaks, has rounds done, and says what came of them."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.faults import (
    clocks,
    disks,
    gateways,
    kills,
    locks,
    messages,
    moving_clock,
    own_redis,
    restarts,
    rights,
    servers,
    world,
)
from bench.faults.commands import run_all
from bench.faults.own_postgresql import OwnPostgresql, own_postgresql
from bench.faults.rounds import Course
from bench.faults.servers import Service
from bench.faults.table import Found


@dataclass(frozen=True)
class Asked:
    """What the command line asked for; `rounds` by the name of the fault."""

    database: str
    seed: int
    clients: int
    rounds: dict[str, int]


@dataclass(frozen=True)
class Running:
    """A server on new data, with its poller."""

    course: Course
    web: Service
    poller: Service | None
    url: str
    folder: Path
    postgresql: OwnPostgresql | None

    @property
    def defects(self) -> list[str]:
        """What the logs tell of."""
        return [line for service in (self.web, self.poller) if service is not None for line in service.defects]


def kill(asked: Asked) -> Found:
    """A worker, the master or the poller dies, or is told to begin anew."""
    with _running(asked) as one:
        verdicts = kills.run(one.course, one.web, one.poller, asked.rounds["kill"])
        verdicts |= kills.reload(one.course, one.web, asked.rounds["reload"])
        verdicts["every message has left"] = messages.left(one.course.world)
        return Found(verdicts, one.defects)


def restart(asked: Asked) -> Found:
    """PostgreSQL itself; nothing runs for SQLite that could be restarted."""
    if asked.database == "sqlite":
        return Found({})
    with _running(asked) as one:
        assert one.postgresql is not None
        numbers = asked.rounds["restart"], asked.rounds["backend"], asked.rounds["freeze"]
        return Found(restarts.run(one.course, one.postgresql, *numbers), one.defects)


def disk(asked: Asked) -> Found:
    """The database's disk is full."""
    with contextlib.ExitStack() as stack:
        small = stack.enter_context(disks.small_disk())
        if asked.database == "sqlite":
            url, folder, server = f"sqlite:///{small}/medimeet.sqlite", small, None
        else:
            server = stack.enter_context(own_postgresql())
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medimeet-faults-")))
            url = server.database_on(small)
        one = stack.enter_context(_running_on(asked, url, folder, server))
        return Found(disks.run(one.course, small, asked.rounds["disk"]), one.defects)


def lock(asked: Asked) -> Found:
    """Another program holds the database."""
    with _running(asked) as one:
        return Found(locks.run(one.course, one.url, asked.rounds["lock"]), one.defects)


def outside(asked: Asked) -> Found:
    """Everything that MediMeet talks to outside."""
    with _database(asked.database) as (url, folder, _server):
        verdicts, people, defects = gateways.run(url, folder, asked.seed, asked.clients)
        return Found(verdicts, defects, [gateways.HEAD, *map(str, people)])


def redis(asked: Asked) -> Found:
    """What counts requests for all hosts."""
    with own_redis.own_redis() as server, _running(asked, (), **server.settings) as one:
        return Found(own_redis.run(one.course, server, asked.rounds["redis"]), one.defects)


def clock(asked: Asked) -> Found:
    """The clock steps by an hour."""
    with _running(asked, moving_clock.LAUNCH, SESSION_IDLE_MINUTES=600) as one:
        return Found(clocks.run(one.course, one.folder, asked.rounds["clock"]), one.defects)


def commands(asked: Asked) -> Found:
    """What the machine's owner runs beside the server is killed at work; so is a worker that erases or exports."""
    with _running(asked) as one:
        verdicts, notes = run_all(one.course, one.url, one.folder, one.postgresql, asked.rounds["command"])
        verdicts |= rights.run(one.course, one.web, asked.rounds["right"])
        return Found(verdicts, one.defects, notes)


PARTS: dict[str, Callable[[Asked], Found]] = {
    "kill": kill,
    "restart": restart,
    "disk": disk,
    "lock": lock,
    "redis": redis,
    "clock": clock,
    "commands": commands,
    "gateways": outside,
}


@contextlib.contextmanager
def _running(asked: Asked, through: Sequence[str] = (), **settings: Any) -> Iterator[Running]:
    with (
        _database(asked.database) as (url, folder, server),
        _running_on(asked, url, folder, server, through, **settings) as one,
    ):
        yield one


@contextlib.contextmanager
def _running_on(
    asked: Asked, url: str, folder: Path, server: OwnPostgresql | None, through: Sequence[str] = (), **settings: Any
) -> Iterator[Running]:
    made = world.made(url, folder)
    with (
        tempfile.TemporaryDirectory() as logs,
        servers.serving(world.settings_of(url, folder) | settings, Path(logs), through=through) as (port, web, poller),
    ):
        yield Running(Course(made, port, asked.seed, asked.clients), web, poller, url, folder, server)


@contextlib.contextmanager
def _database(kind: str) -> Iterator[tuple[str, Path, OwnPostgresql | None]]:
    """Its URL, a data folder, and the server where it is one."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medimeet-faults-")))
        if kind == "sqlite":
            yield f"sqlite:///{folder}/medimeet.sqlite", folder, None
        else:
            server = stack.enter_context(own_postgresql())
            yield server.url, folder, server
