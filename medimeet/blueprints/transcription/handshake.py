"""What is looked at before a request becomes a WebSocket: its form, its page, and who sends it."""

import base64
import binascii
from urllib.parse import urlsplit

from flask import current_app, request, session
from flask_login import current_user
from werkzeug.exceptions import BadRequest, HTTPException

from medimeet.blueprints.transcription.caller import ENDED, Caller, caller_by
from medimeet.domain.origins import read_origin
from medimeet.errors import MediMeetError, NotAllowed, NotSignedIn
from medimeet.models import Clinic
from medimeet.services import chatbot, clinics
from medimeet.web.bearer import token_of_header
from medimeet.web.contract import contracts_of

VERSION = "13"
_FOREIGN = "This page may not talk to the assistant. Open it on the clinic's own site."
_MALFORMED = "This is the address of a WebSocket: open it with a WebSocket client (RFC 6455, version 13)."


class OtherVersion(HTTPException):
    """A version of the protocol that nobody speaks any more."""

    code = 426
    description = _MALFORMED


def check_form() -> None:
    """Raises BadRequest for what is no handshake, OtherVersion for one of another version."""
    headers = request.headers
    asks_for = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    is_asked_for = headers.get("Upgrade", "").strip().lower() == "websocket" and "upgrade" in asks_for
    if not is_asked_for or request.environ["SERVER_PROTOCOL"] != "HTTP/1.1":
        raise BadRequest(_MALFORMED)
    if headers.get("Sec-WebSocket-Version", "").strip() != VERSION:
        raise OtherVersion
    if not headers.get("Host") or not _is_key(headers.get("Sec-WebSocket-Key", "")):
        raise BadRequest(_MALFORMED)


def caller_of_request() -> Caller | None:
    """Who asks, by the token in the header, else by the session; None for who will say it in the first frame.

    Raises NotSignedIn for a credential that is not good, NotAllowed for a page of a foreign site.
    """
    fault: MediMeetError | None = None
    caller = None
    try:
        caller = _caller()
    except NotSignedIn as error:
        fault = error
    clinic = caller.actor().clinic if caller is not None else clinics.of_request(None, request.host)
    if not _is_welcome(request.headers.get("Origin"), clinic):
        raise NotAllowed(_FOREIGN)
    if fault is not None:
        raise fault
    return caller


def _caller() -> Caller | None:
    token = token_of_header(contracts_of(current_app)["voice"])
    if token is not None:
        return caller_by(request.host, access_token=token)
    if current_user.is_authenticated:
        return caller_by(request.host, session_token=current_user.token)
    if _has_ended_session():
        raise NotSignedIn(ENDED)
    return None


def _has_ended_session() -> bool:
    """Whether the cookie once was somebody's, or can't be read; one without anybody only holds a form's token."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies and (not session or "_user_id" in session)


def _is_welcome(origin: str | None, clinic: Clinic) -> bool:
    """Whether a page of this origin may open the socket: ours, and those that the clinic lists; programs have none."""
    if origin is None:
        return True
    return origin.lower() in {chatbot.own_origin(), _asked_origin(), *chatbot.sites(clinic)}


def _asked_origin() -> str:
    asked = urlsplit(request.host_url)
    try:
        return read_origin(f"{asked.scheme}://{asked.netloc}")
    except ValueError:
        return chatbot.own_origin()


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.strip(), validate=True)) == 16
    except (binascii.Error, ValueError):
        return False
