"""How many requests a minute one address, or one signed-in account, may make.

The limits that protect accounts (passwords, codes, links) are not here but in services/attempts.py, in the database.
"""

from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.util import get_remote_address
from sqlalchemy.exc import DBAPIError

from medimeet import clock
from medimeet.config import setting
from medimeet.domain.networks import network_of
from medimeet.errors import MediMeetError
from medimeet.models import Account
from medimeet.web.signed_in import current_actor

# Machines ask often, and these cost next to nothing.
_UNLIMITED = {"static", "machines.healthz", "machines.readyz"}


def start(app: Flask) -> None:
    """Binds Flask-Limiter to the settings RATELIMIT_* and REDIS_URL; nothing is limited without RATELIMIT_ENABLED."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"] or "memory://"
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(app.config["REDIS_URL"])
    limiter.init_app(app)
    app.after_request(tell_limit)


def who_asks() -> str:
    """Whose requests are counted together: the signed-in account's, else those from one address."""
    account = _account()
    return f"account {account.id}" if account is not None else f"address {_network()}"


def how_many() -> str:
    """The limit for whoever asks, as Flask-Limiter writes it."""
    name = "RATELIMIT_SIGNED_IN" if _account() is not None else "RATELIMIT_ANONYMOUS"
    return f"{setting(name)} per minute"


def messages_an_hour() -> str:
    """How many messages one address may leave for clinics, as Flask-Limiter writes it."""
    return f"{setting('CONTACT_MESSAGES')} per hour"


def is_unlimited() -> bool:
    """Whether this request is not counted."""
    return request.endpoint in _UNLIMITED


def tell_limit(response: Response) -> Response:
    """The answer with how many requests are left, and how long to wait for who has none left.

    Flask-Limiter's own headers would tell everybody to wait, and draw out the waits that other refusals name.
    """
    limit = limiter.current_limit
    if limit is None:
        return response
    response.headers["X-RateLimit-Limit"] = str(limit.limit.amount)
    response.headers["X-RateLimit-Remaining"] = str(limit.remaining)
    response.headers["X-RateLimit-Reset"] = str(limit.reset_at)
    if limit.breached:
        response.headers["Retry-After"] = str(max(1, limit.reset_at - int(clock.now().timestamp())))
    return response


def _network() -> str:
    return network_of(get_remote_address())


def _account() -> Account | None:
    """Who asks, where that can be told; a bad token or a database that is away is not this one's to report."""
    if "asking_account" not in g:
        try:
            g.asking_account = current_actor().account
        except (MediMeetError, DBAPIError):
            g.asking_account = None
    return g.asking_account


limiter = Limiter(
    who_asks,
    application_limits=[ApplicationLimit(how_many)],
    application_limits_exempt_when=is_unlimited,
    strategy="fixed-window",
)

# One count for the page and for the JSON interfaces.
limit_messages = limiter.shared_limit(messages_an_hour, scope="contact messages", key_func=_network, methods=["POST"])
