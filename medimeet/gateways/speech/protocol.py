"""What listens to people, whoever does it: a session for each microphone, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said so far since the last final one; `is_final` once the person has ended the sentence."""

    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class SpeechTrouble:
    """What is wrong with listening: a code for programs, a sentence for the person; `is_over`: no more is heard."""

    code: str
    message: str
    is_over: bool


Listener = Callable[[Heard | SpeechTrouble], None]


class SpeechSession(Protocol):
    """One person's microphone. No method blocks for long or raises; the listener is called from another thread."""

    def feed(self, audio: bytes) -> None:
        """16 kHz, 16-bit, one channel; what can't be sent at once is kept for a while."""

    def pause(self) -> None:
        """What was said so far is made final; audio is dropped until `resume`."""

    def resume(self) -> None:
        """Audio counts again."""

    def tick(self) -> None:
        """Called about once a second: keeps the line open while nobody speaks, and finds out when it is dead."""

    def finish(self) -> None:
        """Ends the session; nothing comes to the listener any more once this returns, after two seconds at most."""


class Speech(Protocol):
    """Where speech becomes text."""

    def listen(self, listener: Listener) -> SpeechSession:
        """A new session; never blocks: a line that can't be had is told to the listener."""
