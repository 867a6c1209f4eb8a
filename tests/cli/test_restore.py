"""`flask restore`: all of a backup comes back, into an empty place, with its keys; or nothing does, and says why."""

import os
import re
import shutil
import stat
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from medimeet.app import create_app
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.gateways import postgresql_tools
from medimeet.models import MedicalRecordVersion
from medimeet.services import backup_archive
from tests import machine
from tests.cli.commands import is_one_plain_line, run
from tests.databases import fresh_postgresql

PICTURE = f"{7:032x}.jpg"


@pytest.fixture(scope="module")
def backed_up(stopped_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `backup.tar` of the demo on SQLite, which has one picture, and its `keys`."""
    folder = tmp_path_factory.mktemp("backed up")
    demo = Path(shutil.copytree(stopped_demo, folder / "demo"))
    (demo / "uploads").mkdir()
    (demo / "uploads" / PICTURE).write_bytes(b"a face" * 1000)
    done = run(demo, "backup", str(folder / "backup.tar"), "--keys", str(folder / "keys"))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def two_databases() -> Iterator[tuple[str, str]]:
    """Two empty PostgreSQL databases; their URLs hold a password that the server does not ask for."""
    with fresh_postgresql() as first, fresh_postgresql() as second:
        one, other = (url.replace("postgres@", "postgres:open-sesame@", 1) for url in (first, second))
        yield one, other


def test_everything_comes_back_on_sqlite_and_only_once(backed_up: Path, tmp_path: Path) -> None:
    new = tmp_path / "new machine"
    restore = ("restore", str(backed_up / "backup.tar"))
    without = run(new, *restore)
    assert without.returncode == 1 and is_one_plain_line(without.stderr) and "--keys FILE" in without.stderr
    assert list(new.iterdir()) == [new / "in-use"]
    done = run(new, *restore, "--keys", str(backed_up / "keys"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout and "1 pictures" in done.stdout
    assert f"{new} has no secret-key and no data-keys" in without.stderr
    assert re.search(r"what was there at \d{4}-\d\d-\d\d \d\d:\d\d UTC:", done.stdout)
    assert (new / "uploads" / PICTURE).read_bytes() == b"a face" * 1000
    assert not list(new.glob("restoring-*"))
    for name in ("medimeet.sqlite", "secret-key", "data-keys", f"uploads/{PICTURE}"):
        assert (new / name).stat().st_mode & 0o777 == 0o600
    assert _words_of_records(new) == _words_of_records(backed_up / "demo") != []
    again = run(new, *restore)
    assert again.returncode == 1 and is_one_plain_line(again.stderr) and "already" in again.stderr


def test_a_backup_of_the_version_before_comes_back_as_it_was_and_is_then_brought_to_this_one(
    backed_up: Path, tmp_path: Path
) -> None:
    old, new = Path(shutil.copytree(backed_up / "demo", tmp_path / "old")), tmp_path / "new"
    assert run(old, "db", "downgrade", "0005").returncode == 0
    assert run(old, "backup", str(tmp_path / "old.tar"), "--keys", str(tmp_path / "keys")).returncode == 0
    done = run(new, "restore", str(tmp_path / "old.tar"), "--keys", str(tmp_path / "keys"))
    assert done.returncode == 1 and "Run `flask serve --migrate`" in done.stdout
    assert run(new, "db", "upgrade").returncode == 0
    assert run(new, "doctor").returncode == 0
    assert _words_of_records(new) == _words_of_records(backed_up / "demo")


def test_everything_comes_back_on_postgresql_and_no_password_is_shown(
    stopped_demo: Path, tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    old, new = two_databases
    demo = Path(shutil.copytree(stopped_demo, tmp_path / "demo"))
    assert run(demo, "move-to-postgresql", old).returncode == 0
    seen = _watch_the_tools(tmp_path / "tools")
    path = f"{tmp_path / 'tools'}:{os.environ['PATH']}"
    done = run(demo, "backup", str(tmp_path / "b.tar"), MEDIMEET_DATABASE_URL=old, PATH=path)
    assert done.returncode == 0, done.stderr
    done = run(demo, "restore", str(tmp_path / "b.tar"), MEDIMEET_DATABASE_URL=new, PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    shown = seen.read_text()
    assert "--snapshot=" in shown and "--single-transaction" in shown and "sesame" not in shown
    again = run(demo, "restore", str(tmp_path / "b.tar"), MEDIMEET_DATABASE_URL=new)
    assert again.returncode == 1 and is_one_plain_line(again.stderr) and "already" in again.stderr


def test_keys_of_another_clinic_are_refused_before_anything_is_there(backed_up: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text(re.sub(r"data-key (\w+):\S+", rf"data-key \1:{'A' * 43}=", (backed_up / "keys").read_text()))
    new = tmp_path / "new"
    done = run(new, "restore", str(backed_up / "backup.tar"), "--keys", str(keys))
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "do not fit" in done.stderr
    assert not (new / "medimeet.sqlite").exists() and not (new / "uploads").exists()


def test_who_named_the_wrong_file_of_keys_names_the_right_one_next_and_all_comes_back(
    backed_up: Path, tmp_path: Path
) -> None:
    new, right = tmp_path / "new machine", (backed_up / "keys").read_text()
    (tmp_path / "another clinic's").write_text(re.sub("secret-key .*", f"secret-key {'0123456789abcdef' * 4}", right))
    restore = ("restore", str(backed_up / "backup.tar"), "--keys")
    for wrong in (tmp_path / "another clinic's", backed_up / "backup.tar"):
        done = run(new, *restore, str(wrong))
        assert done.returncode == 1 and is_one_plain_line(done.stderr) and "keys" in done.stderr
        assert list(new.iterdir()) == [new / "in-use"]
    assert run(new, *restore, str(backed_up / "keys")).returncode == 0


def test_a_backup_with_one_wrong_byte_is_refused(backed_up: Path, tmp_path: Path) -> None:
    whole = (backed_up / "backup.tar").read_bytes()
    damaged = tmp_path / "damaged.tar"
    for place in (600, len(whole) // 2, whole.rindex(b"contents.json") + 600):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(InstallationFault, match="damaged|no whole backup"):
            backup_archive.check(damaged)


def test_a_backup_that_was_cut_short_is_refused(backed_up: Path, tmp_path: Path) -> None:
    whole = (backed_up / "backup.tar").read_bytes()
    cut = tmp_path / "cut.tar"
    for length in (0, 100, 512, 100_000, whole.rindex(b"contents.json") + 10):
        cut.write_bytes(whole[:length])
        with pytest.raises(InstallationFault, match="damaged|no whole backup"):
            backup_archive.check(cut)


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "uploads/../../x.jpg", "secret-key"])
def test_a_file_that_no_backup_holds_is_never_written(backed_up: Path, tmp_path: Path, name: str) -> None:
    strange = tmp_path / "strange.tar"
    shutil.copy(backed_up / "backup.tar", strange)
    with tarfile.open(strange, "a") as archive:
        archive.addfile(_member(name, 4), BytesIO(b"evil"))
    with pytest.raises(InstallationFault, match="no backup of MediMeet"):
        backup_archive.check(strange)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    return member


def _words_of_records(folder: Path) -> list[str]:
    app = create_app({"DATA_DIR": str(folder), "DATABASE_URL": ""})
    with app.app_context():
        words = [row.diagnosis for row in db.session.scalars(db.select(MedicalRecordVersion))]
        db.session.remove()
        db.engine.dispose()
    return words


def _watch_the_tools(folder: Path) -> Path:
    """Puts scripts in the tools' place that note their arguments; answers where."""
    if not postgresql_tools.are_here():
        machine.lacks("pg_dump (apt-get install postgresql-client)", "no PostgreSQL was copied")
    folder.mkdir()
    for tool in ("pg_dump", "pg_restore"):
        script = folder / tool
        script.write_text(f'#!/bin/sh\necho "$@" >> {folder}/seen\nexec {shutil.which(tool)} "$@"\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder / "seen"
