"""Every refusal in words, what happened and what to do next: as a page, or as JSON in the shape of its contract."""

import logging
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import WebsocketMismatch
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.database_faults import is_beyond_any_row, trouble_of, trouble_of_file
from medimeet.db import give_up
from medimeet.errors import MediMeetError, NeedsSecondFactor, NotFound, NotSignedIn
from medimeet.services import access
from medimeet.web.context import values_without_people
from medimeet.web.contract import contract_of_request
from medimeet.web.fragments import go_to, is_htmx
from medimeet.web.refusals import Refusal
from medimeet.web.request_id import request_id
from medimeet.web.signed_in import ask_to_sign_in, current_actor
from medimeet.writing import honest

logger = logging.getLogger(__name__)

TITLES = {
    400: "We could not take that",
    401: "Please sign in",
    403: "This page is not for your account",
    404: "Page not found",
    405: "That is not possible here",
    409: "That time is no longer free",
    413: "That file is too large",
    415: "We can't read that kind of file",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "The clinic's computer is busy",
}
WORDS = {
    400: "Something in the request could not be read. Go back, check what you entered, and send it again.",
    404: "The page does not exist, or it belongs to somebody else. Check the address, or start from the home page.",
    405: "This address does not take that kind of request. Start from the home page.",
    413: "What you sent is larger than we can take. Send a smaller file.",
    415: "Send the form from our own page, or a picture as JPEG, PNG or WebP.",
    429: "There were too many requests from your address. Wait a minute, then try again.",
    500: "You did nothing wrong. Try again in a minute, or call the clinic and tell them the number below.",
}
WORDS_FOR_PROGRAMS = {
    404: "There is nothing at this address, or it belongs to somebody else.",
    405: "This address does not take this method. The header Allow names those it takes.",
    413: "This body is too large. The most is 1 MiB, and 6 MiB for multipart.",
    415: "Send JSON (application/json), a form (application/x-www-form-urlencoded) or multipart/form-data.",
    500: "Something went wrong on our side. Try again, or tell the clinic.",
}
NO_SOCKET = (
    "This address takes either only WebSockets or none, and the request was of the other kind. "
    "Open a WebSocket with a WebSocket client (RFC 6455, version 13)."
)
FORM_TOO_OLD = (
    "This form was open for a long time, or you signed in again meanwhile. "
    "Go back, reload the page and send it once more."
)


def start(app: Flask) -> None:
    """Registers the handlers that turn refusals and faults into pages."""
    app.register_error_handler(MediMeetError, refused)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SQLAlchemyError, database_error)
    app.register_error_handler(OSError, file_error)
    app.register_error_handler(Exception, fault)


def refused(error: MediMeetError) -> WerkzeugResponse:
    """The answer to a refusal that no view has caught."""
    error = honest(error)
    if isinstance(error, NotSignedIn) and contract_of_request() is None:
        return ask_to_sign_in()
    if isinstance(error, NeedsSecondFactor) and contract_of_request() is None:
        return go_to(url_for("auth.set_up_second_factor"))
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if hasattr(error, "retry_after"):
        headers["Retry-After"] = str(error.retry_after)
    faults, key = getattr(error, "faults", {}), getattr(error, "key", "")
    return told(Refusal(error.status, error.words, faults, headers=headers, key=key))


def form_too_old(_error: CSRFError) -> WerkzeugResponse:
    """The page for a form whose sign-in has changed since it was opened; who is signed out signs in and comes back."""
    view = current_app.view_functions.get(request.endpoint or "")
    try:
        account = current_actor().account
    except NeedsSecondFactor as error:
        return refused(error)
    if account is None and getattr(view, "access_rule", access.anyone) is not access.anyone:
        return ask_to_sign_in()
    return told(Refusal(400, FORM_TOO_OLD))


def http_error(error: HTTPException) -> WerkzeugResponse:
    """The answer to an HTTP error such as 404 or 405."""
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect
    if error is request.routing_exception and error.code == 404 and (wrong_method := _wrong_method()) is not None:
        return http_error(wrong_method)
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    is_no_socket = isinstance(error, WebsocketMismatch)
    words = NO_SOCKET if is_no_socket else _words_of(error.code, error.description or "")
    return told(Refusal(error.code, words, headers=headers))


def database_error(error: SQLAlchemyError) -> WerkzeugResponse:
    """503 while the database is only busy, away or full, 404 for a number that no row can have, else a fault."""
    give_up()
    if isinstance(error, DBAPIError) and is_beyond_any_row(error):
        return refused(NotFound())
    trouble = trouble_of(error)
    return refused(trouble) if trouble is not None else fault(error)


def file_error(error: OSError) -> WerkzeugResponse:
    """503 while the disk is full or can't be written, else a fault."""
    trouble = trouble_of_file(error)
    if trouble is None:
        return fault(error)
    give_up()
    logger.error("the disk takes nothing: %s", error.strerror)
    return refused(trouble)


def fault(error: Exception) -> Response:
    """The answer to a defect of ours: the number of the request, never details."""
    give_up()
    logger.error("fault", exc_info=error)
    return told(Refusal(500, _words_of(500, ""), reference=request_id()))


def told(refusal: Refusal) -> Response:
    """The refusal as JSON to a program that calls a contract, else as a page."""
    contract = contract_of_request()
    if contract is None or _prefers_page():
        answer = error_page(refusal.status, refusal.words, refusal.reference)
    else:
        answer = make_response(contract.error_body(refusal), refusal.status)
    answer.headers.update(refusal.headers)
    return answer


def _wrong_method() -> MethodNotAllowed | None:
    """The 405 that Werkzeug overlooks where an address comes without the slash at its end."""
    routes = current_app.create_url_adapter(request)
    methods = routes.allowed_methods(f"{request.path}/") if routes is not None else ()
    return MethodNotAllowed(sorted(methods)) if methods else None


def _prefers_page() -> bool:
    """Whether a person looks at a JSON address with a browser."""
    wanted = request.accept_mimetypes
    return wanted["text/html"] > wanted["application/json"]


def _words_of(status: int, otherwise: str) -> str:
    by_status = WORDS if contract_of_request() is None else WORDS | WORDS_FOR_PROGRAMS
    return by_status.get(status, otherwise)


def error_page(status: int, words: str, reference: str | None = None) -> Response:
    """The error page with one status, title and words; for htmx a notice above the page, which stays as it is."""
    values = {"status": status, "title": TITLES.get(status, "That did not work"), "words": words}
    template = "errors/_error.html" if is_htmx() else "errors/error.html"
    answer = make_response(_rendered(template, status, values | {"reference": reference}), status)
    if is_htmx():
        answer.headers.update({"HX-Retarget": "#messages", "HX-Reselect": "#refusal", "HX-Reswap": "innerHTML"})
    return answer


def _rendered(template: str, status: int, values: dict[str, Any]) -> str:
    """The page; while the database is in trouble without clinic and account, so that nothing is asked of it."""
    if status != 503:
        try:
            return render_template(template, **values)
        except (SQLAlchemyError, MediMeetError):  # the database went away meanwhile
            give_up()
    return current_app.jinja_env.get_template(template).render(values | values_without_people())
