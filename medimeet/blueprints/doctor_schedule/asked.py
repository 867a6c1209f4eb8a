"""What an address or a form asks for, read without trust: row ids and days."""

from datetime import date

from flask import request

from medimeet.errors import InvalidInput, NotFound

_LARGEST_ID = 2**53 - 1
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def row_id(name: str) -> int | None:
    """The row id called `name` in the form or the address; None where there is none. Raises NotFound for an odd one."""
    text = (request.form.get(name) or request.args.get(name) or "").strip()
    if not text:
        return None
    if not text.isdecimal() or not text.isascii() or len(text) > 16 or not 0 < int(text) <= _LARGEST_ID:
        raise NotFound
    return int(text)


def needed_row_id(name: str, words: str) -> int:
    """The row id called `name`. Raises InvalidInput with `words` where there is none, NotFound for an odd one."""
    found = row_id(name)
    if found is None:
        raise InvalidInput({name: words})
    return found


def wanted_day(name: str, today: date) -> date:
    """The day called `name` in the address (YYYY-MM-DD); today where there is none that a calendar page can show."""
    try:
        day = date.fromisoformat(request.args.get(name, "").strip())
    except ValueError:
        return today
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else today
