"""`flask move-to-postgresql`: everything goes over, and is proved to; or nothing does, and says why."""

import fcntl
import hashlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from medimeet.app import create_app
from medimeet.db import db
from medimeet.services import audit
from medimeet.writing import command
from tests.cli.commands import is_one_plain_line, run, start, stopped_at_the_end, until
from tests.databases import fresh_postgresql

ODD_WORDS = 'naïve 漢字 🦷 ‮אב‬ \\N \\ \t tab\nline "quoted" \x01 %s {}'
ODD_ROWS = (
    "INSERT INTO contact_message (id, clinic_id, name, phone, message, created_at) "
    "VALUES (2000000000, 1, :words, '', :words, '2026-03-29 00:59:59.999999')",
    "INSERT INTO contact_message (clinic_id, name, phone, message, created_at) "
    "VALUES (2, '', '', :words, '0001-01-01 00:00:00.000000')",
    "INSERT INTO audit_entry (id, at, clinic_id, deed, subject, detail, chain, digest) "
    "VALUES (7, '2026-10-25 01:00:00.000001', 1, 'read', 'record', '{\"b\":  1.50, \"a\": \"é\\u00e9\"}', 1, 'ab')",
    "INSERT INTO audit_head (chain, number, digest) VALUES (2147483647, 0, '')",
    "INSERT INTO heartbeat (name, at) VALUES (substr(:words, 1, 40), '9999-12-31 23:59:59.999999')",
    "UPDATE treatment SET price = 99999999.99 WHERE id = 1",
    "UPDATE medical_record_version SET notes = 'sealed:k1:' || hex(randomblob(300)) WHERE id = 1",
)


@pytest.fixture
def target() -> Iterator[str]:
    """An empty PostgreSQL database."""
    with fresh_postgresql() as url:
        yield url


