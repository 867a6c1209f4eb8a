"""What no client should send is told in this contract's own shape, and never breaks anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Clinic
from tests import factories
from tests.contracts.hospital.test_printed_paths import OPERATIONS, PATHS
from tests.contracts.programs import Program

WRITES = sorted({(path, method) for path, method in OPERATIONS if method in {"POST", "PUT", "PATCH"}})
BROKEN = {
    "not JSON": b"{name: 1}",
    "half": b'{"name": ',
    "a list": b"[1, 2]",
    "text": b'"name"',
    "NaN": b'{"fee": NaN}',
    "deep": b'{"a":' * 100 + b"1" + b"}" * 100,
    "a long number": b'{"fee": ' + b"9" * 5000 + b"}",
    "half a character": b'{"name": "\\ud800", "bio": "\\ud800", "username": "\\ud800"}',
    "NUL": b'{"name": "\\u0000"}',
    "not UTF-8": b'{"name": "\xff"}',
}


def is_refusal(body: object) -> bool:
    """Whether this is `{"detail": "…"}`, or fields with lists of sentences."""
    if not isinstance(body, dict) or not body:
        return False
    said = [each for name, each in body.items() if name != "detail"]
    return isinstance(body.get("detail", ""), str) and all(isinstance(each, list) and each for each in said)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_method_is_a_405_that_names_the_right_ones(stranger: Program, path: str) -> None:
    printed = {method for other, method in OPERATIONS if other == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - printed:
        answer = stranger.ask(method, path.replace("{id}", "7"))
        assert (answer.status_code, set(answer.json)) == (405, {"detail"})
        assert printed <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_unknown_path_below_a_root_is_told_as_json(stranger: Program) -> None:
    for path in PATHS:
        root = path.replace("{id}/", "").removesuffix("/")
        answer = stranger.get(f"{root}/no/such/thing")
        assert (answer.status_code, set(answer.json)) == (404, {"detail"})


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("row_id", ["0", "999999", "9" * 16, "9" * 400, "-1", "x", "1.5", "%00"])
def test_rows_that_can_not_be_are_not_found(program: Callable[..., Program], clinic: Clinic, row_id: str) -> None:
    admin = program(factories.make_admin(clinic))
    for path in PATHS:
        if "{id}" in path:
            answer = admin.get(path.replace("{id}", row_id))
            assert (answer.status_code, set(answer.json)) == (404, {"detail"}), path


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("path", "method"), WRITES)
def test_a_broken_body_is_a_400_in_words(
    program: Callable[..., Program], clinic: Clinic, path: str, method: str
) -> None:
    people = [program(factories.make_admin(clinic)), program(factories.make_patient(clinic))]
    for name, body in BROKEN.items():
        for person in people:
            answer = person.ask(method, path.replace("{id}", "7"), data=body, content_type="application/json")
            assert answer.status_code in {400, 403, 404}, name
            assert is_refusal(answer.json), (name, answer.json)
    answer = people[0].ask(method, path.replace("{id}", "7"), data=b"<a/>", content_type="text/xml")
    assert (answer.status_code, set(answer.json)) == (415, {"detail"})
    huge = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
    answer = people[0].ask(method, path.replace("{id}", "7"), data=huge, content_type="application/json")
    assert (answer.status_code, set(answer.json)) == (413, {"detail"})


@pytest.fixture
def limited(app: Flask, clinic: Clinic, tmp_path: Path) -> Iterator[Program]:
    """A program without a token, of the application with a low limit, on the same database."""
    settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING", "WTF_CSRF_ENABLED")}
    limits = {"RATELIMIT_ENABLED": True, "RATELIMIT_ANONYMOUS": 2}
    limited = create_app(settings | limits | {"DATA_DIR": str(tmp_path), "BASE_URL": "http://localhost"})
    limited.test_client_class = app.test_client_class
    yield Program(limited)
    with limited.app_context():
        db.engine.dispose()


def test_too_many_requests_are_a_429_with_retry_after(limited: Program) -> None:
    answers = [limited.get("/available-time/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert set(answers[-1].json) == {"detail"}
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


@pytest.mark.parametrize("token", ["Bearer x", "Bearer", "Basic YTpi", "Token x", "x"])
def test_a_bad_token_is_a_401_on_public_lists_too(stranger: Program, token: str) -> None:
    for path in ("/doctors/", "/designations/", "/available-time/", "/patients/"):
        answer = stranger.get(path, headers={"Authorization": token})
        assert (answer.status_code, "detail" in answer.json) == (401, True)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
