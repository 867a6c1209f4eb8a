"""Second factors and time-outs, as people meet them in a browser."""

import json
from collections.abc import Callable
from pathlib import Path

import pyotp
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.demo_site import PASSWORD
from tests.e2e.looking import PHONE, faults_of

SignIn = Callable[[Page, str], None]
NewContext = Callable[..., BrowserContext]
PERSON = "hillside-patient"


def enter_password(page: Page, next_page: str) -> None:
    page.goto(f"/login/?next={next_page}")
    page.get_by_label("Username or e-mail").fill(PERSON)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def test_a_person_connects_the_phone_by_keyboard_and_later_signs_in_without_javascript(
    new_context: NewContext, sign_in: SignIn
) -> None:
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, PERSON)
    page.goto("/security/")
    page.get_by_role("link", name="Set up a second factor").press("Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    square = page.locator(".mm-qr svg").bounding_box()
    assert square is not None
    assert square["width"] == square["height"] > 150
    assert faults_of(page, "/security/second-factor/first-code/") == []
    secret = page.locator(".mm-secret-key code").inner_text().replace(" ", "")
    page.get_by_label("The six digits").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    saved = Path(download.value.path()).read_text()
    codes = page.locator(".mm-recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    assert all(code in saved for code in codes)

    plain = new_context(java_script_enabled=False, viewport=PHONE).new_page()
    enter_password(plain, "/security/second-factor/off/")
    plain.get_by_label("Code").fill("123 456 7")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("This code is not right")
    plain.get_by_label("Code").fill(codes[0])
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("9 recovery codes are left")).to_be_visible()
    plain.get_by_label("Your password").fill(PASSWORD)
    plain.get_by_label("Code").fill(codes[1])
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("Your second factor is off")).to_be_visible()


def test_a_page_warns_before_the_time_is_up_and_keeps_what_was_typed_until_one_is_back(
    new_context: NewContext, sign_in: SignIn
) -> None:
    context = new_context()
    page = context.new_page()
    page.clock.install()
    sign_in(page, PERSON)
    page.goto("/contact/")
    page.get_by_label("What can we do for you?").fill("Typed a while ago")

    def say_that_time_is_short(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        told = route.fetch().json() | {"seconds": 100}
        route.fulfill(body=json.dumps(told), content_type="application/json")

    page.route("**/session/", say_that_time_is_short)
    page.clock.fast_forward("28:00")
    warning = page.get_by_role("dialog")
    expect(warning).to_contain_text("two minutes")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(warning).to_have_count(0)

    context.clear_cookies(name="medimeet")
    page.unroute("**/session/")
    page.clock.fast_forward("29:00")
    page.clock.fast_forward("02:00")
    expect(warning).to_contain_text("You are signed out")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    tab.get_by_label("Username or e-mail").fill(PERSON)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="You are signed in again")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(warning).to_have_count(0)
    expect(page.get_by_label("What can we do for you?")).to_have_value("Typed a while ago")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("This form was open for a long time")).to_have_count(0)
