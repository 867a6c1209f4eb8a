"""Fixtures of every test: an application on each database, people to sign in as, a clock to set."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import Context
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask, has_app_context
from flask.testing import FlaskClient

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, Clinic
from medimeet.services import sessions
from tests import databases, factories
from tests.databases import fresh_postgresql

MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # tests don't wait for a disk
MONDAY_MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

hypothesis.settings.register_profile("patient", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("patient")


class Visitor(FlaskClient):
    """A browser whose requests share nothing with the test but the database."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = Context().run(super().open, *args, **kwargs)
        if has_app_context():  # not while following a redirect, which comes through here again
            db.session.rollback()
            db.session.expire_all()  # so that the test reads what the request has written
        return answer

    def sign_in(self, account: Account) -> "Visitor":
        """Signs this browser in without the sign-in page."""
        token = sessions.start_session(account, "127.0.0.1", "test browser")
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Runs the test once on each database; PostgreSQL is skipped, loudly, where there is none."""
    return str(request.param)


@pytest.fixture(scope="session")
def installed() -> Iterator[Callable[[str], Flask]]:
    """The application on a migrated database of a kind, made at the first call for that kind."""
    with ExitStack() as stack:

        @cache
        def made(kind: str) -> Flask:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix=f"medimeet-{kind}-", dir=MEMORY)))
            is_sqlite = kind == "sqlite"
            url = f"sqlite:///{folder}/medimeet.sqlite" if is_sqlite else stack.enter_context(fresh_postgresql())
            app = _installed_app(url, folder)
            stack.callback(_dispose, app)
            gc.freeze()  # as in gunicorn's workers: what was loaded for good is not walked again and again
            return app

        yield made


def _installed_app(url: str, folder: Path) -> Flask:
    app = create_app(
        {
            "TESTING": True,
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "SECRET_KEY": "a secret key for tests, long enough",
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
        }
    )
    app.test_client_class = Visitor
    databases.migrate(app)
    return app


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(installed: Callable[[str], Flask], database_kind: str) -> Iterator[Flask]:
    """The application with an empty, migrated database, and its context pushed for the test's own use."""
    installed_app = installed(database_kind)
    databases.make_empty(installed_app)
    settings = dict(installed_app.config)
    with installed_app.app_context():
        yield installed_app
        db.session.remove()
    installed_app.config.clear()
    installed_app.config.update(settings)


@pytest.fixture
def clinic(app: Flask) -> Clinic:
    """A clinic in London."""
    return factories.make_clinic()


@pytest.fixture
def client(app: Flask, clinic: Clinic) -> FlaskClient:
    """A visitor's browser, not signed in."""
    return app.test_client()


@pytest.fixture
def as_(app: Flask) -> Callable[[Account], Visitor]:
    """A browser in which `account` is signed in."""

    def signed_in_as(account: Account) -> Visitor:
        visitor = app.test_client()
        assert isinstance(visitor, Visitor)
        return visitor.sign_in(account)

    return signed_in_as


@pytest.fixture
def frozen_clock() -> Iterator[time_machine.Traveller]:
    """The clock stands at a Monday, 08:00 in London; `move_to` and `shift` move it."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller
