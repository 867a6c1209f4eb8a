"""What machines are told: whether this server can serve, and whether somebody sends its messages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from medimeet import poller
from medimeet.db import db
from medimeet.models import Clinic
from medimeet.services import delivery, health, sending_alarm


def ready(client: FlaskClient) -> tuple[int, str, str]:
    """The status, and what is said of it and of the poller."""
    answer = client.get("/readyz")
    told = answer.get_json()
    return answer.status_code, told["status"], told["checks"].get("poller", "")


def test_a_server_whose_poller_is_silent_serves_on_and_says_so(
    app: Flask, client: FlaskClient, frozen_clock: time_machine.Traveller
) -> None:
    assert ready(client) == (200, "degraded", "never")
    poller._round(app, delivery.gateways(), threading.Event())
    assert ready(client) == (200, "ok", "ok")
    frozen_clock.shift(59)
    assert ready(client) == (200, "ok", "ok")
    frozen_clock.shift(1)
    assert ready(client) == (200, "degraded", "late")


@contextmanager
def database_at(version: str) -> Iterator[None]:
    """The database says so of itself."""
    with db.engine.begin() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})


def test_a_server_whose_database_waits_for_a_migration_is_not_ready(client: FlaskClient) -> None:
    with database_at("0005"):
        assert ready(client)[:2] == (503, "not ready")
        assert client.get("/healthz").status_code == 200
    assert ready(client)[0] == 200


def test_a_server_serves_on_while_the_database_is_migrated_for_the_next_version(client: FlaskClient) -> None:
    with database_at("9999"):
        assert ready(client)[0] == 200
        (fault,) = [check.fault for check in health.installation() if check.name == "migrations"]
        assert "newer than this code" in fault


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_round_that_fails_is_a_sign_of_life_all_the_same(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise LookupError

    monkeypatch.setattr(poller.holds, "end_all_due", breaks)
    poller._round(app, delivery.gateways(), threading.Event())
    assert sending_alarm.poller_state() == "ok"
