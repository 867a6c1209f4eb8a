"""A doctor's hours in a real browser: what the form makes is shown while it is filled, or at a button."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect


def fill_sunday(page: Page, until: str) -> None:
    page.get_by_label("Sunday").check()
    page.get_by_label("From").fill("09:00")
    page.get_by_label("To", exact=True).fill(until)


def test_the_form_tells_how_many_times_it_makes_and_keeps_the_focus(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], None]
) -> None:
    page = new_context().new_page()
    sign_in(page, "riverside-doctor2")
    page.goto("/add-slot/")
    fill_sunday(page, "12:10")
    expect(page.locator("#preview")).to_contain_text("This makes 6 times a day")
    expect(page.get_by_label("To", exact=True)).to_be_focused()
    page.get_by_label("Monday").check()
    expect(page.locator("#preview")).to_contain_text("This overlaps on Mondays")
    page.get_by_label("Monday").uncheck()
    expect(page.locator("#preview")).to_contain_text("This makes 6 times a day")
    page.get_by_role("button", name="Add hours").click()
    expect(page.locator("#messages")).to_contain_text("Hours on Sundays, 09:00 to 12:10 were added.")
    page.get_by_role("link", name="Remove Sunday").click()
    page.get_by_role("button", name="Remove the hours").click()
    expect(page.locator("#messages")).to_contain_text("The hours were removed.")


@pytest.mark.parametrize("width", [390, 1280])
def test_without_javascript_a_button_shows_what_the_form_makes(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], None], width: int
) -> None:
    size = {"width": width, "height": 900}
    page = new_context(java_script_enabled=False, viewport=size).new_page()
    sign_in(page, "riverside-doctor2")
    page.goto("/add-slot/")
    fill_sunday(page, "12:00")
    page.get_by_role("button", name="Show what this makes").click()
    expect(page.locator("#preview")).to_contain_text("This makes 6 times a day")
    expect(page.get_by_label("Sunday")).to_be_checked()


def test_a_doctor_prints_the_day(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], None]
) -> None:
    page = new_context().new_page()
    page.add_init_script("window.print = () => { document.title = 'Printed' }")
    sign_in(page, "riverside-doctor2")
    page.goto("/doctor-day/")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("Printed")
    page.emulate_media(media="print")
    expect(page.locator(".mm-on-paper")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


def test_without_javascript_no_button_offers_to_print(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], None]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, "riverside-doctor2")
    page.goto("/doctor-day/")
    expect(page.get_by_role("link", name="Week", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
