"""A short round of each fault with real processes: clients book, cancel and move meanwhile, and the judge decides.

The long rounds are `python -m bench.faults`.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from bench.faults import servers, world
from bench.faults.own_postgresql import OwnPostgresql, own_postgresql
from bench.faults.rounds import Course, Verdict
from tests import machine

CLIENTS = 8


def judged(verdict: Verdict) -> None:
    """Nothing was lost or torn, and nobody saw anything but plain answers, 503 that says when to come back, or a broken
    line.
    """
    assert verdict.wrong == []
    assert verdict.deeds > 0


def test_workers_and_the_master_are_killed_while_people_book_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/medimeet.sqlite"
    made = world.made(url, tmp_path)
    with serving(url, tmp_path) as (port, web, _poller):
        course = Course(made, port, seed=1, clients=CLIENTS)
        judged(course.round(lambda: os.kill(web.children[0], signal.SIGKILL)))
        judged(course.round(lambda: os.kill(web.main.pid, signal.SIGKILL)))
        assert web.starts == 2


def test_postgresql_restarts_as_after_a_power_cut_while_people_book(tmp_path: Path) -> None:
    with postgresql() as server:
        made = world.made(server.url, tmp_path)
        with serving(server.url, tmp_path) as (port, web, _poller):
            course = Course(made, port, seed=1, clients=CLIENTS)
            judged(course.round(after(server.restart)))
            assert web.starts == 1


def serving(url: str, folder: Path):
    settings = world.settings_of(url, folder) | {"DATABASE_TIMEOUT_SECONDS": 5}
    return servers.serving(settings, folder, warm=True, polls=False)


def postgresql():
    """A server to restart. Skips the test where there is no PostgreSQL (fails under MEDIMEET_TEST_REQUIRE_ALL=1)."""
    if not OwnPostgresql.programs_there():
        machine.lacks("server of PostgreSQL (apt-get install postgresql)", "none was restarted")
    return own_postgresql()


def after(strike: Callable[[], None]) -> Callable[[], float]:
    """The strike, and the moment at which all is whole again."""

    def struck() -> float:
        strike()
        return time.monotonic()

    return struck
