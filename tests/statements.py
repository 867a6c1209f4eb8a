"""How many statements a request costs, so that no list asks once a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from medimeet.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Gathers the text of every statement that is run meanwhile, but for the beginnings and ends of transactions."""
    gathered: list[str] = []

    def gather(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            gathered.append(statement)

    event.listen(db.engine, "before_cursor_execute", gather)
    try:
        yield gathered
    finally:
        event.remove(db.engine, "before_cursor_execute", gather)
