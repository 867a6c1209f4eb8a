"""Connections to a SQLite file that are kept past the pool: they heal, and are let go with the engine."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from medimeet import sqlite_engine
from medimeet.sqlite_engine import KeptConnections


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/clinic.sqlite", connect_args={"check_same_thread": False})
    sqlite_engine.prepare(engine, timeout=1)
    with engine.begin() as line:
        line.execute(text("CREATE TABLE visit (id INTEGER PRIMARY KEY)"))
    yield engine
    engine.dispose()


def write(kept: KeptConnections, number: int) -> None:
    writer = kept.writer()
    with writer.begin():
        writer.execute(text("INSERT INTO visit VALUES (:id)"), {"id": number})


def driver_of(kept: KeptConnections) -> sqlite3.Connection:
    driver = kept.writer().connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def test_a_look_sees_what_was_written_a_moment_ago(engine: Engine) -> None:
    kept = KeptConnections(engine)
    assert kept.rows("SELECT id FROM visit", ()) == []
    write(kept, 1)
    assert kept.rows("SELECT id FROM visit", ()) == [(1,)]


def test_after_a_look_that_was_refused_the_next_one_is_answered(engine: Engine) -> None:
    kept = KeptConnections(engine)
    with pytest.raises(sqlite3.OperationalError):
        kept.rows("SELECT id FROM nothing", ())
    assert kept.rows("SELECT 1", ()) == [(1,)]


def test_a_connection_whose_rollback_never_came_through_writes_nothing_more(engine: Engine) -> None:
    kept = KeptConnections(engine)
    broken = driver_of(kept)
    broken.execute("BEGIN IMMEDIATE")
    broken.execute("INSERT INTO visit VALUES (1)")
    write(kept, 2)
    assert kept.rows("SELECT id FROM visit", ()) == [(2,)]


def test_an_engine_that_lets_go_of_its_file_leaves_no_connection_to_it(engine: Engine) -> None:
    kept = KeptConnections(engine)
    kept.rows("SELECT 1", ())
    writer = driver_of(kept)
    engine.dispose()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        writer.execute("SELECT 1")
    assert kept.rows("SELECT 1", ()) == [(1,)]
