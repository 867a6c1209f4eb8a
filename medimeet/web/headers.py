"""Security headers on every answer."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask_login import user_logged_out

from medimeet.web.served import served_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What other sites show as part of their own pages: pictures of doctors, and the frame of the chat.
_FOR_ALL_SITES = {"clinic_admin.media", "widget.frame"}


def content_security_policy(frame_ancestors: str = "'none'") -> str:
    """The strict policy: only our own files, nothing inline; framed by nobody, or by those named."""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {frame_ancestors}"
    )


def start(app: Flask) -> None:
    """Adds the headers to every answer of `app`."""
    app.wsgi_app = Headed(app.wsgi_app, app.config["BASE_URL"])  # type: ignore[method-assign]
    user_logged_out.connect(_clear_after_sign_out, app)


class Headed:
    """An application whose answers all have the strict content security policy and its companions.

    No cache keeps what may be personal.
    """

    def __init__(self, inner: "WSGIApplication", base_url: str) -> None:
        self._inner = inner
        self._is_secure = base_url.startswith("https://")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start_headed(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            served = served_in(environ)
            is_secure = self._is_secure or environ["wsgi.url_scheme"] == "https"
            already = {name.lower() for name, _value in headers}
            wanted = _headers(is_secure, served.endpoint == "static", served.endpoint in _FOR_ALL_SITES)
            headers += [(name, value) for lower, name, value in wanted if lower not in already]
            headers += served.headers
            return start_response(status, headers, *more)

        return self._inner(environ, start_headed)


@cache
def _headers(is_secure: bool, is_static: bool, is_for_all: bool, /) -> list[tuple[str, str, str]]:
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


def _clear_after_sign_out(_app: Flask, **_who: Any) -> None:
    """Pages that the browser still holds are not for whoever sits there next."""
    served_in(request.environ).headers.append(("Clear-Site-Data", '"cache"'))
