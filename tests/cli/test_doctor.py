"""`flask doctor`: what is well, what is wrong, and how to mend it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.commands import run

PLANTED = """
    DROP TRIGGER appointment_doctor_overlap_insert;
    DROP TRIGGER appointment_patient_overlap_insert;
    DROP TRIGGER working_hours_overlap_insert;
    INSERT INTO appointment (public_id, reference, clinic_id, doctor_id, patient_id, starts_at, ends_at, status, reason,
        kind, channel, sequence, created_at, updated_at)
    SELECT 'twin', 'TWIN-TWIN', clinic_id, doctor_id, patient_id, starts_at, ends_at, status, reason,
        kind, channel, sequence, created_at, updated_at FROM appointment LIMIT 1;
    INSERT INTO appointment (public_id, reference, clinic_id, doctor_id, patient_id, starts_at, ends_at, status, reason,
        kind, channel, sequence, created_at, updated_at, hold_expires_at)
    SELECT 'hold', 'HOLD-HOLD', clinic_id, doctor_id, patient_id, '2025-01-07 09:00:00.000000',
        '2025-01-07 09:30:00.000000', 'pending', reason, kind, channel, sequence, created_at, updated_at,
        '2025-01-06 09:30:00.000000' FROM appointment LIMIT 1;
    INSERT INTO working_hours (clinic_id, doctor_id, day_of_week, start_minute, end_minute, slot_minutes, created_at)
    SELECT clinic_id, doctor_id, day_of_week, start_minute, end_minute, slot_minutes, created_at FROM working_hours
    LIMIT 1;
    INSERT INTO notification (channel, kind, recipient, subject, body, holds_secret, dedupe_key, message_id, state,
        due_at, tries, last_error, created_at)
    VALUES ('email', 'booked', 'a@b.example', '', '', 0, 'planted', '', 'queued',
        '2025-01-06 09:00:00.000000', 0, '', '2025-01-06 09:00:00.000000');
    UPDATE subscription SET credits_left = 7 WHERE clinic_id = 1;
"""
FOUND = (
    "guards against overlaps: missing: appointment_doctor_overlap_insert",
    "no doctor has two visits at once: appointments",
    "no patient has two visits at once: appointments",
    "no hold outlives its end: appointments",
    "no doctor's working hours overlap: working hours",
    "no message waits too long: notifications",
    "credits agree with their ledger: clinics 1",
)


def test_a_sound_installation_gets_a_tick_on_every_line(demo_folder: Path) -> None:
    looked = run(demo_folder, "doctor")
    assert looked.returncode == 0, looked.stdout
    assert all(line.startswith("✓ ") for line in looked.stdout.splitlines())


def test_everything_that_is_broken_is_named_with_how_to_mend_it(demo_folder: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "medimeet.sqlite")) as database:
        database.executescript(PLANTED)
    looked = run(
        demo_folder,
        "doctor",
        MEDIMEET_SECRET_KEY="secret",
        MEDIMEET_SMTP_URL="smtp://127.0.0.1:9",
        MEDIMEET_BASE_URL="http://portal.example",
    )
    assert looked.returncode == 1
    wrong = [line for line in looked.stdout.splitlines() if line.startswith("✗ ")]
    for words in (
        *FOUND,
        "secret key: too short",
        "mail server: ",
        "base URL: is not encrypted",
    ):
        assert any(words in line for line in wrong), words + looked.stdout


def test_an_empty_folder_is_diagnosed_as_empty(tmp_path: Path) -> None:
    looked = run(tmp_path, "doctor")
    assert looked.returncode == 1
    assert "✗ migrations: the database is empty. Run `flask init`." in looked.stdout


def test_a_database_server_that_is_away_is_named(tmp_path: Path) -> None:
    looked = run(tmp_path, "doctor", MEDIMEET_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert looked.returncode == 1
    assert "✗ database (postgresql): can't be reached" in looked.stdout
    assert "Traceback" not in looked.stderr
