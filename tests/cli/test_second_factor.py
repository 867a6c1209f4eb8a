"""`flask second-factor remove`: for whoever has lost it and has nobody above them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.commands import is_one_plain_line, run


def test_it_is_taken_off_once_and_then_there_is_none(clinic_folder: Path) -> None:
    with closing(sqlite3.connect(clinic_folder / "medimeet.sqlite")) as database, database:
        database.execute(
            "INSERT INTO second_factor (account_id, secret, last_step, created_at, confirmed_at)"
            " SELECT id, 'JBSWY3DPEHPK3PXP', 0, created_at, created_at FROM account"
        )
    asked = run(clinic_folder, "second-factor", "remove", "ana@oak.example", typed="n\n")
    assert asked.returncode == 1
    done = run(clinic_folder, "second-factor", "remove", "ana@oak.example", "--yes")
    assert (done.returncode, "with the password alone" in done.stdout) == (0, True), done.stderr
    again = run(clinic_folder, "second-factor", "remove", "ana@oak.example", "--yes")
    assert again.returncode == 1
    assert is_one_plain_line(again.stderr)
    with closing(sqlite3.connect(clinic_folder / "medimeet.sqlite")) as database:
        deeds = database.execute("SELECT deed FROM audit_entry WHERE deed LIKE '%second factor%'").fetchall()
    assert deeds == [("took off second factor",)]
