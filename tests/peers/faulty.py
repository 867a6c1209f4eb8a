"""A server that takes connections and misbehaves, or carries them to a good one: `mode` may be changed at any time."""

import socket
import threading
from contextlib import suppress
from enum import StrEnum
from typing import Self


class Mode(StrEnum):
    """How it behaves."""

    GOOD = "good"  # everything is carried to the server behind it
    REFUSED = "refused"  # nobody listens
    SILENT = "silent"  # it takes the connection, reads, and never says a word
    SLOW = "slow"  # one byte a second
    GARBAGE = "garbage"  # bytes that mean nothing, as soon as somebody is there


BROKEN = (Mode.REFUSED, Mode.SILENT, Mode.SLOW, Mode.GARBAGE)
_JUNK = b"\x00\xffnothing that means anything\r\n\r\n" * 8


class FaultyServer:
    """`with FaultyServer(Mode.SILENT) as peer: ... peer.port`; `behind` is the port of the good server."""

    def __init__(self, mode: Mode = Mode.GOOD, behind: int = 0, byte_seconds: float = 1.0) -> None:
        self.behind = behind
        self.byte_seconds = byte_seconds
        self.calls = 0
        self._is_over = threading.Event()
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._mode = Mode.GOOD
        self._begin(self._accept, self._listener)
        self.mode = mode

    @property
    def mode(self) -> Mode:
        """How it behaves to everybody from now on; open connections end when it changes."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        self._hang_up()
        if mode == Mode.REFUSED:
            self._stop_listening()
        elif self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            self._begin(self._accept, self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._stop_listening()
        self._hang_up()

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _hang_up(self) -> None:
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._open.clear()

    def _begin(self, work, *arguments) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _address = listener.accept()
                self.calls += 1
                self._open.append(line)
                self._begin(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError):
            if self.mode == Mode.GOOD:
                self._carry_both_ways(line)
            elif self.mode == Mode.GARBAGE:
                line.sendall(_JUNK)
                line.close()
            elif self.mode == Mode.SLOW:
                while not self._is_over.wait(self.byte_seconds):
                    line.sendall(b"2")
            else:
                while line.recv(65536):
                    pass

    def _carry_both_ways(self, near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", self.behind))
        self._open.append(far)
        self._begin(_carry, near, far)
        _carry(far, near)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
