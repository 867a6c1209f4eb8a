"""The OpenAPI documents and the pages that show them: valid, complete, and told in plain words."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Account, Clinic, IssuedToken
from medimeet.web.api_document import documented
from medimeet.web.contract import contracts_of
from tests import factories
from tests.conftest import Visitor
from tests.contracts.programs import Program

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
pytestmark = on_sqlite  # documents are made of schemas, not of rows
REFUSED_TO_SITES = {"POST /generate-chatbot-token/{clinic_id}/"}


@pytest.fixture
def documents(app: Flask, clinic: Clinic) -> dict[str, dict[str, Any]]:
    """The document of every contract, by its name."""
    client = app.test_client()
    return {name: client.get(f"/docs/{name}/openapi.json").get_json() for name in documented(app)}


def operations_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of a document, with its method and path."""
    for path, parts in document["paths"].items():
        for method, operation in parts.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def test_every_document_is_valid(documents: dict[str, Any]) -> None:
    for name, document in documents.items():
        assert document["openapi"] == "3.1.0"
        faults = [f"{name}: {fault.message}" for fault in OpenAPIV31SpecValidator(document).iter_errors()]
        assert faults == []


def test_every_route_of_a_contract_is_in_its_document_and_nothing_else(app: Flask, documents: dict[str, Any]) -> None:
    served = {blueprint: routes_of(app, blueprint) for blueprint in contracts_of(app)}
    told = {name: {label for label, _ in operations_of(document)} for name, document in documents.items()}
    for name, labels in told.items():
        assert served[name] - labels == set()
        assert labels - served[name] <= served["doctors_list"]
    assert set().union(*told.values()) == set().union(*served.values())


def routes_of(app: Flask, blueprint: str) -> set[str]:
    """Every method and path of a blueprint, as documents write them."""
    return {
        f"{method} {FlaskPlugin.flaskpath2openapi(rule.rule).replace('_uuid', '_id')}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{blueprint}.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_operation_has_a_name_words_a_success_and_its_refusals(documents: dict[str, Any]) -> None:
    for document in documents.values():
        operations = dict(operations_of(document))
        assert len({operation["operationId"] for operation in operations.values()}) == len(operations)
        for label, operation in operations.items():
            assert not operation["summary"][:1].islower(), label
            assert not re.match(r"(GET|POST|PUT|PATCH|DELETE) /", operation["summary"]), label
            assert [status for status in operation["responses"] if status < "300"], label
            assert {"400", "401", "404", "429", "500", "503"} <= set(operation["responses"]), label
            is_refused_to_some = operation.get("security") == [{"token": []}] or label in REFUSED_TO_SITES
            assert ("403" in operation["responses"]) is is_refused_to_some, label


def test_the_server_is_the_site_that_was_asked(app: Flask, clinic: Clinic) -> None:
    document = app.test_client().get("/docs/timeslots/openapi.json", base_url="https://clinic.example").get_json()
    assert document["servers"] == [{"url": "https://clinic.example"}]


def test_no_answer_may_hold_an_undeclared_field_or_lack_a_declared_one(documents: dict[str, Any]) -> None:
    schemas = documents["timeslots"]["components"]["schemas"]
    assert schemas["TokenPair"]["additionalProperties"] is False
    assert schemas["TokenPair"]["required"] == ["access", "refresh"]


def test_a_document_tells_that_a_refusal_names_the_wrong_fields(documents: dict[str, Any]) -> None:
    for name in ("booking", "hospital", "timeslots"):
        refusal = documents[name]["components"]["schemas"]["DetailError"]
        assert '{"email": ["…"]}' in refusal["description"]
        assert refusal.get("additionalProperties") is not False


def test_the_list_leads_to_every_contract_and_its_document(app: Flask, client: Visitor) -> None:
    page = client.get("/docs/").text
    for name in documented(app):
        assert f'href="/docs/{name}/"' in page
        assert f'href="/docs/{name}/openapi.json"' in page


def test_a_page_tells_every_operation_without_javascript(
    app: Flask, client: Visitor, documents: dict[str, Any]
) -> None:
    for name, document in documents.items():
        page = BeautifulSoup(client.get(f"/docs/{name}/").text, "html.parser")
        told = {
            f"{each.select_one('.api-method').text} {each.select_one('summary > code').text}"
            for each in page.select(".api-operation")
        }
        assert told == {label for label, _ in operations_of(document)}


def test_a_page_tells_what_each_field_holds_and_what_a_refusal_holds(client: Visitor, clinic: Clinic) -> None:
    page = BeautifulSoup(client.get("/docs/mobile/").text, "html.parser")
    told = {each.code.text: each.span.text for each in page.select(".api-fields dt")}
    assert told["data"] == "null"
    assert told["patient"] == "whole number or UUID or null"
    assert told["data.slot.start_time"] == "instant, UTC"
    of_refusals = [each.text for each in page.select("section[aria-labelledby=refusals] dt > code")]
    assert of_refusals[:4] == ["code", "message", "data", "error"]


def test_the_page_of_the_chatbot_asks_for_the_clinics_token_and_for_nobodys_own(
    app: Flask, clinic: Clinic, as_: Callable[[Account], Visitor]
) -> None:
    page = as_(factories.make_patient(clinic).account).get("/docs/chatbot/").text
    assert "which anybody gets from <code>/generate-chatbot-token/</code>" in page
    assert "X-Api-Key: …" in page
    assert "Use my account" not in page


def test_there_is_no_page_of_an_unknown_contract(client: Visitor) -> None:
    assert client.get("/docs/nothing/").status_code == 404
    assert client.get("/docs/nothing/openapi.json").status_code == 404


def test_who_is_signed_in_gets_a_token_of_their_own_account(
    app: Flask, clinic: Clinic, as_: Callable[[Account], Visitor]
) -> None:
    browser = as_(factories.make_patient(clinic).account)
    answer = browser.post("/docs/token/", data={"password": factories.PASSWORD})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    verified = Program(app).post("/api/api/token_verify/", json={"token": answer.get_json()["access"]})
    assert verified.status_code == 200


@pytest.mark.parametrize("sent", [{}, {"password": ""}, {"password": "not the password"}])
def test_who_finds_a_browser_signed_in_gets_no_token_that_would_change_the_e_mail(
    clinic: Clinic, as_: Callable[[Account], Visitor], sent: dict[str, str]
) -> None:
    account = factories.make_patient(clinic).account
    answer = as_(account).post("/docs/token/", data=sent)
    assert (answer.status_code, answer.get_json()) == (400, {"detail": "That is not your password. Try again."})
    assert db.session.scalar(select(IssuedToken).where(IssuedToken.account_id == account.id)) is None


def test_guesses_of_the_password_at_the_documentation_are_counted(
    clinic: Clinic, as_: Callable[[Account], Visitor]
) -> None:
    browser = as_(factories.make_patient(clinic).account)
    wrong = [browser.post("/docs/token/", data={"password": f"guess {number}"}).status_code for number in range(6)]
    assert wrong == [400, 400, 400, 400, 400, 429]
    assert browser.post("/docs/token/", data={"password": factories.PASSWORD}).status_code == 429


def test_a_visitor_is_led_to_sign_in_and_back(client: Visitor) -> None:
    assert 'href="/api-auth/login/?next=/docs/timeslots/"' in client.get("/docs/timeslots/").text
    assert client.post("/docs/token/").status_code == 302
