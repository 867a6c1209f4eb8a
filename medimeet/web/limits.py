"""How many requests a minute one address, or one signed-in account, may make.

The limits that protect accounts (passwords, codes, links) are not here but in services/attempts.py, in the database.
Each request is counted, so counting is kept to a few steps: one number for each asker and window of time, in this
process, or in Redis where REDIS_URL names one.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import TooManyRequests

from medimeet import clock
from medimeet.config import setting
from medimeet.domain.networks import network_of
from medimeet.errors import MediMeetError
from medimeet.models import Account
from medimeet.web.served import served_in
from medimeet.web.signed_in import current_account

logger = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
MINUTE, HOUR = 60, 3600
# One request waits for a Redis that is silent, not everybody; it is asked again after a while.
_REDIS_OPTIONS: dict[str, Any] = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3, "retry": None}
_SECONDS_WITHOUT_REDIS = 5.0
# Machines ask often, and these cost next to nothing.
_UNLIMITED = {"static", "machines.healthz", "machines.readyz", "machines.metrics"}


class Counts:
    """The counts of this process: those of each length of window, forgotten when the next window begins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[int, tuple[int, Counter[str]]] = {}

    def count(self, who: str, seconds: int, window: int) -> int:
        """One more of `who` in the window with this number, `seconds` long; how many that makes."""
        with self._lock:
            number, counts = self._windows.get(seconds, (None, Counter[str]()))
            if number != window:
                counts = Counter()
                self._windows[seconds] = (window, counts)
            counts[who] += 1
            return counts[who]

    def clear(self) -> None:
        """Forgets every count."""
        with self._lock:
            self._windows.clear()


class SharedCounts(Counts):
    """Counts in Redis, which all hosts share; those of this process while Redis is away."""

    def __init__(self, url: str) -> None:
        # Here, so that nobody without Redis waits at each start for what speaks to it.
        from limits.storage import RedisStorage  # noqa: PLC0415

        super().__init__()
        self._storage = RedisStorage(url, **_REDIS_OPTIONS)
        self._away_until = 0.0

    def count(self, who: str, seconds: int, window: int) -> int:
        if time.monotonic() < self._away_until:
            return super().count(who, seconds, window)
        try:
            return self._storage.incr(f"medimeet/{who}/{seconds}/{window}", seconds)
        except Exception as error:  # whatever Redis's client raises: nobody is locked out for it
            self._away_until = time.monotonic() + _SECONDS_WITHOUT_REDIS
            logger.warning("Redis does not count requests: %s", error)
            return super().count(who, seconds, window)


def start(app: Flask) -> None:
    """Counts the requests to `app`, by the settings RATELIMIT_* and REDIS_URL; none without RATELIMIT_ENABLED."""
    url = app.config["REDIS_URL"]
    app.extensions["request_counts"] = SharedCounts(url) if url else Counts()
    if app.config["RATELIMIT_ENABLED"]:
        app.before_request(refuse_too_many)


def refuse_too_many() -> None:
    """Counts this request for whoever asks. Raises TooManyRequests for one too many."""
    if request.endpoint in _UNLIMITED:
        return
    account = _account()
    if account is not None:
        _count(f"account {account.id}", current_app.config["RATELIMIT_SIGNED_IN"], MINUTE)
    else:
        _count(f"address {_network()}", current_app.config["RATELIMIT_ANONYMOUS"], MINUTE)


def limit_messages(view: View) -> View:
    """Counts what is sent to the view as messages of one address, CONTACT_MESSAGES an hour on all such views.

    One count for the page and for the JSON interfaces. Raises TooManyRequests.
    """

    @wraps(view)
    def count_then_view(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST" and setting("RATELIMIT_ENABLED"):
            _count(f"messages {_network()}", setting("CONTACT_MESSAGES"), HOUR)
        return view(*args, **kwargs)

    return count_then_view  # type: ignore[return-value]


def _count(who: str, most: int, seconds: int) -> None:
    """One more of `who`; the answer says how many are left, and how long to wait for who has none left."""
    counts: Counts = current_app.extensions["request_counts"]
    now = int(clock.now().timestamp())
    window = now // seconds
    left, ends_at = most - counts.count(who, seconds, window), (window + 1) * seconds
    served = served_in(request.environ)
    served.headers = [
        ("X-RateLimit-Limit", str(most)),
        ("X-RateLimit-Remaining", str(max(0, left))),
        ("X-RateLimit-Reset", str(ends_at)),
    ]
    if left < 0:
        served.headers.append(("Retry-After", str(max(1, ends_at - now))))
        raise TooManyRequests


def _network() -> str:
    return network_of(request.remote_addr or "127.0.0.1")


def _account() -> Account | None:
    """Who asks, where that can be told; a bad token or a database that is away is not this one's to report."""
    try:
        return current_account()
    except (MediMeetError, DBAPIError):
        return None
