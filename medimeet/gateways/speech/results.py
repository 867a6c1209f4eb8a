"""What the speech service says: its messages, read with distrust, and the sentences that they make."""

import json
import math
import time
from dataclasses import dataclass
from typing import Any

from medimeet.gateways.speech.outgoing import BYTES_A_SECOND
from medimeet.gateways.speech.protocol import Heard

MOST_CHARACTERS = 4000  # of a sentence: one that never ends is ended there
QUIET_SECONDS = 3  # after the last words: their end was not told


@dataclass(frozen=True, slots=True)
class Result:
    """The words of a stretch of audio that ends `until` bytes after the line's beginning."""

    text: str
    is_final: bool
    is_end: bool
    until: int


def read(frame: str | bytes) -> dict[str, Any]:
    """The message of a frame; an empty one for whatever else a frame may hold."""
    try:
        message = json.loads(frame) if isinstance(frame, str) else None
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def result(message: dict[str, Any]) -> Result:
    """What a message of type `Results` says; what it lacks is nothing."""
    end = message.get("speech_final") is True or message.get("from_finalize") is True
    seconds = _seconds(message.get("start")) + _seconds(message.get("duration"))
    return Result(_transcript(message), message.get("is_final") is True, end, int(seconds * BYTES_A_SECOND / 2) * 2)


class Utterance:
    """Joins the pieces of a sentence until the person has ended it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._interim = ""
        self._is_ended = False
        self._heard_at = 0.0

    def hear(self, piece: Result) -> Heard | None:
        """The sentence so far; None where the piece has no words."""
        if piece.text:
            self._heard_at = time.monotonic()
        if not piece.is_final:
            self._interim = piece.text or self._interim
            return self._so_far() if piece.text else None
        self._interim = ""
        if piece.text:
            self._pieces.append(piece.text)
        if piece.is_end or self._is_ended or len(self._so_far().text) >= MOST_CHARACTERS:
            return self.end()
        return self._so_far() if piece.text else None

    def hear_end(self) -> Heard | None:
        """The person stopped speaking: the sentence, or None while its last piece is not final yet."""
        self._is_ended = bool(self._interim)
        return None if self._is_ended else self.end()

    def end_if_quiet(self) -> Heard | None:
        """The sentence, where no word came for long and nobody told its end; None before, or without any."""
        return self.hear_end() if self._pieces and time.monotonic() - self._heard_at > QUIET_SECONDS else None

    def end(self) -> Heard | None:
        """The sentence of the final pieces, once; None without any. What was not final is dropped."""
        self._interim = ""
        sentence = self._so_far().text
        self._pieces.clear()
        self._is_ended = False
        return Heard(sentence, is_final=True) if sentence else None

    def end_with_interim(self) -> Heard | None:
        """The sentence with what was not final: for when nothing comes any more."""
        self._pieces, self._interim = [self._so_far().text], ""
        return self.end()

    def _so_far(self) -> Heard:
        return Heard(" ".join(piece for piece in [*self._pieces, self._interim] if piece), is_final=False)


def _transcript(message: dict[str, Any]) -> str:
    try:
        transcript = message["channel"]["alternatives"][0]["transcript"]
    except (KeyError, IndexError, TypeError):
        return ""
    return transcript[:MOST_CHARACTERS].strip() if isinstance(transcript, str) else ""


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return 0.0
    return float(min(value, 1e6))
