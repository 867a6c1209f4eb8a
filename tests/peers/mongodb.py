"""A server on a real port that speaks MongoDB's wire protocol, and some that only pretend to.

nx-27017 stands for mongod: it keeps what it acknowledged through kill -9, and differs in details that its test names.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests import machine
from tests.servers import free_port

NX = Path(sys.executable).with_name("nx-27017")
DEADLINE_SECONDS = 20


class MongoServer:
    """nx-27017 on a free port, with its data below `folder`. It can be killed, and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        if not NX.exists():
            machine.lacks("nx-27017 (pip install -e '.[test]')", "nothing spoke MongoDB's protocol")
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as MEDIMEET_MONGODB_URI takes it; each data folder is a database of its own."""
        return f"mongodb://127.0.0.1:{self.port}/medimeet"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = [f"--data-dir={self.folder}", f"--port={self.port}"]
        options += [f"--log-file={self.folder}.log", f"--pid-file={self.folder}.pid"]
        self.process = subprocess.Popen(
            [str(NX), *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, "nx-27017 did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(DEADLINE_SECONDS)
            self.process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


class Pretender:
    """Takes connections and answers each piece that it gets with `answer`: b"" says nothing at all, for ever."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """Its address, as MEDIMEET_MONGODB_URI takes it."""
        return f"mongodb://127.0.0.1:{self._listener.getsockname()[1]}/medimeet"

    def __enter__(self) -> "Pretender":
        self._begin(self._accept)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(DEADLINE_SECONDS)
        for connection in self.connections:
            connection.close()

    def _begin(self, work, *arguments) -> None:  # type: ignore[no-untyped-def]
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                self.connections.append(connection)
                self._begin(self._answer, connection)

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError):
            while connection.recv(65536):
                if self.answer:
                    connection.sendall(self.answer)
