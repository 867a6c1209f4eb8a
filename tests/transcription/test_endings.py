"""How a conversation ends, and that nothing is left of it: no thread, no descriptor, no place."""

import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from flask import Flask
from websockets.exceptions import ConnectionClosed

from medimeet.blueprints.transcription import dialogue, places, safe_socket
from medimeet.models import Patient
from tests.servers import serving
from tests.transcription.lines import Line, Voice, bearer, write_prompt

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # rows are not the subject

SOCKETS_AT_A_STOP = 20


def in_time(holds: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether it holds within so long."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def raw_line(voice: Voice, patient: Patient) -> socket.socket:
    """A client's plain socket, right after the handshake: it sends no pongs, and closes nothing."""
    address = urlsplit(voice.address)
    headers = {
        "Host": address.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "c2l4dGVlbiBieXRlcy4uLg==",
    } | bearer(patient)
    raw = socket.create_connection((address.hostname, address.port), timeout=5)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lines = [f"GET {address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    raw.sendall("\r\n".join([*lines, "", ""]).encode())
    assert b" 101 " in raw.recv(4096)
    return raw


def masked(opcode: int, payload: bytes) -> bytes:
    """A client's frame, whose mask changes nothing."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else struct.pack("!BH", 0xFE, len(payload))
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


def test_a_conversation_in_which_nobody_speaks_is_closed(app: Flask, voice: Voice, patient: Patient) -> None:
    app.config["SOCKET_IDLE_MINUTES"] = 0
    with voice.line_of(patient) as line:
        code, frames = line.ending()
    assert (code, frames[-1]["code"]) == (1000, "idle")


def test_who_signs_out_elsewhere_is_put_out_without_a_word(
    monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient
) -> None:
    monkeypatch.setattr(dialogue, "SECONDS_BETWEEN_CHECKS", 0)
    with voice.line_of(patient) as line:
        patient.account.is_active = False
        bearer(patient)  # commits
        code, frames = line.ending()
    assert (code, frames[-1]["code"]) == (4401, "signed_out")


def test_a_fault_of_ours_closes_the_socket_properly(
    monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient
) -> None:
    with voice.line_of(patient) as line:
        monkeypatch.setattr(dialogue.Dialogue, "_look_around", lambda _: 1 / 0)
        code, frames = line.ending()
    assert (code, [frame["type"] for frame in frames]) == (1011, ["error", "closed"])


def test_peers_that_are_gone_without_a_word_leave_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, app: Flask, voice: Voice, patient: Patient
) -> None:
    app.config["SOCKETS_A_PERSON"] = 10
    places.start(app)
    monkeypatch.setattr(safe_socket, "PING_SECONDS", 0.2)
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    with ExitStack() as stack:
        silent = [stack.enter_context(raw_line(voice, patient)) for _ in range(10)]
        assert threading.active_count() >= threads + 10
        for raw in silent:
            while raw.recv(4096):  # the server's pings, and then its end
                pass
    assert in_time(lambda: threading.active_count() <= threads)
    assert in_time(lambda: len(os.listdir("/proc/self/fd")) <= descriptors + 2)


def test_a_peer_that_never_reads_is_let_go(monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient) -> None:
    monkeypatch.setattr(safe_socket, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(safe_socket, "BYTES_AT_ONCE", 10**9)  # or it is put out for its haste
    with raw_line(voice, patient) as raw, pytest.raises(OSError, match=r"reset|pipe"):
        raw.settimeout(20)
        while True:
            raw.sendall(masked(0x9, b"p" * 125) * 100)  # each asks for a pong


def test_who_sends_faster_than_anybody_speaks_is_slowed_down_and_then_put_out(
    monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient
) -> None:
    monkeypatch.setattr(safe_socket, "THROTTLED_SECONDS", 0.3)
    monkeypatch.setattr(safe_socket, "BYTES_AT_ONCE", 64 * 1024)
    with voice.line_of(patient) as line:
        with pytest.raises(ConnectionClosed):
            while True:
                line.socket.send(b"\x00" * 32_000)
        assert line.ending()[0] == 1013


def test_a_flood_of_small_frames_is_put_out(voice: Voice, patient: Patient) -> None:
    with voice.line_of(patient) as line:
        with pytest.raises(ConnectionClosed):
            while True:
                line.send("interrupt")
        assert line.ending()[0] == 1013


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(masked(0x1, b"\xff\xff"), 1007, id="text that is none"),
        pytest.param(b"\x81\x05hello", 1002, id="no mask"),
        pytest.param(b"\xc1\x80" + bytes(4), 1002, id="compressed, though nothing was agreed on"),
        pytest.param(masked(0x3, b""), 1002, id="no such frame"),
    ],
)
def test_what_breaks_the_protocol_is_closed_by_its_code(voice: Voice, patient: Patient, data: bytes, code: int) -> None:
    with raw_line(voice, patient) as raw:
        raw.sendall(data)
        answer = raw.recv(4096)
    assert (answer[0], struct.unpack("!H", answer[2:4])[0]) == (0x88, code)


def test_a_server_that_stops_tells_everybody_and_is_gone(app: Flask, patient: Patient) -> None:
    headers = bearer(patient)
    write_prompt(patient.account)
    lines: list[Line] = []
    with ExitStack() as stack:
        with serving(app, workers=1, MEDIMEET_SOCKETS_A_PERSON=str(SOCKETS_AT_A_STOP)) as port:
            for _ in range(SOCKETS_AT_A_STOP):
                lines.append(stack.enter_context(Voice(port).open(headers)))
                assert lines[-1].start()["type"] == "ready"
            asked_at = time.monotonic()
        took = time.monotonic() - asked_at
        endings = [line.ending() for line in lines]
    assert {code for code, _ in endings} == {1001}
    assert all([frame["type"] for frame in frames] == ["closed"] for _, frames in endings)
    assert took < 10, "it waits 15 seconds for requests that don't end"
