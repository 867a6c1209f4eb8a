"""Designations, specialisations and available times, both ways."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from medimeet.domain.wall_clock import time_of
from medimeet.web.json_fields import Answer, Body, RowId, RowIds, Text

_SPAN = "Write a start and an end, for example 09:00 AM - 09:30 AM."


class Word(Answer):
    """An entry of a list."""

    id = RowId()
    name = Text()
    slug = Text()


class WordBody(Body):
    """A new entry."""

    name = Text(required=True, metadata={"maxLength": 120})
    slug = Text(load_default="", metadata={"maxLength": 120, "description": "Made of the name where it is empty."})


class Span(fields.Field[Any]):
    """A time of day from start to end, "09:00 AM - 09:30 AM"; loads the two texts."""

    default_error_messages = {"required": _SPAN, "null": _SPAN, "invalid": _SPAN}

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata={"type": "string"}, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str:
        return f"{time_of(value.start_minute):%I:%M %p} - {time_of(value.end_minute):%I:%M %p}"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        start, _, end = value.replace("\u2013", "-").partition("-") if isinstance(value, str) else ("", "", "")
        if not start.strip() or not end.strip():
            raise self.make_error("invalid")
        return start, end


class AvailableTime(Answer):
    """A time of day of the clinic's grid, on its wall clock."""

    id = RowId()
    time = Span()

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value of a field; the time is the row itself."""
        return obj if attr == "time" else super().get_attribute(obj, attr, default)


class AvailableTimeQuery(Body):
    """Which available times to list."""

    id = RowIds(metadata={"description": "The id of an available time."})


class AvailableTimeBody(Body):
    """A new available time."""

    time = Span(required=True)
