"""What comes over a bare connection: requests of two minds, peers that dawdle, methods that nobody needs."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests import databases, factories
from tests.servers import serving

SMUGGLED = b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LENGTH = b"Content-Length: %d" % len(SMUGGLED)
CHUNKED = b"Transfer-Encoding: chunked"
# Each says in two ways where its body ends, or in a way that another server reads otherwise.
HEADERS = (
    CHUNKED + b"\r\n" + LENGTH,
    LENGTH + b"\r\n" + CHUNKED,
    LENGTH + b"\r\nTransfer-Encoding: xchunked",
    LENGTH + b"\r\nTransfer-Encoding : chunked",
    LENGTH + b"\r\nTransfer-Encoding:\tchunked",
    LENGTH + b"\r\nTransfer-Encoding:\x0bchunked",
    LENGTH + b"\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    LENGTH + b"\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    LENGTH + b"\r\nTransfer-Encoding: chunked, identity",
    LENGTH + b"\r\nTransfer-Encoding: identity, chunked",
    LENGTH + b"\r\nTransfer-Encoding: chunked, chunked",
    LENGTH + b'\r\nTransfer-Encoding: "chunked"',
    LENGTH + b"\r\nTransfer-Encoding: CHUNKED",
    LENGTH + b"\r\nTransfer-Encoding: chunked;q=1",
    LENGTH + b"\r\nTransfer_Encoding: chunked",
    LENGTH + b"\r\nTransfer-Encoding: gzip, chunked",
    LENGTH + b"\r\n Transfer-Encoding: chunked",
    LENGTH + b"\r\nX: a\r\n Transfer-Encoding: chunked",
    LENGTH + b"\r\nX: a\nTransfer-Encoding: chunked",
    LENGTH + b"\r\nX: a\rTransfer-Encoding: chunked",
    LENGTH + b"\r\nX: \x00\r\nTransfer-Encoding: chunked",
    LENGTH + b"\r\nTransfer-Encoding\x00: chunked",
    LENGTH + b"\r\nContent-Length: 5",
    b"Content-Length: 5\r\n" + LENGTH,
    b"Content-Length: 5, %d" % len(SMUGGLED),
    b"Content-Length: +5",
    b"Content-Length: -5",
    b"Content-Length: 0x5",
    b"Content-Length: 5_0",
    b"Content-Length: 5 5",
    b"Content-Length : 5",
    b"Content-Length: \xb5",
    LENGTH + b"\r\nHost: evil.example",
    LENGTH + b"\r\nExpect: 200-ok",
    LENGTH + b"\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings",
)
CHUNKS = (
    b"0x0\r\n\r\n",
    b"+0\r\n\r\n",
    b"-1\r\n\r\n",
    b"0 \n\n",
    b"FFFFFFFFFFFFFFFFF\r\nx\r\n",
    b"\r\n0\r\n\r\n",
    b"1;\nx\r\n0\r\n\r\n",
)
SLOW_PEERS = 20


@pytest.fixture(scope="module")
def port(installed: Callable[[str], Flask]) -> Iterator[int]:
    """gunicorn as in production, one worker, with one clinic."""
    app = installed("sqlite")
    databases.make_empty(app)
    with app.app_context():
        factories.make_clinic()
        with serving(app, workers=1) as number:
            yield number


def test_a_request_of_two_minds_gets_one_answer_at_most(port: int) -> None:
    """W10: the second request that hides in the body of the first (CVE-2024-1135, CVE-2024-6827)."""
    start = b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\n"
    requests = [start + headers + b"\r\n\r\n" + SMUGGLED for headers in HEADERS]
    requests += [start + CHUNKED + b"\r\n\r\n" + chunk + SMUGGLED[5:] for chunk in CHUNKS]
    assert len(requests) >= 40
    with ThreadPoolExecutor(len(requests)) as crowd:
        answers = list(crowd.map(lambda request: answers_to(port, request), requests))
    statuses = [re.findall(rb"HTTP/1\.1 (\d+)", answer) for answer in answers]
    # One that broke its promise after it was answered is told so, and the connection ends.
    smuggled = [pair for pair in zip(requests, statuses, strict=True) if any(later != b"400" for later in pair[1][1:])]
    assert smuggled == []
    assert [answer[:60] for answer in answers if b" 500 " in answer[:20]] == []


def test_methods_that_nobody_needs_are_refused(port: int) -> None:
    """W9: TRACE tells a script of cookies that it may not read; others open files and tunnels."""
    for method in ("TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG", "PURGE"):
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request(method, "/login/", headers={"Cookie": "medimeet=secret"})
            answer = connection.getresponse()
            assert answer.status in {400, 405}, method
            assert b"medimeet=secret" not in answer.read()


def test_pages_still_come_while_twenty_peers_dawdle(port: int) -> None:
    """Slow clients (slowloris, slow body, slow reading): each holds a thread, and enough are left."""
    with ExitStack() as stack:
        for number in range(SLOW_PEERS):
            peer = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=10)))
            beginnings = (
                b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
                b"POST /contact/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nname=",
                b"G",
            )
            peer.sendall(beginnings[number % len(beginnings)])
        began = time.monotonic()
        for path in ("/healthz", "/login/", "/healthz"):
            with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request("GET", path)
                assert connection.getresponse().status == 200
        assert time.monotonic() - began < 10  # a dead server never answers; how quick one is, the bench tells


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_who_names_other_addresses_is_counted_as_one(app: Flask, clinic: Clinic) -> None:
    """W10: guesses that each name another sender in X-Forwarded-For, where no proxy is trusted."""
    patient = factories.make_patient(clinic)
    statuses = []
    for number in range(9):
        forged = {
            "X-Forwarded-For": f"198.51.100.{number}, 203.0.113.{number}",
            "X-Real-IP": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
            "X-Client-IP": f"198.51.100.{number}",
            "CF-Connecting-IP": f"198.51.100.{number}",
        }
        form = {"username": patient.account.username, "password": "a wrong guess"}
        statuses.append(app.test_client().post("/login/", data=form, headers=forged).status_code)
    assert statuses == [401] * 5 + [429] * 4


def answers_to(port: int, request: bytes) -> bytes:
    """All that the server says to these bytes until it is done, or waits for more."""
    said = b""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(request)
        try:
            while more := connection.recv(65536):
                said += more
                connection.settimeout(0.7)  # whatever is to come after the first answer comes at once
        except (TimeoutError, ConnectionResetError):
            pass
    return said
