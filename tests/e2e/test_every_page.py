"""Every page that a person can reach by links, as each role: clean for assistive technology in both themes, no sideways
scroll on a phone, a title that says where one is, no error in the console. A superuser sees the admin's pages.
"""

import re
from collections import deque
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.looking import PHONE, faults_of

SignIn = Callable[[Page, str], None]
NewContext = Callable[..., BrowserContext]

STARTS = {
    "": ["/", "/login/", "/patient/login/", "/patient/register/", "/patient/forgot-password/", "/doctor/apply/"],
    "riverside-patient": ["/home/", "/appointment-success/", "/change-password/"],
    "riverside-doctor": ["/home/", "/doctor-week/"],
    "riverside-admin": ["/home/", "/admin_clinic_details/", "/treatment-list/", "/doctor-day/?doctor_id=1"],
}
# Files, and pages that have such tests of their own.
ELSEWHERE = re.compile(r"\.(ics|csv)$|/appointment-calendar/|/export/|^/static/|^/media/|^/logout/|^/docs/|^/admin/")
MOST_PAGES = 60
# What a superuser has beside the admin's pages.
FOR_ALL_CLINICS = (
    "/clinic/subscription/",
    "/clinic/subscription/invoices/unpaid/",
    "/clinic/subscription/invoices/2/",
    "/clinic/subscription/clinics/",
    "/clinic/subscription/clinics/2/correct/",
)


@pytest.mark.parametrize("username", STARTS, ids=lambda username: username or "visitor")
def test_every_page_is_clean_in_both_themes_and_fits_a_phone(
    new_context: NewContext, sign_in: SignIn, username: str
) -> None:
    page = new_context(viewport=PHONE).new_page()
    if username:
        sign_in(page, username)
    assert faults_within_reach(page, STARTS[username]) == []


def test_the_superusers_pages_about_all_clinics_are_clean(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, "superuser")
    assert [fault for address in FOR_ALL_CLINICS for fault in faults_of(page, address)] == []


def faults_within_reach(page: Page, starts: list[str]) -> list[str]:
    """What is wrong with one page of each kind that links lead to, the query and the numbers in its address apart."""
    waiting, seen, faults = deque(starts), set(), []
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        kind = re.sub(r"\d+|[A-Za-z0-9_-]{30,}", "N", address.split("?")[0])
        if kind in seen or ELSEWHERE.search(address.split("?")[0]):
            continue
        seen.add(kind)
        faults += faults_of(page, address)
        waiting.extend(links_of(page))
    return faults


def links_of(page: Page) -> list[str]:
    """The addresses of this site that the page links to."""
    return page.evaluate(
        "[...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin)"
        ".map(a => a.pathname + a.search)"
    )
