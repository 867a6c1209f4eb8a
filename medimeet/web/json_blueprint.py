"""The blueprint of a JSON interface: reads strictly, knows its caller by a token, and documents itself."""

import inspect
import re
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, request
from flask_smorest import Blueprint

from medimeet.extensions import csrf
from medimeet.services import access
from medimeet.web.api_document import ContractApi, content_of, needs_a_body
from medimeet.web.contract import Contract, contract_of_request, contracts_of
from medimeet.web.json_body import CONTENT_TYPES, BodyParser
from medimeet.web.signed_in import comes_by_session, current_account

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
        self.before_request(_refuse_foreign_page)

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

    def arguments(self, schema: Any, **options: Any) -> Callable[..., Any]:
        """Hands the view what `schema` makes of the request; the schema is made here, and not for each request."""
        made = schema() if isinstance(schema, type) else schema
        take: Callable[..., Any] = super().arguments(made, **options)
        return take

    @staticmethod
    def once_only(view: Callable[..., Any]) -> Callable[..., Any]:
        """Hands the view the request's `idempotency_key` (None without one), and documents the header."""

        @wraps(view)
        def with_key(*args: Any, **kwargs: Any) -> Any:
            return view(*args, idempotency_key=request.headers.get("Idempotency-Key"), **kwargs)

        documented = JsonBlueprint.parameter(_ONCE_ONLY)(with_key)
        documented.answers_reused_keys = True
        return documented

    @staticmethod
    def parameter(described: Mapping[str, Any]) -> Callable[..., Any]:
        """Documents one more part of a view's requests, such as a header, beside those that `arguments` declares."""

        def with_parameter(view: Callable[..., Any]) -> Callable[..., Any]:
            known = getattr(view, "_apidoc", {}).get("manual_doc", {}).get("parameters", [])
            documented: Callable[..., Any] = Blueprint.doc(parameters=[*known, described])(view)
            return documented

        return with_parameter

    def _prepare_arguments_doc(self, doc: Any, doc_info: Any, **options: Any) -> Any:
        """The body's schema once for each content type that is taken."""
        prepared = super()._prepare_arguments_doc(doc, doc_info, **options)
        body = prepared.get("requestBody")
        if body:
            as_json = body["content"][CONTENT_TYPES[0]]
            body["content"] = content_of(as_json["schema"], as_json.get("example"))
            body["required"] = needs_a_body(as_json["schema"])
        return prepared


def mount(app: Flask, contract: Contract) -> ContractApi:
    """Serves the contract, and gives its OpenAPI document."""
    enlist(app, contract)
    api = ContractApi(app, contract)
    api.register_blueprint(contract.bp)
    return api


def enlist(app: Flask, contract: Contract) -> None:
    """Makes the contract known by its blueprint: its refusals have its shape, and no form's token is asked for."""
    contracts_of(app)[contract.bp.name] = contract
    csrf.exempt(contract.bp)


def _refuse_bad_token() -> None:
    """A token that is not good is a 401 on public routes too."""
    current_account()


def _refuse_foreign_page() -> None:
    """A write by session needs the form token of our own pages (`X-CSRFToken`), as their forms do."""
    contract = contract_of_request()
    if contract is None or not comes_by_session(contract) or current_account() is None:
        return
    if current_app.config["WTF_CSRF_ENABLED"]:
        csrf.protect()  # asks for nothing where nothing is written


def _describe(view: Callable[..., Any], methods: set[str]) -> None:
    info: dict[str, Any] = view._apidoc  # type: ignore[attr-defined]
    rule = getattr(view, "access_rule", access.anyone)
    statuses = list(_ALWAYS)
    manual = info.setdefault("manual_doc", {})
    for name, words in _words_of(view).items():
        manual.setdefault(name, words)
    if hasattr(view, "needs_token"):
        statuses.append(403)
        manual["security"] = [{"token": []}]
    elif rule is access.anyone:
        manual["security"] = [{}, {"token": []}]
    elif rule is not access.newcomer:
        statuses.append(403)
        manual["security"] = [{"token": []}]
    if methods & {"POST", "PUT", "PATCH", "DELETE"}:
        statuses += _WITH_A_BODY
    if hasattr(view, "answers_reused_keys"):
        statuses.append(422)
    responses = info.setdefault("response", {}).setdefault("responses", {})
    for status in sorted(statuses):
        responses.setdefault(status, []).append(HTTPStatus(status).name)


def _words_of(view: Callable[..., Any]) -> dict[str, str]:
    """Summary and description as the docstring says them, without the method and the path that it begins with."""
    said = re.sub(r"^[A-Z]+ /\S*: *", "", inspect.getdoc(view) or "")
    summary, _, description = said.partition("\n\n")
    summary = " ".join(summary.split())
    words = {"summary": summary[:1].upper() + summary[1:], "description": description}
    return {name: text for name, text in words.items() if text}


def _subject_of(view: Callable[..., Any]) -> str:
    """What the view's file is named after, as the heading it stands under."""
    return view.__module__.rpartition(".")[2].replace("_", " ").capitalize()
