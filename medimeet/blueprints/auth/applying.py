"""Applying as a doctor."""

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.forms import ApplicationForm, NewDoctorForm
from medimeet.errors import InvalidInput
from medimeet.services import access, doctor_applications, registration
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor, sign_in_browser


@bp.route("/doctor/apply/", methods=["GET", "POST"])
@allow(access.anyone)
def doctor_apply() -> Response | WerkzeugResponse:
    """GET, POST /doctor/apply/: an application to the clinic; visitors make an account with it."""
    actor = current_actor()
    own = doctor_applications.own(actor)
    if own is not None:
        return page("auth/applied.html", doctor=own)
    form = NewDoctorForm() if actor.account is None else ApplicationForm()
    form.offer(doctor_applications.lists(actor))
    if not form.validate_on_submit():
        return page("auth/apply.html", status=400 if form.is_submitted() else 200, form=form)
    try:
        _apply(form)
    except InvalidInput as error:
        show_faults(form, error)
        return page("auth/apply.html", status=400, form=form)
    flash("Your application is with the clinic. We write to you as soon as it has decided.", "success")
    return go_to(url_for("auth.doctor_apply"))


def _apply(form: ApplicationForm) -> None:
    actor = current_actor()
    if isinstance(form, NewDoctorForm):
        address = request.remote_addr or ""
        sign_in_browser(registration.apply_as_new(actor, form.person(), form.application(), address))
    else:
        doctor_applications.apply(actor, form.application())
