"""What a database keeps of rows that are gone, and how it forgets them.

SQLite overwrites deleted rows at once (`secure_delete`, medimeet/sqlite_engine.py), but its write-ahead log holds the
old pages until it is emptied. PostgreSQL overwrites them when its own vacuum comes by.
"""

import logging

from medimeet.db import db

_WAIT_MILLISECONDS = 300
logger = logging.getLogger(__name__)


def empty_write_ahead_log() -> bool:
    """Brings SQLite's write-ahead log into its file and empties it; False where readers stand in the way.

    Nobody waits longer than a moment for it. Elsewhere there is nothing to do.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    db.session.rollback()  # our own reading would stand in the way
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MILLISECONDS}")
        try:
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")
    finally:
        connection.close()
    if is_busy:
        logger.info("the write-ahead log could not be emptied now; the clean-up tries again within the hour")
    return not is_busy


def compact() -> None:
    """Writes the database anew without anything that was deleted, also before `secure_delete` was on. Takes a while."""
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        if db.engine.dialect.name == "postgresql":
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            connection.cursor().execute("SET statement_timeout = 0")
        connection.cursor().execute("VACUUM")
    finally:
        connection.invalidate()  # with what was set on it
    empty_write_ahead_log()
