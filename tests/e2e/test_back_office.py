"""The back office in a real browser: it asks before it deletes, with JavaScript and without, and fits a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.e2e.demo_site import PASSWORD
from tests.e2e.looking import DESK, PHONE, faults_of

NewContext = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], None]

PAGES = (
    "/admin/",
    "/admin/clinic/",
    "/admin/account/?role=doctor",
    "/admin/appointment/",
    "/admin/working-hours/?search=nothing",
    "/admin/clinic/new/",
    "/admin/account/new/",
    "/admin/appointment/edit/?id=1",
    "/admin/doctor/edit/?id=1",
    "/admin/working-hours/edit/?id=1",
    "/admin/account/details/?id=2",
    "/admin/audit-entry/",
    "/admin/clinic/delete/?id=1",
    "/api-auth/logout/",
)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_row_is_added_changed_and_deleted_only_after_a_question(
    new_context: NewContext, sign_in: SignIn, size: ViewportSize, script: bool
) -> None:
    name = f"Welsh {size['width']} {script}"
    page = new_context(viewport=size, java_script_enabled=script).new_page()
    sign_in(page, "superuser")
    page.goto("/admin/")
    page.get_by_role("link", name="Languages", exact=True).click()
    page.get_by_role("link", name="Add a row").click()
    page.get_by_label("Clinic").select_option(label="Riverside Clinic")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text(f"{name} was added.")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name").fill(f"{name}, old")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text(f"{name}, old was changed.")
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Delete {name}, old?")
    page.get_by_role("link", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name}, old")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#messages")).to_contain_text(f"{name}, old was deleted.")


def test_a_refusal_takes_the_eye_and_leads_to_its_field(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(viewport=DESK).new_page()
    sign_in(page, "superuser")
    page.goto("/admin/treatment/edit/?id=1")
    page.get_by_label("Duration minutes").fill("4")
    page.get_by_role("button", name="Save").click()
    problem = page.get_by_role("alert")
    expect(problem).to_be_focused()
    problem.get_by_role("link", name="A treatment takes 5 to 480 minutes.").click()
    expect(page.get_by_label("Duration minutes")).to_be_focused()
    page.goto("/admin/clinic/delete/?id=1")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alert")).to_contain_text("can't be deleted, because it is named by")


def test_the_list_is_searched_narrowed_and_sorted(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(viewport=DESK).new_page()
    sign_in(page, "superuser")
    page.goto("/admin/account/")
    page.get_by_label("Search").fill("riverside")
    page.get_by_label("Role").select_option(label="Doctor")
    page.get_by_role("button", name="Show", exact=True).click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("columnheader", name="Username").get_by_role("link").click()
    expect(rows.first).to_contain_text("riverside-doctor")
    page.get_by_role("columnheader", name="Username").get_by_role("link").click()
    expect(rows.first).to_contain_text("riverside-doctor2")
    expect(rows).to_have_count(2)


def test_signing_in_for_the_documentation_opens_the_back_office_too(new_context: NewContext) -> None:
    page = new_context(viewport=DESK).new_page()
    page.goto("/api-auth/?next=/admin/")
    page.get_by_label("Username or e-mail").fill("superuser")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/$"))
    page.goto("/api-auth/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/login/"))


def test_every_kind_of_page_is_clean_in_both_themes_and_fits_a_phone(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, "superuser")
    assert [fault for address in PAGES for fault in faults_of(page, address)] == []
