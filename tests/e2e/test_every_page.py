"""Every page that a person can reach by links, as each role: clean for assistive technology in both themes, no sideways
scroll on a phone, a title that says where one is, no error in the console. A superuser sees the admin's pages.
"""

import re
from collections import deque
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

SignIn = Callable[[Page, str], None]
NewContext = Callable[..., BrowserContext]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
STARTS = {
    "": ["/", "/login/", "/patient/login/", "/patient/register/", "/patient/forgot-password/", "/doctor/apply/"],
    "riverside-patient": ["/home/", "/appointment-success/", "/change-password/"],
    "riverside-doctor": ["/home/", "/doctor-week/"],
    "riverside-admin": ["/home/", "/admin_clinic_details/", "/treatment-list/", "/doctor-day/?doctor_id=1"],
}
EVERYTHING: dict[str, list[str]] = {}
WHAT_THEMES_CHANGE = {"runOnly": ["color-contrast", "link-in-text-block", "target-size"]}
# Files, and pages that have such tests of their own.
ELSEWHERE = re.compile(r"\.(ics|csv)$|/appointment-calendar/|^/static/|^/media/|^/logout/|^/docs/|^/admin/")
MOST_PAGES = 60


@pytest.mark.parametrize("username", STARTS, ids=lambda username: username or "visitor")
def test_every_page_is_clean_in_both_themes_and_fits_a_phone(
    new_context: NewContext, sign_in: SignIn, username: str
) -> None:
    page = new_context(viewport=PHONE).new_page()
    if username:
        sign_in(page, username)
    faults = []
    for address in pages_within_reach(page, STARTS[username]):
        faults += faults_of(page, address)
    assert faults == []


def pages_within_reach(page: Page, starts: list[str]) -> list[str]:
    """One address of each kind of page that links lead to, the query and the numbers in it apart."""
    waiting, seen, found = deque(starts), set(), []
    while waiting and len(found) < MOST_PAGES:
        address = waiting.popleft()
        kind = re.sub(r"\d+|[A-Za-z0-9_-]{30,}", "N", address.split("?")[0])
        if kind in seen or ELSEWHERE.search(address.split("?")[0]):
            continue
        seen.add(kind)
        found.append(address)
        page.goto(address)
        waiting.extend(links_of(page))
    return found


def links_of(page: Page) -> list[str]:
    """The addresses of this site that the page links to."""
    return page.evaluate(
        "[...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin)"
        ".map(a => a.pathname + a.search)"
    )


def faults_of(page: Page, address: str) -> list[str]:
    """What is wrong with one page, in words."""
    answer = page.goto(address)
    faults = []
    if answer is None or answer.status >= 400:
        faults.append(f"{address} answers {answer.status if answer else 'nothing'}")
    if " · " not in page.title() and address != "/":
        faults.append(f"{address} has the title {page.title()!r}")
    if page.locator("h1").count() != 1:
        faults.append(f"{address} has {page.locator('h1').count()} main headings")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"{address} scrolls sideways on a phone")
    for scheme, size, rules in (("light", DESK, EVERYTHING), ("dark", PHONE, WHAT_THEMES_CHANGE)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for violation in Axe().run(page, options=rules).response["violations"]:
            where = [node["target"] for node in violation["nodes"]][:3]
            faults.append(f"{address} in {scheme}: {violation['id']} at {where}")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return faults
