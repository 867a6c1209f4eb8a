"""Locks of the database: by number, and of a file that several programs open at once."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from medimeet.sqlite_engine import switch_to_wal
from medimeet.writing import command, lock


@pytest.mark.parametrize("number", [1, 2**31 - 1, 2**31, 2**53 - 1])
def test_a_number_that_no_row_has_can_be_locked_like_any_other(app: Flask, number: int) -> None:
    command(lock)("doctor", number, 1)


def test_many_programs_may_open_a_new_database_at_the_same_moment(tmp_path: Path) -> None:
    refused: list[sqlite3.OperationalError] = []

    def open_and_write(file: Path, start: threading.Barrier) -> None:
        with closing(sqlite3.connect(file, timeout=5, isolation_level=None)) as connection:
            start.wait()
            try:
                switch_to_wal(connection, 5)
                connection.execute("CREATE TABLE IF NOT EXISTS written (id INTEGER)")
            except sqlite3.OperationalError as error:
                refused.append(error)

    for number in range(60):
        start = threading.Barrier(8)
        programs = [threading.Thread(target=open_and_write, args=(tmp_path / f"{number}", start)) for _ in range(8)]
        for program in programs:
            program.start()
        for program in programs:
            program.join()
    assert refused == []
