"""Showing that an e-mail is one's own."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.errors import TooManyTries, WrongCode
from medimeet.services import access, accounts, one_time_links
from medimeet.services.one_time_links import Purpose
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import current_actor


@bp.get("/verify-email/<token>/")
@allow(access.anyone)
def verify_email(token: str) -> Response:
    """GET /verify-email/<token>/: a page with one button, so that programs that open links in mails verify nothing."""
    try:
        link = one_time_links.find(Purpose.VERIFY_EMAIL, token)
    except WrongCode as error:
        return page("auth/dead_link.html", status=error.status, words=error.words, is_password=False)
    return page("auth/verify_email.html", email=link.account.email if link.account else "")


@bp.post("/verify-email/<token>/")
@allow(access.anyone)
def confirm_email(token: str) -> Response | WerkzeugResponse:
    """POST /verify-email/<token>/: the e-mail is verified."""
    try:
        accounts.verify_email(token)
    except WrongCode as error:
        return page("auth/dead_link.html", status=error.status, words=error.words, is_password=False)
    flash("Thank you. Your e-mail address is confirmed.", "success")
    return go_to(url_for("auth.admin_home"))


@bp.post("/verify-email/send/")
@allow(access.signed_in)
def send_verification() -> WerkzeugResponse:
    """POST /verify-email/send/: mails another link; goes back to the page that asked for it."""
    try:
        accounts.send_verification(current_actor())
        flash("We have sent you a mail. Open it, and follow the link in it.", "success")
    except TooManyTries as error:
        flash(error.words, "warning")
    return go_to(wanted_page() or url_for("auth.admin_home"))
