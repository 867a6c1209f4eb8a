"""The poller: looks for waiting messages and has them sent. A thread in the demo, a process of its own in production.

Any number may run at once: each message is claimed by one of them.
"""

import logging
import threading
from contextlib import AbstractContextManager
from typing import Any, Protocol

from medimeet.errors import Busy
from medimeet.services import delivery

logger = logging.getLogger(__name__)

_PAUSE_AFTER_FAULT_SECONDS = 5.0


class Application(Protocol):
    """What the poller needs of the application."""

    config: Any

    def app_context(self) -> AbstractContextManager[Any]:
        """The surroundings in which settings and database are there."""


class PollerThread(threading.Thread):
    """A running poller beside the server."""

    def __init__(self, app: Application) -> None:
        super().__init__(name="poller", daemon=True)
        self._app = app
        self._stop_event = threading.Event()

    def run(self) -> None:
        run(self._app, self._stop_event)

    def stop(self, seconds: float = 5.0) -> None:
        """Lets the message at hand be finished, at most so long, and ends."""
        self._stop_event.set()
        self.join(seconds)


def start_thread(app: Application) -> PollerThread:
    """A poller in a thread of this process; `.stop()` ends it."""
    poller = PollerThread(app)
    poller.start()
    return poller


def run(app: Application, stop_event: threading.Event) -> None:
    """Sends what is due until `stop_event` is set; then finishes the message at hand and gives the rest back.

    Raises ValueError at once for a gateway's address that can't be read; outlives every fault after that.
    """
    with app.app_context():
        through = delivery.gateways()
    while not stop_event.is_set():
        stop_event.wait(_round(app, through, stop_event))


def _round(app: Application, through: delivery.Gateways, stop_event: threading.Event) -> float:
    """Sends one batch; answers how many seconds to wait before the next."""
    try:
        with app.app_context():
            return 0.0 if delivery.deliver_due(through, stop_event.is_set) else app.config["POLLER_SECONDS"]
    except Busy:
        logger.warning("the poller waits: the database is busy")
    except Exception:  # a poller that dies silently would lose everybody's messages
        logger.exception("the poller waits after a fault")
    return _PAUSE_AFTER_FAULT_SECONDS
