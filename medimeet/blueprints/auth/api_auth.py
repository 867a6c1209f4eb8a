"""Signing a browser in and out of the API documentation; the same session opens the back office to a superuser."""

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.signing_in import sign_in_page
from medimeet.services import access
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import sign_out_browser

DOCUMENTATION = "/docs/"


@bp.route("/api-auth/", methods=["GET", "POST"])
@allow(access.anyone)
def api_auth() -> WerkzeugResponse:
    """GET, POST /api-auth/: on to the sign-in page."""
    return redirect(url_for("auth.api_login", next=wanted_page()), 303)


@bp.route("/api-auth/login/", methods=["GET", "POST"])
@allow(access.anyone)
def api_login() -> Response | WerkzeugResponse:
    """GET, POST /api-auth/login/: the same sign-in, which leads to the API documentation."""
    return sign_in_page("auth/login.html", DOCUMENTATION)


@bp.get("/api-auth/logout/")
@allow(access.anyone)
def confirm_api_logout() -> Response:
    """GET /api-auth/logout/: a page with one button, so that no link and no picture signs anybody out."""
    return page("auth/api_logout.html")


@bp.post("/api-auth/logout/")
@allow(access.anyone)
def api_logout() -> WerkzeugResponse:
    """POST /api-auth/logout/: signs this browser out."""
    sign_out_browser()
    flash("You are signed out.", "success")
    return go_to(wanted_page() or DOCUMENTATION)
