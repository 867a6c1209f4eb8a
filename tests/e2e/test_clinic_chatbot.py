"""The clinic's page for its chat, and the demo's other site, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.cli.commands import Server
from tests.e2e.clinic_site import open_chat
from tests.e2e.looking import PHONE, faults_of

NewContext = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], None]


def test_an_admin_copies_the_tag_and_sees_the_chat_live(new_context: NewContext, sign_in: SignIn, site: str) -> None:
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    sign_in(page, "riverside-admin")
    page.goto("/clinic/chatbot/")
    page.get_by_role("button", name="Copy the tag").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f'<script src="{site}/widget.js" data-clinic="1" async></script>'
    page.get_by_role("link", name="See it live").click()
    open_chat(page)


def test_the_demos_other_site_is_clean_and_holds_the_chat(new_context: NewContext, demo: Server) -> None:
    page = new_context(viewport=PHONE).new_page()
    assert faults_of(page, f"{demo.site_url}/") == []
    open_chat(page)
