"""How every contract refuses: in its own shape, also where no route is reached; to a person's browser as a page."""

import re

import pytest
from flask import Flask

from medimeet.db import db
from medimeet.models import Clinic
from medimeet.services import tokens
from medimeet.web.contract import Contract, contracts_of
from tests import factories
from tests.contracts.programs import Program, program_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # addresses and bodies are no matter of rows


def contracts_with_paths(app: Flask) -> list[Contract]:
    return [contract for contract in contracts_of(app).values() if contract.roots]


def test_an_unknown_path_below_a_contract_is_told_in_its_shape(app: Flask, stranger: Program) -> None:
    for contract in contracts_with_paths(app):
        for root in contract.roots:
            refused = stranger.get(f"{root.replace('*', '1')}/there/is/nothing/here/")
            assert refused.status_code == 404, root
            assert has_shape_of(contract, refused.json), root


def test_a_wrong_method_is_told_in_the_shape_of_the_contract_with_the_right_ones(app: Flask, stranger: Program) -> None:
    for rule in app.url_map.iter_rules():
        contract = contracts_of(app).get(rule.endpoint.partition(".")[0])
        if contract is None or not contract.roots or rule.arguments:
            continue
        refused = stranger.ask("TRACE", rule.rule)
        assert refused.status_code == 405, rule.rule
        assert has_shape_of(contract, refused.json), rule.rule
        assert refused.headers["Allow"]


def test_whoever_looks_with_a_browser_gets_a_page(app: Flask, stranger: Program) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    for contract in contracts_with_paths(app):
        refused = stranger.get(f"{contract.roots[0]}/nothing/", headers=browser)
        assert refused.status_code == 404
        assert refused.mimetype == "text/html"
        assert "Page not found" in refused.text


def test_a_portal_page_stays_a_page_whatever_is_accepted(stranger: Program) -> None:
    refused = stranger.get("/no-such-page/", headers={"Accept": "application/json"})
    assert refused.mimetype == "text/html"


def test_no_post_is_ever_redirected(app: Flask, stranger: Program) -> None:
    for rule in app.url_map.iter_rules():
        contract = contracts_of(app).get(rule.endpoint.partition(".")[0])
        if contract is None or "POST" not in (rule.methods or ()) or rule.arguments:
            continue
        for path in (rule.rule, rule.rule.rstrip("/"), f"/{rule.rule}"):
            answer = stranger.post(path, json={})
            assert answer.status_code not in {301, 302, 303, 307, 308}, path


def test_a_dead_token_is_401_on_every_route_but_those_for_newcomers(app: Flask, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    token = tokens.issue_access(patient.account)
    tokens.revoke_family(token)
    program = Program(app, token)
    for rule in app.url_map.iter_rules():
        contract = contracts_of(app).get(rule.endpoint.partition(".")[0])
        if contract is None or rule.arguments:
            continue
        view = app.view_functions[rule.endpoint]
        is_for_newcomers = view.access_rule.__name__ == "newcomer"  # type: ignore[attr-defined]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            refused = program.ask(method, rule.rule, json=None if method == "GET" else {})
            assert (refused.status_code == 401) != is_for_newcomers, f"{method} {rule.rule}"


def test_the_answer_to_a_program_with_a_token_is_kept_by_no_cache(app: Flask, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    answer = program_of(app, patient).get("/api/timeslots/")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_fault_of_ours_is_a_number_and_no_word_of_a_traceback(app: Flask, clinic: Clinic, monkeypatch) -> None:
    """The view is broken for this one test, because no way is known to break one from outside."""
    patient = factories.make_patient(clinic)
    view = app.view_functions["timeslots.obtain"]

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("secret words")

    broken.access_rule = view.access_rule  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "timeslots.obtain", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    refused = program_of(app, patient).post("/api/api/token_obtain/", json={})
    db.session.rollback()
    assert refused.status_code == 500
    assert "secret words" not in refused.text
    assert "Its number is" in refused.json["detail"]


def has_shape_of(contract: Contract, body: dict[str, object]) -> bool:
    """Whether the body has a sentence where this contract says what is wrong."""
    words = body.get("detail") or body.get("error")
    return (
        isinstance(words, str) and words.endswith(".") and set(body) <= set(contract.error_schema().fields) | {"code"}
    )


def test_an_id_too_large_for_any_row_is_not_found_whatever_the_method(app: Flask, clinic: Clinic) -> None:
    admin = factories.make_admin(clinic)
    program, key = program_of(app, admin), {"X-Api-Key": tokens.issue_access(admin)}
    for rule in app.url_map.iter_rules():
        if "<int:" not in rule.rule or rule.endpoint.partition(".")[0] not in contracts_of(app):
            continue
        path = re.sub("<[^>]+>", "51565533306692104", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            refused = program.ask(method, path, json={}, headers=key)
            assert refused.status_code in {400, 403, 404}, f"{method} {path}"
