"""What a person is told when listening fails: each says what happens, and that typing works."""

import logging
import re

from websockets.datastructures import Headers
from websockets.http11 import Response

from medimeet.gateways.speech.protocol import SpeechTrouble

log = logging.getLogger(__name__)

RECONNECTING = SpeechTrouble(
    "speech_reconnecting",
    "The line to the speech service broke. We are connecting again and keep what you say meanwhile. You can also type.",
    is_over=False,
)
BACK = SpeechTrouble("speech_back", "Listening again.", is_over=False)
SILENT = SpeechTrouble(
    "speech_unavailable",
    "We hear you, but the speech service gives us no words. Please type instead, or wait a little.",
    is_over=False,
)
LOST = SpeechTrouble(
    "speech_lost",
    "The line is too slow: some of what you said was not heard. Please say it again, or type it.",
    is_over=False,
)
UNAVAILABLE = SpeechTrouble(
    "speech_unavailable",
    "The speech service can't be reached, so we can't hear you now. Please type instead, or try again later.",
    is_over=True,
)
REFUSED = SpeechTrouble(
    "speech_refused",
    "The speech service doesn't accept this clinic at the moment, so we can't hear you. Please type instead.",
    is_over=True,
)
BAD_AUDIO = SpeechTrouble(
    "speech_bad_audio",
    "The speech service can't understand the sound of this microphone. Please type instead, or use another device.",
    is_over=True,
)


def code_in(words: str) -> str:
    """The service's code in what it said, such as NET-0001; the words themselves may repeat our key, or a person."""
    found = re.search(r"\b(?:[A-Z]{3,8}-\d{4}|[A-Z]{3,12}(?:_[A-Z]{2,12})+|1\d{3})\b", words)
    return found[0] if found else "without a code"


def number_in(headers: Headers) -> str:
    """The service's number of our request, as far as it looks like one."""
    number = headers.get("dg-request-id", "")
    return number if re.fullmatch(r"[0-9a-f-]{1,36}", number) else "without a number"


def of_refusal(response: Response) -> SpeechTrouble:
    """What a refused upgrade means. The service's words are for the log; the person can't mend it."""
    status, headers = response.status_code, response.headers
    code = code_in((response.body or b"")[:1000].decode(errors="replace"))
    log.error("speech: refused: %s %s, request %s", status, code, number_in(headers))
    may_pass = status in {408, 425, 429} or not 400 <= status < 500
    return RECONNECTING if may_pass else REFUSED
