"""The OpenAPI document of a contract: made from the schemas that read and write, so that it can't be wrong."""

import re
from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema
from marshmallow.fields import Field, Nested

from medimeet.web.contract import Contract, contracts_of
from medimeet.web.examples import as_of_now, example_of_path
from medimeet.web.json_body import CONTENT_TYPES
from medimeet.web.json_fields import Answer, Digits, MinuteOfDay, UtcInstant

OPENAPI = "3.1.0"
REFUSALS = {
    400: "Something that was sent is wrong. Every wrong field is named.",
    401: "No token, or one that is not good, or no longer. Sign in again.",
    403: "This is not for the account that the token belongs to.",
    404: "There is nothing with this id, or it belongs to somebody else.",
    409: "It clashes with what is there, such as a time that was taken a moment ago.",
    413: "The body is too large.",
    415: "The body is neither JSON nor a form.",
    422: "This `Idempotency-Key` came with another request before.",
    429: "Too many requests. Wait as many seconds as `Retry-After` says.",
    500: "A fault of ours. The sentence holds a number that the clinic can look up.",
    503: "The clinic's computer is busy. Try again after the seconds in `Retry-After`.",
}
_WAIT = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}}},
    429: _WAIT,
    503: _WAIT,
}


class _Converter(OpenAPIConverter):
    """Says of an answer that all its fields are always there."""

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        described: dict[str, Any] = super().schema2jsonschema(schema)
        if isinstance(schema, Answer) and described.get("properties"):
            described["required"] = list(described["properties"])
        return described


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


class ContractApi(Api):
    """One contract's document. Pages and errors are not its business."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, contract: Contract) -> None:
        self.ERROR_SCHEMA = contract.error_schema
        prefix = contract.name.upper()
        app.config[f"{prefix}_API_TITLE"] = contract.title
        app.config[f"{prefix}_API_VERSION"] = "1"
        app.config[f"{prefix}_OPENAPI_VERSION"] = OPENAPI
        super().__init__(app, config_prefix=prefix, spec_kwargs={"info": {"description": contract.about}})
        schemes = " or ".join(f"`Authorization: {scheme} <token>`" for scheme in contract.schemes or ("Bearer",))
        self.spec.components.security_scheme(
            "token",
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": f"Send it as {schemes}."},
        )

    def document(self, address: str) -> dict[str, Any]:
        """The document as of now, for the site at `address`."""
        described = self.spec.to_dict()
        described["paths"] = {_as_printed(path): parts for path, parts in described["paths"].items()}
        for path, operations in described["paths"].items():
            for parameter in operations.get("parameters", ()):
                _complete(parameter)
            for method, operation in operations.items():
                if method != "parameters":
                    operation["operationId"] = _name_of(method, path)
                    operation["responses"] = dict(sorted(operation["responses"].items()))
        first = {"openapi": OPENAPI, "info": described["info"], "servers": [{"url": address}]}
        document: dict[str, Any] = as_of_now(first | described)
        return document

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(marshmallow_plugin=_Plugin(schema_name_resolver=_schema_name), **options)
        self.ma_plugin.converter.add_attribute_function(_own_fields)

    def _register_responses(self) -> None:
        for status, words in REFUSALS.items():
            told = {"description": words, "content": {CONTENT_TYPES[0]: {"schema": self.ERROR_SCHEMA}}}
            if status in _HEADERS:
                told["headers"] = _HEADERS[status]
            self.spec.components.response(HTTPStatus(status).name, told, lazy=True)

    def _register_doc_blueprint(self) -> None:
        """The pages are `blueprints/api_docs`."""

    def _register_error_handlers(self) -> None:
        """The errors are `web/errors.py`'s, for pages and JSON alike."""


def content_of(schema: Schema | type[Schema], example: Any) -> dict[str, Any]:
    """A body of this schema, for each content type: files come by multipart alone, inner objects in forms by `a[b]`."""
    whole = schema() if isinstance(schema, type) else schema
    files = [name for name, field in whole.fields.items() if field.metadata.get("format") == "binary"]
    inner = [name for name, field in whole.fields.items() if isinstance(field, Nested)]
    texts = type(whole)(exclude=files, partial=whole.partial) if files else schema
    told: dict[str, Any] = {"schema": texts} if example is None else {"schema": texts, "example": example}
    form: dict[str, Any] = {"schema": texts}
    if inner:
        form["encoding"] = {name: {"style": "deepObject", "explode": True} for name in inner}
    as_json, as_form, as_multipart = CONTENT_TYPES
    return {as_json: told, as_form: form, as_multipart: {"schema": schema}}


def needs_a_body(schema: Schema | type[Schema]) -> bool:
    """Whether some field of the schema must be sent."""
    whole = schema() if isinstance(schema, type) else schema
    return not whole.partial and any(field.required for field in whole.fields.values())


def documented(app: Flask) -> dict[str, tuple[Contract, ContractApi]]:
    """The contracts of `app` that have a document of their own, with what makes it, by name."""
    apis = app.extensions["flask-smorest"]["apis"]
    prefixes = {contract.name: (contract, f"{contract.name.upper()}_") for contract in contracts_of(app).values()}
    return {name: (contract, apis[key]["ext_obj"]) for name, (contract, key) in prefixes.items() if key in apis}


def _own_fields(_converter: OpenAPIConverter, field: Field[Any], **_options: Any) -> dict[str, Any]:
    """How our own kinds of fields look in JSON."""
    if isinstance(field, MinuteOfDay):
        return {"type": "string", "examples": ["09:30"]}
    if isinstance(field, Digits):
        return {"type": ["string", "integer", "null"] if field.allow_none else ["string", "integer"]}
    if isinstance(field, UtcInstant):
        return {"type": "string", "format": "date-time"}
    return {}


def _complete(parameter: dict[str, Any]) -> None:
    """Says of a part of the path what it is, and gives one that the demo knows."""
    if parameter["in"] != "path":
        return
    example = example_of_path(parameter["name"])
    if example is not None:
        parameter.setdefault("example", example)
    parameter["name"] = _as_printed(parameter["name"])
    subject = parameter["name"].removesuffix("_id")
    what = f"The id of the {subject}" if subject != parameter["name"] else f"The {subject}"
    parameter.setdefault("description", f"{what}.".replace("_", " "))


def _as_printed(names: str) -> str:
    """The parts of a path as the published documents name them: an id is called an id, whatever it looks like."""
    return names.replace("_uuid", "_id")


def _name_of(method: str, path: str) -> str:
    """A name for programs, as `get_api_doctor_by_doctor_id`."""
    words = re.sub(r"\{(\w+)\}", r"by_\1", path)
    return re.sub(r"[^a-z0-9]+", "_", f"{method} {words}".lower()).strip("_")


def _schema_name(schema: Any) -> str:
    if isinstance(schema, type):
        return schema.__name__
    name = f"Partial{type(schema).__name__}" if schema.partial else type(schema).__name__
    return f"{name}WithoutFiles" if schema.exclude else name
