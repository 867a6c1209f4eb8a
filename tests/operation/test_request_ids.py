"""Each request has a number, by which a person's call, the log and the audit log are brought together."""

import logging
import re

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import Client

from medimeet.web.request_id import request_id

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NUMBER = re.compile("[0-9a-f]{32}")


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A portal whose first page breaks."""

    def breaks() -> Response:
        raise ValueError("the words of a patient")

    app.config["PROPAGATE_EXCEPTIONS"] = app.testing = False
    monkeypatch.setitem(app.view_functions, "machines.healthz", breaks)
    return app


@pytest.mark.parametrize(
    "address", ["/", "/healthz", "/no/such/page/", "/static/site.css", "/doctors/", "/ws/transcription/"]
)
def test_every_answer_carries_the_number_of_its_request(client: FlaskClient, address: str) -> None:
    with client.get(address) as first, client.get(address) as second:
        pass
    assert NUMBER.fullmatch(first.headers["X-Request-Id"])
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert len(first.headers.getlist("X-Request-Id")) == 1


def test_nobody_chooses_the_number_of_their_request(client: FlaskClient) -> None:
    chosen = "0123456789abcdef" * 2
    assert client.get("/healthz", headers={"X-Request-Id": chosen}).headers["X-Request-Id"] != chosen


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("0123456789abcdef" * 2, True),
        ("01234567-89AB-CDEF-0123-456789abcdef", True),
        ("0123", False),
        ("0123456789abcdef" * 2 + "\tx", False),
        ("anna.berg@example.org", False),
    ],
)
def test_the_number_that_a_trusted_proxy_gave_is_kept_where_it_is_plain(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, given: str, is_kept: bool
) -> None:
    monkeypatch.setattr(client.application.wsgi_app, "_has_proxy", True)
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given.replace("-", "").lower()) is is_kept


def test_a_fault_tells_the_person_the_number_under_which_the_log_has_it(
    broken: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    numbers: list[str] = []

    class Listening(logging.Filter):
        def filter(self, _record: logging.LogRecord) -> bool:
            numbers.append(request_id())
            return True

    caplog.handler.addFilter(Listening())
    answer = broken.test_client().get("/healthz")
    assert answer.status_code == 500
    assert numbers == [answer.headers["X-Request-Id"]]
    assert f'"mm-reference">{numbers[0][:8]}<' in answer.text
    assert "words of a patient" not in answer.text


@pytest.mark.parametrize("address", ["/healthz", "/static/site.css", "/no/such/page/"])
def test_a_number_does_not_outlive_its_request_in_the_thread_that_answered_it(app: Flask, address: str) -> None:
    with Client(app).get(address) as answer:
        assert answer.headers["X-Request-Id"]
    assert request_id() == ""
