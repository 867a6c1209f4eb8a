"""The front page, and the way from it to each role's own page."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.domain.statuses import Role
from medimeet.errors import MediMeetError
from medimeet.services import access, tokens, treatments
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor, sign_in_browser

OWN_PAGES = {
    Role.PATIENT: "patient_booking.view_appointments",
    Role.DOCTOR: "doctor_schedule.day",
    Role.ADMIN: "clinic_admin.dashboard",
    Role.SUPERUSER: "clinic_admin.dashboard",
}


@bp.get("/")
@allow(access.anyone)
def front_page() -> Response | WerkzeugResponse:
    """GET /: what the clinic is and how to book, for visitors; people who are signed in go on to their own page."""
    account = current_actor().account
    if account is not None:
        return redirect(url_for("auth.admin_home"))
    return page("auth/front_page.html", treatments=treatments.listed(current_actor(), per_page=6).items)


@bp.get("/home/")
@allow(access.anyone)
def admin_home() -> WerkzeugResponse:
    """GET /home/: each role's own page; `?api_key=` is exchanged once for a session and dropped from the URL."""
    account = current_actor().account
    if account is not None:
        return redirect(url_for(OWN_PAGES[account.role]))
    api_key = request.args.get("api_key")
    if api_key is None:
        return redirect(url_for("auth.login"))
    try:
        sign_in_browser(tokens.spend_for_session(api_key))
    except MediMeetError:
        return redirect(url_for("auth.login"))
    return redirect(url_for("auth.admin_home"))
