"""Every route, asked by every kind of person: who gets in, who is sent to sign in, who gets 403, who 404.

`access_table.txt` and its companions, `access_<contract>.txt`, have a line for each route and method; a route without
one fails. Access does not depend on the
database, so the walk is made on SQLite alone, where the world can be put back after each step.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.web.contract import contracts_of
from tests.architecture import access_world
from tests.architecture.access_world import World
from tests.conftest import Visitor

TABLES = sorted(Path(__file__).parent.glob("access_*.txt"))
ACTORS = (
    "anonymous",
    "patient",
    "other_patient",
    "doctor",
    "other_doctor",
    "admin",
    "far_patient",
    "far_doctor",
    "far_admin",
    "superuser",
    "deactivated",
)
MEANING = {".": "gets in", "L": "is sent to sign in", "3": "gets 403", "4": "gets 404"}


@dataclass(frozen=True)
class Line:
    """One line of the table: a method, a route, and a sign for each actor."""

    method: str
    route: str
    signs: str


def read_table() -> list[Line]:
    """The lines of the tables, without remarks and headings."""
    lines = [line.split("#")[0].split() for table in TABLES for line in table.read_text().splitlines()]
    return [Line(*words) for words in lines if words]


def routes_of(app: Flask) -> set[tuple[str, str]]:
    """Every method and route that the application serves, but for static files."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Two clinics with everybody in them; put back after every request that got in."""
    made = access_world.make(app)
    database = str(db.engine.url.database)
    db.session.remove()
    db.engine.dispose()
    shutil.copy(database, f"{database}.world")
    yield made


def put_back() -> None:
    """The database as the world left it."""
    database = str(db.engine.url.database)
    db.session.remove()
    db.engine.dispose()
    for leftover in ("-wal", "-shm"):
        Path(database + leftover).unlink(missing_ok=True)
    shutil.copy(f"{database}.world", database)


on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@on_sqlite
def test_the_table_has_a_line_for_every_route_and_no_other(app: Flask) -> None:
    in_table = {(line.method, line.route) for line in read_table()}
    assert routes_of(app) - in_table == set(), "these routes have no line in access_*.txt"
    assert in_table - routes_of(app) == set(), "these lines have no route"


@on_sqlite
def test_every_person_gets_what_the_table_says_on_every_route(app: Flask, world: World) -> None:
    wrong = []
    for line in read_table():
        assert len(line.signs) == len(ACTORS), line
        for actor, sign in zip(ACTORS, line.signs, strict=True):
            answer = ask(app, world, line, actor)
            if sign_of(answer) == "." and line.method != "GET":
                put_back()
            if sign_of(answer) != sign:
                wrong.append(
                    f"{line.method} {line.route}: {actor} {MEANING[sign]} by the table, but got {answer.status}"
                )
    assert wrong == []


@on_sqlite
def test_no_form_is_taken_without_its_csrf_token(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    taken = []
    for line in read_table():
        if line.method != "POST" or is_contract(app, line):
            continue
        for actor in ("anonymous", "patient", "doctor", "admin"):
            if (line.route, actor) == ("/logout/", "anonymous"):
                continue  # nobody is signed out who is not signed in
            answer = ask(app, world, line, actor)
            if actor == "anonymous" and (answer.location or "").startswith("/login/"):
                continue  # asked to sign in, whatever the form held
            if answer.status_code != 400 or b"This form was open for a long time" not in answer.data:
                taken.append(f"{line.route} by {actor}: {answer.status}")
    assert taken == []


@on_sqlite
def test_a_browser_that_is_signed_in_is_nobody_to_a_json_contract(app: Flask, world: World) -> None:
    open_to_browsers = []
    for line in read_table():
        if not is_contract(app, line) or not line.signs.startswith("L"):
            continue
        if takes_session(app, line):
            continue
        answer = browser(app, world, "admin").open(world.url_of(line.route), method=line.method)
        if answer.status_code != 401:
            open_to_browsers.append(f"{line.method} {line.route}: {answer.status}")
    assert open_to_browsers == []


@on_sqlite
def test_a_contract_for_our_own_pages_takes_no_write_without_their_form_token(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answers = {}
    for line in read_table():
        if is_contract(app, line) and takes_session(app, line) and line.method == "POST":
            answer = browser(app, world, "patient").open(world.url_of(line.route), method=line.method)
            answers[line.route] = (answer.status_code, answer.get_json()["detail"][:36])
    assert answers == {"/transcription/user-prompt/": (400, "This form was open for a long time, ")}


@on_sqlite
def test_a_wrong_method_is_refused_with_words_and_never_fails(app: Flask, world: World) -> None:
    client = app.test_client()
    served = routes_of(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or ("POST", rule.rule) in served:
            continue
        answer = client.post(world.url_of(rule.rule))
        assert answer.status_code == 405, rule.rule
        assert b"does not take th" in answer.data


def ask(app: Flask, world: World, line: Line, actor: str) -> TestResponse:
    """The answer to one request of one person: by a browser to a page, by a program with a token to a contract."""
    form: dict[str, Any] = world.form_of(line.route) if line.method != "GET" else {}
    if not is_contract(app, line):
        return browser(app, world, actor).open(world.url_of(line.route), method=line.method, data=form)
    return app.test_client().open(
        world.url_of(line.route), method=line.method, json=form or None, headers=headers_of(app, world, line, actor)
    )


def headers_of(app: Flask, world: World, line: Line, actor: str) -> dict[str, str]:
    """The headers by which the route's contract knows the actor; a chatbot's token goes with it in any case."""
    token = world.bearers.get(actor)
    if contract_name(app, line) == "chatbot":
        of_clinic = {"Authorization": f"Bearer {world.ids['chatbot_token']}"}
        return of_clinic | {"X-Api-Key": token} if token else of_clinic
    return {"Authorization": f"Bearer {token}"} if token else {}


def browser(app: Flask, world: World, actor: str) -> Visitor:
    """A browser in which the actor is signed in."""
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    token = world.tokens.get(actor)
    if token is not None:
        with visitor.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
    return visitor


def is_contract(app: Flask, line: Line) -> bool:
    """Whether the route belongs to a JSON contract."""
    return contract_name(app, line) in contracts_of(app)


def takes_session(app: Flask, line: Line) -> bool:
    """Whether the route belongs to a JSON contract that our own pages call with their session."""
    return contracts_of(app)[contract_name(app, line)].takes_session


def contract_name(app: Flask, line: Line) -> str:
    """The name of the route's blueprint, which is its contract's."""
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == line.route)
    return rule.endpoint.partition(".")[0]


def sign_of(answer: TestResponse) -> str:
    """The table's sign for an answer."""
    status = answer.status_code
    if status == 302 and answer.headers["Location"].startswith("/login/"):
        return "L"
    if status in {401, 403, 404}:
        return {401: "L", 403: "3", 404: "4"}[status]
    return "." if status < 500 and status != 405 else "5"
