"""What is wrong with a page that stands in a browser, in words: for a phone and a desk, in both themes."""

from collections.abc import Mapping

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
# Style sheets need not be fetched once more: no rule that runs reads them.
EVERYTHING: Mapping[str, object] = {"resultTypes": ["violations"], "preload": False}
# A theme has its own colours; on a phone things are hidden, smaller, or scroll by themselves.
WHAT_THEMES_AND_SIZES_CHANGE = EVERYTHING | {
    "runOnly": [
        *("color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"),
        *("link-name", "button-name", "label", "select-name", "aria-hidden-focus", "heading-order", "region"),
    ]
}
AS_A_READER_FINDS_IT = """() => ({
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    isWider: document.documentElement.scrollWidth > innerWidth,
})"""
VIOLATIONS = """options => axe.run(options).then(found =>
    found.violations.map(each => `${each.id} at ${each.nodes.slice(0, 3).map(node => node.target)}`))"""


def faults_of(page: Page, address: str) -> list[str]:
    """What is wrong with the page at an address, its status too."""
    answer = page.goto(address)
    if answer is None or answer.status >= 400:
        return [f"{address} answers {answer.status if answer else 'nothing'}", *faults_in(page, address)]
    return faults_in(page, address)


def faults_in(page: Page, address: str) -> list[str]:
    """What is wrong with the page that is open; it stands in the dark on a phone afterwards."""
    faults = []
    page.evaluate(AXE_SCRIPT)  # past the policy that keeps strangers' scripts out
    for scheme, size, rules in (
        ("light", DESK, EVERYTHING),
        ("dark", PHONE, WHAT_THEMES_AND_SIZES_CHANGE),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)
        found = page.evaluate(AS_A_READER_FINDS_IT)
        if found["isWider"]:
            faults.append(f"{address} scrolls sideways at {size['width']} pixels")
        faults += [f"{address} in {scheme}: {violation}" for violation in page.evaluate(VIOLATIONS, rules)]
    if " · " not in found["title"] and address != "/":
        faults.append(f"{address} has the title {found['title']!r}")
    if found["headings"] != 1:
        faults.append(f"{address} has {found['headings']} main headings")
    return faults
