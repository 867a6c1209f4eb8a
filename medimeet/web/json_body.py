"""What a program sends: JSON, a form or multipart, read strictly, with every wrong field named."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from copy import copy
from functools import lru_cache
from typing import Any

from flask import Request, request
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import Nested, String
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from medimeet.errors import InvalidInput
from medimeet.services.answers import UNTYPABLE
from medimeet.web.refusals import FORM

DEEPEST = 64
JSON_LIMIT = 1024 * 1024
CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
_NO_BOUNDARY = (
    "There is no field in this multipart body. Let your program write the header Content-Type by itself: "
    "it names the boundary between the fields."
)


class BodyParser(FlaskParser):
    """Hands a route its `body` (of any content type) and its `query`; raises InvalidInput for what a schema refuses."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "body": EXCLUDE}
    __location_map__ = {**FlaskParser.__location_map__, "body": "load_body", "query": "load_sent_query"}

    def parse(self, argmap: Any, req: Request | None = None, *, location: str | None = None, **options: Any) -> Any:
        """What a schema makes of the request; of a query string it is kept, for people ask the same again and again."""
        if location != "query":
            return super().parse(argmap, req, location=location, **options)
        return copy(self._of_query(argmap, request.query_string))

    @lru_cache(maxsize=512)  # noqa: B019 (there is one parser, as long as the process lives)
    def _of_query(self, schema: Schema, _query_string: bytes) -> Any:
        return super().parse(schema, location="query")

    def load_body(self, req: Request, schema: Schema) -> Any:
        """What the body holds, ready for `schema`."""
        return body_of(req, schema)

    def load_sent_query(self, req: Request, schema: Schema) -> Any:
        """What the query string holds, ready for `schema`; a parameter that is left empty is none."""
        _refuse_unsendable(req.args.to_dict(flat=False))
        sent = [(name, value) for name, value in req.args.items(multi=True) if value.strip()]
        return MultiDictProxy(MultiDict(sent), schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_options: Any) -> Any:
        """Raises InvalidInput with every fault, by dotted field name."""
        faults: dict[str, list[str]] = {}
        for messages in error.messages_dict.values():
            for name, words in _flat(messages):
                said = faults.setdefault(name, [])
                said += [] if words in said else [words]
        raise InvalidInput(faults)


def body_of(req: Request, schema: Schema) -> Any:
    """The fields of the body: of JSON, of a form, or of multipart with its files; none where the body is empty.

    Raises InvalidInput for what is no sound JSON object, UnsupportedMediaType, RequestEntityTooLarge.
    """
    mimetype = req.mimetype
    if mimetype != "multipart/form-data":
        req.max_content_length = JSON_LIMIT
    if mimetype in CONTENT_TYPES[1:]:
        sent_parts = [*req.form.items(multi=True), *req.files.items(multi=True)]
        if not sent_parts and _is_torn_multipart(req):
            raise _bad_body(_NO_BOUNDARY)
        fields: MultiDict[str, Any] = MultiDict([(name, value) for name, value in sent_parts if name])
        _refuse_unsendable(fields.to_dict(flat=False))
        for name in _objects_sent_as_text(fields, schema):
            fields[name] = _json_object(fields[name].encode())
        return _without_blanks(_nested(MultiDictProxy(fields, schema)), schema)
    sent = req.get_data()
    if not sent.strip():
        return {}
    if mimetype != "application/json" and not mimetype.endswith("+json"):
        raise UnsupportedMediaType
    return _json_object(sent)


def _is_torn_multipart(req: Request) -> bool:
    """Whether a multipart body without a readable part holds more than the mark that ends it."""
    boundary = req.mimetype_params.get("boundary", "")
    length = req.content_length or 0
    return req.mimetype == "multipart/form-data" and length > len(f"\r\n--{boundary}--\r\n" if boundary else "")


def _objects_sent_as_text(fields: MultiDict[str, Any], schema: Schema) -> list[str]:
    """The objects within a form that came as JSON, as multipart sends them by OpenAPI."""
    inner = [name for name, field in schema.fields.items() if isinstance(field, Nested)]
    return [name for name in inner if str(fields.get(name, "")).lstrip().startswith("{")]


def _json_object(sent: bytes) -> dict[str, Any]:
    try:
        read = json.loads(sent.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _bad_body("This is not sound JSON. Check its commas, quotes and brackets, and send UTF-8.") from None
    if not isinstance(read, dict):
        raise _bad_body('Send one JSON object, for example {"name": "Anna"}.')
    _refuse_unsendable(read)
    return read


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON.")


def _refuse_unsendable(read: Mapping[str, Any]) -> None:
    """Refuses what no field may hold: depth, infinite numbers, NUL, and halves of characters."""
    level: list[tuple[str, Any]] = list(read.items())
    for _ in range(DEEPEST):
        for name, value in level:
            if _UNSENDABLE.search(name):
                raise _bad_body(UNTYPABLE)
            if isinstance(value, str) and _UNSENDABLE.search(value):
                raise InvalidInput({name: UNTYPABLE})
            if isinstance(value, float) and not math.isfinite(value):
                raise InvalidInput({name: "This number is too large."})
        level = [inner for name, value in level for inner in _inside(name, value)]
        if not level:
            return
    raise _bad_body(f"This nests too deeply. {DEEPEST} levels are the most.")


def _inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"{name}.{inner}", each) for inner, each in value.items())
    elif isinstance(value, list):
        yield from ((name, each) for each in value)


def _nested(fields: MultiDictProxy) -> dict[str, Any]:
    """The fields of a form; `user.name` and `user[name]` become a field inside `user`, as JSON would send them."""
    dotted = {name: name.replace("[", ".").replace("]", "") for name in fields if re.search(r"[.\[]\w", name)}
    read: dict[str, Any] = {name: fields[name] for name in fields if name not in dotted}
    for name, path in dotted.items():
        outer, _, inner = path.partition(".")
        place = read.setdefault(outer, {})
        if isinstance(place, dict):
            place[inner] = fields[name]
    return read


def _without_blanks(read: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """The fields of a form, with null for what was left empty and is neither text nor a file: forms have no null."""
    for name, field in schema.fields.items():
        key = field.data_key or name
        means_something = isinstance(field, String) or field.metadata.get("format") == "binary"
        if field.allow_none and not means_something and read.get(key) == "":
            read[key] = None
    return read


def _flat(messages: Any, name: str = FORM) -> Iterator[tuple[str, str]]:
    """Every message with its field's dotted name; a fault in a list is the list's."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            is_field = isinstance(key, str) and key != "_schema"
            yield from _flat(inner, f"{name}.{key}".lstrip(".") if is_field else name)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flat(inner, name)
    else:
        yield name, str(messages)


def _bad_body(words: str) -> InvalidInput:
    return InvalidInput({FORM: words})
