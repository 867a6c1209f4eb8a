"""How many conversations may be open at once: in this process, of one person on this host, of people without a name."""

import fcntl
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from flask import Flask
from flask.sansio.app import App

from medimeet.domain.networks import network_of
from medimeet.errors import MediMeetError, TooManyTries
from medimeet.tally import OPEN_SOCKETS

SECONDS_TO_COME_AGAIN = 10
_TOO_MANY_OF_YOURS = "The assistant is open in other windows already. Close one of them, then try again."


class NoPlace(MediMeetError):
    """This process holds as many conversations as it may."""

    status = 503
    retry_after = SECONDS_TO_COME_AGAIN
    default_words = "Very many people are talking to the assistant. Try again in a few seconds."


class Places:
    """The open conversations of one process.

    Whoever has not yet said who they are gets one of half of the places, and one address a third at most, so that
    strangers never shut people out. A person's own are files that are locked while in use, so they count over all
    workers of a host, and are free again however a worker ends.
    """

    def __init__(self, most: int, most_a_person: int, folder: Path) -> None:
        self._server_stops: Callable[[], bool] = lambda: False
        self._stopped = threading.Event()
        self._most, self._most_a_person, self._folder = most, most_a_person, folder
        self._lock = threading.Lock()
        self._taken = 0
        self._nameless: Counter[str] = Counter()

    def take(self) -> "Place":
        """A place. Raises NoPlace."""
        with self._lock:
            if self._taken >= self._most:
                raise NoPlace
            self._taken += 1
        OPEN_SOCKETS.move(1)
        return Place(self)

    def stop_when(self, server_stops: Callable[[], bool]) -> None:
        """Has every conversation close within a second once this holds."""
        self._server_stops = server_stops

    @property
    def is_stopping(self) -> bool:
        """Whether every conversation must close."""
        return self._stopped.is_set() or self._server_stops()

    def end_all(self, seconds: float) -> None:
        """Tells every conversation to close, and waits until they have, but not longer than that."""
        self._stopped.set()
        deadline = time.monotonic() + seconds
        while self._taken and time.monotonic() < deadline:
            time.sleep(0.02)

    def leave(self) -> None:
        """Gives one place back."""
        with self._lock:
            self._taken -= 1
        OPEN_SOCKETS.move(-1)

    def add_nameless(self, network: str) -> None:
        """Counts one who has not said who they are. Raises NoPlace."""
        with self._lock:
            if self._nameless.total() >= max(1, self._most // 2) or self._nameless[network] >= max(1, self._most // 3):
                raise NoPlace
            self._nameless[network] += 1

    def remove_nameless(self, network: str) -> None:
        """Counts one less."""
        with self._lock:
            self._nameless -= Counter([network])

    def own_place(self, account_id: int) -> IO[bytes]:
        """A locked file of this person's; closing it gives the place back. Raises TooManyTries."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for number in range(self._most_a_person):
            file = open(self._folder / f"{account_id}.{number}", "ab")  # noqa: SIM115 (it stays open while in use)
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return file
            file.close()
        raise TooManyTries(SECONDS_TO_COME_AGAIN, _TOO_MANY_OF_YOURS)


class Place:
    """One conversation's place: of nobody at first, or of a person."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._network: str | None = None
        self._own: IO[bytes] | None = None

    def is_of_nobody(self, address: str) -> None:
        """Counts it among the nameless from this address. Raises NoPlace."""
        network = network_of(address)
        self.places.add_nameless(network)
        self._network = network

    def is_of(self, account_id: int) -> None:
        """Counts it among the person's own. Raises TooManyTries."""
        self._own = self.places.own_place(account_id)
        self._forget_network()

    def leave(self) -> None:
        """Gives it back."""
        if self._own is not None:
            self._own.close()
        self._forget_network()
        self.places.leave()

    def _forget_network(self) -> None:
        if self._network is not None:
            self.places.remove_nameless(self._network)
            self._network = None


def start(app: App) -> None:
    """Gives `app` its places."""
    folder = Path(app.config["DATA_DIR"], "open-sockets")
    app.extensions["places"] = Places(app.config["SOCKETS_A_WORKER"], app.config["SOCKETS_A_PERSON"], folder)


def places_of(app: Flask) -> Places:
    """The places of this process."""
    places: Places = app.extensions["places"]
    return places
