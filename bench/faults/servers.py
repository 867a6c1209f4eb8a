"""MediMeet's own processes under a small supervisor, which starts again what dies, as systemd would."""

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Protocol

from tests.servers import ROOT
from tests.warm import WarmProcess

START_SECONDS = 30
PORTS = range(8140, 8170)
_numbers = itertools.count(1)


@contextmanager
def steady_port() -> Iterator[int]:
    """A free port that nobody else takes while the server is down for a moment: neither an outgoing connection, as it
    does with those that the system gives, nor another bench.
    """
    for port in random.sample(PORTS, len(PORTS)):
        with closing(socket.socket(socket.AF_UNIX)) as mark, closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                mark.bind(f"\0medimeet bench {port}")  # one process has this name at a time, and it goes with it
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            probe.close()
            yield port
            return
    raise AssertionError(f"No port from {PORTS[0]} to {PORTS[-1]} is free.")


class Process(Protocol):
    """What is used of subprocess.Popen."""

    @property
    def pid(self) -> int:
        """Its number, and that of its session."""

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended."""


class Service:
    """One program in a session of its own; started again at once when its main process dies, after what it left behind
    was ended.
    """

    def __init__(self, command: Sequence[str], settings: Mapping[str, Any], folder: Path, warm: bool = False) -> None:
        self.command = list(command)
        self.environment = environment_of(settings)
        self.log = folder / f"{os.getpid()}-{next(_numbers)}.log"
        self.warm = warm
        self.starts = 0
        self._is_over = threading.Event()
        self.main = self._start()
        self._watcher: threading.Thread | None = None

    def supervise(self) -> None:
        """Looks after it from now on, in a thread."""
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def children(self) -> list[int]:
        """The processes that the main one has started, the oldest first."""
        with suppress(OSError):
            found = Path(f"/proc/{self.main.pid}/task/{self.main.pid}/children").read_text().split()
            return [int(number) for number in found]
        return []

    @property
    def threads(self) -> int:
        """How many threads its processes have together."""
        return sum(_threads_of(process) for process in (self.main.pid, *self.children))

    def stop(self) -> None:
        """Ends it for good."""
        self._is_over.set()
        if self._watcher is not None:
            self._watcher.join()
        _signal(self.main.pid, signal.SIGTERM)
        try:
            self.main.wait(timeout=10)
        except subprocess.TimeoutExpired:
            _signal(-self.main.pid, signal.SIGKILL)
            self.main.wait(timeout=10)
        _signal(-self.main.pid, signal.SIGKILL)

    @property
    def defects(self) -> list[str]:
        """The lines of its log that tell of a defect."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line[:600] for line in lines if "Traceback" in line or '"exception"' in line]

    def _start(self) -> Process:
        self.starts += 1
        with open(os.devnull) as nothing, open(self.log, "ab") as output:
            if self.warm:
                return WarmProcess(self.command, ROOT, self.environment, (nothing, output, output))
            program = [str(Path(sys.executable).with_name(self.command[0])), *self.command[1:]]
            return subprocess.Popen(
                program,
                cwd=ROOT,
                env=self.environment,
                stdin=nothing,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _watch(self) -> None:
        while not self._is_over.wait(0.05):
            if self.main.poll() is not None:
                _signal(-self.main.pid, signal.SIGKILL)  # as systemd ends what is left in the control group
                self.main = self._start()


def environment_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """The environment of a program with these settings."""
    environment = os.environ | {
        f"MEDIMEET_{name}": str(int(value) if isinstance(value, bool) else value) for name, value in settings.items()
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # in production the code is compiled once
    return environment


@contextmanager
def serving(
    settings: Mapping[str, Any],
    folder: Path,
    *,
    workers: int = 2,
    polls: bool = True,
    warm: bool = False,
    through: Sequence[str] = (),
    **more: Any,
) -> Iterator[tuple[int, Service, Service | None]]:
    """The port, gunicorn as in production, and the poller beside it. `through` starts them, as `env` would."""
    with steady_port() as port:
        all_settings = dict(settings) | {"HOST": "127.0.0.1", "PORT": port, "WORKERS": workers} | more
        web = Service([*through, "gunicorn", "wsgi:app"], all_settings, folder, warm)
        poller = None
        try:
            wait_for(port, lambda: web.log.read_text(errors="replace")[-3000:])
            web.supervise()
            if polls:
                poller = Service([*through, "flask", "worker"], all_settings, folder, warm)
                poller.supervise()
            yield port, web, poller
        finally:
            web.stop()
            if poller is not None:
                poller.stop()


def wait_for(port: int, what_it_said: Callable[[], str]) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
                line.request("GET", "/healthz")
                with line.getresponse() as answer:
                    answer.read()
            return
        except (OSError, HTTPException):
            time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{what_it_said()}")


def _threads_of(process: int) -> int:
    with suppress(OSError):
        return len(os.listdir(f"/proc/{process}/task"))
    return 0


def _signal(process: int, number: int) -> None:
    """Sends a signal to a process, or to a group (a number below zero), if it is there."""
    with suppress(ProcessLookupError):
        os.killpg(-process, number) if process < 0 else os.kill(process, number)
