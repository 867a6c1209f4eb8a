"""Every path and method that document 004 prints is served, with and without the slash at its end."""

import pytest
from flask import Flask

from tests.contracts.programs import Program
from tests.contracts.timeslots.conftest import Practice

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # addresses and bodies are no matter of rows

PRINTED = [
    ("POST", "/api/api/token_obtain/"),
    ("POST", "/api/api/token_verify/"),
    ("POST", "/api/api/token_refresh/"),
    ("POST", "/api/register_doctor/"),
    ("POST", "/api/register_patient/"),
    ("GET", "/api/timeslots/"),
    ("POST", "/api/timeslots/"),
    ("PUT", "/api/timeslots/1/"),
    ("DELETE", "/api/timeslots/1/"),
    ("GET", "/api/availabilities/"),
    ("POST", "/api/availabilities/"),
    ("PUT", "/api/availabilities/1/"),
    ("DELETE", "/api/availabilities/1/"),
    ("GET", "/api/appointments/"),
    ("POST", "/api/appointments/"),
    ("PUT", "/api/appointments/1/"),
    ("DELETE", "/api/appointments/1/"),
    ("GET", "/api/appointments/search/"),
]


@pytest.mark.parametrize(("method", "path"), PRINTED)
def test_a_printed_path_is_served(app: Flask, method: str, path: str) -> None:
    endpoint, _arguments = app.url_map.bind("localhost").match(path, method)
    assert endpoint.startswith("timeslots.")


@pytest.mark.parametrize(("method", "path"), PRINTED)
def test_a_printed_path_answers_the_same_without_its_slash(practice: Practice, method: str, path: str) -> None:
    with_slash = practice.by_admin.ask(method, path, json={} if method != "GET" else None)
    without = practice.by_admin.ask(method, path.rstrip("/"), json={} if method != "GET" else None)
    assert with_slash.status_code in {200, 204, 400, 404}
    if path != "/api/timeslots/1/" or method != "DELETE":
        assert (without.status_code, without.json) == (with_slash.status_code, with_slash.json)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/api/token_obtain/"),
        ("GET", "/api/register_doctor/"),
        ("DELETE", "/api/timeslots/"),
        ("GET", "/api/timeslots/1/"),
        ("PATCH", "/api/availabilities/1/"),
        ("GET", "/api/appointments/1/"),
        ("POST", "/api/appointments/search/"),
    ],
)
def test_a_method_that_is_not_printed_is_a_405_in_words(stranger: Program, method: str, path: str) -> None:
    refused = stranger.ask(method, path)
    assert refused.status_code == 405
    assert "does not take this method" in refused.json["detail"]
    assert refused.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/nothing/",
        "/api/timeslot/",
        "/api/api/nothing/",
        "/api/timeslots/x/",
        "/api/appointments/1/2/",
        "/api/register_nurse/",
        "/api/register_doctor/1",
    ],
)
def test_an_unknown_path_below_a_root_is_a_404_in_words(stranger: Program, path: str) -> None:
    refused = stranger.get(path)
    assert refused.status_code == 404
    assert set(refused.json) == {"detail"}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"username": "a\\u0000"}', "application/json", 400),
        (b'{"user": {"username": "\\ud800"}}', "application/json", 400),
        (b'{"date": ' + b"9" * 100_000 + b"}", "application/json", 400),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "application/json", 400),
        (b"<a/>", "application/xml", 415),
        (b'{"a": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_none_is_refused_in_the_contracts_shape(
    practice: Practice, body: bytes, content_type: str, status: int
) -> None:
    for method, path in PRINTED:
        if method not in {"POST", "PUT"}:
            continue
        refused = practice.by_admin.ask(method, path, data=body, content_type=content_type)
        assert refused.status_code == status, path
        assert refused.json
        assert "Traceback" not in refused.text
