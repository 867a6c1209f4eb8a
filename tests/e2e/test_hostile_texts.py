"""A real browser before pages whose every text is an attack, and before what is left of a session that has ended."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests import databases
from tests.architecture.access_walk import Walk, walking
from tests.attacks.test_payloads import poison
from tests.servers import serving

NewContext = Callable[..., BrowserContext]
PAGES = {
    "anonymous": ["/", "/contact/", "/widget/<int:clinic_id>/"],
    "patient": [
        "/home/",
        "/view_appointments/",
        "/appointment-details/<int:appointment_id>/",
        "/available-slots/<int:doctor_id>/<int:treatment_id>/",
        "/profile/",
        "/transcription/",
    ],
    "doctor": ["/home/", "/view_patient/<int:patient_id>/", "/doctor-week/", "/slots-and-excluded-dates/"],
    "admin": ["/home/", "/list_patients/", "/outbox/", "/messages/", "/clinic/lists/", "/edit_doctor/<int:doctor_id>/"],
}


@pytest.fixture
def hostile(installed: Callable[[str], Flask]) -> Iterator[tuple[Walk, str]]:
    """A served clinic in which every text is all sixty payloads, and its address."""
    app = installed("sqlite")
    databases.make_empty(app)
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        with walking(app, at_a_standstill=False) as walk:
            poison()
        yield walk, f"http://127.0.0.1:{stack.enter_context(serving(app, workers=1))}"


def test_nothing_that_people_leave_here_runs_in_a_browser(
    hostile: tuple[Walk, str], new_context: NewContext, faults: list[str]
) -> None:
    """W3: no dialog, no request to anywhere else, no report of the policy, on the main pages of each role."""
    walk, site = hostile
    seen: list[str] = []
    for actor, routes in PAGES.items():
        context = new_context()
        cookie = walk.session_of(actor).get("Cookie", "").partition("=")
        if cookie[2]:
            context.add_cookies([{"name": cookie[0], "value": cookie[2], "url": site}])
        page = context.new_page()
        page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: seen.extend(abroad(request.url, site)))
        for route in routes:
            answer = page.goto(f"{site}{walk.world.url_of(route)}")
            assert answer is not None
            assert answer.status == 200, route
            assert "canary.example" in page.content(), route
            expect(page.locator("body")).to_be_visible()
        context.close()
    assert seen == []
    assert faults == []


def test_back_after_signing_out_shows_nothing_of_the_person(
    new_context: NewContext, sign_in: Callable[[Page, str], None]
) -> None:
    """W4: the next person at a shared computer presses Back."""
    page = new_context().new_page()
    sign_in(page, "riverside-patient")
    page.goto("/profile/")
    name = page.locator("main").inner_text()
    page.goto("/view_appointments/")
    page.locator("form[action='/logout/']").first.evaluate("form => form.requestSubmit()")
    expect(page).to_have_url(re.compile("/login/"))
    for _ in range(2):
        page.go_back()
        expect(page).to_have_url(re.compile("/login/"))
        assert name not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def abroad(url: str, site: str) -> list[str]:
    """The address, where it is not one of this site."""
    parts = urlsplit(url)
    return [] if parts.scheme in {"data", "blob"} or f"{parts.scheme}://{parts.netloc}" == site else [f"request: {url}"]
