"""One's own sign-ins: the browsers and programs, and signing out there."""

from flask import Response, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.domain.browsers import browser_name, program_name
from medimeet.errors import NotFound
from medimeet.services import access, programs, recovery_codes, second_factor
from medimeet.services import sessions as own_sessions
from medimeet.web.asked import row_number
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor, sign_out_browser


@bp.get("/security/")
@allow(access.signed_in_so_far)
def security() -> Response:
    """GET /security/: one's second factor, and every browser and program in which one is signed in."""
    account = current_actor().person
    return page(
        "auth/security.html",
        rows=own_sessions.sessions_of(account),
        here=own_sessions.hash_of_token(current_user.token),
        browser_name=browser_name,
        programs=programs.of_account(account),
        program_name=program_name,
        is_on=second_factor.is_on(account),
        codes_left=recovery_codes.left(account),
    )


@bp.get("/sessions/")
@allow(access.signed_in_so_far)
def sessions() -> Response:
    """GET /sessions/: the same, at the address that it had before."""
    return security()


@bp.post("/sessions/")
@allow(access.signed_in)
def sign_out_everywhere() -> WerkzeugResponse:
    """POST /sessions/: signs out everywhere; with `keep=here` everywhere else."""
    if request.form.get("keep") == "here":
        own_sessions.sign_out_everywhere(current_actor(), except_token=current_user.token)
        flash("You are signed out everywhere else.", "success")
        return go_to(url_for("auth.security"))
    own_sessions.sign_out_everywhere(current_actor())
    sign_out_browser()
    flash("You are signed out everywhere.", "success")
    return go_to(url_for("auth.login"))


@bp.post("/security/end/")
@allow(access.signed_in)
def end_sign_in() -> WerkzeugResponse:
    """POST /security/end/: signs out one of one's browsers (`browser`) or programs (`program`)."""
    browser = request.form.get("browser", type=row_number)
    try:
        if browser is not None:
            own_sessions.end_one(current_actor(), browser)
        else:
            programs.end(current_actor(), request.form.get("program", ""))
    except NotFound as error:
        flash(error.words, "warning")
    else:
        flash("Signed out there.", "success")
    return go_to(url_for("auth.security"))
