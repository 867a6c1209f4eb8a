"""`python -m bench.faults`: breaks one thing after the other while patients book, and prints what came of it."""

import argparse
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.faults import disks, gateways, kills, locks, restarts, servers, world
from bench.faults.own_postgresql import OwnPostgresql, own_postgresql
from bench.faults.rounds import Course, Verdict

KINDS = ("kill", "restart", "disk", "lock", "gateways")
BACK_SECONDS = 5.0
ROUNDS = {"kill": 100, "restart": 20, "backend": 50, "freeze": 5, "disk": 5, "lock": 20}
QUICK = {"kill": 8, "restart": 2, "backend": 3, "freeze": 1, "disk": 1, "lock": 1}


def main() -> int:
    """Runs what was asked for; 0 where nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds of each instead of all")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other deeds in another order")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", default=",".join(KINDS), help="some of these, with commas between: %(default)s")
    parser.add_argument("--rounds", type=int, help="so many rounds of each")
    parser.add_argument("--clients", type=int, default=12)
    asked = parser.parse_args()
    rounds = QUICK if asked.quick else ROUNDS
    if asked.rounds:
        rounds = dict.fromkeys(rounds, asked.rounds)
    kinds = asked.only.split(",")
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    print(_HEAD, flush=True)
    is_good = True
    for database in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
        for kind in kinds:
            is_good &= _RUNS[kind](database, asked.seed, asked.clients, rounds)
    return 0 if is_good else 1


_HEAD = (
    f"{'fault':<38} {'database':<10} {'rounds':>6} {'deeds':>6} {'503':>5} {'broken':>6} {'in doubt':>8} "
    f"{'back s':>6} {'slowest s':>9}  wrong"
)


def _kill(database: str, seed: int, clients: int, rounds: dict[str, int]) -> bool:
    with _database(database) as (url, folder, _server), _course(url, folder, seed, clients) as (course, web, poller):
        return _print(kills.run(course, web, poller, rounds["kill"]), database, "kill -9 of a ", _defects(web, poller))


def _restart(database: str, seed: int, clients: int, rounds: dict[str, int]) -> bool:
    if database == "sqlite":
        return True  # nothing runs there that could be restarted
    with _database(database) as (url, folder, server), _course(url, folder, seed, clients) as (course, web, poller):
        assert server is not None
        numbers = rounds["restart"], rounds["backend"], rounds["freeze"]
        return _print(restarts.run(course, server, *numbers), database, "", _defects(web, poller))


def _disk(database: str, seed: int, clients: int, rounds: dict[str, int]) -> bool:
    if database == "postgresql":
        return True  # its disk is its own; what it says then is tested by its codes
    with disks.small_disk() as folder:
        url = f"sqlite:///{folder}/medimeet.sqlite"
        with _course(url, folder, seed, clients) as (course, web, poller):
            return _print(disks.run(course, folder, rounds["disk"]), database, "", _defects(web, poller))


def _lock(database: str, seed: int, clients: int, rounds: dict[str, int]) -> bool:
    with _database(database) as (url, folder, _server), _course(url, folder, seed, clients) as (course, web, poller):
        return _print(locks.run(course, url, rounds["lock"]), database, "", _defects(web, poller))


def _gateways(database: str, seed: int, clients: int, _rounds: dict[str, int]) -> bool:
    with _database(database) as (url, folder, _server):
        verdicts, defects = gateways.run(url, folder, seed, clients)
        return _print(verdicts, database, "", defects)


Run = Callable[[str, int, int, dict[str, int]], bool]
_RUNS: dict[str, Run] = {
    "kill": _kill,
    "restart": _restart,
    "disk": _disk,
    "lock": _lock,
    "gateways": _gateways,
}


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


@contextlib.contextmanager
def _course(
    url: str, folder: Path, seed: int, clients: int
) -> Iterator[tuple[Course, servers.Service, servers.Service | None]]:
    made = world.made(url, folder)
    with (
        tempfile.TemporaryDirectory() as logs,
        servers.serving(world.settings_of(url, folder), Path(logs)) as (port, web, poller),
    ):
        yield Course(made, port, seed, clients), web, poller


def _defects(*services: servers.Service | None) -> list[str]:
    return [line for service in services if service is not None for line in service.defects]


def _print(verdicts: dict[str, Verdict], database: str, prefix: str, defects: list[str]) -> bool:
    """A line for each kind of fault, below it what was wrong; whether nothing was."""
    for name, verdict in verdicts.items():
        statuses = verdict.statuses
        if verdict.longest_back > BACK_SECONDS:
            verdict.wrong.append(f"back only after {verdict.longest_back:.1f} s")
        print(
            f"{prefix + name:<38} {database:<10} {verdict.rounds:>6} {verdict.deeds:>6} {statuses['503']:>5} "
            f"{statuses['line broke'] + statuses['no server']:>6} {verdict.settled_late:>8} "
            f"{verdict.longest_back:>6.1f} {verdict.slowest:>9.1f}  {len(verdict.wrong) or 'nothing'}",
            flush=True,
        )
        for fault, times in Counter(verdict.wrong).most_common(10):
            print(f"    {times} × {fault}")
    for line in defects[:5]:
        print(f"    in the log: {line}")
    return not any(verdict.wrong for verdict in verdicts.values())


if __name__ == "__main__":
    started = time.monotonic()
    status = main()
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    sys.exit(status)
