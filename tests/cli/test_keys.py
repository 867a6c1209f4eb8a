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
    for command in ("serve", "worker", "keys rotate"):
        done = run(clinic_folder, *command.split())
        assert done.returncode == 1, command
        assert is_one_plain_line(done.stderr), done.stderr
        assert f"The key {name} that sealed this database is not in" in done.stderr
        assert not keys.exists(), f"{command} left a new key behind"
    checked = run(clinic_folder, "doctor")
    assert checked.returncode == 1 and "✗ data keys" in checked.stdout and "Traceback" not in checked.stderr
    assert not keys.exists()
    keys.write_text("not a key\n")
    done = run(clinic_folder, "serve")
    assert done.returncode == 1 and is_one_plain_line(done.stderr) and "data key" in done.stderr
    shutil.copy(clinic_folder / "elsewhere", keys)
    assert run(clinic_folder, "keys", "status").returncode == 0


def test_keys_are_changed_and_retired_and_never_printed(clinic_folder: Path) -> None:
    old, secret = (clinic_folder / "data-keys").read_text().strip().split(":")
    rotated = run(clinic_folder, "keys", "rotate")
    sealing = re.search(r"Everything is sealed with (\w+)", rotated.stdout)
    assert sealing is not None and sealing[1] != old, rotated.stderr
    verified = run(clinic_folder, "audit", "verify")
    refused = run(clinic_folder, "keys", "retire", sealing[1])
    retired = run(clinic_folder, "keys", "retire", old)
    status = run(clinic_folder, "keys", "status")
    checked = run(clinic_folder, "doctor")
    assert (refused.returncode, retired.returncode) == (1, 0)
    assert f"{sealing[1]} seals, and 0 older ones open" in status.stdout
    assert "✓ data keys" in checked.stdout and checked.returncode == 0
    for done in (rotated, verified, refused, retired, status, checked):
        assert secret not in done.stdout + done.stderr
    for file in ("data-keys", "data-keys-retired", "medimeet.sqlite", "secret-key"):
        assert stat.S_IMODE((clinic_folder / file).stat().st_mode) == 0o600, file
    _verify_against_a_noted_end(clinic_folder, verified.stdout)


def _verify_against_a_noted_end(folder: Path, printed: str) -> None:
    """Two lines were written, the first of them before `printed`; then somebody empties the log."""
    end = re.search(r"0:1:[0-9a-f]{64}", printed)
    assert end is not None
    assert run(folder, "audit", "verify", "--expect", end[0]).returncode == 0
    with closing(sqlite3.connect(folder / "medimeet.sqlite")) as database:
        for event in ("update", "delete"):
            database.execute(f"DROP TRIGGER audit_entry_append_only_{event}")
        database.execute("DELETE FROM audit_entry")
        database.execute("DELETE FROM audit_head")
        database.commit()
    cut = run(folder, "audit", "verify", "--expect", end[0])
    assert cut.returncode == 1 and "was noted elsewhere" in cut.stdout
    assert run(folder, "audit", "verify", "--expect", "nonsense").returncode == 2
    emptied = run(folder, "audit", "verify").stdout
    assert "No line stands in a chain, so nothing is proved" in emptied, "silence would read as all is well"


def test_keys_of_the_setting_are_hidden_where_settings_are_shown(clinic_folder: Path) -> None:
    new = run(clinic_folder, "keys", "new").stdout.strip()
    shown = run(clinic_folder, "settings", MEDIMEET_DATA_KEYS=new).stdout
    assert "MEDIMEET_DATA_KEYS=(set)" in shown and new.partition(":")[2] not in shown
