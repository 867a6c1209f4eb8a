"""The documentation of the JSON interfaces in a real browser: read, tried and signed in, on a phone and by keyboard."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.looking import PHONE, faults_in

SignIn = Callable[[Page, str], None]
NewContext = Callable[..., BrowserContext]
CONTRACTS = ("booking", "chatbot", "hospital", "mobile")  # one more would say nothing new


def opened(page: Page, method: str, path: str) -> Locator:
    """The operation with this method and path, unfolded."""
    operation = (
        page.locator(".api-operation")
        .filter(has=page.locator(".api-method").get_by_text(method, exact=True))
        .filter(has=page.locator("summary > code").get_by_text(path, exact=True))
    )
    operation.locator("summary").click()
    return operation


def test_a_patient_tries_an_interface_with_their_own_account(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "riverside-patient2")
    page.goto("/docs/")
    page.get_by_role("link", name="Read and try it (Half-hour slots)").click()
    expect(page).to_have_url(re.compile("/docs/timeslots/"))
    page.get_by_label("Your password").fill("medimeet-demo")
    page.get_by_role("button", name="Use my account").click()
    expect(page.locator("#token-state")).to_have_text("The calls of this page are made as Arthur Bell.")
    operation = opened(page, "GET", "/api/appointments/")
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".api-answer")).to_contain_text("200 OK")
    page.reload()
    expect(page.get_by_label("Token for the calls of this page")).to_have_value("")


def test_a_visitor_signs_in_through_the_interface_itself(page: Page) -> None:
    page.goto("/docs/timeslots/")
    listed = opened(page, "GET", "/api/appointments/")
    listed.get_by_role("button", name="Send").click()
    expect(listed.locator(".api-answer")).to_contain_text("401 UNAUTHORIZED")
    operation = opened(page, "POST", "/api/api/token_obtain/")
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".api-answer")).to_contain_text("200 OK")
    operation.get_by_role("button", name="Use this token").click()
    listed.get_by_role("button", name="Send").click()
    expect(listed.locator(".api-answer")).to_contain_text("200 OK")


def test_a_visitor_tries_the_chatbot_with_its_token_and_comes_back_by_its_cookie(page: Page) -> None:
    page.goto("/docs/chatbot/")
    given = opened(page, "POST", "/generate-chatbot-token/{clinic_id}/")
    given.get_by_role("button", name="Send").click()
    given.get_by_role("button", name="Use this token").click()
    listed = opened(page, "GET", "/{clinic_id}/treatments/")
    listed.get_by_role("button", name="Send").click()
    expect(listed.locator(".api-answer")).to_contain_text("200 OK")
    token = page.get_by_label("Token for the calls of this page").input_value()
    for path in ("/chatbot/login/{clinic_id}/{chatbot_token}/", "/chatbot/token/login/{chatbot_token}/"):
        operation = opened(page, "POST", path)
        operation.get_by_label("chatbot_token", exact=True).fill(token)
        operation.get_by_role("button", name="Send").click()
        expect(operation.locator(".api-answer")).to_contain_text("api_key")


def test_a_body_that_is_no_json_is_told_before_it_is_sent_with_a_file(page: Page) -> None:
    page.goto("/docs/timeslots/")
    operation = opened(page, "POST", "/api/api/token_obtain/")
    operation.get_by_label("Body, as JSON").fill("{")
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".api-answer")).to_contain_text("This is not sound JSON.")


def test_a_patient_sends_a_picture_with_the_other_fields(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "riverside-patient2")
    page.goto("/docs/hospital/")
    page.get_by_label("Your password").fill("medimeet-demo")
    page.get_by_role("button", name="Use my account").click()
    expect(page.locator("#token-state")).to_contain_text("Arthur Bell")
    operation = opened(page, "PATCH", "/patients/{patient_id}/")
    operation.get_by_label("patient_id", exact=True).fill("2")
    operation.get_by_label("Body, as JSON").fill('{"mobile_no": "020 7946 0155"}')
    operation.locator("input[type=file]").set_input_files(
        {"name": "no-picture.txt", "mimeType": "text/plain", "buffer": b"words"}
    )
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".api-answer")).to_contain_text("400 BAD REQUEST")
    expect(operation.locator(".api-answer")).to_contain_text("We can't read this picture.")


def test_a_visitor_is_led_to_sign_in_and_back(page: Page) -> None:
    page.goto("/docs/booking/")
    page.get_by_role("link", name="Sign in to use your account").click()
    page.get_by_label(re.compile("Username")).fill("riverside-doctor2")
    page.get_by_label("Password", exact=True).fill("medimeet-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/docs/booking/$"))
    expect(page.get_by_role("button", name="Use my account")).to_be_visible()


def test_an_operation_is_reached_and_sent_by_keyboard(page: Page) -> None:
    page.goto("/docs/timeslots/#post_api_api_token_obtain")
    operation = page.locator("#post_api_api_token_obtain")
    expect(operation.get_by_label("Body, as JSON")).to_be_visible()
    operation.locator("summary").focus()
    page.keyboard.press("Tab")
    expect(operation.get_by_label("X-One-Time-Code")).to_be_focused()
    page.keyboard.press("Tab")
    expect(operation.get_by_label("Body, as JSON")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(operation.locator(".api-answer")).to_contain_text("200 OK")


def test_everything_can_be_read_without_javascript(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/docs/timeslots/")
    operation = opened(page, "POST", "/api/appointments/")
    expect(operation.get_by_text("time_slot").first).to_be_visible()
    expect(operation.get_by_role("heading", name="An example")).to_be_visible()
    expect(operation.get_by_role("button", name="Send")).to_be_hidden()


def test_the_pages_are_clean_in_both_themes_and_fit_a_phone(new_context: NewContext, sign_in: SignIn) -> None:
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, "riverside-patient")
    faults = []
    for address in ("/docs/", *(f"/docs/{name}/" for name in CONTRACTS)):
        page.goto(address)
        page.evaluate("[...document.querySelectorAll('.api-operation')].slice(0, 12).forEach(each => each.open = true)")
        faults += faults_in(page, address)
    assert faults == []
