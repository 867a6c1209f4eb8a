"""Messages that people leave for the clinic."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, Clinic, ContactMessage
from tests import factories
from tests.portal.people_pages import flashes_of, title_of, typed_in, words_of

SignedIn = Callable[[Account], FlaskClient]

QUESTION = {"name": "Anna Bell", "phone": "07400 123456", "message": "Do you see\nchildren?"}


@pytest.fixture
def limited(app: Flask, clinic: Clinic, tmp_path: Path) -> Iterator[Flask]:
    """The application, counting requests, on the same database."""
    settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING", "WTF_CSRF_ENABLED")}
    limits = {"RATELIMIT_ENABLED": True, "CONTACT_MESSAGES": 3}
    limited = create_app(settings | limits | {"DATA_DIR": str(tmp_path), "BASE_URL": "http://localhost"})
    limited.test_client_class = app.test_client_class
    yield limited
    with limited.app_context():
        db.engine.dispose()


def how_many() -> int:
    return db.session.scalar(select(func.count(ContactMessage.id))) or 0


def test_a_visitor_leaves_a_message_that_the_admin_reads_and_removes(
    client: FlaskClient, clinic: Clinic, as_: SignedIn
) -> None:
    assert title_of(client.get("/contact/")) == "Write to us · Riverside Clinic"
    answer = client.post("/contact/", data=QUESTION)
    assert (answer.status_code, answer.location) == (303, "/contact/")
    assert "The clinic has your message" in flashes_of(client.get("/contact/"))
    admin = as_(factories.make_admin(clinic))
    assert "Do you see children?" in words_of(admin.get("/messages/"))
    assert "Anna Bell" in words_of(admin.get("/messages/?q=CHILDREN"))
    assert "Anna Bell" in words_of(admin.get("/messages/?q=7400123"))
    assert "No message matches" in words_of(admin.get("/messages/?q=zebra"))
    message_id = db.session.scalars(select(ContactMessage.id)).one()
    assert admin.post(f"/messages/{message_id}/delete/").status_code == 303
    assert "Nobody has written yet." in words_of(admin.get("/messages/"))
    assert admin.post(f"/messages/{message_id}/delete/").status_code == 404


def test_a_number_that_nobody_can_call_is_said_at_once(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.post("/contact/", data=QUESTION | {"phone": "lots"})
    assert answer.status_code == 400
    assert "Write a phone number that we can call" in words_of(answer)
    assert typed_in(answer, "phone") == "lots"
    assert how_many() == 0
    assert client.post("/contact/", data=QUESTION | {"phone": ""}).status_code == 303


def test_somebody_signed_in_need_not_type_the_name(clinic: Clinic, as_: SignedIn) -> None:
    patient = factories.make_patient(clinic)
    assert typed_in(as_(patient.account).get("/contact/"), "name") == patient.name


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Write your name"),
        ({"message": ""}, "Write what we can do for you."),
        ({"message": "x" * 3001}, "at most 3000 characters"),
        ({"phone": "1" * 41}, "at most 40 characters"),
        ({"message": "a\x00b"}, "signs that can be typed"),
    ],
)
def test_a_wrong_answer_comes_back_with_words(client: FlaskClient, wrong: dict[str, str], words: str) -> None:
    answer = client.post("/contact/", data=QUESTION | wrong)
    assert (answer.status_code, words in words_of(answer)) == (400, True)
    assert how_many() == 0


def test_messages_are_for_the_clinics_own_admin(client: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
    client.post("/contact/", data=QUESTION)
    message = db.session.scalars(select(ContactMessage)).one()
    far = as_(factories.make_admin(factories.make_clinic(name="Hillside Dental")))
    assert "Anna Bell" not in words_of(far.get("/messages/"))
    assert far.post(f"/messages/{message.id}/delete/").status_code == 404
    for account in (factories.make_patient(clinic).account, factories.make_doctor(clinic).account):
        assert as_(account).get("/messages/").status_code == 403
        assert as_(account).post(f"/messages/{message.id}/delete/").status_code == 403
    assert how_many() == 1


def test_one_address_leaves_so_many_messages_an_hour(limited: Flask) -> None:
    client = limited.test_client()
    answers = [client.post("/contact/", data=QUESTION) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get("/contact/").status_code == 200
    other = client.post("/contact/", data=QUESTION, environ_overrides={"REMOTE_ADDR": "192.0.2.77"})
    assert other.status_code == 303
    assert how_many() == 4
