"""Forgotten and changed passwords."""

from flask import Response, flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.forms import ChangePasswordForm, ForgotPasswordForm, NewPasswordForm
from medimeet.errors import InvalidInput, WrongCode
from medimeet.services import access, one_time_links, password_changes
from medimeet.services.one_time_links import Purpose
from medimeet.web import known_browsers
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor, sign_out_browser


@bp.route("/patient/forgot-password/", methods=["GET", "POST"])
@allow(access.anyone)
def forgot_password() -> Response:
    """GET, POST /patient/forgot-password/: mails a link to set a new password; the answer is the same for everyone."""
    form = ForgotPasswordForm()
    if not form.validate_on_submit():
        return page("auth/forgot_password.html", status=400 if form.is_submitted() else 200, form=form)
    password_changes.mail_link(current_actor(), form.email.data or "", request.remote_addr or "")
    return page("auth/link_sent.html")


@bp.route("/reset-password/<token>/", methods=["GET", "POST"])
@allow(access.anyone)
def reset_password(token: str) -> Response | WerkzeugResponse:
    """GET, POST /reset-password/<token>/: sets a new password. Opening the page changes nothing."""
    form = NewPasswordForm()
    try:
        one_time_links.find(Purpose.SET_PASSWORD, token)
        if not form.validate_on_submit():
            return page("auth/reset_password.html", status=400 if form.is_submitted() else 200, form=form)
        password_changes.set_password(token, form.new_password.data or "")
    except InvalidInput as error:
        show_faults(form, error)
        return page("auth/reset_password.html", status=400, form=form)
    except WrongCode as error:
        return page("auth/dead_link.html", status=error.status, words=error.words, is_password=True)
    sign_out_browser()
    flash("Your new password is set. Sign in with it.", "success")
    return go_to(url_for("auth.login"))


@bp.route("/change-password/", methods=["GET", "POST"])
@allow(access.signed_in)
def change_password() -> Response | WerkzeugResponse:
    """GET, POST /change-password/: a new password for the old one; every other browser is signed out."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return page("auth/change_password.html", status=400 if form.is_submitted() else 200, form=form)
    try:
        password_changes.change_password(
            current_actor(),
            form.old_password.data or "",
            form.new_password.data or "",
            address=request.remote_addr or "",
            except_session=current_user.token,
        )
    except InvalidInput as error:
        show_faults(form, error)
        return page("auth/change_password.html", status=400, form=form)
    known_browsers.remember(current_actor().person)
    flash("Your password is changed. Every other browser is signed out.", "success")
    return go_to(url_for("auth.sessions"))
