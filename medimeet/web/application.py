"""Flask, with what it does for each request and need not do left out."""

from collections.abc import Callable, MutableMapping
from copy import deepcopy
from functools import lru_cache, partial
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


class Cookies(URLSafeTimedSerializer):
    """Signed cookies, each opened once; whether one is too old is asked at every request."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._opened = lru_cache(maxsize=4096)(partial(super().loads, return_timestamp=True))
        self._seconds_now = TimestampSigner("any key").get_timestamp

    def loads(self, cookie: str | bytes, max_age: int | None = None, *_more: Any) -> Any:  # type: ignore[override]
        """What was signed. Raises BadSignature, SignatureExpired."""
        data, signed_at = self._opened(cookie)
        age = self._seconds_now() - int(signed_at.timestamp())
        if max_age is not None and not 0 <= age <= max_age:
            raise SignatureExpired(f"Signature age {age} is not within {max_age} seconds", data, signed_at)
        return deepcopy(data)


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies, by a signer that is made once for a key and not for each request."""

    def __init__(self) -> None:
        self._signer_with = lru_cache(maxsize=2)(self._signer)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer with the application's present key."""
        return self._signer_with(app.secret_key, app)

    def _signer(self, _key: object, app: Flask) -> URLSafeTimedSerializer | None:
        flasks = super().get_signing_serializer(app)
        return flasks and Cookies(
            flasks.secret_keys,
            salt=flasks.salt,
            serializer=flasks.serializer,
            signer_kwargs=flasks.signer_kwargs,
        )


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
