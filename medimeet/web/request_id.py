"""Every request has a number: in the header X-Request-Id, in the log, in the audit log, on the page of a fault."""

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.wsgi import ClosingIterator, FileWrapper

from medimeet import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-Id"
IN_ENVIRONMENT = "medimeet.request_id"
_PLAIN = re.compile(r"[0-9a-f]{32}")


def start(app: Flask) -> None:
    """Numbers every request to `app`; a number that a trusted proxy gave is kept."""
    app.wsgi_app = Numbered(app.wsgi_app, bool(app.config["TRUSTED_PROXIES"]))  # type: ignore[method-assign]


def request_id() -> str:
    """The number of this request, 32 hexadecimal digits; empty where there is none."""
    return logs.request_id.get()


def _until_closed(answer: Iterable[bytes], environ: "WSGIEnvironment") -> Iterable[bytes]:
    """The answer; once it is closed, what this thread logs carries its number no longer."""
    if isinstance(answer, environ.get("wsgi.file_wrapper", FileWrapper)):
        _forget_number()  # the server sends a file by itself, and knows it by its class
        return answer
    return ClosingIterator(answer, _forget_number)


def _forget_number() -> None:
    logs.request_id.set("")


class Numbered:
    """An application whose answers all carry the number of their request, also where the application broke."""

    def __init__(self, inner: "WSGIApplication", has_proxy: bool) -> None:
        self._inner = inner
        self._has_proxy = has_proxy

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        number = self._given(environ) or os.urandom(16).hex()
        environ[IN_ENVIRONMENT] = number
        logs.request_id.set(number)

        def start_numbered(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            headers.append((HEADER, number))
            return start_response(status, headers, *more)

        return _until_closed(self._inner(environ, start_numbered), environ)

    def _given(self, environ: "WSGIEnvironment") -> str:
        """The number that a proxy of ours gave, also one written as a UUID."""
        if not self._has_proxy:
            return ""
        given = environ.get("HTTP_X_REQUEST_ID", "").replace("-", "").lower()
        return given if _PLAIN.fullmatch(given) else ""
