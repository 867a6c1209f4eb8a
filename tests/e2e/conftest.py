"""Browsers for tests: a real Chromium before the real demo, and no test passes over an error in the console."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests import machine
from tests.cli.commands import Server
from tests.e2e.demo_site import PASSWORD, running_demo

WAIT_MILLISECONDS = 20_000
expect.set_options(timeout=WAIT_MILLISECONDS)
# Chromium notes every answer of 400 and above as an error; a refusal that is meant is none.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d ")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running demo, shared by all tests: each books times of its own."""
    with running_demo(tmp_path_factory.mktemp("site")) as server:
        yield server


@pytest.fixture(scope="session")
def site(demo: Server) -> str:
    """The address of the running demo."""
    return demo.url


@pytest.fixture(scope="session")
def base_url(site: str) -> str:
    """Pages are named by their path: `page.goto("/login/")`."""
    return site


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; skipped, loudly, where there is none (fails under MEDIMEET_TEST_REQUIRE_ALL=1)."""
    chromium = os.environ.get("MEDIMEET_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        machine.lacks("Chromium (make chromium, or set MEDIMEET_CHROMIUM)", "no page was looked at")
    return browser_type_launch_args | {"executable_path": chromium}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"reduced_motion": "reduce", "locale": "en-GB"}


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What went wrong in any page: console errors, uncaught errors, CSP reports. Any fails the test at its end."""
    seen: list[str] = []
    yield seen
    assert not seen, "\n".join(seen)


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], faults: list[str]) -> Callable[..., BrowserContext]:
    """Makes a browser context that is watched for faults."""

    def watched(**settings: Any) -> BrowserContext:
        context = new_context(**settings)
        watch(context, faults)
        return context

    return watched


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """Signs a person of the demo in, on the sign-in page."""
    return sign_in_as


def sign_in_as(page: Page, username: str) -> None:
    """Fills in and sends the sign-in form."""
    page.goto("/login/")
    page.get_by_label("Username or e-mail").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/login/"))


def watch(context: BrowserContext, faults: list[str]) -> None:
    """Notes in `faults` what goes wrong in any page of the context."""
    context.set_default_timeout(WAIT_MILLISECONDS)
    context.on("console", lambda message: _note(message, faults))
    context.on("weberror", lambda error: faults.append(f"uncaught: {error.error}"))


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    is_refusal = REFUSAL.match(message.text) and "/static/" not in message.location.get("url", "")
    if message.type == "error" and not is_refusal:
        faults.append(f"console: {message.text} ({message.location.get('url')})")
