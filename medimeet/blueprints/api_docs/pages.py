"""The list of contracts, one contract to read and to try, and its OpenAPI document."""

from flask import Response, current_app, jsonify, render_template, request

from medimeet.blueprints.api_docs.blueprint import bp
from medimeet.blueprints.api_docs.reading import refusals_of, subjects_of
from medimeet.errors import NotFound
from medimeet.services import access
from medimeet.web.api_document import api_of
from medimeet.web.contract import Contract, contracts_of
from medimeet.web.guard import allow


@bp.get("/")
@allow(access.anyone)
def contracts() -> str:
    """GET /docs/: the contracts in plain words."""
    return render_template("api_docs/contracts.html", contracts=_documented())


@bp.get("/<contract_name>/")
@allow(access.anyone)
def contract(contract_name: str) -> str:
    """GET /docs/<contract>/: everything that the contract offers, to read and to try."""
    found = _find(contract_name)
    subjects = subjects_of(_document(found))
    return render_template("api_docs/contract.html", contract=found, subjects=subjects, refusals=refusals_of(subjects))


@bp.get("/<contract_name>/openapi.json")
@allow(access.anyone)
def document(contract_name: str) -> Response:
    """GET /docs/<contract>/openapi.json: the contract's OpenAPI 3.1 document; days in its examples lie ahead."""
    return jsonify(_document(_find(contract_name)))


def _documented() -> list[Contract]:
    """Every contract with paths of its own; one that two share is described among the paths of both."""
    return [found for found in contracts_of(current_app).values() if found.roots]


def _find(name: str) -> Contract:
    for found in _documented():
        if found.name == name:
            return found
    raise NotFound("There is no such interface. The list of all is at /docs/.")


def _document(found: Contract) -> dict[str, object]:
    return api_of(current_app, found).document(request.host_url.rstrip("/"))
