"""What a language model sends: server-sent events with pieces of a message, or the whole message in one JSON text.

Everything is read with distrust: nothing has to be there, and nothing has to be of its kind.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_LINE = 1_000_000  # bytes
LONGEST_SAYING = 20_000  # characters of one message
MOST_CALLS = 8


@dataclass(frozen=True, slots=True)
class Words:
    """The next piece of what the model says."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asks for; `arguments` is the JSON text as it came, to be read with distrust."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens the endpoint counts for one message."""

    prompt_tokens: int
    answer_tokens: int


Piece = Words | ToolCall | Usage

_DONE = {"choices": [{"finish_reason": "stop"}]}


class ModelTrouble(Exception):
    """The model gave no answer, or not all of it. The text is a short reason for the log, without anybody's words."""


def read_pieces(received: Iterable[bytes], seconds: float, *, is_framed: bool) -> Iterator[Piece]:
    """The message in the bytes as they come. Raises ModelTrouble for what is no message, or says nothing for `seconds`.

    A tool call comes once it is whole. `is_framed`: the end of the bytes is known to be the end of the message; else
    the message has to say that it ends.
    """
    message = _Message()
    last_at = time.monotonic()
    for event in _events(received):
        if message.add(event):
            last_at = time.monotonic()
        elif time.monotonic() - last_at > seconds:
            raise ModelTrouble(f"gave signs of life, but said nothing for {seconds:g} s")
        if message.words:
            yield Words(message.taken())
            last_at = time.monotonic()  # however long the listener took
    if not (message.is_over or is_framed):
        raise ModelTrouble("broke off")
    yield from message.rest()


class _Message:
    """One message, put together from its pieces."""

    def __init__(self) -> None:
        self.words = ""
        self.is_over = False
        self._length = 0
        self._calls: dict[int, _Call] = {}
        self._usage: Usage | None = None

    def add(self, event: Mapping[str, Any] | None) -> bool:
        """Takes in one event; whether there was anything in it."""
        if event is None:
            return False
        if event.get("error"):
            raise ModelTrouble("told of an error")
        usage = _mapping(event.get("usage"))
        if usage:
            self._usage = Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
        choice = _mapping(_first(event.get("choices")))
        self.is_over = self.is_over or bool(choice.get("finish_reason"))
        delta = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
        self.words += _text(delta.get("content"))
        calls = delta.get("tool_calls")
        for place, call in enumerate(calls if isinstance(calls, list) else []):
            self._add_call(place, _mapping(call))
        self._bound()
        return any(value for name, value in delta.items() if name != "role")

    def taken(self) -> str:
        """The words that nobody took yet."""
        words, self.words = self.words, ""
        self._length += len(words)
        return words

    def rest(self) -> Iterator[Piece]:
        """What is known only at the end. Raises ModelTrouble where nothing was said at all."""
        calls = [self._calls[index] for index in sorted(self._calls)]
        if not self._length and not calls:
            raise ModelTrouble("said nothing")
        for index, call in enumerate(calls):
            yield ToolCall(call.call_id or f"call_{index}", call.name, call.arguments)
        if self._usage is not None:
            yield self._usage

    def _add_call(self, place: int, piece: Mapping[str, Any]) -> None:
        given = piece.get("index")
        call = self._calls.setdefault(given if isinstance(given, int) else place, _Call())
        function = _mapping(piece.get("function"))
        call.call_id = call.call_id or _text(piece.get("id"))
        call.name = call.name or _text(function.get("name"))
        arguments = function.get("arguments")
        # Some send the arguments as they are, not as the text that they should be.
        call.arguments += json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)

    def _bound(self) -> None:
        length = self._length + len(self.words) + sum(len(call.arguments) for call in self._calls.values())
        if length > LONGEST_SAYING or len(self._calls) > MOST_CALLS:
            raise ModelTrouble("said too much")


@dataclass(slots=True)
class _Call:
    call_id: str = ""
    name: str = ""
    arguments: str = ""


def _events(received: Iterable[bytes]) -> Iterator[Mapping[str, Any] | None]:
    """Each event as it comes, None for a sign of life; a body without events is one itself."""
    whole: list[bytes] = []
    length = 0
    for line in _lines(received):
        if whole or not line.startswith((b"data:", b":", b"event:", b"id:", b"retry:")):
            whole.append(line)
            length += len(line)
            if length > LONGEST_LINE:
                raise ModelTrouble("sent too much")
        elif line.removeprefix(b"data:").strip() == b"[DONE]":
            yield _DONE
            return
        else:
            yield _read(line.removeprefix(b"data:")) if line.startswith(b"data:") else None
    if whole:
        yield _read(b"\n".join(whole))


def _lines(received: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that are not empty."""
    begun = b""
    for piece in received:
        *lines, begun = (begun + piece).split(b"\n")
        if len(begun) > LONGEST_LINE:
            raise ModelTrouble("sent too much")
        yield from (stripped for line in lines if (stripped := line.strip()))
    if begun.strip():
        yield begun.strip()


def _read(text: bytes) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise ModelTrouble("sent what is no JSON") from None
    if not isinstance(read, dict):
        raise ModelTrouble("sent what is no message")
    return read


def _text(given: Any) -> str:
    """A text as it is, or the texts in a list of parts."""
    if isinstance(given, list):
        return "".join(_text(_mapping(part).get("text")) for part in given)
    return given if isinstance(given, str) else ""


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _first(given: Any) -> Any:
    return given[0] if isinstance(given, list) and given else None


def _count(given: Any) -> int:
    return given if isinstance(given, int) else 0
