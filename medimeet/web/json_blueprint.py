"""The blueprint of a JSON interface: reads strictly, knows its caller by a token, and documents itself."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Flask, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema

from medimeet.extensions import csrf
from medimeet.services import access
from medimeet.web.contract import Contract, contracts_of
from medimeet.web.json_body import CONTENT_TYPES, BodyParser
from medimeet.web.signed_in import current_actor

OPENAPI = "3.1.0"
_ALWAYS = (400, 401, 404, 429, 500, 503)
_WITH_A_BODY = (409, 413, 415)
_ONCE_ONLY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request gives the same answer, and books once.",
}


class JsonBlueprint(Blueprint):
    """Routes of one contract. `arguments` knows two more places: `location="body"`, of any content type, and `query`.

    The views are guarded by `allow`, which stands right below the route decorator, so that nobody's body is read
    before it is clear who asks.
    """

    ARGUMENTS_PARSER = BodyParser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {"body": CONTENT_TYPES[0]}

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.before_request(_refuse_bad_token)

    def route(self, rule: str, **options: Any) -> Callable[..., Any]:
        """Registers a view, with the refusals and the sign-in that its documentation must name."""
        options.setdefault("tags", None)
        register = super().route

        def documented(view: Callable[..., Any]) -> Callable[..., Any]:
            tags = options.pop("tags") or [_subject_of(view)]
            _describe(view, set(options.get("methods", ("GET",))))
            registered: Callable[..., Any] = register(rule, tags=tags, **options)(view)
            return registered

        return documented

    @staticmethod
    def once_only(view: Callable[..., Any]) -> Callable[..., Any]:
        """Hands the view the request's `idempotency_key` (None without one), and documents the header."""

        @wraps(view)
        def with_key(*args: Any, **kwargs: Any) -> Any:
            return view(*args, idempotency_key=request.headers.get("Idempotency-Key"), **kwargs)

        documented: Callable[..., Any] = Blueprint.doc(parameters=[_ONCE_ONLY])(with_key)
        documented.answers_reused_keys = True  # type: ignore[attr-defined]
        return documented

    def _prepare_arguments_doc(self, doc: Any, doc_info: Any, **options: Any) -> Any:
        """The body's schema once for each content type that is taken."""
        prepared = super()._prepare_arguments_doc(doc, doc_info, **options)
        content = prepared.get("requestBody", {}).get("content")
        if content:
            as_json = content[CONTENT_TYPES[0]]
            content.update({each: {"schema": as_json["schema"]} for each in CONTENT_TYPES[1:]})
        return prepared


class ContractApi(Api):
    """The OpenAPI document of one contract. Pages and errors are not its business."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, contract: Contract) -> None:
        self.ERROR_SCHEMA = contract.error_schema
        prefix = contract.name.upper()
        app.config[f"{prefix}_API_TITLE"] = contract.title
        app.config[f"{prefix}_API_VERSION"] = "1"
        app.config[f"{prefix}_OPENAPI_VERSION"] = OPENAPI
        super().__init__(app, config_prefix=prefix, spec_kwargs={"info": {"description": contract.about}})
        self.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.ma_plugin.converter.schema_name_resolver = _schema_name

    def _register_doc_blueprint(self) -> None:
        """The pages are `blueprints/api_docs`."""

    def _register_error_handlers(self) -> None:
        """The errors are `web/errors.py`'s, for pages and JSON alike."""


def mount(app: Flask, contract: Contract) -> ContractApi:
    """Serves the contract, and gives its OpenAPI document."""
    contracts_of(app)[contract.bp.name] = contract
    csrf.exempt(contract.bp)
    api = ContractApi(app, contract)
    api.register_blueprint(contract.bp)
    return api


def _refuse_bad_token() -> None:
    """A token that is not good is a 401 on public routes too."""
    current_actor()


def _describe(view: Callable[..., Any], methods: set[str]) -> None:
    info: dict[str, Any] = view._apidoc  # type: ignore[attr-defined]
    rule = getattr(view, "access_rule", access.anyone)
    statuses = list(_ALWAYS)
    if rule not in {access.anyone, access.newcomer}:
        statuses.append(403)
        info.setdefault("manual_doc", {})["security"] = [{"token": []}]
    if methods & {"POST", "PUT", "PATCH", "DELETE"}:
        statuses += _WITH_A_BODY
    if hasattr(view, "answers_reused_keys"):
        statuses.append(422)
    responses = info.setdefault("response", {}).setdefault("responses", {})
    for status in sorted(statuses):
        responses.setdefault(status, []).append(HTTPStatus(status).name)


def _subject_of(view: Callable[..., Any]) -> str:
    """What the view's file is named after, as the heading it stands under."""
    return view.__module__.rpartition(".")[2].replace("_", " ").capitalize()


def _schema_name(schema: Any) -> str:
    found = schema if isinstance(schema, type) else type(schema)
    is_partial = isinstance(schema, Schema) and schema.partial
    return f"Partial{found.__name__}" if is_partial else found.__name__
