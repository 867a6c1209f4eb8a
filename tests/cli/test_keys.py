"""`flask keys` and `flask audit`, and what every command says where the keys are not those of the database."""

import re
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from tests.cli.commands import is_one_plain_line, run


def test_wrong_or_missing_keys_stop_every_command_with_one_line(clinic_folder: Path) -> None:
    keys = clinic_folder / "data-keys"
    name = keys.read_text().partition(":")[0]
    keys.rename(clinic_folder / "elsewhere")
    for command in ("serve", "worker", "keys status", "keys rotate", "audit verify"):
        done = run(clinic_folder, *command.split())
        assert done.returncode == 1, command
        assert is_one_plain_line(done.stderr), done.stderr
        assert f"The key {name} that sealed this database is not in" in done.stderr
    checked = run(clinic_folder, "doctor")
    assert checked.returncode == 1 and "✗ data keys" in checked.stdout and "Traceback" not in checked.stderr
    keys.write_text("not a key\n")
    done = run(clinic_folder, "serve")
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "data key" in done.stderr
    shutil.copy(clinic_folder / "elsewhere", keys)
    assert run(clinic_folder, "keys", "status").returncode == 0


def test_keys_are_changed_and_retired_by_command(clinic_folder: Path) -> None:
    old = (clinic_folder / "data-keys").read_text().partition(":")[0]
    done = run(clinic_folder, "keys", "rotate")
    assert done.returncode == 0, done.stderr
    new = re.search(r"Everything is sealed with (\w+)", done.stdout)
    assert new is not None and new[1] != old
    assert run(clinic_folder, "keys", "retire", new[1]).returncode == 1
    assert run(clinic_folder, "keys", "retire", old).returncode == 0
    status = run(clinic_folder, "keys", "status").stdout
    assert f"{new[1]} seals, and 0 older ones open" in status
    assert "there is no key" in run(clinic_folder, "keys", "retire", old).stderr.lower()
    assert run(clinic_folder, "doctor").returncode == 0


def test_keys_are_for_their_owners_eyes_and_never_printed_but_a_new_one(clinic_folder: Path) -> None:
    new = run(clinic_folder, "keys", "new").stdout.strip()
    shown = run(clinic_folder, "settings", MEDIMEET_DATA_KEYS=new).stdout
    assert "MEDIMEET_DATA_KEYS=(set)" in shown and new.partition(":")[2] not in shown
    for file in ("data-keys", "medimeet.sqlite", "secret-key"):
        assert stat.S_IMODE((clinic_folder / file).stat().st_mode) == 0o600, file
    secret = (clinic_folder / "data-keys").read_text().strip().partition(":")[2]
    for command in ("keys status", "keys rotate", "audit verify", "doctor"):
        done = run(clinic_folder, *command.split())
        assert secret not in done.stdout + done.stderr


def test_the_audit_log_is_verified_against_an_end_that_was_noted(clinic_folder: Path) -> None:
    run(clinic_folder, "keys", "rotate")
    first = run(clinic_folder, "audit", "verify")
    assert first.returncode == 0
    end = re.search(r"0:\d+:[0-9a-f]{64}", first.stdout)
    assert end is not None
    run(clinic_folder, "keys", "rotate")
    assert run(clinic_folder, "audit", "verify", "--expect", end[0]).returncode == 0
    with closing(sqlite3.connect(clinic_folder / "medimeet.sqlite")) as database:
        for event in ("update", "delete"):
            database.execute(f"DROP TRIGGER audit_entry_append_only_{event}")
        database.execute("DELETE FROM audit_entry")
        database.execute("DELETE FROM audit_head")
        database.commit()
    assert run(clinic_folder, "audit", "verify").returncode == 0
    cut = run(clinic_folder, "audit", "verify", "--expect", end[0])
    assert cut.returncode == 1 and "was noted elsewhere" in cut.stdout
    assert run(clinic_folder, "audit", "verify", "--expect", "nonsense").returncode == 2
