"""The small commands: the day's grid, a fresh demo, the worker, the settings."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from medimeet.config import as_env_example, as_markdown
from tests.cli.commands import ROOT, is_one_plain_line, run, running, start, stop


def test_the_day_grid_is_filled_up_for_one_clinic_and_for_all(demo_folder: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "medimeet.sqlite")) as database:
        database.execute("DELETE FROM day_grid_time WHERE clinic_id = 2 OR start_minute = 540")
        database.commit()
    assert run(demo_folder, "populate-time-slot", "--clinic", "1").stdout == "1 half hours added.\n"
    assert run(demo_folder, "populate-time-slot").stdout == "24 half hours added.\n"


def test_the_demo_starts_afresh_after_a_reset_that_was_confirmed(demo_folder: Path) -> None:
    assert run(demo_folder, "reset-demo", typed="n\n").returncode == 1
    assert (demo_folder / "medimeet.sqlite").exists()
    assert run(demo_folder, "reset-demo", typed="y\n").returncode == 0
    assert not (demo_folder / "medimeet.sqlite").exists()
    assert (demo_folder / "secret-key").exists()


def test_a_demo_that_is_being_served_is_not_taken_away(demo_folder: Path) -> None:
    with running(demo_folder, "demo"):
        refused = run(demo_folder, "reset-demo", "--yes")
    assert refused.returncode == 1
    assert is_one_plain_line(refused.stderr) and "Stop it first" in refused.stderr


def test_the_worker_stops_when_told(clinic_folder: Path) -> None:
    process = start(clinic_folder, "worker")
    try:
        assert process.stdout is not None
        assert "Sending messages" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        stop(process)


def test_the_settings_are_printed_without_secrets(tmp_path: Path) -> None:
    printed = run(tmp_path, "settings", MEDIMEET_SMTP_URL="smtp://me:hidden@mail.example").stdout
    assert f"MEDIMEET_DATA_DIR={tmp_path}" in printed
    assert "hidden" not in printed
    assert "MEDIMEET_PASSWORD_TRIES=5\n" in printed


def test_the_pages_about_settings_are_those_of_the_table() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text() == as_markdown()
    assert (ROOT / ".env.example").read_text() == as_env_example()
