"""How long this browser stays signed in, for the script that warns before the end, and a way to stay."""

from flask import Response, jsonify
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from medimeet.blueprints.auth.blueprint import bp
from medimeet.services import access, sessions
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import does_not_count


@bp.get("/session/")
@does_not_count
@allow(access.anyone)
def time_left() -> Response:
    """GET /session/: who is signed in here, for how many seconds, and the token for forms. Asking draws nothing out."""
    return _told()


@bp.post("/session/")
@allow(access.anyone)
def stay() -> Response:
    """POST /session/: somebody is still here, so the browser stays signed in."""
    return _told()


@bp.get("/session/again/")
@allow(access.signed_in)
def signed_in_again() -> Response:
    """GET /session/again/: back to the other tab, which waited while one signed in anew."""
    return page("auth/signed_in_again.html")


def _told() -> Response:
    row = sessions.session_of(current_user.token) if current_user.is_authenticated else None
    answer = jsonify(
        who=str(row.account.public_id) if row is not None else None,
        seconds=sessions.seconds_left(row) if row is not None else 0,
        csrf_token=generate_csrf(),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
