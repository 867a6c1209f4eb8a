"""The clinic's page for its assistant: who answers, what leaves the house, and the switch."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Account, AuditEntry, Clinic
from tests import factories
from tests.portal.people_pages import flashes_of, words_of

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def admin(clinic: Clinic, as_: Callable[[Account], FlaskClient]) -> FlaskClient:
    return as_(factories.make_admin(clinic))


def test_without_a_model_the_admin_reads_that_nothing_leaves_the_server(admin: FlaskClient) -> None:
    assert 'href="/clinic/assistant/"' in admin.get("/admin_clinic_details/").text
    words = words_of(admin.get("/clinic/assistant/"))
    assert "Nothing that people write to it leaves this server." in words
    assert "What leaves the house" not in words


def test_an_admin_lets_the_model_be_asked_or_not_and_reads_what_it_is_sent(
    app: Flask, admin: FlaskClient, clinic: Clinic
) -> None:
    app.config.update(LLM_BASE_URL="https://user-key.model.example/v1", LLM_MODEL="tiny-1", LLM_API_KEY="sk-secret")
    page = admin.get("/clinic/assistant/")
    assert "An AI: tiny-1 at user-key.model.example" in words_of(page)
    assert "It is never sent a person’s e-mail" in words_of(page)
    assert "sk-secret" not in page.text
    off = admin.post("/clinic/assistant/off/", follow_redirects=True)
    assert "Nothing that people write to it goes to a language model." in flashes_of(off)
    assert not clinic.assistant_uses_model
    on = admin.post("/clinic/assistant/on/", follow_redirects=True)
    assert "may ask the language model now" in flashes_of(on)
    assert clinic.assistant_uses_model
    changes = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "assistant")).all()
    assert [entry.detail for entry in changes] == [{"asks_model": False}, {"asks_model": True}]


def test_where_people_can_talk_the_admin_reads_where_their_voices_go(app: Flask, admin: FlaskClient) -> None:
    assert "Deepgram" not in words_of(admin.get("/clinic/assistant/"))
    app.config.update(DEEPGRAM_API_KEY="dg-secret", DEEPGRAM_URL="wss://listening.example/v1/listen")
    assert "the sound goes to Deepgram (listening.example)" in words_of(admin.get("/clinic/assistant/"))
