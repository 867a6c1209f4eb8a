"""Which part of a list the address asks for: `?q=` and `?page=`."""

from flask import request

_LAST_PAGE, _LONGEST_SEARCH = 100_000, 100


def wanted_page() -> int:
    """The page number in the address, from 1; 1 where it is none."""
    page = request.args.get("page", 1, type=int)
    return min(max(page, 1), _LAST_PAGE)


def wanted_search() -> str:
    """What the search box was filled with, without spaces around it."""
    return request.args.get("q", "").strip()[:_LONGEST_SEARCH]
