"""`flask backup`: a sound copy of everything but the keys, taken while people write."""

import errno
import json
import os
import sqlite3
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from medimeet.cli import command
from medimeet.services import backup
from tests.cli.commands import is_one_plain_line, run

WRITE = (
    "INSERT INTO contact_message (clinic_id, name, phone, message, created_at) VALUES (1, 'A', '', 'x', '2026-01-01')"
)


def test_a_backup_taken_while_people_write_is_whole_and_private(demo_folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backups" / "monday.tar"
    (demo_folder / "uploads").mkdir()
    (demo_folder / "uploads" / f"{7:032x}.jpg").write_bytes(b"a face")
    stop = threading.Event()
    writer = threading.Thread(target=_write_until, args=(demo_folder / "medimeet.sqlite", stop))
    writer.start()
    done = run(demo_folder, "backup", str(backup))
    stop.set()
    writer.join()
    assert done.returncode == 0, done.stderr
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["monday.tar"]
    with tarfile.open(backup) as archive:
        archive.extractall(tmp_path / "looked", filter="data")
    listed = json.loads((tmp_path / "looked" / "contents.json").read_text())
    assert (tmp_path / "looked" / "uploads" / f"{7:032x}.jpg").read_bytes() == b"a face"
    with closing(sqlite3.connect(tmp_path / "looked" / "database.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (messages,) = database.execute("SELECT count(*) FROM contact_message").fetchone()
    assert messages == listed["rows"]["contact_message"] > 0


def test_the_keys_are_never_in_a_backup_but_in_a_file_of_their_own(demo_folder: Path, tmp_path: Path) -> None:
    backup, keys = tmp_path / "backup.tar", tmp_path / "elsewhere" / "keys"
    done = run(demo_folder, "backup", str(backup), "--keys", str(keys))
    assert done.returncode == 0, done.stderr
    for name in ("secret-key", "data-keys"):
        key = (demo_folder / name).read_text().strip()
        assert key in keys.read_text() and key.encode() not in backup.read_bytes()
    assert keys.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("deed", ["backup", "move-to-postgresql"])
def test_who_copies_while_the_keys_are_not_there_is_told_and_has_no_copy_that_the_right_keys_would_not_open(
    demo_folder: Path, tmp_path: Path, deed: str
) -> None:
    (demo_folder / "data-keys").unlink()
    place = str(tmp_path / "b.tar") if deed == "backup" else "postgresql://127.0.0.1:9/nobody"
    done = run(demo_folder, deed, place)
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "that sealed this database" in done.stderr
    assert not (tmp_path / "b.tar").exists()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_keys_that_a_full_disk_did_not_take_leave_no_empty_file_behind(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with app.app_context(), monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            backup.write_keys(tmp_path / "keys")
    assert not (tmp_path / "keys").exists()


def test_who_runs_a_command_on_a_full_disk_is_told_that_it_is_full() -> None:
    @command("write")
    def write() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert "The disk is full" in CliRunner().invoke(write).output


def test_what_a_killed_backup_left_goes_with_the_next_one_but_not_the_draft_of_one_that_still_runs(
    demo_folder: Path, tmp_path: Path
) -> None:
    killed, running = tmp_path / ".backup-killed", tmp_path / ".backup-running"
    for folder in (killed, running):
        folder.mkdir()
        (folder / "draft.tar").write_text("half")
    os.utime(killed, (0, 0))
    assert run(demo_folder, "backup", str(tmp_path)).returncode == 0
    assert running.exists() and not killed.exists()


def test_a_folder_keeps_the_newest_backups_and_everything_else(demo_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    named = ("letters.tar", "medimeet-before-the-move.tar", "medimeet-1.tar")  # by a person, who knows why
    for name in ("medimeet-20200101-000000.tar", "medimeet-20210101-000000.tar", *named):
        (folder / name).write_text("old")
    done = run(demo_folder, "backup", str(folder), "--keep", "2")
    assert done.returncode == 0 and "1 older removed" in done.stdout
    kept = {path.name for path in folder.iterdir()}
    assert {"medimeet-20210101-000000.tar", *named} < kept and len(kept) == 5
    assert "last backup: today" in run(demo_folder, "doctor").stdout


def test_a_folder_that_is_not_there_yet_is_made_so_that_a_timer_can_go_on_writing_to_it(
    demo_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "another" / "disk"
    assert run(demo_folder, "backup", str(folder)).returncode == 0
    (first,) = folder.glob("medimeet-*.tar")
    first.rename(folder / "medimeet-20200101-000000.tar")
    assert run(demo_folder, "backup", str(folder)).returncode == 0
    assert len(list(folder.iterdir())) == 2


def test_without_a_name_the_backup_goes_into_the_data_folder_and_nothing_is_written_over(demo_folder: Path) -> None:
    assert run(demo_folder, "backup").returncode == 0
    (backup,) = (demo_folder / "backups").iterdir()
    again = run(demo_folder, "backup", str(backup))
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
