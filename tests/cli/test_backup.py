"""`flask backup`: a sound copy, taken while people write."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from tests.cli.commands import is_one_plain_line, run

WRITE = (
    "INSERT INTO contact_message (clinic_id, name, phone, message, created_at) VALUES (1, 'A', '', 'x', '2026-01-01')"
)


def test_a_copy_taken_while_people_write_is_whole_and_private(demo_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "monday.sqlite"
    stop = threading.Event()
    writer = threading.Thread(target=_write_until, args=(demo_folder / "medimeet.sqlite", stop))
    writer.start()
    done = run(demo_folder, "backup", str(copy))
    stop.set()
    writer.join()
    assert done.returncode == 0, done.stderr
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM clinic").fetchone() == (2,)
        assert database.execute("SELECT count(*) FROM contact_message").fetchone()[0] > 0
    assert [path.name for path in copy.parent.iterdir()] == ["monday.sqlite"]


def test_without_a_name_the_copy_goes_into_the_data_folder_and_an_older_one_is_kept(demo_folder: Path) -> None:
    assert run(demo_folder, "backup").returncode == 0
    (copy,) = (demo_folder / "backups").iterdir()
    again = run(demo_folder, "backup", str(copy))
    assert again.returncode == 1
    assert is_one_plain_line(again.stderr) and "not written over" in again.stderr


def test_a_folder_without_a_database_is_not_copied(tmp_path: Path) -> None:
    done = run(tmp_path, "backup")
    assert (done.returncode, done.stdout) == (1, "")
    assert is_one_plain_line(done.stderr) and "There is no database here yet" in done.stderr
    assert not (tmp_path / "backups").exists()


def test_a_database_with_broken_rows_is_copied_and_said_to_be_broken(demo_folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "medimeet.sqlite")) as database:
        database.execute("UPDATE subscription SET credits_left = 7 WHERE clinic_id = 1")
        database.commit()
    done = run(demo_folder, "backup", str(tmp_path / "copy"))
    assert done.returncode == 1
    assert "✗ credits agree with their ledger" in done.stdout
    assert (tmp_path / "copy").exists()


def _write_until(file: Path, stop: threading.Event) -> None:
    with closing(sqlite3.connect(file, timeout=10, isolation_level=None)) as database:
        while not stop.is_set():
            database.execute(WRITE)
