"""What an address or a form asks for, read without trust: numbers and days."""

from datetime import date

_LARGEST_ID = 2**53 - 1


def whole_number(text: str | int | None) -> int | None:
    """The row or slot id in `text`; None where there is none that a database and JavaScript keep."""
    digits = str(text if text is not None else "").strip()
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 16:
        return None
    number = int(digits)
    return number if 0 < number <= _LARGEST_ID else None


def calendar_day(text: str | None) -> date | None:
    """The day written as YYYY-MM-DD, or None where `text` is none."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
