"""What a page asks of the database: its statements as the driver gets them, for the route that asks them by itself."""

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from werkzeug.test import Client

from bench.speed.places import Place
from medimeet.db import db

Statement = tuple[str, Any]


def record(here: Place, pages: Mapping[str, bytes]) -> Path:
    """The file with the statements of each page, by its name; a page is a GET as it is sent."""
    client, recorded = Client(here.app, use_cookies=False), {}
    with here.app.app_context():
        engine = db.engine
    for name, sent in pages.items():
        first, _, rest = sent.partition(b"\r\n")
        path, headers = first.split()[1].decode(), dict(BytesParser().parsebytes(rest).items())
        assert client.get(path, headers=headers).status_code == 200, name  # what is written at a first look alone
        with _noted(engine) as statements:
            client.get(path, headers=headers)
        recorded[name] = [each for each in statements if each[0].lstrip().startswith(("SELECT", "WITH"))]
    file = here.folder / "pages"
    file.write_bytes(pickle.dumps(recorded))
    return file


@contextmanager
def _noted(engine: Engine) -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_others: Any) -> None:
        statements.append((text, values))

    event.listen(engine, "before_cursor_execute", note)  # where anybody hears, MediMeet asks nothing past SQLAlchemy
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
