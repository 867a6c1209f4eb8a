"""Notes a refusal (403, 404) of a patient's data in the audit log, whichever door it was asked at."""

import logging
from functools import partial

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from medimeet import logs
from medimeet.errors import Busy
from medimeet.services import refused_looks
from medimeet.web.asked import whole_number

_SUBJECTS = {
    "account_id": "account",
    "appointment_id": "appointment",
    "entry_id": "medical history",
    "notification_id": "notification",
    "patient_id": "patient",
    "profile_id": "account",
}
_REFUSALS = {403, 404}
_log = logging.getLogger(__name__)


def start(app: Flask) -> None:
    """Looks at every answer of `app`."""

    @app.after_request
    def look(answer: Response) -> Response:
        actor = g.get("actor")
        if answer.status_code in _REFUSALS and actor is not None and actor.account is not None:
            account_id, number = actor.account.id, logs.request_id.get()
            for name, row_id in _rows_named():
                answer.call_on_close(partial(_note, app, number, account_id, name, row_id))
        return answer


def _rows_named() -> list[tuple[str, int]]:
    """The patient's rows that the address or the form names."""
    # A form that nobody has read yet is left alone: it may be large, and the answer is made already.
    form = request.form.to_dict() if "form" in request.__dict__ else {}
    named = {**form, **(request.view_args or {})}
    numbers = [(subject, whole_number(named.get(name))) for name, subject in _SUBJECTS.items()]
    return [(subject, number) for subject, number in numbers if number is not None]


def _note(app: Flask, number: str, account_id: int, subject: str, row_id: int) -> None:
    token = logs.request_id.set(number)
    try:
        with app.app_context():
            refused_looks.note(account_id, subject, row_id)
    except (Busy, SQLAlchemyError):
        _log.warning("A refusal could not be noted in the audit log.")
    finally:
        logs.request_id.reset(token)
