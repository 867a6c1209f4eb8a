"""What is small to send and large to read: refused before it costs anything."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from medimeet.models import Clinic
from tests import factories
from tests.conftest import Visitor

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

MEBIBYTE = 1024 * 1024
JSON = "application/json"


class Endless(io.RawIOBase):
    """A body of a gigabyte, and how much of it was read."""

    def __init__(self) -> None:
        self.was_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        self.was_read += len(buffer)
        return len(buffer)


def bombs() -> Iterator[tuple[str, str, bytes, str]]:
    """A name, a path, a body and its type."""
    deep, digits = 100_000, 1_000_000
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % number for number in range(5000)
    )
    fields = b"&".join(b"a%d=1" % number for number in range(120_000))
    yield "lists in lists", "/api/auth/login/", b"[" * deep + b"]" * deep, JSON
    yield "objects in objects", "/api/auth/login/", b'{"a":' * deep + b"1" + b"}" * deep, JSON
    yield "a number of a million digits", "/api/auth/login/", b'{"username": ' + b"9" * digits + b"}", JSON
    yield "a number too large", "/api/auth/login/", b'{"username": 1e999999999}', JSON
    yield "many keys", "/api/auth/login/", b"{" + b'"a":1,' * 170_000 + b'"b":1}', JSON
    yield "JSON of two mebibytes", "/api/auth/login/", b'{"username": "' + b"a" * 2 * MEBIBYTE + b'"}', JSON
    yield "a form of two mebibytes", "/contact/", b"name=" + b"a" * 2 * MEBIBYTE, "application/x-www-form-urlencoded"
    yield "many fields", "/contact/", fields, "application/x-www-form-urlencoded"
    yield "many parts", "/contact/", parts + b"--x--\r\n", "multipart/form-data; boundary=x"
    yield "a part without end", "/contact/", b"--x\r\n" + b"A: b\r\n" * 150_000, "multipart/form-data; boundary=x"
    yield "boundaries alone", "/contact/", b"\r\n--x" * 250_000, "multipart/form-data; boundary=x"
    yield "the longest boundary", "/contact/", b"x" * 1000, "multipart/form-data; boundary=" + "x" * 8_000
    yield "packed", "/api/auth/login/", zlib.compress(b"a" * MEBIBYTE), f"{JSON}; charset=deflate"
    yield "surrogates", "/api/auth/login/", b'{"username": "\\ud800"}', JSON
    yield "other letters", "/api/auth/login/", '{"username": "a"}'.encode("utf-32"), JSON
    yield "nul", "/contact/", b"name=%00&message=%00", "application/x-www-form-urlencoded"


@pytest.mark.parametrize("bomb", list(bombs()), ids=lambda bomb: bomb[0])
def test_a_body_that_is_a_bomb_is_refused_and_costs_little(
    app: Flask, clinic: Clinic, bomb: tuple[str, str, bytes, str]
) -> None:
    """W8: parts, depth and digits (CVE-2023-25577, CVE-2023-46136, CVE-2024-49767)."""
    _name, path, body, content_type = bomb
    client = app.test_client()
    client.get("/contact/")
    tracemalloc.start()
    answer = client.post(path, data=body, content_type=content_type)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code in {400, 401, 413, 415}, answer.status
    assert most < 64 * MEBIBYTE


def test_a_body_of_a_gigabyte_is_refused_unread(app: Flask, clinic: Clinic) -> None:
    """W8: a body that is announced as too large."""
    patient = factories.make_patient(clinic)
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    visitor.sign_in(patient.account)
    for path, content_type in (
        ("/profile/picture/", "multipart/form-data; boundary=x"),
        ("/api/auth/login/", JSON),
        ("/contact/", "application/x-www-form-urlencoded"),
    ):
        body = Endless()
        announced = {"wsgi.input": body, "CONTENT_LENGTH": str(1024 * MEBIBYTE)}
        answer = visitor.post(path, content_type=content_type, environ_overrides=announced)
        assert answer.status_code == 413, path
        assert body.was_read < 16 * MEBIBYTE


@pytest.mark.parametrize(
    "picture",
    ["wide", "bomb", "cut", "svg", "gif", "polyglot", "empty"],
)
def test_a_picture_that_is_a_bomb_is_refused_in_words(app: Flask, clinic: Clinic, picture: str) -> None:
    """W8: thirty thousand pixels each way in a kilobyte, and what only says that it is a picture."""
    sent = {
        "wide": png(30_000, 30_000, b""),
        "bomb": png(6_000, 6_000, zlib.compress(bytes(109 * MEBIBYTE), 1)),
        "cut": png(10, 10, b"")[:20],
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "gif": b"GIF89a" + bytes(40),
        "polyglot": b"<script>alert(1)</script>" + png(10, 10, b""),
        "empty": b"",
    }[picture]
    patient = factories.make_patient(clinic)
    visitor = app.test_client()
    assert isinstance(visitor, Visitor)
    answer: TestResponse = visitor.sign_in(patient.account).post(
        "/profile/picture/", data={"picture": (io.BytesIO(sent), "me.png")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 400
    assert "icture" in answer.get_data(as_text=True)
    assert patient.account.picture is None


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG that says so in its header, whatever it holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels or zlib.compress(b"\x00" * 100)), (b"IEND", b""))
    packed = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + packed
