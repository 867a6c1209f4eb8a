"""Security headers on every answer."""

from typing import Any

from flask import Flask, Response, g, request
from flask_login import user_logged_out

from medimeet.config import setting

# What other sites show as part of their own pages: pictures of doctors, and the frame of the chat.
_FOR_ALL_SITES = {"clinic_admin.media", "widget.frame"}


def content_security_policy(frame_ancestors: str = "'none'") -> str:
    """The strict policy: only our own files, nothing inline; framed by nobody, or by those named."""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frame_ancestors}"
    )


def add_headers(answer: Response) -> Response:
    """The answer with the strict content security policy and its companions; no cache keeps what may be personal."""
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", content_security_policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", _who_may_show_it())
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
    if request.is_secure or setting("BASE_URL").startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if g.get("has_signed_out"):
        headers["Clear-Site-Data"] = '"cache"'
    return answer


def start(app: Flask) -> None:
    """Adds the headers to every answer of `app`."""
    app.after_request(add_headers)
    user_logged_out.connect(_note_sign_out, app)


def _who_may_show_it() -> str:
    return "cross-origin" if request.endpoint in _FOR_ALL_SITES else "same-origin"


def _note_sign_out(_app: Flask, **_who: Any) -> None:
    """Remembers it for the answer: pages that the browser still holds are not for whoever sits there next."""
    g.has_signed_out = True
