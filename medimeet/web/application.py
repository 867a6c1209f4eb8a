"""Flask, with what it does for each request and need not do left out."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """Signed cookies, by a signer that is made once for a key and not for each request."""

    def __init__(self) -> None:
        self._signer_with = lru_cache(maxsize=2)(lambda _key, app: super(Sessions, self).get_signing_serializer(app))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer with the application's present key."""
        return self._signer_with(app.secret_key, app)


class Templates(Environment):
    """Jinja as Flask has it, for an application whose globals are all there before its first template is."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dictionary: each render and each import walks it, and Jinja's own kind at many times the cost."""
        return {**self.globals, **(d or {})}


class Application(Flask):
    """A Flask application without asynchronous views."""

    jinja_environment = Templates

    def __init__(self, import_name: str) -> None:
        super().__init__(import_name)
        self.session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself. Flask looks twenty times a request whether one is asynchronous."""
        return func
