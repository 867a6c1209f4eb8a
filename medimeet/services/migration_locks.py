"""How a migration comes by its tables while people work."""

import random
import time

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

_TRIES = 60
# In all, for every table: PostgreSQL looks after a second whether two wait for each other, and would end a request.
_WAIT = "900ms"
_GIVEN_BACK = {"57014", "55P03", "40P01"}
# What requests ask first: whoever waits here holds nothing yet that we wait for.
_FIRST = ("account", "browser_session", "issued_token", "clinic", "notification")


def lock_every_table(connection: Connection) -> None:
    """Takes all tables at once (PostgreSQL), so that no request that works meanwhile waits for us in a circle.

    Whoever waits too long gives everything back and tries again, and that is always we.
    """
    there = set(inspect(connection).get_table_names()) - {"alembic_version"}
    tables = [name for name in _FIRST if name in there] + sorted(there - set(_FIRST))
    if connection.dialect.name != "postgresql" or not tables:
        return
    names = ", ".join(connection.dialect.identifier_preparer.quote(table) for table in tables)
    for tried in range(1, _TRIES + 1):
        try:
            with connection.begin_nested():
                connection.execute(text(f"SET LOCAL statement_timeout = '{_WAIT}'"))
                connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _GIVEN_BACK or tried == _TRIES:
                raise
            time.sleep(random.uniform(0.05, 0.3))  # noqa: S311 (only so that nobody is met twice)
