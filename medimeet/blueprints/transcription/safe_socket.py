"""One WebSocket, read and written by the one thread that serves it; everything that waits has a bound."""

import json
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from simple_websocket import ConnectionClosed, Server
from wsproto.connection import ConnectionState
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Message, Ping, Request, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from medimeet.blueprints.transcription.allowance import Allowance

LARGEST_MESSAGE = 64 * 1024
MOST_FRAGMENTS = 1000
LARGEST_OUTBOX = 256 * 1024
BYTES_A_SECOND = 96 * 1024  # twice what a microphone gives, as base64 in JSON
BYTES_AT_ONCE = 256 * 1024
PING_SECONDS = 25
PATIENCE_SECONDS = 10  # for a peer that doesn't read
THROTTLED_SECONDS = 5  # for a peer that sends too fast all the time
FAREWELL_SECONDS = 1
_READ_AT_ONCE = 16 * 1024
_HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: medimeet\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n\r\n"
)
_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class SafeSocket(Server):
    """Flask-Sock's WebSocket, whose traps are shut.

    The library reads in a thread of its own into a list without an end, lets every thread write without a lock and
    wait for ever for a peer that doesn't read, takes compressed frames of any size, and leaves the connection open.
    Here `receive` does all reading and writing, in the thread that calls it again and again; `send_json` only puts
    a frame down. No compression is agreed on, so no bomb can be packed.
    """

    def __init__(self, environ: Mapping[str, Any]) -> None:
        """Answers the handshake, which must be a good one. Raises OSError where the peer is gone already."""
        self._outbox: deque[str] = deque()
        self._outbox_size = 0
        self._lock = threading.Lock()
        self._unsent = b""
        self._parts: list[Any] = []
        self._size = self._fragments = 0
        self._allowance = Allowance(BYTES_A_SECOND, BYTES_AT_ONCE)
        self._last_heard = self._last_ping = self._last_sent = self._last_calm = time.monotonic()
        self._is_ending = False
        self._poll = select.poll()
        super().__init__(environ, receive_bytes=_READ_AT_ONCE)
        self._doorbell, self._bell = socket.socketpair()
        self._bell.setblocking(False)
        self._doorbell.setblocking(False)
        self.sock.setblocking(False)

    def handshake(self) -> None:
        """Accepts, without compression; of the client's headers only the key matters here."""
        self.ws.receive_data(_HANDSHAKE.format(self.environ["HTTP_SEC_WEBSOCKET_KEY"].strip()).encode())
        assert isinstance(next(self.ws.events()), Request)
        self.sock.sendall(self.ws.send(AcceptConnection()))
        self.connected = True

    def _thread(self) -> None:
        """The library's reader: nothing is left for it to do."""

    def send_json(self, frame: Mapping[str, Any]) -> None:
        """Puts one frame down to be sent in its turn; from any thread, never waits. Lost once the socket is closed."""
        text = json.dumps(frame, ensure_ascii=False)
        with self._lock:
            if self._is_ending:
                return
            self._outbox.append(text)
            self._outbox_size += len(text)
        with suppress(OSError):  # it was rung already, or the socket is closed
            self._bell.send(b"!")

    def send_last(self, frame: Mapping[str, Any]) -> None:
        """As `send_json`; nothing is sent after it."""
        self.send_json(frame)
        with self._lock:
            self._is_ending = True

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """The next whole message, None after `timeout` seconds without one; meanwhile sends what waits.

        Raises ConnectionClosed: by the peer, for good reasons of ours, or because the peer is gone.
        """
        if not self.input_buffer:
            if not self.connected:
                raise ConnectionClosed(self.close_reason, self.close_message)
            self._attend(timeout if timeout is not None else PING_SECONDS)
        return self.input_buffer.pop(0) if self.input_buffer else None

    def close(self, reason: int | None = None, message: str | None = None) -> None:
        """Sends what waits and the closing frame, waits a moment for the peer's, and ends the connection."""
        if self.connected:
            with suppress(OSError, LocalProtocolError):
                self._say_farewell(CloseConnection(reason or CloseReason.NORMAL_CLOSURE, message))
        self.hang_up()

    def hang_up(self) -> None:
        """Ends the connection at once. May be called again."""
        self.connected = False
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)  # or the server waits for a peer that never closes
        self._doorbell.close()
        self._bell.close()

    def _attend(self, timeout: float) -> None:
        """One round: what is put down goes out, what came in is read."""
        try:
            self._check_peer()
            if not self.connected:
                return
            self._pack()
            readable, writable = self._wait(min(timeout, self._allowance.seconds_left() or timeout))
            if writable:
                self._write()
            if readable:
                self._read()
        except (OSError, LocalProtocolError):
            self.hang_up()

    def _wait(self, seconds: float) -> tuple[bool, bool]:
        """Whether there is something to read, and whether something may be written, by then."""
        mask = 0 if self._allowance.is_spent else select.POLLIN
        self._poll.register(self.sock, mask | (select.POLLOUT if self._unsent else 0))
        self._poll.register(self._doorbell, select.POLLIN)
        found = dict(self._poll.poll(seconds * 1000))
        if self._doorbell.fileno() in found:
            self._doorbell.recv(4096)
        happened = found.get(self.sock.fileno(), 0)
        gone = select.POLLERR | select.POLLNVAL | (0 if mask else select.POLLHUP)
        if happened & gone:
            raise ConnectionResetError
        return bool(happened & (select.POLLIN | select.POLLHUP)), bool(happened & select.POLLOUT)

    def _pack(self) -> None:
        """Turns the frames that were put down into bytes for the wire."""
        with self._lock:
            texts, self._outbox_size = list(self._outbox), 0
            self._outbox.clear()
        if not self._unsent:
            self._last_sent = time.monotonic()
        self._unsent += b"".join(self.ws.send(Message(data=text)) for text in texts)

    def _write(self) -> None:
        with suppress(*_NOT_NOW):
            sent = self.sock.send(self._unsent)
            self._unsent = self._unsent[sent:]
            self._last_sent = time.monotonic()

    def _read(self) -> None:
        try:
            data = self.sock.recv(self.receive_bytes)
        except _NOT_NOW:
            return
        if not data:
            raise ConnectionResetError
        self._allowance.spend(len(data))
        self._last_heard = time.monotonic()
        self.ws.receive_data(data)
        for event in self.ws.events():
            if not self.connected:
                return
            self._handle(event)

    def _handle(self, event: Any) -> None:
        if isinstance(event, TextMessage | BytesMessage):
            self._gather(event)
        elif isinstance(event, Ping):
            self._unsent += self.ws.send(event.response())
        elif isinstance(event, CloseConnection) and self.ws.state is ConnectionState.OPEN:
            self._refuse(event.code, event.reason or "")  # not closed by the peer: it sent what is no frame
        elif isinstance(event, CloseConnection):
            self.close_reason, self.close_message = event.code, event.reason
            self._unsent += self.ws.send(event.response())
            self._write()
            self.hang_up()

    def _gather(self, event: TextMessage | BytesMessage) -> None:
        """Adds a piece to the message that it belongs to, until that is whole, or too large."""
        self._parts.append(event.data)
        self._size += len(event.data.encode()) if isinstance(event.data, str) else len(event.data)
        self._fragments += event.frame_finished
        if self._size > LARGEST_MESSAGE or self._fragments > MOST_FRAGMENTS:
            self._refuse(CloseReason.MESSAGE_TOO_BIG, f"A message has at most {LARGEST_MESSAGE} bytes.")
        elif event.message_finished:
            self.input_buffer.append((b"" if isinstance(event, BytesMessage) else "").join(self._parts))
            self._parts, self._size, self._fragments = [], 0, 0

    def _check_peer(self) -> None:
        """Pings a silent peer; ends the connection with one that is gone, doesn't read, or sends far too fast."""
        now = time.monotonic()
        if not self._allowance.is_low:
            self._last_calm = now
        if now - self._last_calm > THROTTLED_SECONDS:
            self._refuse(CloseReason.TRY_AGAIN_LATER, "This comes faster than anybody speaks.")
        elif self._outbox_size + len(self._unsent) > LARGEST_OUTBOX or self._is_stuck(now):
            self.close_reason, self.close_message = CloseReason.TRY_AGAIN_LATER, "You don't read what we send."
            raise ConnectionResetError
        elif now - self._last_heard > 2 * PING_SECONDS:
            raise ConnectionResetError
        elif now - max(self._last_heard, self._last_ping) > PING_SECONDS:
            self._last_ping = now
            self._unsent += self.ws.send(Ping())

    def _is_stuck(self, now: float) -> bool:
        return bool(self._unsent) and now - self._last_sent > PATIENCE_SECONDS

    def _refuse(self, reason: int, message: str) -> None:
        """Closes for what the peer did."""
        self.close_reason, self.close_message = reason, message
        self.close(reason, message)

    def _say_farewell(self, closing: CloseConnection) -> None:
        self._pack()
        self._unsent += self.ws.send(closing)
        deadline = time.monotonic() + FAREWELL_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            self._poll.register(self.sock, select.POLLIN | (select.POLLOUT if self._unsent else 0))
            self._poll.register(self._doorbell, 0)
            if not self._poll.poll(left * 1000):
                return
            self._write()
            if self._has_answered():
                return

    def _has_answered(self) -> bool:
        """Whether the peer has closed, too; what else it sends is read, so that it can read why we close."""
        try:
            data = self.sock.recv(LARGEST_MESSAGE)
        except _NOT_NOW:
            return False
        if not data:
            return True
        try:
            self.ws.receive_data(data)
            return any(isinstance(event, CloseConnection) for event in self.ws.events())
        except (LocalProtocolError, RemoteProtocolError):
            return False
