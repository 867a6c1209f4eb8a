"""How many requests a minute programs may make: told in each contract's own shape, counted by account or address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Clinic
from medimeet.services import tokens
from tests import factories
from tests.contracts.programs import Program

SLOTS = "/clinic-management/doctors/00000000-0000-4000-8000-000000000000/slots/"
ADDRESS = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def limited(app: Flask, clinic: Clinic, tmp_path: Path, frozen_clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application with low limits, on the same database."""
    settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING")}
    limits = {"RATELIMIT_ENABLED": True, "RATELIMIT_ANONYMOUS": 3, "RATELIMIT_SIGNED_IN": 6, "CONTACT_MESSAGES": 2}
    limited = create_app(settings | limits | {"DATA_DIR": str(tmp_path), "BASE_URL": "http://localhost"})
    yield limited
    with limited.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("path", ["/services/", "/api/doctor/doctors/", SLOTS, "/doctors/"])
def test_an_address_past_its_limit_is_told_when_to_come_again(limited: Flask, path: str) -> None:
    stranger = Program(limited)
    answers = [stranger.get(path, environ_overrides=ADDRESS) for _ in range(4)]
    refused = answers[-1]
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    words = refused.json["error"] if path == SLOTS else refused.json["detail"]
    assert words.startswith("There were too many requests")


def test_who_may_go_on_is_told_how_often_and_not_to_wait(limited: Flask) -> None:
    answer = Program(limited).get("/doctors/", environ_overrides=ADDRESS)
    assert (answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]) == ("3", "2")
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("database_kind", ["sqlite"])  # PostgreSQL has no lock of ours to hold
def test_a_shorter_wait_that_something_else_names_is_not_drawn_out(limited: Flask, clinic: Clinic) -> None:
    limited.config["DATABASE_TIMEOUT_SECONDS"] = 0.02
    with limited.extensions["writer_lock"].held(1):
        busy = Program(limited).post("/send-otp/", data={"mobile_number": "07400 123456"}, environ_overrides=ADDRESS)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")


def test_a_person_with_a_token_shares_no_limit_with_the_address(limited: Flask, clinic: Clinic) -> None:
    Program(limited).get("/services/", environ_overrides=ADDRESS)
    signed_in = Program(limited, tokens.issue_access(factories.make_patient(clinic).account))
    statuses = [signed_in.get("/patients/", environ_overrides=ADDRESS).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]


def test_messages_by_page_and_by_program_are_counted_together(limited: Flask) -> None:
    limited.config.update(RATELIMIT_ANONYMOUS=100, WTF_CSRF_ENABLED=False)
    stranger = Program(limited)
    sent = {"name": "Kim", "massage": "Do you have parking?", "message": "Do you have parking?"}

    def status(path: str) -> int:
        return stranger.post(path, data=sent, environ_overrides=ADDRESS).status_code

    assert [status("/contacts/"), status("/contact/"), status("/contacts/")] == [201, 303, 429]
    assert stranger.get("/contact/", environ_overrides=ADDRESS).status_code == 200
