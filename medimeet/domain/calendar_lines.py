"""Lines of an iCalendar file (RFC 5545): escaped, and folded where they are long.

A tenth of what a general library takes, which matters where each booking writes a file.
"""

import re
from collections.abc import Iterator

_LONGEST = 74  # octets, without the line break
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
# RFC 6868: what a parameter can't hold by itself.
_PARAMETER_ESCAPES = str.maketrans({"^": "^^", '"': "^'", "\n": "^n", "\r": None})
_NEEDS_QUOTES = re.compile("[,;:]")


def line(name: str, value: str) -> str:
    """One property with its line break; `value` is escaped already."""
    whole = f"{name}:{value}"
    if len(whole) <= _LONGEST and whole.isascii():
        return f"{whole}\r\n"
    return f"{_folded(whole)}\r\n"


def text(value: str) -> str:
    """Words as a value."""
    return value.translate(_ESCAPES)


def parameter(value: str) -> str:
    """Words as a parameter's value."""
    escaped = value.translate(_PARAMETER_ESCAPES)
    return f'"{escaped}"' if _NEEDS_QUOTES.search(escaped) else escaped


def _folded(whole: str) -> str:
    """Broken between letters, and never within an escaped one, which some programs would read apart."""
    return "\r\n ".join(_plain_parts(whole) if whole.isascii() else _parts(whole))


def _plain_parts(whole: str) -> Iterator[str]:
    """Where each letter is one octet, at a fifth of the cost."""
    start, end = 0, _LONGEST
    while end < len(whole):
        if whole[end - 1] in "\\^" and end - 1 > start:
            end -= 1
        yield whole[start:end]
        start, end = end, end + _LONGEST - 1  # a line that goes on begins with a blank
    yield whole[start:]


def _parts(whole: str) -> list[str]:
    parts, start, size = [], 0, 0
    for place, letter in enumerate(whole):
        width = 1 if letter < "\x80" else len(letter.encode())
        if size + width > _LONGEST:
            end = place - 1 if whole[place - 1] in "\\^" and place - 1 > start else place
            parts.append(whole[start:end])
            start, size = end, len(whole[end:place].encode()) + 1  # a line that goes on begins with a blank
        size += width
    parts.append(whole[start:])
    return parts
