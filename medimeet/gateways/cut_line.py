"""A line to a server that is cut from outside: once nobody wants the answer any more, and when it takes too long.

`requests` alone notices neither while a server is silent.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

_LOOKS_EVERY = 0.1  # seconds


class CutLine:
    """A session whose connections are cut once `is_stopped`, and after `seconds` in any case."""

    def __init__(self, is_stopped: Callable[[], bool], seconds: float) -> None:
        self.session = requests.Session()
        self.session.trust_env = False  # neither a proxy nor a .netrc of the machine gets to see what is asked
        self.is_cut = False
        self._is_stopped = is_stopped
        self._ends_at = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._is_done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="model line", daemon=True)
        adapter = _Listing(self._sockets)
        self.session.mount("http://", adapter)
        self.session.mount("https://", adapter)

    @property
    def is_late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends_at

    def pause(self, seconds: float) -> None:
        """Waits so long, or until the line is cut."""
        until = time.monotonic() + seconds
        while not self.is_cut and time.monotonic() < until:
            time.sleep(min(_LOOKS_EVERY, seconds))

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_done.set()
        self._watcher.join()
        self._cut()
        self.session.close()

    def _watch(self) -> None:
        while not self._is_done.wait(_LOOKS_EVERY):
            if self.is_cut or self.is_late or self._is_stopped():
                self.is_cut = True
                self._cut()  # again and again: a connection may still be in the making

    def _cut(self) -> None:
        for line in list(self._sockets):
            with suppress(OSError):
                # Past TLS, which is not made for two threads: the one that reads then finds the end of the line.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


class _Listing(HTTPAdapter):
    """Keeps a list of the sockets that it opens."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._opened = sockets
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _listing_pool(HTTPConnectionPool, self._opened),
            "https": _listing_pool(HTTPSConnectionPool, self._opened),
        }


def _listing_pool(pool: type[HTTPConnectionPool], sockets: list[socket.socket]) -> type[HTTPConnectionPool]:
    class Connection(pool.ConnectionCls):  # type: ignore[name-defined]
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    return type(pool.__name__, (pool,), {"ConnectionCls": Connection})
