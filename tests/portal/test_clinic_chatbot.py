"""The clinic's page for the chat on its own site: the switch, the sites, the tag and the token."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet.db import db
from medimeet.errors import NotSignedIn
from medimeet.models import Account, AuditEntry, Clinic
from medimeet.services import chatbot
from tests import factories
from tests.portal.people_pages import flashes_of, title_of, typed_in, words_of, written

SignedIn = Callable[[Account], FlaskClient]

FOLLOW = {"follow_redirects": True}

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


def test_an_admin_finds_the_page_from_the_clinics_details(admin: FlaskClient) -> None:
    assert 'href="/clinic/chatbot/"' in admin.get("/admin_clinic_details/").text
    page = admin.get("/clinic/chatbot/")
    assert title_of(page) == "The chat on your site · Riverside Clinic"
    assert 'aria-current="page">Clinic</a>' in page.text


def test_the_tag_to_paste_names_the_clinic_and_the_portals_own_address(
    app: Flask, admin: FlaskClient, clinic: Clinic
) -> None:
    app.config["BASE_URL"] = "https://portal.example"
    page = admin.get("/clinic/chatbot/")
    assert f'<script src="https://portal.example/widget.js" data-clinic="{clinic.id}" async></script>' in words_of(page)
    assert "script-src https://portal.example; frame-src https://portal.example;" in words_of(page)
    assert "you have reached this page by another address" in words_of(page)
    assert "another address" not in words_of(admin.get("/clinic/chatbot/", base_url="http://portal.example"))


def test_an_admin_switches_the_chat_off_and_on_and_the_sites_stay(admin: FlaskClient, clinic: Clinic) -> None:
    admin.post("/clinic/chatbot/", data={"origins": "https://a.example"})
    token = chatbot.issue_token(clinic)
    off = admin.post("/clinic/chatbot/off/", **FOLLOW)
    assert "The chat is off now" in flashes_of(off)
    assert "Switch the chat on" in words_of(off)
    assert (clinic.chatbot_enabled, clinic.chatbot_origins) == (False, ["https://a.example"])
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(token)
    on = admin.post("/clinic/chatbot/on/", **FOLLOW)
    assert "Switch the chat off" in words_of(on)
    assert (clinic.chatbot_enabled, clinic.chatbot_origins) == (True, ["https://a.example"])


def test_an_admin_lists_the_sites_one_a_line(admin: FlaskClient, clinic: Clinic) -> None:
    assert "any site may show the chat" in words_of(admin.get("/clinic/chatbot/"))
    typed = "https://WWW.My-Clinic.example/\r\n\r\n  http://localhost:8001 \r\nhttps://www.my-clinic.example:443"
    saved = admin.post("/clinic/chatbot/", data={"origins": typed}, **FOLLOW)
    assert clinic.chatbot_origins == ["https://www.my-clinic.example", "http://localhost:8001"]
    assert typed_in(saved, "origins").split() == clinic.chatbot_origins
    assert "any site may show the chat" not in words_of(saved)
    admin.post("/clinic/chatbot/", data={"origins": " \r\n"})
    assert clinic.chatbot_origins == []


def test_every_wrong_line_is_named_and_what_was_typed_comes_back(admin: FlaskClient, clinic: Clinic) -> None:
    typed = "my-clinic.example\r\nhttps://good.example\r\nhttps://my-clinic.example/team"
    answer = admin.post("/clinic/chatbot/", data={"origins": typed})
    assert answer.status_code == 400
    problem = BeautifulSoup(answer.text, "html.parser").select_one(".mm-problem")
    assert problem is not None
    lines = [line.get_text() for line in problem.select("li")]
    assert ["“my-clinic.example” must begin" in lines[0], "/team” names a page" in lines[1]] == [True, True]
    assert typed_in(answer, "origins").split() == typed.split()
    assert title_of(answer).startswith("Error: ")
    assert clinic.chatbot_origins == []


def test_renewing_asks_first_and_then_ends_the_tokens_that_are_out(admin: FlaskClient, clinic: Clinic) -> None:
    token = chatbot.issue_token(clinic)
    assert "Every token that was given out so far ends" in words_of(admin.get("/clinic/chatbot/renew/"))
    assert chatbot.clinic_of_token(token) == clinic
    assert "The token was renewed" in flashes_of(admin.post("/clinic/chatbot/renew/", **FOLLOW))
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(token)
    assert chatbot.clinic_of_token(chatbot.issue_token(clinic)) == clinic
    told = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.subject == "chatbot"))
    assert list(told) == ["renewed token"]


def test_the_preview_holds_the_very_tag_and_says_when_the_chat_is_off(admin: FlaskClient, clinic: Clinic) -> None:
    page = admin.get("/clinic/chatbot/preview/")
    assert f'<script src="/widget.js" data-clinic="{clinic.id}" async></script>' in page.text
    assert "switched off. Visitors" not in words_of(page)
    written(clinic, chatbot_enabled=False)
    assert "The chat is switched off. Visitors" in words_of(admin.get("/clinic/chatbot/preview/"))
