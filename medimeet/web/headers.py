"""Security headers on every answer."""

from functools import cache
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
    headers, endpoint = answer.headers, request.endpoint
    is_secure = request.is_secure or setting("BASE_URL").startswith("https://")
    already = {name.lower() for name, _value in headers}
    wanted = _headers(is_secure, is_static=endpoint == "static", is_for_all=endpoint in _FOR_ALL_SITES)
    headers.extend([(name, value) for lower, name, value in wanted if lower not in already])
    if g.get("has_signed_out"):
        headers["Clear-Site-Data"] = '"cache"'
    return answer


def start(app: Flask) -> None:
    """Adds the headers to every answer of `app`."""
    app.after_request(add_headers)
    user_logged_out.connect(_note_sign_out, app)


@cache
def _headers(is_secure: bool, is_static: bool, is_for_all: bool) -> list[tuple[str, str, str]]:
    """What every answer of a kind says unless its view said otherwise: each name also in small letters."""
    said = {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin" if is_for_all else "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    }
    if is_secure:
        said["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if not is_static:
        said["Cache-Control"] = "no-store"
    return [(name.lower(), name, value) for name, value in said.items()]


def _note_sign_out(_app: Flask, **_who: Any) -> None:
    """Remembers it for the answer: pages that the browser still holds are not for whoever sits there next."""
    g.has_signed_out = True
