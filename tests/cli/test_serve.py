"""`flask serve`: what it refuses to start with, and what it says."""

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import requests

from bench.restart import workers_of
from medimeet.config import inherited_listener
from tests.cli.commands import run, running, until


def test_a_clinic_is_served_without_demo_buttons_and_stops_when_told(clinic_folder: Path) -> None:
    with running(clinic_folder, "serve") as server:
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200
        assert "own site" not in server.printed
        assert "Use the demo" not in requests.get(f"{server.url}/login/", timeout=10).text
        server.process.terminate()
        assert server.process.wait(20) == 0


def test_a_new_version_is_warned_of_and_then_migrated_after_a_copy(clinic_folder: Path) -> None:
    assert run(clinic_folder, "db", "downgrade", "0001").returncode == 0
    with running(clinic_folder, "serve") as server:
        assert "flask serve --migrate" in server.printed
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 503
    with running(clinic_folder, "serve", "--migrate") as server:
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200
    (copy,) = (clinic_folder / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_server_that_is_told_to_reload_serves_on_with_new_workers(clinic_folder: Path) -> None:
    with running(clinic_folder, "serve", MEDIMEET_WORKERS="1") as server:
        before = workers_of(server.process.pid)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: len(workers_of(server.process.pid)) == 1 and not before & workers_of(server.process.pid), 30)
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200


def test_a_socket_is_taken_over_from_systemd_or_from_the_server_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LISTEN_PID", "LISTEN_FDS", "GUNICORN_FD", "GUNICORN_PID"):
        monkeypatch.delenv(name, raising=False)
    assert inherited_listener() is None
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    assert inherited_listener() is None, "it is meant for another process"
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    assert inherited_listener() == 3
    monkeypatch.delenv("LISTEN_PID")
    monkeypatch.setenv("GUNICORN_FD", "7,8")
    assert inherited_listener() is None
    monkeypatch.setenv("GUNICORN_PID", "1")
    assert inherited_listener() == 7
