"""A real WebSocket server on this machine that speaks as Deepgram's `/v1/listen` does, with every fault of it."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

BYTES_A_SECOND = 32_000
FRAME = BYTES_A_SECOND // 10
REFUSING = {
    "refuses_key": (401, "INVALID_AUTH", "Invalid credentials."),
    "no_credit": (402, "ASR_PAYMENT_REQUIRED", "Project does not have enough credits."),
}
END = {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 2.4}
DEEP = '{"type":' * 20_000

Script = Sequence[Sequence[dict[str, Any]]]


def words(text: str, *, is_final: bool = False, is_end: bool = False) -> dict[str, Any]:
    """A result; the peer adds the stretch of audio that it covers."""
    word = {"word": text, "start": 0.0, "end": 0.5, "confidence": 0.98}
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "is_final": is_final,
        "speech_final": is_end,
        "channel": {"alternatives": [{"transcript": text, "confidence": 0.98, "words": [word] if text else []}]},
        "metadata": {"request_id": "b6d2c4f0"},
    }


# One line for each second of audio.
SENTENCE: Script = (
    [words("I would like")],
    [words("I would like to book", is_final=True), words("an")],
    [words("an appointment tomorrow.", is_final=True, is_end=True), END],
)


@dataclass(frozen=True)
class Call:
    """An upgrade that was asked for."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class DeepgramPeer:
    """Speech to text that behaves as `mode` says: `with DeepgramPeer("speaks") as peer: ... peer.url`.

    `speaks` sends a line of `script` after each second of audio, and empty results after its last. `echo_bytes` has no
    words at all, but confirms what it got. `drops` does so too, and hangs up after `good_frames` tenths of a second of
    audio, on the first `bad_lines` lines. `half_dead` reads nothing, `silent` says nothing, `huge` says too much.
    """

    finalizes = True  # whether an order to do so is answered

    def __init__(
        self, mode: str = "speaks", script: Script | None = None, *, good_frames: int = 15, bad_lines: int = 1
    ) -> None:
        self.mode = mode
        self.script = list(script if script is not None else () if mode in {"echo_bytes", "drops"} else SENTENCE)
        self.good_frames = good_frames
        self.bad_lines = bad_lines
        self.calls: list[Call] = []
        self.frames: list[tuple[int, bytes | str]] = []  # the number of the line, from 0, and what it got
        self.settled = b""  # the audio that final results covered, over all lines
        self.closed: list[int] = []  # the numbers of the lines that are over
        self._changed = threading.Condition()
        self._is_closing = threading.Event()
        self._server = serve(
            self._hold,
            "127.0.0.1",
            0,
            process_request=self._answer_upgrade,
            compression=None,
            ping_interval=None,
            close_timeout=1,
            max_queue=1 if mode == "half_dead" else 64,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The whole address, as the setting takes it."""
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/v1/listen"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closing.set()
        self._server.shutdown()
        self._thread.join()

    def orders(self) -> list[str]:
        """The types of the text frames, in the order in which they came."""
        return [json.loads(frame)["type"] for _, frame in list(self.frames) if isinstance(frame, str)]

    def audio(self, line: int) -> bytes:
        """All audio of a line."""
        return b"".join(frame for number, frame in list(self.frames) if number == line and isinstance(frame, bytes))

    def wait_until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Returns once what the peer got makes the condition true."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds), (self.calls, len(self.frames), self.orders())

    def _answer_upgrade(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        with self._changed:
            self.calls.append(Call(parts.path, parse_qs(parts.query), headers))
            connection.number = len(self.calls) - 1  # type: ignore[attr-defined]
            self._changed.notify_all()
        if self.mode == "slow_accept":
            self._is_closing.wait(20)
        if self.mode not in REFUSING:
            return None
        status, code, text = REFUSING[self.mode]
        response = connection.respond(status, json.dumps({"err_code": code, "err_msg": text}))
        response.headers["dg-error"] = text
        response.headers["dg-request-id"] = "b6d2c4f0"
        return response

    def _hold(self, connection: ServerConnection) -> None:
        number: int = connection.number  # type: ignore[attr-defined]
        if self.mode == "half_dead":
            self._is_closing.wait()
            return
        line = _Line(self, connection, number)
        try:
            for frame in connection:
                with self._changed:
                    self.frames.append((number, frame))
                    self._changed.notify_all()
                line.take(frame)
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                self.closed.append(number)
                self._changed.notify_all()

    def settle(self, audio: bytes) -> None:
        with self._changed:
            self.settled += audio
            self._changed.notify_all()

    def next_results(self) -> Sequence[dict[str, Any]]:
        return self.script.pop(0) if self.script else [words("", is_final=True)]


class _Line:
    """One open line: what it got, and how far results cover it."""

    def __init__(self, peer: DeepgramPeer, connection: ServerConnection, number: int) -> None:
        self.peer, self.connection, self.number = peer, connection, number
        self.audio = bytearray()
        self.covered = self.told_seconds = 0
        self.has_failed = False
        if peer.mode == "garbage":
            self._say_garbage()

    def take(self, frame: bytes | str) -> None:
        if isinstance(frame, str):
            self._obey(json.loads(frame)["type"])
            return
        if self.has_failed or self.peer.mode == "silent":
            return
        self.audio += frame
        while self.told_seconds < len(self.audio) // BYTES_A_SECOND:
            self.told_seconds += 1
            for message in self.peer.next_results():
                self._say(message, self.told_seconds * BYTES_A_SECOND)
        self._fail_if_due()

    def _obey(self, order: str) -> None:
        if self.peer.mode == "silent":
            return
        if order == "Finalize" and self.peer.finalizes:
            self._say(words("", is_final=True) | {"from_finalize": True}, len(self.audio))
        if order == "CloseStream":
            self._say({"type": "Metadata", "request_id": "b6d2c4f0", "duration": len(self.audio) / BYTES_A_SECOND})
            self.connection.close()

    def _say(self, message: dict[str, Any], end: int = 0) -> None:
        if message.get("type") == "Results":
            end = max(end, self.covered)
            stretch = {"start": self.covered / BYTES_A_SECOND, "duration": (end - self.covered) / BYTES_A_SECOND}
            message = message | stretch
        self.connection.send(json.dumps(message))
        if message.get("is_final"):
            self.peer.settle(bytes(self.audio[self.covered : end]))
            self.covered = end

    def _fail_if_due(self) -> None:
        mode = self.peer.mode
        is_dropped = self.number < self.peer.bad_lines and len(self.audio) >= self.peer.good_frames * FRAME
        self.has_failed = is_dropped if mode == "drops" else mode in {"bad_audio", "huge", "error_frame"}
        if not self.has_failed:
            return
        if mode == "drops":
            self.connection.close(1011, "NET-0001: Deepgram did not receive audio data or a text message")
        elif mode == "bad_audio":
            self.connection.close(1008, "DATA-0000: The payload cannot be decoded as audio")
        elif mode == "huge":
            self.connection.send(json.dumps(words("word " * 300_000)))
        else:
            self._say({"type": "Error", "variant": "Internal", "code": "INTERNAL", "description": "Something broke."})

    def _say_garbage(self) -> None:
        odd = [None, [], {}, "Results", {"type": "Results"}, {"type": "Results", "channel": {"alternatives": []}}]
        odd += [{"type": ["Results"]}, {"type": "Novelty"}, {"type": "Results", "start": "x", "duration": None}]
        odd += [
            words("") | {"channel": {"alternatives": [{"transcript": 5}]}, "start": float("nan"), "duration": 10**400}
        ]
        for frame in ["", "no JSON", "{", DEEP, b"", b"\x00\xff", *map(json.dumps, odd)]:
            self.connection.send(frame)
