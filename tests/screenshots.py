"""Takes the README's pictures from a running demo: `make screenshots`."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.e2e.clinic_site import open_frame
from tests.e2e.conftest import sign_in_as
from tests.e2e.demo_site import running_demo
from tests.e2e.test_booking import choose_day, choose_time

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
VISITOR, CLINICS_OWN_SITE = "", "the clinic's own site"
SIZE: ViewportSize = {"width": 1280, "height": 860}


def main() -> None:
    """Writes a dozen PNG files into docs/screenshots/."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("The pictures need Chromium. Run: make chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for role, pictures in PICTURES.items():
            url = demo.site_url if role == CLINICS_OWN_SITE else demo.url
            page = browser.new_context(viewport=SIZE, base_url=url, reduced_motion="reduce").new_page()
            if role not in {VISITOR, CLINICS_OWN_SITE}:
                sign_in_as(page, role)
            for name, show in pictures.items():
                show(page)
                page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
                page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
                print(f"docs/screenshots/{name}.png")
        browser.close()


def _at(path: str) -> Callable[[Page], None]:
    return lambda page: _go(page, path)


def _go(page: Page, path: str) -> None:
    page.goto(path)


def _choose_time(page: Page) -> None:
    page.goto("/get-doctors-for-treatment/1/")
    page.get_by_role("link", name="Dr Amelia Hart").click()
    choose_day(page, 2)
    choose_time(page, "Morning", 3)


def _review(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What would you like help with?").fill("A cough that has not gone for three weeks.")


def _confirm(page: Page) -> None:
    page.get_by_role("button", name="Confirm and book").click()
    page.get_by_role("heading", name="Your visit is booked").wait_for()


def _chat(page: Page) -> None:
    page.goto("/")
    chat = open_frame(page)
    chat.get_by_role("button", name="Book a visit").click()
    chat.get_by_role("button", name="General consultation").click()
    chat.get_by_role("button", name="Dr Amelia Hart").wait_for()


def _day_with_visits(page: Page) -> None:
    page.goto("/doctor-day/")
    for _ in range(14):
        if page.locator(".mm-visit-what a").count():
            return
        page.get_by_role("link", name="Day after").click()


def _assistant(page: Page) -> None:
    page.goto("/transcription/")
    for words in ("Book a general consultation with Dr Hart", "the first", "the second"):
        page.get_by_label("Type your question").fill(words)
        page.get_by_role("button", name="Send").click()
        page.locator("#assistant-state", has_text="Ready").wait_for()
    page.locator(".mm-proposal").wait_for()


def _assistant_panel(page: Page) -> None:
    page.goto("/doctor-day/")
    page.get_by_role("link", name="Ask the assistant").click()
    page.get_by_role("button", name="Who comes today?").click()
    page.locator(".mm-turn-answer").nth(1).wait_for()
    page.locator("#assistant-state", has_text="Ready").wait_for()


PICTURES: dict[str, dict[str, Callable[[Page], None]]] = {
    VISITOR: {"01-front-page": _at("/"), "02-sign-in": _at("/login/")},
    "riverside-patient": {
        "03-reason": _at("/treatment_list_for_new_appointment_booking/"),
        "04-doctor": _at("/get-doctors-for-treatment/1/"),
        "05-time": _choose_time,
        "06-review": _review,
        "07-booked": _confirm,
        "13-assistant": _assistant,
    },
    "riverside-doctor": {
        "08-doctor-day": _day_with_visits,
        "09-hours": _at("/slots-and-excluded-dates/"),
        "14-assistant-panel": _assistant_panel,
    },
    "riverside-admin": {"10-dashboard": _at("/dashboard/"), "12-chat-settings": _at("/clinic/chatbot/")},
    CLINICS_OWN_SITE: {"11-chat": _chat},
}


if __name__ == "__main__":
    main()
