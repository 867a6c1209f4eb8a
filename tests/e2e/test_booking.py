"""Booking in a real browser: by keyboard alone, without JavaScript, on a phone, and two people for one time."""

import re
from collections.abc import Callable
from datetime import date

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.looking import PHONE, faults_in

SignIn = Callable[[Page, str], None]
NewContext = Callable[..., BrowserContext]
START = "/treatment_list_for_new_appointment_booking/"


def test_a_patient_books_by_keyboard_alone(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "riverside-patient2")
    page.goto(START)
    follow_by_keyboard(page, "General consultation")
    follow_by_keyboard(page, "Dr Amelia Hart")
    tab_to(page, 'input[name="day"]')
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    day = page.locator('input[name="day"]:checked').get_attribute("value")
    expect(page.locator(f'#times input[name="day"][value="{day}"]')).to_be_attached()
    expect(page).to_have_url(re.compile(f"day={day}"))
    assert page.evaluate("document.activeElement.name") == "day", "the focus stays where the patient is"
    tab_to(page, 'input[name="slot"]')
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, 'button[name="step"]')
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check and confirm")).to_be_visible()
    tab_to(page, "textarea")
    page.keyboard.type("My knee hurts on the stairs")
    tab_to(page, "#review button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    expect(page.get_by_text(said(day))).to_be_visible()


def test_a_patient_books_moves_and_cancels_without_javascript(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, "riverside-patient")
    page.goto(START)
    page.get_by_role("link", name="Blood pressure check").click()
    page.get_by_role("link", name="Any doctor").click()
    choose_day(page, 5)
    choose_time(page, "Morning", 1)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What would you like help with?").fill("Dizzy in the mornings")
    page.get_by_role("button", name="Confirm and book").click()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()

    page.get_by_role("link", name="Move").click()
    choose_day(page, 6)
    choose_time(page, "Afternoon", 2)
    page.get_by_role("button", name="Move the visit to this time").click()
    expect(page.get_by_text("The visit is moved.")).to_be_visible()
    expect(page.get_by_text("Dizzy in the mornings")).to_be_visible()

    page.get_by_role("link", name="Cancel this visit").click()
    page.get_by_role("button", name="Cancel the visit").click()
    expect(page.get_by_text("is canceled.")).to_be_visible()


def test_of_two_browsers_that_race_for_a_time_one_books_and_the_other_is_helped(
    new_context: NewContext, sign_in: SignIn
) -> None:
    pages = [new_context().new_page(), new_context().new_page()]
    for page, username in zip(pages, ("riverside-patient", "riverside-patient2"), strict=True):
        sign_in(page, username)
        page.goto(START)
        page.get_by_role("link", name="Travel vaccination").click()
        if "get-doctors" in page.url:
            page.get_by_role("link", name="Dr Amelia Hart").click()
        choose_day(page, 7)
        choose_time(page, "Afternoon", 0)
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("What would you like help with?").fill(f"A shot for {username}")
    for page in pages:
        page.evaluate("setTimeout(() => document.querySelector('#review button[type=submit]').click(), 300)")
    for page in pages:
        expect(
            page.get_by_role("heading", name=re.compile("Your visit is booked|was taken a moment ago"))
        ).to_be_visible()
    [loser] = [page for page in pages if page.get_by_text("was taken a moment ago").is_visible()]
    assert page_has_focus(loser, ".mm-problem")
    expect(loser.get_by_label("What would you like help with?")).to_have_value(re.compile("A shot for"))
    loser.get_by_role("button", name=re.compile("^Book ")).first.click()
    expect(loser.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def test_an_impatient_patient_clicks_twice_goes_back_and_has_one_visit(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "riverside-patient")
    page.goto(START)
    page.get_by_role("link", name="General consultation").click()
    page.get_by_role("link", name="Dr Samuel Nowak").click()
    choose_day(page, 8)
    choose_time(page, "Morning", 2)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Confirm and book").dblclick()
    expect(page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    reference = page.locator(".mm-reference").inner_text()
    page.go_back()
    confirm = page.get_by_role("button", name="Confirm and book")
    if confirm.is_visible():
        confirm.click()
    expect(page.get_by_text(reference)).to_be_visible()
    page.goto("/view_appointments/?q=Nowak")
    expect(page.get_by_text("1 visit", exact=True)).to_be_visible()


def test_the_back_button_leads_through_the_days_that_were_looked_at(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "riverside-patient")
    page.goto(START)
    page.get_by_role("link", name="General consultation").click()
    page.get_by_role("link", name="Dr Amelia Hart").click()
    second, third = choose_day(page, 1), choose_day(page, 2)
    page.get_by_role("link", name="Later days").click()
    expect(page).to_have_url(re.compile("from="))
    expect(page.get_by_role("link", name="Earlier days")).to_be_visible()
    for day in (third, second):
        page.go_back()
        expect(page).to_have_url(re.compile(f"day={day}"))
        expect(page.get_by_role("group", name=f"Times on {said(day)}")).to_be_visible()
        expect(page.locator('.mm-days input[name="day"]:checked')).to_have_value(day)


def test_every_step_is_clean_in_both_themes_and_fits_a_phone(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, "riverside-patient")
    faults = []
    for address in addresses_of_every_page(page):
        page.goto(address)
        faults += faults_in(page, address)
    assert faults == []


def addresses_of_every_page(page: Page) -> list[str]:
    """Each page of booking, with real ids of the demo."""
    page.goto("/view_appointments/")
    visit = page.get_by_role("link", name=re.compile("^Cancel")).first.get_attribute("href") or ""
    number = re.sub(r"\D", "", visit)
    page.goto("/available-slots/1/1/")
    slot = page.locator('input[name="slot"]').first.get_attribute("value")
    return [
        "/treatment-list/",
        "/view-treatment/1/",
        START,
        "/get-doctors-for-treatment/1/",
        "/available-slots/1/1/",
        "/available-slots/any/1/?day=2000-01-01",
        "/available-slots/1/1/?step=review",
        f"/slot/{slot}/1/",
        f"/slot/{1 << 26 | 1}/1/",
        f"/appointment-success/?appointment={number}",
        "/appointment-success/",
        "/view_appointments/",
        "/view_appointments/?period=past",
        "/view_appointments/?q=nobody",
        f"/appointment-details/{number}/",
        f"/cancel_appointment/{number}/",
        f"/move-appointment/{number}/",
    ]


def choose_day(page: Page, number: int) -> str:
    """Chooses one of the days in the strip, counted from 0; its times come by themselves where JavaScript runs."""
    page.wait_for_load_state()
    radio = page.locator('.mm-days input[name="day"]').nth(number)
    day = radio.get_attribute("value") or ""
    radio.check(force=True)
    show = page.get_by_role("button", name="Show times")
    if show.is_visible():
        show.click()
    expect(page.locator(f'#times input[name="day"][value="{day}"]')).to_be_attached()
    return day


def choose_time(page: Page, part: str, number: int) -> None:
    """Chooses one of the times of a part of the day, counted from 0."""
    page.get_by_role("group", name=part, exact=True).locator('input[name="slot"]').nth(number).check(force=True)


def follow_by_keyboard(page: Page, name: str) -> None:
    """Reaches a link with Tab, and follows it with Enter."""
    here = page.url
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: url != here)
            return
    raise AssertionError(f"{name} can't be reached with the Tab key")


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is on what `selector` names."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} can't be reached with the Tab key")


def page_has_focus(page: Page, selector: str) -> bool:
    """Whether the focus is on what `selector` names, or within it."""
    return bool(page.evaluate("selector => !!document.activeElement.closest(selector)", selector))


def said(day: str | None) -> str:
    """A day as pages say it."""
    value = date.fromisoformat(day or "")
    return f"{value:%A} {value.day} {value:%B %Y}"
