"""Addresses that people hand us: we never go there, send nobody there, and never take one for our own."""

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Clinic, Doctor
from tests import factories
from tests.conftest import Visitor

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

# The metadata service of clouds, this very machine, and what does not look like either.
HOSTS = (
    *("169.254.169.254", "127.0.0.1:8170", "localhost:8170", "0.0.0.0:8170", "127.1", "0", "2130706433", "0x7f000001"),
    *(
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[fe80::1]",
        "127.0.0.1.nip.example",
        "10.0.0.1",
    ),
    *(
        "192.168.0.1",
        "172.16.0.1",
        "metadata.google.internal",
        "canary.example",
        "canary.example@127.0.0.1",
        "127.0.0.1#@x",
    ),
    *("①②⑦.0.0.1", "localhost.", "LOCALHOST", "127.0.0.1%2f@canary.example", "canary.example\\@127.0.0.1"),
)
URLS = (
    *(f"http://{host}/latest/meta-data/" for host in HOSTS),
    *("https://169.254.169.254/", "ftp://127.0.0.1/x", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO"),
    *("dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "jar:http://127.0.0.1!/", "//127.0.0.1/", "\\\\127.0.0.1\\share"),
    *(
        "http://127.0.0.1:5432/",
        "http:127.0.0.1",
        "data:image/png;base64,iVBORw0KGgo=",
        "javascript:alert(1)",
        "unix:/x",
    ),
)
# Every name under which a front end might send the address of a picture, a page or a room.
FIELDS = (
    *("meet_link", "photo_url", "picture", "image", "picture_url", "image_url", "avatar", "logo", "url", "website"),
    *("callback", "callback_url", "redirect_uri", "webhook", "domain", "icon"),
)
ELSEWHERE = (
    *(
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
    ),
    *(
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/%09/evil.example\r\n",
        "https:evil.example",
    ),
    *(
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/.evil.example@x\\",
        "evil.example",
        "http://localhost",
    ),
    *(
        "/\u2028/evil.example",
        "/\x00/evil.example",
        "//localhost@evil.example",
        "/\\/evil.example",
        "https://localhost.evil.example",
    ),
)
SAFE = ("/profile/", "/sessions/?a=b", "/profile/#top", "/%2f%2fevil.example")
_heard: list[tuple[str, Any]] = []
_listens = False


def _hear(event: str, values: tuple[Any, ...]) -> None:
    if _listens and event in {"socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen"}:
        _heard.append((event, values))


sys.addaudithook(_hear)


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """Every try of this process to reach a host, to look one up, or to start a program."""
    global _listens
    gc.collect()
    _heard.clear()
    _listens = True
    try:
        yield _heard
    finally:
        _listens = False


def test_no_address_that_somebody_hands_us_is_ever_fetched(app: Flask, clinic: Clinic) -> None:
    """W7: the server that fetches a picture from where it is told to (CVE-2026-9304); forty addresses, every field."""
    doctor = factories.make_doctor(clinic)
    admin = browser(app).sign_in(factories.make_admin(clinic))
    newcomer = browser(app).sign_in(factories.make_patient(clinic).account)
    assert len(URLS) >= 40
    with listening() as heard:
        for number, url in enumerate(URLS):
            fields = dict.fromkeys(FIELDS, url)
            person = {
                "first_name": "Pat",
                "last_name": "Lee",
                "username": doctor.account.username,
                "email": "a@b.example",
            }
            admin.post(f"/edit_doctor/{doctor.id}/", data=person | fields)
            admin.post(f"/edit_doctor/{doctor.id}/picture/", data=fields)
            admin.post("/clinic/edit/", data=fields | {"name": "Riverside", "country": "GB", "currency": "GBP"})
            admin.post("/clinic/chatbot/", data=fields | {"origins": url})
            newcomer.post("/doctor/apply/", data=fields)
            newcomer.post("/profile/edit/", data=person | fields | {"username": f"pat{number}"})
            app.test_client().post("/contact/", data=fields | {"name": url[:50], "message": url})
    assert heard == []


def test_only_a_web_address_becomes_a_link_of_a_doctor(app: Flask, clinic: Clinic) -> None:
    """W7, W3: what is kept as the address of a doctor's video room, and shown as a link."""
    doctor = factories.make_doctor(clinic)
    admin = browser(app).sign_in(factories.make_admin(clinic))
    for url in URLS:
        admin.post(f"/edit_doctor/{doctor.id}/", data={"first_name": "Pat", "last_name": "Lee", "meet_link": url})
    kept = db.session.scalars(select(Doctor.meet_link)).one()
    assert kept is None or re.match(r"(https?://|$)", kept)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_leads_nowhere_but_here(app: Flask, clinic: Clinic, wanted: str) -> None:
    """W7, open redirects: a sign-in on our page that ends on a page that looks like ours."""
    patient = factories.make_patient(clinic)
    for page in ("/login/", "/patient/login/", "/api-auth/login/"):
        form = {"username": patient.account.username, "password": factories.PASSWORD, "next": wanted}
        answer = app.test_client().post(page, data=form)
        assert answer.location in {"/home/", "/docs/"}, page
    signed_out = browser(app).sign_in(patient.account).post("/api-auth/logout/", data={"next": wanted})
    assert signed_out.location == "/docs/"


def test_signing_in_leads_back_to_a_page_of_ours(app: Flask, clinic: Clinic) -> None:
    """The same, where the page is ours."""
    patient = factories.make_patient(clinic)
    for wanted in SAFE:
        form = {"username": patient.account.username, "password": factories.PASSWORD, "next": wanted}
        assert app.test_client().post("/login/", data=form).location == wanted


def browser(app: Flask) -> Visitor:
    """A browser that is not signed in."""
    made = app.test_client()
    assert isinstance(made, Visitor)
    return made
