"""Registering as a patient."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.forms import RegisterForm
from medimeet.errors import InvalidInput
from medimeet.services import access, registration
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import current_actor, sign_in_browser


@bp.route("/patient/register/", methods=["GET", "POST"])
@allow(access.anyone)
def patient_register() -> Response | WerkzeugResponse:
    """GET, POST /patient/register/: makes an account for a new patient, who is signed in and gets a link by mail."""
    if current_actor().account is not None:
        return redirect(wanted_page() or url_for("auth.admin_home"), 303)
    form = RegisterForm(next=wanted_page() or "")
    if not form.validate_on_submit():
        return page("auth/register.html", status=400 if form.is_submitted() else 200, form=form)
    try:
        account = registration.register_patient(current_actor(), form.person(), request.remote_addr or "")
    except InvalidInput as error:
        show_faults(form, error)
        return page("auth/register.html", status=400, form=form)
    sign_in_browser(account)
    flash(f"Welcome, {account.first_name}. Open the mail we sent to {account.email}, and follow its link.", "success")
    return go_to(wanted_page() or url_for("auth.admin_home"))
