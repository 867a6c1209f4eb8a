"""Lists in pages, as Django REST framework writes them: `count`, `next`, `previous`, `results`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_sqlalchemy.pagination import Pagination
from marshmallow import Schema, fields, post_load

from medimeet.errors import NotFound
from medimeet.web.json_fields import Answer, Body, Text, WholeNumber

PAGE_LENGTH, LONGEST_PAGE = 100, 1000
_LAST_PAGE = 10_000_000


class PageQuery(Body):
    """`page` from 1, and `limits` (or `limit`) rows a page, `unless_told` without; gives `page` and `per_page`."""

    unless_told = PAGE_LENGTH
    page = WholeNumber(least=1, load_default=1, metadata={"description": "The page, from 1."})
    limits = WholeNumber(
        least=1, most=LONGEST_PAGE, metadata={"description": f"Rows a page: {PAGE_LENGTH} unless told otherwise."}
    )
    limit = WholeNumber(least=1, most=LONGEST_PAGE, metadata={"description": "The same as `limits`."})

    @post_load
    def _one_length(self, read: dict[str, Any], **_options: Any) -> dict[str, Any]:
        also, length = read.pop("limit", self.unless_told), read.pop("limits", None)
        return {**read, "page": min(read["page"], _LAST_PAGE), "per_page": length or also}


def page_schema(item: type[Schema]) -> type[Schema]:
    """The schema of a page whose `results` are of schema `item`."""
    columns = {
        "count": WholeNumber(least=0, metadata={"description": "How many there are on all pages."}),
        "next": Text(allow_none=True, metadata={"description": "The address of the next page, or null."}),
        "previous": Text(allow_none=True, metadata={"description": "The address of the page before, or null."}),
        "results": fields.List(fields.Nested(item)),
    }
    return type(f"{item.__name__}Page", (Answer,), columns)


def page_example(item: Any) -> dict[str, Any]:
    """A page that holds this one row, for the documentation."""
    return {"count": 1, "next": None, "previous": None, "results": [item]}


def page_of(found: Pagination) -> dict[str, Any]:
    """One page as `page_schema` writes it. Raises NotFound past the last page."""
    if not found.items and found.page > 1:
        raise NotFound(f"There is no page {found.page}. The last one is {max(found.pages, 1)}.")
    return {
        "count": found.total,
        "next": _address(found.next_num) if found.has_next else None,
        "previous": _address(found.prev_num) if found.has_prev else None,
        "results": found.items,
    }


def _address(number: int | None) -> str:
    """The address of this list at another page, all else as it was asked for."""
    asked: Mapping[str, list[str]] = request.args.to_dict(flat=False) | {"page": [str(number)]}
    return f"{request.base_url}?{urlencode(asked, doseq=True)}"
