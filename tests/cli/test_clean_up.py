"""`flask clean-up` forgets what is no longer needed, and says how much that was."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.commands import run


def test_the_clean_up_says_what_went_and_leaves_nothing_of_it_in_the_file(demo_folder: Path) -> None:
    file = demo_folder / "medimeet.sqlite"
    with closing(sqlite3.connect(file)) as database:
        database.execute(
            "INSERT INTO contact_message (clinic_id, name, phone, message, created_at) "
            "VALUES (1, 'Kim', '', 'an old canary question', '2020-01-01 00:00:00')"
        )
        database.commit()
    printed = run(demo_folder, "clean-up", "--compact").stdout
    assert "       1 messages from the contact page\n" in printed
    assert "       0 ended sign-ins\n" in printed
    assert printed.endswith("The database was written anew.\n")
    assert b"canary question" not in file.read_bytes()
