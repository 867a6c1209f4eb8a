"""An OpenAPI document as people read it: operations by subject, fields in plain words, examples as JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Part = Mapping[str, Any]
JSON = "application/json"
_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}
_FORMATS = {"date": "day, YYYY-MM-DD", "date-time": "instant, UTC", "binary": "file", "uuid": "UUID", "email": "e-mail"}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
}
_LARGEST_TO_MENTION = 2**31
_FIRST_REFUSAL = "400"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field or parameter: its dotted name, what kind of value it holds, and what it means."""

    name: str
    kind: str
    is_needed: bool
    about: str
    place: str = "body"
    example: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is sent as a file."""
        return self.kind.startswith(_FORMATS["binary"])


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries; the example as JSON."""

    fields: list[FieldRow]
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that can come back; a refusal has no fields and no example."""

    status: str
    words: str
    fields: list[FieldRow]
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    parameters: list[FieldRow]
    body: Body | None
    answers: list[Answer]
    refusals: list[Answer]


@dataclass(frozen=True, slots=True)
class Subject:
    """Operations that belong together."""

    name: str
    operations: list[Operation]


def subjects_of(document: Part) -> list[Subject]:
    """Everything that the document describes, by subject."""
    found = [
        (operation["tags"][0], _operation(document, method, path, operation, parts.get("parameters", [])))
        for path, parts in document["paths"].items()
        for method, operation in parts.items()
        if method != "parameters"
    ]
    by_subject = groupby(sorted(found, key=lambda pair: pair[0]), key=lambda pair: pair[0])
    return [Subject(name, [operation for _, operation in pairs]) for name, pairs in by_subject]


def refusals_of(subjects: list[Subject]) -> list[Answer]:
    """Every refusal that some operation can come back with, once."""
    found = {
        refusal.status: refusal for subject in subjects for each in subject.operations for refusal in each.refusals
    }
    return [found[status] for status in sorted(found)]


def _operation(document: Part, method: str, path: str, described: Part, of_path: list[Part]) -> Operation:
    body = described.get("requestBody")
    answers = [_answer(document, status, each) for status, each in described["responses"].items()]
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        description=described.get("description", ""),
        needs_token=described.get("security") == [{"token": []}],
        parameters=[_parameter(document, each) for each in [*of_path, *described.get("parameters", [])]],
        body=_body(document, body["content"]) if body else None,
        answers=[answer for answer in answers if answer.status < _FIRST_REFUSAL],
        refusals=[answer for answer in answers if answer.status >= _FIRST_REFUSAL],
    )


def _parameter(document: Part, described: Part) -> FieldRow:
    schema = _resolved(document, described["schema"])
    return FieldRow(
        name=described["name"],
        kind=_kind(document, schema),
        is_needed=described.get("required", False),
        about=_sentences(described.get("description") or schema.get("description", ""), _limits(schema)),
        place=described["in"],
        example=str(described.get("example", "")),
    )


def _body(document: Part, content: Part) -> Body:
    fullest = max(content.values(), key=lambda each: len(list(_rows(document, each["schema"]))))
    return Body(list(_rows(document, fullest["schema"])), _pretty(content.get(JSON, fullest).get("example", {})))


def _answer(document: Part, status: str, described: Part) -> Answer:
    described = _resolved(document, described)
    content: Part = next(iter(described.get("content", {}).values()), {})
    rows = list(_rows(document, content.get("schema", {})))
    example = _pretty(content["example"]) if "example" in content else ""
    return Answer(status, described["description"], rows, example)


def _rows(document: Part, schema: Part, within: str = "") -> Iterator[FieldRow]:
    """Every field of an object, those of inner objects by dotted names, those in lists after `[]`."""
    schema = _resolved(document, schema)
    if "items" in schema:
        yield from _rows(document, schema["items"], f"{within}[]")
    for name, described in schema.get("properties", {}).items():
        described = _resolved(document, described)
        full_name = f"{within}.{name}".lstrip(".")
        about = _sentences(described.get("description", ""), _limits(described))
        yield FieldRow(full_name, _kind(document, described), name in schema.get("required", ()), about)
        yield from _rows(document, described, full_name)


def _resolved(document: Part, part: Part) -> Part:
    """The part, with what it refers to in its place."""
    choices = [each for each in part.get("anyOf", part.get("allOf", ())) if each.get("type") != "null"]
    if len(choices) == 1:
        return _resolved(document, choices[0])
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return _resolved(document, found)


def _kind(document: Part, schema: Part) -> str:
    if "oneOf" in schema:
        return " or ".join(_kind(document, _resolved(document, each)) for each in schema["oneOf"])
    types = schema.get("type", "")
    names = [types] if isinstance(types, str) else list(types)
    if names == ["null"]:
        return "null"
    if "array" in names:
        return f"list of {_kind(document, _resolved(document, schema['items']))}"
    told = [_FORMATS.get(schema.get("format", ""), "") or _KINDS.get(name, "any") for name in names if name != "null"]
    return " or ".join([*(told or ["any"]), *(["null"] if "null" in names else [])])


def _limits(schema: Part) -> str:
    if "enum" in schema:
        return f"One of: {', '.join(str(each) for each in schema['enum'] if each is not None)}."
    words = [
        template.format(schema[name])
        for name, template in _LIMITS.items()
        if name in schema and abs(schema[name]) < _LARGEST_TO_MENTION
    ]
    if schema.get("default") is not None:
        words.append(f"{schema['default']} where it is not sent")
    told = ", ".join(words)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _pretty(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
