"""The list of contracts, one contract to read and to try, and its OpenAPI document."""

from typing import Any

from flask import Response, current_app, jsonify, render_template, request

from medimeet.blueprints.api_docs.blueprint import bp
from medimeet.blueprints.api_docs.reading import refusals_of, subjects_of
from medimeet.errors import NotFound
from medimeet.services import access
from medimeet.web.api_document import documented
from medimeet.web.contract import Contract
from medimeet.web.guard import allow


@bp.get("/")
@allow(access.anyone)
def contracts() -> str:
    """GET /docs/: the contracts in plain words."""
    found = [contract for contract, _ in documented(current_app).values()]
    return render_template("api_docs/contracts.html", contracts=found)


@bp.get("/<contract_name>/")
@allow(access.anyone)
def contract(contract_name: str) -> str:
    """GET /docs/<contract>/: everything that the contract offers, to read and to try."""
    found, described = _find(contract_name)
    subjects = subjects_of(described)
    return render_template("api_docs/contract.html", contract=found, subjects=subjects, refusals=refusals_of(subjects))


@bp.get("/<contract_name>/openapi.json")
@allow(access.anyone)
def document(contract_name: str) -> Response:
    """GET /docs/<contract>/openapi.json: the contract's OpenAPI 3.1 document; days in its examples lie ahead."""
    return jsonify(_find(contract_name)[1])


def _find(name: str) -> tuple[Contract, dict[str, Any]]:
    """The contract with its document for this site. Raises NotFound."""
    found = documented(current_app).get(name)
    if found is None:
        raise NotFound("There is no such interface. The list of all is at /docs/.")
    contract, api = found
    return contract, api.document(request.host_url.rstrip("/"))
