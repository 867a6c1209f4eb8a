"""The address of the socket: who may not come in is told so before there is one."""

from flask import Response, current_app, jsonify, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.transcription.blueprint import bp
from medimeet.blueprints.transcription.caller import Caller
from medimeet.blueprints.transcription.dialogue import Dialogue
from medimeet.blueprints.transcription.handshake import VERSION, caller_of_request, check_form
from medimeet.blueprints.transcription.hearing import speech_of
from medimeet.blueprints.transcription.places import Place, places_of
from medimeet.blueprints.transcription.safe_socket import SafeSocket
from medimeet.database_faults import is_busy
from medimeet.db import db
from medimeet.errors import Busy, MediMeetError
from medimeet.services import access
from medimeet.web.guard import allow


@bp.get("/ws/transcription/", websocket=True)
@allow(access.anyone)
def converse() -> Response:
    """GET /ws/transcription/: the WebSocket, for signed-in people and for programs that send their token first."""
    check_form()
    caller = caller_of_request()
    place = places_of(current_app).take()
    try:
        _name(place, caller)
        db.session.remove()  # no connection is held while people talk
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        Dialogue(app, SafeSocket(request.environ), place, speech_of(app), request.host, caller).run()
    except OSError:
        pass  # the peer was gone before the handshake was answered
    finally:
        place.leave()
    return Response(status=101)  # nobody gets it: the connection has ended. It is what servers log.


def _name(place: Place, caller: Caller | None) -> None:
    if caller is None:
        place.is_of_nobody(request.remote_addr or "")
    else:
        place.is_of(caller.account_id)


@bp.errorhandler(MediMeetError)
def refused(error: MediMeetError) -> Response:
    """A refusal before the upgrade, as `{"detail": "…"}`."""
    answer = jsonify(detail=error.words)
    answer.status_code = error.status
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if hasattr(error, "retry_after"):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


@bp.errorhandler(HTTPException)
def not_taken(error: HTTPException) -> WerkzeugResponse:
    """What is no handshake, or one too many from this address."""
    answer = jsonify(detail=error.description)
    answer.status_code = error.code or 400
    if answer.status_code == 426:
        answer.headers.update({"Upgrade": "websocket", "Sec-WebSocket-Version": VERSION})
    return answer


@bp.errorhandler(DBAPIError)
def database_away(error: DBAPIError) -> Response:
    """503 while the database is busy or away."""
    db.session.rollback()
    if not is_busy(error):
        raise error
    return refused(Busy())
