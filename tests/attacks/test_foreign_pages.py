"""What the page of another site can make a signed-in browser do here: nothing."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests import factories
from tests.architecture.access_walk import ACTORS, READS, Line, Walk, read_table, sign_of
from tests.conftest import Visitor

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

EVIL = "https://evil.example"
PEOPLE = ACTORS[1:]
OVERRIDES = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
# What a browser says of the page that sends, and whether that may be one of ours.
PAGES = [
    ({}, True),  # an old browser says nothing: the form's token alone judges
    ({"Origin": "http://localhost"}, True),
    ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "HTTP://LOCALHOST"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "https://localhost"}, True),  # behind a proxy that speaks https to people
    ({"Origin": EVIL}, False),
    ({"Origin": EVIL, "Sec-Fetch-Site": "same-origin"}, False),
    ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": ""}, False),
    ({"Origin": "http://localhost:8000"}, False),
    ({"Origin": "http://localhost.evil.example"}, False),
    ({"Origin": "http://evil.example/localhost"}, False),
    ({"Origin": "http://evil-localhost"}, False),
    ({"Origin": "http://localhost@evil.example"}, False),
    ({"Origin": "http://localhost, https://evil.example"}, False),
    ({"Origin": "file://"}, False),
]


def test_a_foreign_page_writes_nothing_with_somebodys_session(walk: Walk) -> None:
    """W1: a form on another site that the victim's browser sends (CVE-2026-23622); here even without a form token."""
    pages, taken = list(writing_pages(walk)), []
    assert len(pages) > 50
    for line, actor in pages:
        answer = walk.send(line, walk.session_of(actor) | {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"})
        if answer.status_code != 400 or b"the page of another site" not in answer.data or walk.changes():
            taken.append(f"{line.route} by {actor}: {answer.status}")
    assert taken == []


def test_no_link_and_no_overridden_method_writes_anything(walk: Walk) -> None:
    """W1: a change behind a GET or a HEAD, with the form in the address, by any header that frameworks know."""
    taken = []
    for line, actor in writing_pages(walk):
        for method in sorted(READS):
            row = {"id": 1} if line.route.startswith("/admin/") else {}
            form = urlencode({"_method": "POST"} | row | walk.world.form_of(line.route))
            link = f"{walk.world.url_of(line.route)}?{form}"
            answer = walk.open(method, link, walk.session_of(actor) | OVERRIDES)
            if answer.status_code >= 500 or walk.changes():
                taken.append(f"{method} {line.route} by {actor}: {answer.status}")
    assert taken == []


@pytest.mark.parametrize(("said", "is_ours"), PAGES, ids=[" ".join(said.values()) or "silent" for said, _ in PAGES])
def test_only_a_page_of_this_site_sends_its_form(
    app: Flask, clinic: Clinic, said: dict[str, str], is_ours: bool
) -> None:
    """W1: Origin and Sec-Fetch-Site, each in the spellings that fooled others."""
    answer = app.test_client().post("/contact/", data={"name": "Kim", "message": "Is there parking?"}, headers=said)
    assert (answer.status_code == 303) == is_ours, answer.status
    assert (answer.status_code == 400) != is_ours


def test_a_form_sent_as_plain_text_is_not_taken(app: Flask, clinic: Clinic) -> None:
    """W1: the one encoding of forms that can be made to look like JSON, and needs no leave of the other site."""
    app.config["WTF_CSRF_ENABLED"] = True
    patient = factories.make_patient(clinic)
    browser = app.test_client()
    assert isinstance(browser, Visitor)
    browser.sign_in(patient.account)
    json = '{"condition": "Hay fever", "x": "="}'
    as_page = browser.post("/profile/history/add/", data=json, content_type="text/plain")
    as_program = browser.post("/api/patient/medical-history/", data=json, content_type="text/plain")
    assert (as_page.status_code, as_program.status_code) == (400, 401)


def test_a_form_token_opens_no_door(app: Flask, walk: Walk) -> None:
    """W2: a form's token that anybody gets, taken for a sign-in (CVE-2022-0482)."""
    app.config["WTF_CSRF_ENABLED"] = True
    page = app.test_client().get("/patient/login/")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert token is not None
    cookie = page.headers["Set-Cookie"].split(";")[0]
    headers = {"Cookie": cookie, "X-CSRFToken": token[1], "Authorization": f"Bearer {token[1]}"}
    opened = []
    for line in read_table():
        sent = headers if walk.is_contract(line) else {"Cookie": cookie, "X-CSRFToken": token[1]}
        if line.sign_for("anonymous") == "L" and (sign_of(walk.send(line, sent)) != "L" or walk.changes()):
            opened.append(f"{line.method} {line.route}")
    assert opened == []


def writing_pages(walk: Walk) -> Iterator[tuple[Line, str]]:
    """Every page that takes a form, with somebody who may send it."""
    for line in walk.lines("pages"):
        is_back_office = line.route.startswith("/admin/")  # where the row is named in the query
        actor = "superuser" if is_back_office else next((each for each in PEOPLE if line.sign_for(each) == "."), None)
        if line.method == "POST" and actor is not None:
            yield line, actor
