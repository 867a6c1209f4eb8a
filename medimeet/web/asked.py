"""What an address or a form asks for, read without trust: row numbers, days, the part of a list."""

from datetime import date

from flask import request

from medimeet.errors import InvalidInput, NotFound

LARGEST_ID = 2**53 - 1  # what JavaScript and every database keep
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_LAST_PAGE, _LONGEST_SEARCH = 100_000, 100


def row_number(text: str | int | None) -> int:
    """The row or slot number in `text`. Raises ValueError for what can't be one: it serves as `type=` and `coerce=`."""
    digits = str(text if text is not None else "").strip()
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 16 or not 0 < int(digits) <= LARGEST_ID:
        raise ValueError("This is no row's number.")
    return int(digits)


def whole_number(text: str | int | None) -> int | None:
    """The row or slot number in `text`, or None where there is none."""
    try:
        return row_number(text)
    except ValueError:
        return None


def row_id(name: str) -> int | None:
    """The row number called `name` in the form or the address, or None. Raises NotFound for an odd one."""
    text = (request.form.get(name) or request.args.get(name) or "").strip()
    if not text:
        return None
    found = whole_number(text)
    if found is None:
        raise NotFound
    return found


def needed_row_id(name: str, words: str) -> int:
    """The row number called `name`. Raises InvalidInput with `words` where there is none, NotFound for an odd one."""
    found = row_id(name)
    if found is None:
        raise InvalidInput({name: words})
    return found


def calendar_day(text: str | None) -> date | None:
    """The day written as YYYY-MM-DD, or None where `text` is none."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def wanted_day(name: str, today: date) -> date:
    """The day called `name` in the address (YYYY-MM-DD); today where there is none that a calendar page can show."""
    day = calendar_day(request.args.get(name))
    return day if day is not None and _FIRST_YEAR <= day.year <= _LAST_YEAR else today


def wanted_page() -> int:
    """The page number in the address (`?page=`), from 1; 1 where it is none."""
    page = request.args.get("page", 1, type=int)
    return min(max(page, 1), _LAST_PAGE)


def wanted_search() -> str:
    """What the search box was filled with (`?q=`), without spaces around it."""
    return request.args.get("q", "").strip()[:_LONGEST_SEARCH]
