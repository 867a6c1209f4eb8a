"""One writer at a time on one SQLite file: SQLite's own lock starves writers."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from medimeet.errors import Busy, NoRoom


class WriterLock:
    """One writer at a time over all threads and processes on one SQLite file."""

    def __init__(self, database: str | None) -> None:
        self._threads = threading.Lock()
        self._path = f"{database}.writer-lock" if database and database != ":memory:" else None
        self._file: int | None = None

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Holds the lock; raises Busy when it does not come free within `seconds`."""
        deadline = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            raise Busy
        try:
            self._lock_file(deadline)
            try:
                yield
            finally:
                self._unlock_file()
        finally:
            self._threads.release()

    def _lock_file(self, deadline: float) -> None:
        if self._path is None:
            return
        if self._file is None:
            self._file = _opened(self._path)
        pause = 0.0001
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy from None
                time.sleep(pause)
                pause = min(pause * 2, 0.001)  # longer, and this process would miss its turn where others write too

    def _unlock_file(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:  # the folder is full or can't be written: then nor can the database
        raise NoRoom from error
