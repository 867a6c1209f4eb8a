"""`flask serve`: what it refuses to start with, and what it says."""

import sqlite3
from contextlib import closing
from pathlib import Path

import requests

from tests.cli.commands import run, running


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
