"""How this contract refuses: one sentence, under the key that the document prints for the case."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from marshmallow import RAISE, Schema

from medimeet.blueprints.contracts.chatbot import printed
from medimeet.errors import MediMeetError
from medimeet.web.json_fields import Text
from medimeet.web.refusals import FORM, Printed, Refusal

_MISSING = (printed.MISSING_CREDENTIALS, printed.MISSING_DOCTOR, printed.MISSING_PARAMETERS)
_WHOLE_SENTENCES = {*_MISSING, printed.INVALID_DATE}
_COOKIE_ROUTES = {"chatbot.resume", "chatbot.logout"}
_BROKEN = {
    "chatbot.login": printed.BROKEN_SIGN_IN,
    "chatbot.resume": printed.BROKEN_SIGN_IN,
    "chatbot.logout": printed.BROKEN_SIGN_IN,
    "chatbot.list_doctors": printed.BROKEN_DOCTORS,
}


class ChatbotError(Schema):
    """A refusal: one sentence, under `error`, `detail` or `message` as the document prints it for the case."""

    class Meta:
        unknown = RAISE

    error = Text(metadata={"description": "What is wrong, and how to mend it."})
    detail = Text(metadata={"description": "The same, of the chatbot's token and of a clinic that does not exist."})
    message = Text(metadata={"description": "The same, of a day that has passed and of a sign-in that has ended."})
    request_id = Text(metadata={"description": "Of a fault of ours: the number that the clinic can look up."})


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The body of a refusal; of a fault of ours the printed sentence and a number, and never details."""
    if refusal.reference is not None:
        return _fault_of_ours(refusal.reference)
    return {refusal.key or "error": _sentence_of(refusal)}


@contextmanager
def told_as(words: Mapping[type[MediMeetError], Callable[[], Printed]]) -> Iterator[None]:
    """Tells what a service refuses in the document's words; the first that applies."""
    try:
        yield
    except MediMeetError as error:
        for kind, refusal in words.items():
            if isinstance(error, kind):
                raise refusal() from None
        raise


def _sentence_of(refusal: Refusal) -> str:
    """Every fault in one sentence after another, each once, what is missing first."""
    said = [_of_field(name, words) for name, faults in refusal.faults.items() for words in faults]
    in_order = sorted(dict.fromkeys(said), key=lambda words: words not in _MISSING)
    return " ".join(in_order) or refusal.words


def _of_field(name: str, words: str) -> str:
    return words if name == FORM or words in _WHOLE_SENTENCES else f"{name}: {words}"


def _fault_of_ours(reference: str) -> dict[str, Any]:
    endpoint = request.endpoint or ""
    told = {"error": _BROKEN.get(endpoint, printed.BROKEN)}
    if endpoint in _COOKIE_ROUTES:
        told["message"] = "Tell the clinic the number below, if it happens again."
    return told | {"request_id": reference}
