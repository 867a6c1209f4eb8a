"""How many requests a minute: by address for visitors, by account for people who are signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Clinic
from tests import factories
from tests.portal.browsing import is_signed_in, sign_in


@pytest.fixture
def limited(app: Flask, clinic: Clinic, tmp_path: Path, frozen_clock: time_machine.Traveller) -> Iterator[Flask]:
    """The application with low limits, on the same database."""
    settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING", "WTF_CSRF_ENABLED")}
    limits = {"RATELIMIT_ENABLED": True, "RATELIMIT_ANONYMOUS": 10, "RATELIMIT_SIGNED_IN": 20}
    limited = create_app(settings | limits | {"DATA_DIR": str(tmp_path), "BASE_URL": "http://localhost"})
    limited.test_client_class = app.test_client_class
    yield limited
    with limited.app_context():
        db.engine.dispose()


def statuses(client: FlaskClient, path: str, times: int, address: str) -> list[int]:
    answers = [client.get(path, environ_overrides={"REMOTE_ADDR": address}) for _ in range(times)]
    for answer in answers:
        answer.close()
    return [answer.status_code for answer in answers]


def test_a_visitor_past_the_limit_is_told_to_wait(limited: Flask) -> None:
    client = limited.test_client()
    assert statuses(client, "/login/", 11, "192.0.2.1") == [200] * 10 + [429]
    refused = client.get("/patient/register/", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert "Too many" in refused.text
    assert statuses(client, "/login/", 1, "192.0.2.2") == [200]
    statuses(client, "/login/", 10, "2001:db8::1")
    assert statuses(client, "/login/", 1, "2001:db8::2") == [429]


def test_the_door_opens_again_after_a_minute(limited: Flask, frozen_clock: time_machine.Traveller) -> None:
    client = limited.test_client()
    statuses(client, "/login/", 11, "192.0.2.3")
    frozen_clock.shift(61)
    assert statuses(client, "/login/", 1, "192.0.2.3") == [200]


def test_pictures_and_styles_are_not_counted(limited: Flask) -> None:
    client = limited.test_client()
    assert statuses(client, "/static/site.css", 30, "192.0.2.4") == [200] * 30


def test_people_who_are_signed_in_share_no_limit_with_others_at_their_address(limited: Flask, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    client, visitor = limited.test_client(), limited.test_client()
    sign_in(client, "pat", address="192.0.2.5")
    assert statuses(visitor, "/login/", 10, "192.0.2.5").count(429) == 1
    assert statuses(client, "/sessions/", 21, "192.0.2.5") == [200] * 20 + [429]


def test_nothing_is_limited_where_rates_are_lifted(client: FlaskClient) -> None:
    assert set(statuses(client, "/login/", 400, "192.0.2.6")) == {200}
    assert not is_signed_in(client)