def test_everything_goes_over_byte_for_byte_and_the_old_file_stays_as_it_was(demo_folder: Path, target: str) -> None:
    file = demo_folder / "medimeet.sqlite"
    with closing(sqlite3.connect(file)) as database:
        for statement in ODD_ROWS:
            database.execute(statement, {"words": ODD_WORDS})
        database.commit()
        sealed = database.execute("SELECT notes FROM medical_record_version WHERE id = 1").fetchone()[0]
    _write_lines_into_the_audit_log(demo_folder)
    before = hashlib.sha256(file.read_bytes()).digest()
    done = run(demo_folder, "move-to-postgresql", target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("✓") > 40 and "✗" not in done.stdout and "MEDIMEET_DATABASE_URL" in done.stdout
    assert hashlib.sha256(file.read_bytes()).digest() == before
    with psycopg.connect(target) as connection:
        assert _one(connection, "SELECT notes FROM medical_record_version WHERE id = 1") == sealed
        assert _one(connection, "SELECT detail::text FROM audit_entry WHERE id = 7") == '{"b":  1.50, "a": "é\\u00e9"}'
        assert _one(connection, "SELECT name FROM contact_message WHERE id = 2000000000") == ODD_WORDS
        assert _one(connection, "SELECT extract(microseconds FROM at)::int FROM audit_entry WHERE id = 7") == 1
        assert _one(connection, "SELECT price::text FROM treatment WHERE id = 1") == "99999999.99"
        assert _one(connection, "SELECT nextval('contact_message_id_seq')") == 2_000_000_002
    _database_still_guards_itself(target)
    looked_through = run(demo_folder, "doctor", MEDIMEET_DATABASE_URL=target).stdout
    assert "✗" not in looked_through and "✓ the audit log is whole" in looked_through
    again = run(demo_folder, "move-to-postgresql", target)
    assert again.returncode == 1 and is_one_plain_line(again.stderr) and "not empty" in again.stderr


def test_an_address_where_nobody_answers_is_told_as_the_address_that_was_given(demo_folder: Path) -> None:
    done = run(demo_folder, "move-to-postgresql", "postgresql://postgres@127.0.0.1:1/medimeet")
    assert done.returncode == 1 and is_one_plain_line(done.stderr)
    assert "the address that you gave" in done.stderr and "MEDIMEET_" not in done.stderr


def test_nothing_moves_while_a_server_or_worker_uses_the_folder(demo_folder: Path, target: str) -> None:
    with open(demo_folder / "in-use", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        done = run(demo_folder, "move-to-postgresql", target)
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "is running" in done.stderr
    assert _tables(target) == []


def test_a_move_that_is_killed_half_way_leaves_nothing_and_can_be_begun_anew(demo_folder: Path, target: str) -> None:
    assert run(demo_folder, "db", "upgrade", MEDIMEET_DATABASE_URL=target).returncode == 0
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '' "
    others += "AND pid <> pg_backend_pid() AND state <> 'idle'"
    with psycopg.connect(target) as somebody, psycopg.connect(target, autocommit=True) as watching:
        somebody.execute("LOCK TABLE appointment IN SHARE MODE")
        with stopped_at_the_end(start(demo_folder, "move-to-postgresql", target)) as process:
            waits = "SELECT count(*) FROM pg_locks WHERE relation = 'appointment'::regclass AND NOT granted"
            until(lambda: _one(watching, waits) == 1, 30)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        somebody.rollback()
        until(lambda: _one(watching, others) == 0, 30)
        assert _one(watching, "SELECT count(*) FROM account") == 0
    assert run(demo_folder, "move-to-postgresql", target).returncode == 0


def test_a_row_that_postgresql_refuses_is_named_without_its_words(demo_folder: Path, target: str) -> None:
    with closing(sqlite3.connect(demo_folder / "medimeet.sqlite")) as database:
        database.execute("UPDATE language SET name = 'private ' || hex(zeroblob(500)) WHERE id = 3")
        database.commit()
    done = run(demo_folder, "move-to-postgresql", target)
    assert done.returncode == 1 and is_one_plain_line(done.stderr)
    assert "language 3" in done.stderr and "too long" in done.stderr and "private" not in done.stderr
    with psycopg.connect(target) as connection:
        assert _one(connection, "SELECT count(*) FROM clinic") == 0


def test_where_one_side_differs_nothing_stays_on_the_other(demo_folder: Path, target: str) -> None:
    assert run(demo_folder, "db", "upgrade", MEDIMEET_DATABASE_URL=target).returncode == 0
    with psycopg.connect(target) as connection:
        connection.execute(
            "CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.rating := 1; RETURN NEW; END $$; "
            "CREATE TRIGGER lie BEFORE INSERT ON review FOR EACH ROW EXECUTE FUNCTION lie()"
        )
    done = run(demo_folder, "move-to-postgresql", target)
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "differ" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines() if "✗" in line] == ["review"]
    with psycopg.connect(target) as connection:
        assert _one(connection, "SELECT count(*) FROM account") == 0


def test_a_database_of_somebody_else_is_left_alone(demo_folder: Path, target: str) -> None:
    with psycopg.connect(target) as connection:
        connection.execute("CREATE TABLE invoices_of_the_bakery (id int)")
    done = run(demo_folder, "move-to-postgresql", target)
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "not empty" in done.stderr
    assert _tables(target) == ["invoices_of_the_bakery"]


def _write_lines_into_the_audit_log(folder: Path) -> None:
    app = create_app({"DATA_DIR": str(folder), "DATABASE_URL": ""})
    with app.app_context():
        for number in range(3):
            _note(number)
        db.session.remove()
        db.engine.dispose()


@command
def _note(number: int) -> None:
    audit.note_upkeep("looked", "test", number=number, words=ODD_WORDS)


def _database_still_guards_itself(url: str) -> None:
    twice = (
        "INSERT INTO appointment SELECT (jsonb_populate_record(a, jsonb_build_object("
        "'id', 999999, 'reference', 'X', 'public_id', gen_random_uuid()))).* FROM appointment a "
        "WHERE status = 'scheduled' LIMIT 1"
    )
    for statement, rule in ((twice, "appointment_doctor_overlap"), ("DELETE FROM audit_entry", "append_only")):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.Error, match=rule):
            connection.execute(statement)


def _tables(url: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [row[0] for row in rows]


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]
