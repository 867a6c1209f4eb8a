"""Somebody else's program holds the database: SQLite's lock, or a lock on a table of PostgreSQL."""

import sqlite3
import time
from contextlib import closing

import psycopg

from bench.faults.rounds import Course, Verdict

# Of SQLite's writers only the first waits for the lock, for 5 s, and this may be the poller, who tells nobody.
TIMES = (2.0, 12.0)


def run(course: Course, url: str, rounds: int) -> dict[str, Verdict]:
    """So many rounds for each length of time. Within the time limit of 5 s everybody waits and gets in."""
    verdicts = {}
    for seconds in TIMES:
        verdict = Verdict()
        for _round in range(rounds):
            verdict.add(_checked(course.round(lambda seconds=seconds: _hold(url, seconds)), seconds))  # type: ignore[misc]
        verdicts[f"locked by another program for {seconds:g} s"] = verdict
    return verdicts


def _checked(verdict: Verdict, seconds: float) -> Verdict:
    if seconds < 5 and verdict.statuses["503"]:
        verdict.wrong.append(f"{verdict.statuses['503']} were sent away although the lock was short")
    if seconds > 5 and not verdict.statuses["503"]:
        verdict.wrong.append("nobody was told to come back later")
    return verdict


def _hold(url: str, seconds: float) -> float:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
    else:
        with psycopg.connect(url) as other_server:
            other_server.execute("LOCK TABLE appointment IN SHARE ROW EXCLUSIVE MODE")
            time.sleep(seconds)
            other_server.rollback()
    return time.monotonic()
