"""The clinic's own site, on another origin than the portal's, with a policy that allows the chat and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import CDPSession, Frame, Page, expect

from tests.cli.commands import until

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Our clinic</title>
</head>
<body>
<h1>Our clinic</h1>
<p><a href="#about">About us</a></p>
<script src="{portal}/widget.js" data-clinic="{clinic_id}" data-color="#ffcc33" data-label="Ask us" async></script>
<script src="{portal}/widget.js" data-clinic="{clinic_id}" data-label="Ask us" async></script>
</body>
</html>"""


@contextmanager
def running_clinic_site(portal: str) -> Iterator[str]:
    """Its address, by another name than the portal's; the page `/<clinic_id>` has that clinic's chat."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {portal}; frame-src {portal}")
            self.end_headers()
            self.wfile.write(PAGE.format(portal=portal, clinic_id=self.path.strip("/")).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def press_bubble(page: Page) -> None:
    """Presses the chat's button, which no selector reaches: it stands in a closed shadow root."""
    page.locator("medimeet-chat").wait_for(state="attached")
    size = page.viewport_size
    assert size is not None
    page.mouse.click(size["width"] - 60, size["height"] - 50)


def open_frame(page: Page, press: Callable[[Page], None] = press_bubble) -> Frame:
    """The frame behind the chat's button, once it is opened and has the focus."""
    with page.expect_event("framenavigated", lambda frame: "/widget/" in frame.url) as opened:
        press(page)
    frame: Frame = opened.value
    expect(frame.locator("#heading")).to_be_focused()
    return frame


def open_chat(page: Page, press: Callable[[Page], None] = press_bubble) -> Frame:
    """The same, once the chat has greeted."""
    frame = open_frame(page, press)
    frame.get_by_role("button", name="Book a visit").wait_for()
    return frame


def wait_until_told(page: Page, *, expanded: bool) -> None:
    """Waits until the chat's button, of which there is one, tells assistive technology whether its frame is open."""
    session = page.context.new_cdp_session(page)
    until(lambda: buttons_told(session) == [expanded])
    session.detach()


def buttons_told(session: CDPSession) -> list[bool]:
    """Whether the frame is open, as each button with the chat's label tells."""
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    buttons = [node for node in nodes if node["role"]["value"] == "button" and node["name"]["value"] == "Ask us"]
    told = [each for button in buttons for each in button["properties"] if each["name"] == "expanded"]
    return [each["value"]["value"] for each in told]
