"""What tests of the clinic's people do again and again."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import event
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.writing import command


@command
def written(row: Any, **values: Any) -> None:
    """Sets some columns of a row, and commits."""
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)


def words_of(answer: TestResponse) -> str:
    """The text of a page's main part, with single spaces."""
    main = BeautifulSoup(answer.text, "html.parser").select_one("main")
    return " ".join((main or BeautifulSoup(answer.text, "html.parser")).get_text(" ").split())


def title_of(answer: TestResponse) -> str:
    """The title of the page."""
    title = BeautifulSoup(answer.text, "html.parser").title
    return title.get_text() if title else ""


def flashes_of(answer: TestResponse) -> str:
    """What the page says at its top about what was just done."""
    messages = BeautifulSoup(answer.text, "html.parser").select_one("#messages")
    return " ".join(messages.get_text(" ").split()) if messages else ""


def typed_in(answer: TestResponse, name: str) -> Any:
    """What a field of the page's form holds."""
    page = BeautifulSoup(answer.text, "html.parser")
    element = page.select_one(f"main form.mm-form [name={name}]")
    assert element is not None, f"no field {name}"
    return element.get_text().strip() if element.name == "textarea" else element.get("value")


def picture(size: tuple[int, int] = (600, 400), kind: str = "PNG", **options: Any) -> bytes:
    """A picture file."""
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    return file.getvalue()


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The SQL that runs meanwhile."""
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)", statement, re.IGNORECASE):
            told.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
