"""What machines are told: whether this server can serve, and whether somebody sends its messages."""

import runpy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from medimeet import poller
from medimeet.db import db
from medimeet.models import Clinic, Heartbeat
from medimeet.services import delivery, health, secret_key, sending_alarm
from tests.servers import ROOT


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


def test_a_host_whose_secret_key_another_host_does_not_have_says_so_until_all_have_the_same(
    app: Flask, client: FlaskClient, frozen_clock: time_machine.Traveller
) -> None:
    poller._round(app, delivery.gateways(), threading.Event())
    ours, theirs = app.config["SECRET_KEY"], "the secret key of another host, as long"
    for key in (ours, theirs):
        app.config["SECRET_KEY"] = key
        secret_key.note()
        assert ready(client)[1] == "ok"
        frozen_clock.shift(20)
    app.config["SECRET_KEY"] = ours
    answer = client.get("/readyz").get_json()
    assert (answer["status"], "has another one" in answer["checks"]["secret key"]) == ("degraded", True)
    (fault,) = [check.fault for check in health.installation() if check.name == "one secret key on every host"]
    assert "a host that started at 2026-11-23 08:00 UTC" in fault
    rows = [row.name for row in db.session.scalars(select(Heartbeat))]
    assert not any(ours in name or theirs in name for name in rows)
    assert "secret" not in client.get("/metrics").get_data(as_text=True)
    secret_key.note()
    assert ready(client)[1] == "ok"


@pytest.fixture
def served(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has a program load what WSGI servers serve, on the test's database, with a secret key."""

    def serve(key: str) -> None:
        for name, value in (("DATABASE_URL", app.config["DATABASE_URL"]), ("DATA_DIR", tmp_path), ("SECRET_KEY", key)):
            monkeypatch.setenv(f"MEDIMEET_{name}", str(value))
        before = threading.enumerate()
        site = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
        for begun in set(threading.enumerate()) - set(before):
            if begun.name == "secret-key":
                begun.join(20)
        with site.app_context():
            db.engine.dispose()

    return serve


def prints_of_keys() -> list[str]:
    """What the hosts have noted of their keys."""
    return [row.name for row in db.session.scalars(select(Heartbeat)) if row.name.startswith(secret_key.NOTED)]


def test_a_host_that_any_wsgi_server_serves_is_found_by_its_other_secret_key(
    app: Flask, client: FlaskClient, served: Callable[[str], None]
) -> None:
    poller._round(app, delivery.gateways(), threading.Event())
    served(app.config["SECRET_KEY"])
    assert ready(client)[1] == "ok"
    served("the secret key of another host, as long")
    assert "has another one" in client.get("/readyz").get_json()["checks"]["secret key"]
    assert len(prints_of_keys()) == 2


def test_a_command_that_only_looks_is_no_host(clinic: Clinic, served: Callable[[str], None]) -> None:
    with click.Context(click.Command("routes")).scope():
        served("a secret key that was given to one command")
    assert prints_of_keys() == []


def test_a_worker_begins_while_others_hold_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on, noted = threading.Event(), list[bool]()
    monkeypatch.setattr(secret_key, "note", lambda: noted.append(may_go_on.wait(20)))
    monkeypatch.setenv("MEDIMEET_SECRET_KEY", "a secret key that is long enough")
    monkeypatch.setenv("MEDIMEET_DATA_DIR", str(tmp_path))
    assert runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    assert noted == []
    may_go_on.set()


def test_a_server_starts_before_its_database_is_made(served: Callable[[str], None], app: Flask, tmp_path: Path) -> None:
    app.config["DATABASE_URL"] = f"sqlite:///{tmp_path}/not made yet.sqlite"
    served(app.config["SECRET_KEY"])


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
