"""The client: one process, kept-alive raw sockets, each asking again as soon as it is answered; it costs little."""

import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from select import EPOLLIN, epoll
from typing import NamedTuple

_MOST_BYTES = 1 << 20


class Request(NamedTuple):
    """What is sent, byte for byte, the status that must come back (0: any), and the body, where one is expected."""

    sent: bytes
    status: int = 200
    body: bytes | None = None


@dataclass
class Load:
    """What came of it: answers, seconds, how long each took in milliseconds, and answers that were not the expected."""

    answers: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    def wait(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def get(path: str, headers: dict[str, str] | None = None) -> bytes:
    """The bytes of a GET."""
    return _message("GET", path, headers or {}, b"")


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST."""
    return _message("POST", path, headers, body)


def ask(port: int, sent: bytes) -> tuple[int, bytes]:
    """Status and body of one request."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(sent)
        answer = b""
        while not _is_whole(answer):
            more = line.recv(_MOST_BYTES)
            if not more:
                raise AssertionError(f"The server closed the line after {answer[:200]!r}.")
            answer += more
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head[9:12]), body


def run(port: int, requests: Iterable[Request], seconds: float, clients: int = 8) -> Load:
    """Lets so many clients take one request after the other, until the time is over or there are none left."""
    load, waiting = Load(), iter(requests)
    poll, lines = epoll(), dict[int, _Line]()
    for _ in range(clients):
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines[connection.fileno()] = _Line(connection)
        poll.register(connection.fileno(), EPOLLIN)
    started = time.perf_counter()
    until = started + seconds
    busy = sum(line.send(waiting) for line in lines.values())
    while busy:
        for number, _event in poll.poll(60):
            line = lines[number]
            if not line.has_received(load):
                continue
            busy -= 1
            if time.perf_counter() < until:
                busy += line.send(waiting)
    load.seconds = time.perf_counter() - started
    for line in lines.values():
        line.socket.close()
    poll.close()
    return load


class _Line:
    def __init__(self, line: socket.socket) -> None:
        self.socket = line
        self.request = Request(b"")
        self.sent_at = 0.0
        self.answer = b""

    def send(self, waiting: Iterator[Request]) -> bool:
        """Sends the next request; False where there is none."""
        request = next(waiting, None)
        if request is None:
            return False
        self.request, self.answer = request, b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request.sent)
        return True

    def has_received(self, load: Load) -> bool:
        """Takes what has come; whether the answer is whole, and counted."""
        more = self.socket.recv(_MOST_BYTES)
        if not more:
            raise AssertionError(f"The server closed the line after {self.answer[:200]!r}.")
        self.answer += more
        if not _is_whole(self.answer):
            return False
        load.waits.append((time.perf_counter() - self.sent_at) * 1000)
        load.answers += 1
        status = int(self.answer[9:12])
        load.statuses[status] += 1
        is_right = self.request.status in {0, status}
        if is_right and self.request.body is not None:
            is_right = self.answer.endswith(b"\r\n\r\n" + self.request.body)
        if not is_right and len(load.wrong) < 5:
            load.wrong.append(repr(self.answer[:600]))
        return True


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = answer[:end].lower()
    place = head.find(b"content-length:")
    if place < 0:
        return answer.endswith(b"0\r\n\r\n") if b"chunked" in head else True
    length = int(head[place + 15 : head.find(b"\r", place) if head.find(b"\r", place) > 0 else end])
    return len(answer) >= end + 4 + length


def _message(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = {"Host": "127.0.0.1", **headers}
    if body or method == "POST":
        lines = {"Content-Type": "application/json", **lines, "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
