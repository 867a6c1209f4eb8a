"""Every refusal as a page with words: what happened, and what to do next."""

import logging
import secrets

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.db import db, is_busy
from medimeet.errors import Busy, MediMeetError, NotSignedIn
from medimeet.services import access
from medimeet.web.fragments import is_htmx
from medimeet.web.signed_in import ask_to_sign_in, current_actor

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
FORM_TOO_OLD = (
    "This form was open for a long time, or you signed in again meanwhile. "
    "Go back, reload the page and send it once more."
)


def start(app: Flask) -> None:
    """Registers the handlers that turn refusals and faults into pages."""
    app.register_error_handler(MediMeetError, refused)
    app.register_error_handler(CSRFError, form_too_old)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(DBAPIError, database_error)
    app.register_error_handler(Exception, fault)


def refused(error: MediMeetError) -> WerkzeugResponse:
    """The page for a refusal that no view has caught."""
    if isinstance(error, NotSignedIn):
        return ask_to_sign_in()
    answer = error_page(error.status, error.words)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def form_too_old(_error: CSRFError) -> WerkzeugResponse:
    """The page for a form whose sign-in has changed since it was opened; who is signed out signs in and comes back."""
    view = current_app.view_functions.get(request.endpoint or "")
    if current_actor().account is None and getattr(view, "access_rule", access.anyone) is not access.anyone:
        return ask_to_sign_in()
    return error_page(400, FORM_TOO_OLD)


def http_error(error: HTTPException) -> WerkzeugResponse:
    """The page for an HTTP error such as 404 or 405."""
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect
    answer = error_page(error.code, WORDS.get(error.code, error.description or ""))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def database_error(error: DBAPIError) -> WerkzeugResponse:
    """503 while the database is only busy or away, else a fault."""
    db.session.rollback()
    return refused(Busy()) if is_busy(error) else fault(error)


def fault(error: Exception) -> Response:
    """The page for a defect of ours: a reference number, never details."""
    db.session.rollback()
    reference = secrets.token_hex(4)
    logger.error("fault %s", reference, exc_info=error)
    return error_page(InternalServerError.code, WORDS[500], reference)


def error_page(status: int, words: str, reference: str | None = None) -> Response:
    """The error page with one status, title and words; for htmx a notice above the page, which stays as it is."""
    title = TITLES.get(status, "That did not work")
    if is_htmx():
        answer = make_response(render_template("errors/_error.html", title=title, words=words), status)
        answer.headers.update({"HX-Retarget": "#messages", "HX-Reselect": "#refusal", "HX-Reswap": "innerHTML"})
        return answer
    return make_response(
        render_template("errors/error.html", status=status, title=title, words=words, reference=reference), status
    )
