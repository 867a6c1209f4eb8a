"""A migration on PostgreSQL waits for whoever works, and nobody who works is ended for its sake."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text

from medimeet.db import db
from medimeet.services.migration_locks import lock_every_table

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
WHO_WAITS = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE NOT granted AND datname = current_database()"
)


def test_a_request_that_would_meet_the_migration_in_a_circle_goes_on_and_the_migration_after_it(app: Flask) -> None:
    has_begun, done = threading.Event(), threading.Event()
    engine = db.engine

    def migrate() -> None:
        with engine.connect() as connection:
            has_begun.set()
            lock_every_table(connection)
            connection.rollback()
            done.set()

    with engine.connect() as request, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as onlooker:
        request.execute(text("SELECT count(*) FROM working_hours"))  # of the last that a migration takes
        migration = threading.Thread(target=migrate)
        migration.start()
        while onlooker.scalar(WHO_WAITS) == 0:
            assert not done.is_set()
        request.execute(text("SELECT count(*) FROM account"))  # of the first: each would wait for the other
        assert not done.is_set()
        request.rollback()
        migration.join(30)
        assert done.is_set()
