"""Fixtures of every test: an application on each database, people to sign in as, a clock to set."""

from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, has_app_context
from flask.testing import FlaskClient

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, Clinic
from medimeet.services import sign_in
from tests import databases, factories

MONDAY_MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Visitor(FlaskClient):
    """A browser whose requests share nothing with the test but the database."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = Context().run(super().open, *args, **kwargs)
        if has_app_context():  # not while following a redirect, which comes through here again
            db.session.rollback()  # so that the test reads what the request has written
        return answer

    def sign_in(self, account: Account) -> "Visitor":
        """Signs this browser in without the sign-in page."""
        token = sign_in.start_session(account, "127.0.0.1", "test browser")
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of each kind; PostgreSQL is skipped, loudly, where there is none."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'medimeet.sqlite'}"
        return
    with databases.fresh_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def installed_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated database, made once for each kind of database."""
    app = create_app(
        {
            "TESTING": True,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "SECRET_KEY": "a secret key for tests, long enough",
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
        }
    )
    app.test_client_class = Visitor
    databases.migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(installed_app: Flask) -> Iterator[Flask]:
    """The application with an empty, migrated database, and its context pushed for the test's own use."""
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
