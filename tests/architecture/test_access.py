"""Every route, asked by every kind of person: who gets in, who is sent to sign in, who gets 403, who 404.

`access_table.txt` and its companions, `access_<contract>.txt`, have a line for each route and method; a route without
one fails. Whoever is refused, and whoever only reads, leaves the database as it was. Access does not depend on the
database, so the walk is made on SQLite alone, where the world can be put back after each step.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.architecture.access_walk import ACTORS, MEANING, READS, Line, Walk, read_table, routes_of, sign_of, walking

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    """A walk through two clinics with everybody in them."""
    with walking(app) as made:
        yield made


def test_the_table_has_a_line_for_every_route_and_no_other(app: Flask, walk: Walk) -> None:
    in_table = {(line.method, line.route) for line in read_table()}
    missing = sorted(routes_of(app) - in_table)
    assert not missing, advice(walk, missing)
    assert in_table - routes_of(app) == set(), "these lines of access_*.txt have no route: take them out"


def test_every_person_gets_what_the_table_says_on_every_route(walk: Walk) -> None:
    wrong = []
    for line in read_table():
        assert len(line.signs) == len(ACTORS), line
        for actor, sign in zip(ACTORS, line.signs, strict=True):
            answer = walk.ask(line, actor)
            got = sign_of(answer)
            if got != sign:
                wrong.append(
                    f"{line.method} {line.route}: {actor} {MEANING[sign]} by the table, but got {answer.status}"
                )
            if (got != "." or line.method in READS) and (changed := walk.changes()):
                wrong.append(f"{line.method} {line.route}: {actor} got {answer.status}, and yet wrote {changed}")
            walk.put_back()
    assert wrong == []


def test_no_form_is_taken_without_its_csrf_token(app: Flask, walk: Walk) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    taken = []
    for line in walk.lines("pages"):
        if line.method != "POST":
            continue
        for actor in ("anonymous", "patient", "doctor", "admin"):
            if (line.route, actor) == ("/logout/", "anonymous"):
                continue  # nobody is signed out who is not signed in
            answer = walk.ask(line, actor)
            if actor == "anonymous" and (answer.location or "").startswith("/login/"):
                continue  # asked to sign in, whatever the form held
            if answer.status_code != 400 or b"This form was open for a long time" not in answer.data:
                taken.append(f"{line.route} by {actor}: {answer.status}")
            if walk.changes():
                taken.append(f"{line.route} by {actor} wrote")
    assert taken == []


def test_a_contract_for_our_own_pages_takes_no_write_without_their_form_token(app: Flask, walk: Walk) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answers = {}
    for line in walk.lines("contracts"):
        if walk.takes_session(line) and line.method == "POST":
            answer = walk.send(line, walk.session_of("patient"))
            answers[line.route] = (answer.status_code, answer.get_json()["detail"][:36])
    assert answers == {"/transcription/user-prompt/": (400, "This form was open for a long time, ")}


def test_a_wrong_method_is_refused_with_words_and_never_fails(app: Flask, walk: Walk) -> None:
    client = app.test_client()
    served = routes_of(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or ("POST", rule.rule) in served:
            continue
        answer = client.post(walk.world.url_of(rule.rule))
        assert answer.status_code == 405, rule.rule
        assert b"does not take th" in answer.data


def advice(walk: Walk, missing: list[tuple[str, str]]) -> str:
    """The lines to add, with what people get now, and what the world lacks to ask these routes."""
    lines, unknown = [], set()
    for method, route in missing:
        try:
            signs = ""
            for actor in ACTORS:
                signs += sign_of(walk.ask(Line(method, route, ""), actor))
                walk.put_back()
            lines.append(f"{method:<6} {route:<80} {signs}")
        except KeyError as name:
            unknown.add(str(name))
    words = "These routes have no line in tests/architecture/access_*.txt. This is who gets in now"
    text = f"{words} ({', '.join(ACTORS)}): take over what is meant so, mend the rest.\n" + "\n".join(lines)
    return text + (f"\nGive `ids` in access_world.py a value for {', '.join(sorted(unknown))}." if unknown else "")
