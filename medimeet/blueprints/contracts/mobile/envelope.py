"""The envelope that this contract puts round every answer, and what it says of a refusal."""

from functools import cache
from typing import Any

from marshmallow import INCLUDE, Schema, fields

from medimeet.web.json_fields import Answer, Text, WholeNumber
from medimeet.web.refusals import FORM, Refusal, nested

_CODE = {"description": "The HTTP status."}
_NOTHING = {"type": "null"}
_ERROR = "What is wrong and how to mend it; for wrong fields by their names, `{'name': ['Enter your name.']}`."


class ErrorEnvelope(Schema):
    """A refusal: `error` is a sentence, or the wrong fields with what is wrong with each, as Python writes a dict."""

    class Meta:
        unknown = INCLUDE  # `GET /doctors/` tells it in another contract's way too

    code = WholeNumber(required=True, metadata=_CODE)
    message = Text(required=True, metadata={"description": "Always “Something went wrong!”."})
    data = fields.Raw(required=True, metadata=_NOTHING)
    error = Text(required=True, metadata={"description": _ERROR})


@cache
def envelope_of(item: type[Schema]) -> type[Schema]:
    """The schema of an envelope round one answer of the schema `item`."""
    return _around(f"{item.__name__}Envelope", fields.Nested(item))


@cache
def envelope_of_list(item: type[Schema]) -> type[Schema]:
    """The schema of an envelope round a list."""
    return _around(f"{item.__name__}ListEnvelope", fields.List(fields.Nested(item)))


def envelope(code: int, message: str, data: Any) -> dict[str, Any]:
    """A success, ready for the schema that `envelope_of` makes."""
    return {"code": code, "message": message, "data": data, "error": None}


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The body of a refusal."""
    has_fields = any(name != FORM for name in refusal.faults)
    error = str(nested(refusal.faults)) if has_fields else refusal.sentence
    return {"code": refusal.status, "message": "Something went wrong!", "data": None, "error": error}


def _around(name: str, data: fields.Field[Any]) -> type[Schema]:
    no_error = fields.Raw(metadata=_NOTHING)
    return type(
        name, (Answer,), {"code": WholeNumber(metadata=_CODE), "message": Text(), "data": data, "error": no_error}
    )
