"""The frames of the conversation, both ways (CONTRACTS.md, "voice"): what a client may send, and what it is sent."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from medimeet.errors import InvalidInput, MediMeetError
from medimeet.services.answers import Answers
from medimeet.services.assistant import proposals
from medimeet.services.assistant.events import CreditsLeft, Event, Offer, Reply, Trouble

LONGEST_TEXT = 2000
LONGEST_NAME = 100
LONGEST_TOKEN = 4096
ACTIONS = ("token", "start", "audio", "text", "pause_backend", "resume_backend", "interrupt", "confirm", "stop")


class BadFrame(Exception):
    """A frame that can't be taken: a code for programs, words that say how to mend it."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a client sent: one of ACTIONS with the fields beside it. `audio` is there as bytes."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    audio: bytes = b""

    def words(self, name: str, longest: int) -> str:
        """A field's text, "" where it is not there. Raises BadFrame."""
        given = self.fields.get(name)
        if given is None:
            return ""
        if not isinstance(given, str):
            raise BadFrame("bad_field", f"`{name}` must be text.")
        answers = Answers()
        text = answers.text(name, given, longest)
        try:
            answers.check()
        except InvalidInput as error:
            raise BadFrame("too_long" if len(given) > longest else "bad_field", f"`{name}`: {error.words}") from None
        return text


def read(message: str | bytes) -> Frame:
    """The frame in a whole message; one that is not text is audio. Raises BadFrame."""
    if isinstance(message, bytes):
        return Frame("audio", audio=_whole_samples(message))
    try:
        given = json.loads(message, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadFrame("bad_json", 'This is not JSON. Send one object, as {"action": "text", "text": "…"}.') from None
    action = given.get("action") if isinstance(given, dict) else None
    if action not in ACTIONS:
        raise BadFrame("unknown_action", f"`action` must be one of: {', '.join(ACTIONS)}.")
    return Frame(action, given, _audio(given) if action == "audio" else b"")


def of_event(event: Event) -> dict[str, Any]:
    """The frame that tells one event of an answer."""
    match event:
        case Reply(text, done, note, choices):
            more = {"note": note, "choices": list(choices)}
            return {"type": "reply", "text": text, "done": done} | {name: told for name, told in more.items() if told}
        case Offer(proposal):
            return confirm(proposals.card(proposal))
        case CreditsLeft(left, is_low):
            return credits_left(left, is_low)
        case Trouble(code, message):
            return error(code, message)


def confirm(card: proposals.Card) -> dict[str, Any]:
    """What the person is asked to confirm; the wall clock of `time_zone`."""
    names = ("proposal", "deed", "doctor", "treatment", "date", "start_time", "end_time", "time_zone", "day", "was")
    shown = {name: getattr(card, name) for name in names}
    price = None if card.price is None else str(card.price)
    return {"type": "confirm"} | shown | {"price": price, "patient": card.patient}


def credits_left(left: int, is_low: bool) -> dict[str, Any]:
    """What the clinic has left for answers of the language model."""
    counted = f"{left} credit" if left == 1 else f"{left} credits"
    message = f"Your clinic has {counted} left. Ask its admin to order more." if is_low else ""
    return {"type": "credits", "left": left, "low": is_low} | ({"message": message} if is_low else {})


def error(code: str, message: str) -> dict[str, Any]:
    """What went wrong, and how to mend it."""
    return {"type": "error", "code": code, "message": message}


def refusal(told: MediMeetError) -> dict[str, Any]:
    """One of our refusals."""
    return error(code_of(told), told.words)


def code_of(fault: MediMeetError) -> str:
    """The code of one of our refusals: the name of its kind, as `slot_taken`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(fault).__name__).lower()


def _audio(given: dict[str, Any]) -> bytes:
    sent = given.get("audio")
    if not isinstance(sent, str):
        raise BadFrame("bad_field", "`audio` must be base64 text.")
    try:
        return _whole_samples(base64.b64decode(sent, validate=True))
    except (binascii.Error, ValueError):
        raise BadFrame("bad_audio", "`audio` is not base64 (RFC 4648, with `+`, `/` and padding).") from None


def _whole_samples(audio: bytes) -> bytes:
    if len(audio) % 2:
        raise BadFrame("bad_audio", "Audio is linear16: two bytes a sample, so an even number of bytes.")
    return audio


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
