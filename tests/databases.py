"""Databases for tests: made, migrated, emptied and dropped."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from medimeet.db import db
from medimeet.model_base import Base
from tests import machine

SERVER = os.environ.get("MEDIMEET_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def fresh_postgresql() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database, dropped afterwards.

    Skips the test where no server answers (fails under MEDIMEET_TEST_REQUIRE_ALL=1).
    """
    name = f"medimeet_test_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        machine.lacks(f"PostgreSQL at {SERVER}", f"set MEDIMEET_TEST_POSTGRESQL ({str(error).splitlines()[0]})")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # no test cuts the server's power
            yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(app: Flask) -> None:
    """Brings the database of `app` to the newest version, and remembers the empty file where it is SQLite."""
    with app.app_context():
        upgrade()
        file = db.engine.url.database
        is_sqlite = db.engine.dialect.name == "sqlite"
        db.session.remove()
        db.engine.dispose()
    if is_sqlite:
        shutil.copy(str(file), f"{file}.empty")


def make_empty(app: Flask) -> None:
    """Removes every row, past triggers that would refuse it."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _restore_empty_file(str(db.engine.url.database))
        else:
            _delete_every_row()


def _restore_empty_file(file: str) -> None:
    db.engine.dispose()
    for leftover in ("-wal", "-shm"):
        Path(file + leftover).unlink(missing_ok=True)
    shutil.copy(f"{file}.empty", file)


def _delete_every_row() -> None:
    deletes = [f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables]
    with db.engine.begin() as connection:
        connection.execute(text("; ".join(["SET LOCAL session_replication_role = replica", *deletes])))
