"""Programs forked from a process that has imported MediMeet already: each starts at once, instead of in two seconds.

All else is as if it were started by its name: it has its own session, environment, folder, streams and exit status.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

# Code only: no application, no connection and no thread is there when a program is forked.
_ground = get_context("forkserver")
_ground.set_forkserver_preload(["medimeet.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "psycopg"])


class WarmProcess:
    """A running console script of this environment (`flask`, `gunicorn`), with what tests use of subprocess.Popen.

    Only one thread of the tests may start and await such programs.
    """

    def __init__(
        self, command: list[str], folder: Path, environment: Mapping[str, str], streams: tuple[IO[Any], ...]
    ) -> None:
        """`streams`: files for its standard input, output and errors; the caller's own may be closed then."""
        ends = [Connection(os.dup(stream.fileno()), writable=False) for stream in streams]
        self._process = _ground.Process(target=_become, args=(command, str(folder), dict(environment), ends))
        self._process.start()
        for end in ends:
            end.close()
        self.stdout: IO[str] | None = None

    @property
    def pid(self) -> int:
        """The number of the process, and of its session."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit status (below zero: the signal that ended it), None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, once it has ended. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Sends it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Asks it to end."""
        self.send_signal(signal.SIGTERM)


def _become(command: list[str], folder: str, environment: dict[str, str], ends: list[Connection]) -> None:
    os.setsid()
    for number, end in enumerate(ends):
        os.dup2(end.fileno(), number)
        end.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    (program,) = entry_points(group="console_scripts", name=command[0])
    sys.exit(program.load()())
