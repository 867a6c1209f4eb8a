"""Finding rows by any part of a name, an e-mail or a number, in any case."""

import re
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, literal, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from medimeet.services.contact_details import national_digits

_LONGEST, _MOST_WORDS, _FEWEST_DIGITS, _SHORTEST_NUMBER = 100, 6, 3, 6
_TITLE = {"dr", "dr."}
_PHONE = re.compile(r"[+0-9][0-9 ()./-]*")


class fold(GenericFunction[str]):
    """A text in small letters of any alphabet. SQLite, whose `lower` knows only A to Z, gets it in sqlite_engine.py."""

    type = String()
    inherit_cache = True


@compiles(fold, "postgresql")
def _lower(element: fold, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


def any_part(text: str, *columns: Any, numbers: tuple[Any, ...] = ()) -> ColumnElement[bool]:
    """True where every word of `text` is part of one of `columns`, or `text` is part of a phone number in `numbers`.

    A number is found however it is spaced, and with or without the zero or the country in front. Empty text finds all.
    Names are shown with a doctor's title and kept without, so the title is looked for only where it is all of `text`.
    """
    words = words_of(text)
    if not words:
        return true()
    text = _printable(text)
    found = [and_(*(or_(*(_contains(column, word) for column in columns)) for word in words))]
    digits = re.sub(r"\D", "", text).lstrip("0") if _PHONE.fullmatch(text.strip()) else ""
    if len(digits) >= _FEWEST_DIGITS:
        found += [_contains(_digits_of(number), digits) for number in numbers]
    return or_(*found)


def words_of(text: str) -> list[str]:
    """The words to look for: a doctor's title is one only where it is all of `text`."""
    words = _printable(text).split()[:_MOST_WORDS]
    return [word for word in words if word.lower() not in _TITLE] or words


def same_number(text: str, country: str | None, *columns: Any) -> ColumnElement[bool]:
    """True where a phone number in one of `columns` is the one in `text`, however the two are spelled."""
    digits = national_digits(text, country)
    if len(digits) < _SHORTEST_NUMBER:
        return or_(*(column == text.strip() for column in columns))
    return or_(*(_digits_of(column).like(f"%{digits}") for column in columns))


def _printable(text: str) -> str:
    return "".join(character for character in text[:_LONGEST] if character.isprintable())


def _contains(column: Any, word: str) -> ColumnElement[bool]:
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
    return fold(column).like(fold(literal(pattern)), escape="\\")


def _digits_of(column: Any) -> ColumnElement[str]:
    bare: ColumnElement[str] = column
    for sign in " ()./-":
        bare = func.replace(bare, sign, "")
    return bare
