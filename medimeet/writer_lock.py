"""One writer at a time on one SQLite file, and the processes in turn: SQLite's own lock starves writers."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from medimeet.errors import Busy, NoRoom

_CHECKPOINT_EVERY = 50
# Longer, and this process would miss its turn where others write too.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0001, 0.001


class WriterLock:
    """One writer at a time over all threads and processes on one SQLite file.

    Of each process one thread at most tries for the file's lock. Who waits for it holds the line's lock, so that a
    process which has just written comes after one that waits.
    """

    def __init__(self, database: str | None) -> None:
        self._threads = threading.Lock()
        path = f"{database}.writer-lock" if database and database != ":memory:" else None
        self._paths = (f"{path}-line", path) if path is not None else ()
        self._files: list[int] = []
        self._turns = 0

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
                self._turns += 1
                self._unlock_file()
        finally:
            self._threads.release()

    def is_checkpoint_due(self) -> bool:
        """Whether so much was written since it was last asked that the log of writes should be taken up."""
        if self._turns < _CHECKPOINT_EVERY:
            return False
        self._turns = 0
        return True

    def _lock_file(self, deadline: float) -> None:
        if not self._paths:
            return
        if not self._files:
            self._files = [_opened(path) for path in self._paths]
        line, file = self._files
        _wait_for(line, deadline)
        try:
            _wait_for(file, deadline)
        finally:
            fcntl.flock(line, fcntl.LOCK_UN)

    def _unlock_file(self) -> None:
        if self._files:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)


def _wait_for(file: int, deadline: float) -> None:
    """Locks the file. Raises Busy."""
    pause = _FIRST_PAUSE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Busy from None
            time.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_PAUSE)


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:  # the folder is full or can't be written: then nor can the database
        raise NoRoom from error
