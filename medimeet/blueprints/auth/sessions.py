"""Where one is signed in, and signing out there."""

from flask import Response, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.services import access
from medimeet.services import sessions as sessions_service
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor, sign_out_browser

_PROGRAMS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@bp.get("/sessions/")
@allow(access.signed_in)
def sessions() -> Response:
    """GET /sessions/: every browser in which one is signed in."""
    rows = sessions_service.sessions_of(current_actor().person)
    here = sessions_service.hash_of_token(current_user.token)
    return page("auth/sessions.html", rows=rows, here=here, name_of=browser_name)


@bp.post("/sessions/")
@allow(access.signed_in)
def sign_out_everywhere() -> WerkzeugResponse:
    """POST /sessions/: signs out everywhere; with `keep=here` everywhere else."""
    if request.form.get("keep") == "here":
        sessions_service.sign_out_everywhere(current_actor(), except_token=current_user.token)
        flash("You are signed out everywhere else.", "success")
        return go_to(url_for("auth.sessions"))
    sessions_service.sign_out_everywhere(current_actor())
    sign_out_browser()
    flash("You are signed out everywhere.", "success")
    return go_to(url_for("auth.login"))


def browser_name(user_agent: str) -> str:
    """What people call a browser: 'Firefox on Windows'."""
    program = next((name for sign, name in _PROGRAMS if sign in user_agent), "A browser")
    machine = next((name for sign, name in _MACHINES if sign in user_agent), None)
    return f"{program} on {machine}" if machine else program
