"""The demo's other site: the public pages of Riverside Clinic, as they would stand on a server of its own.

It shares nothing with the portal but the address that its one tag names, so it shows what any clinic's site sees.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request


def create_site(clinic_id: int, portal_port: int, portal_url: str = "") -> Flask:
    """The site, whose chat is that of the clinic with this id.

    The portal is at `portal_url`; where that is empty, on the host by which visitors reach the site, at `portal_port`.
    """
    site = Flask(__name__)

    def portal() -> str:
        return portal_url or f"http://{_bracketed(urlsplit(request.host_url).hostname or 'localhost')}:{portal_port}"

    @site.get("/")
    def front_page() -> str:
        """GET /: who the clinic is, when it is open, and the chat."""
        return render_template("front_page.html", portal=portal(), clinic_id=clinic_id)

    @site.after_request
    def add_headers(answer: Response) -> Response:
        """The policy that the portal advises: its origin may give scripts and frames, and nobody else may."""
        parts = urlsplit(portal())
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; img-src 'self'; script-src {parts.scheme}://{parts.netloc}; "
            f"frame-src {parts.scheme}://{parts.netloc}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return site


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
