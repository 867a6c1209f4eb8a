"""SQLite's locks are the process's: whoever closes a handle of the database file takes them all away."""

import os
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from medimeet.db import db
from medimeet.models import Clinic


def locks_on(file: str) -> list[str]:
    """The kernel's lines about locks of this process on the file, without the place of each in its list."""
    number = os.stat(file).st_ino
    lines = Path("/proc/locks").read_text().splitlines()
    ours = [line for line in lines if f" {os.getpid()} " in line and f":{number} " in line]
    return [line.partition(": ")[2] for line in ours]


@pytest.mark.skipif(not os.path.exists("/proc/locks"), reason="only Linux lists locks")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_another_connection_leaves_the_locks_of_those_that_are_open(app: Flask, clinic: Clinic) -> None:
    file = str(db.engine.url.database)
    with closing(db.engine.raw_connection()) as held:
        held.execute("BEGIN")
        held.execute("SELECT * FROM clinic").fetchall()
        before = locks_on(file)
        assert before
        with closing(db.engine.raw_connection()) as one, closing(db.engine.raw_connection()) as other:
            one.execute("SELECT 1")
            other.execute("SELECT 1")
            assert set(before) <= set(locks_on(file))
        held.rollback()
