"""The person's microphone: audio in, transcripts and troubles out."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask

from medimeet.blueprints.transcription import frames
from medimeet.blueprints.transcription.turns import Said, Turns
from medimeet.gateways.speech import Heard, Speech, SpeechSession, SpeechTrouble, gateway

SPEECH_OFF = "Speech is switched off here. Type your question instead."
logger = logging.getLogger(__name__)


class Hearing:
    """Listens from the first audio on, until it is over; `resume` after that begins anew."""

    def __init__(self, speech: Speech | None, turns: Turns, send: Callable[[dict[str, Any]], None]) -> None:
        self._speech, self._turns, self._send = speech, turns, send
        self._session: SpeechSession | None = None
        self._is_over = self._is_paused = self._was_told = False
        self._ticked_at = time.monotonic()
        self.heard_at = time.monotonic()

    def feed(self, audio: bytes) -> None:
        """Takes what the microphone gives; it is dropped while paused, and after listening was over."""
        if self._speech is None:
            self._tell_once(frames.error("speech_off", SPEECH_OFF))
        elif audio and not (self._is_paused or self._is_over):
            if self._session is None:
                self._session = self._speech.listen(self._hear)
            self._session.feed(audio)

    def pause(self) -> None:
        """What was said so far is made final; nothing more counts until `resume`."""
        self._is_paused = True
        if self._session is not None:
            self._session.pause()

    def resume(self) -> None:
        """Listens again, also after a trouble that ended it."""
        self._is_paused = False
        if self._is_over:
            self.stop()
            self._is_over = False
        elif self._session is not None:
            self._session.resume()

    def tick(self) -> None:
        """Keeps the line open while nobody speaks; to be called often."""
        if self._session is None or time.monotonic() - self._ticked_at < 1:
            return
        self._ticked_at = time.monotonic()
        if self._is_over:
            self.stop()
        else:
            self._session.tick()

    def stop(self) -> None:
        """Ends listening; the last words come before it returns."""
        session, self._session = self._session, None
        if session is not None:
            session.finish()

    def _hear(self, told: Heard | SpeechTrouble) -> None:
        """Called from the line's own thread."""
        if isinstance(told, SpeechTrouble):
            self._is_over = self._is_over or told.is_over
            self._send(frames.error(told.code, told.message))
            return
        if told.text.strip():
            self.heard_at = time.monotonic()
            self._turns.interrupt()  # whoever speaks wants to be heard, not to listen
        event = uuid.uuid4().hex if told.is_final else ""
        self._send({"type": "transcript", "text": told.text, "is_final": told.is_final, "event": event})
        if told.is_final and told.text.strip():
            self._turns.take(Said(told.text.strip()[: frames.LONGEST_TEXT], "voice", event))

    def _tell_once(self, frame: dict[str, Any]) -> None:
        if not self._was_told:
            self._was_told = True
            self._send(frame)


def speech_of(app: Flask) -> Speech | None:
    """The speech service of this process, made at its first conversation; None where there is none, or a wrong one."""
    if "speech" not in app.extensions:
        address, key = app.config["DEEPGRAM_URL"], app.config["DEEPGRAM_API_KEY"]
        try:
            made = gateway(address, key, app.config["DEEPGRAM_MODEL"], app.config["DEEPGRAM_LANGUAGE"])
        except ValueError as fault:
            logger.error("speech is off: %s", fault)
            made = None
        app.extensions["speech"] = made
    speech: Speech | None = app.extensions["speech"]
    return speech
