"""How many requests a minute one address, or one signed-in account, may make.

The limits that protect accounts (passwords, codes, links) are not here but in services/attempts.py, in the database.
"""

from flask import Flask, current_app, request
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

# Machines ask often, and these cost next to nothing.
_UNLIMITED = {"static", "machines.healthz", "machines.readyz"}


def start(app: Flask) -> None:
    """Binds Flask-Limiter to the settings RATELIMIT_* and REDIS_URL; nothing is limited without RATELIMIT_ENABLED."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"] or "memory://"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(app.config["REDIS_URL"])
    limiter.init_app(app)


def who_asks() -> str:
    """Whose requests are counted together: the signed-in account's, else those from one address."""
    if current_user.is_authenticated:
        return f"account {current_user.account.id}"
    return f"address {get_remote_address()}"


def how_many() -> str:
    """The limit for whoever asks, as Flask-Limiter writes it."""
    name = "RATELIMIT_SIGNED_IN" if current_user.is_authenticated else "RATELIMIT_ANONYMOUS"
    return f"{current_app.config[name]} per minute"


def is_unlimited() -> bool:
    """Whether this request is not counted."""
    return request.endpoint in _UNLIMITED


limiter = Limiter(
    who_asks,
    application_limits=[ApplicationLimit(how_many)],
    application_limits_exempt_when=is_unlimited,
    headers_enabled=True,
    strategy="fixed-window",
)
