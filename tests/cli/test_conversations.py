"""`flask conversations`: what waits for MongoDB, and bringing it there."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.commands import run
from tests.peers.mongodb import MongoServer

SAID = """
    INSERT INTO conversation_message (event_id, clinic_id, account_id, role, kind, source, text, at, is_synced)
    VALUES ('one', 1, 2, 'person', 'message', 'typed', 'Hello', '2026-11-23 08:00:00.000000', 0);
"""


def test_what_waits_is_brought_over_when_somebody_says_so(demo_folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(demo_folder / "medimeet.sqlite")) as database:
        database.executescript(SAID)
    server = MongoServer(tmp_path / "mongodb")
    away = run(demo_folder, "conversations", "sync", MEDIMEET_MONGODB_URI=server.url)
    assert (away.returncode, away.stdout) == (1, "")
    assert away.stderr.startswith("Error: MongoDB does not answer. Nothing is lost.")
    try:
        server.start()
        brought = run(demo_folder, "conversations", "sync", MEDIMEET_MONGODB_URI=server.url)
        assert (brought.returncode, brought.stdout) == (0, "1 message brought to MongoDB.\n")
    finally:
        server.kill()
