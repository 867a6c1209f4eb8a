"""Having oneself erased, and erasing a patient who asks for it at the desk."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.privacy.blueprint import bp
from medimeet.blueprints.privacy.way_back import way_back
from medimeet.models import Account, Patient
from medimeet.services import access, erasure, patients
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.own_password import OwnPasswordForm, is_confirmed, status_of
from medimeet.web.signed_in import current_actor, sign_out_browser


@bp.route("/my-data/erase/", methods=["GET", "POST"])
@allow(access.signed_in)
def erase() -> Response | WerkzeugResponse:
    """GET, POST /my-data/erase/: says what goes and what must stay; for one's password erases it at once."""
    person, form = current_actor().person, OwnPasswordForm()
    refusal = erasure.refusal(person)
    if refusal or not is_confirmed(form):
        return _page(form, person, refusal=refusal)
    erasure.erase(current_actor(), person.id)
    sign_out_browser()
    flash("Your data was erased, and you are signed out. A last e-mail confirms it. We wish you well.", "success")
    return go_to(url_for("auth.front_page"))


@bp.route("/patient-data/<int:patient_id>/erase/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def erase_patient(patient_id: int) -> Response | WerkzeugResponse:
    """GET, POST /patient-data/<int:patient_id>/erase/: the same for a patient who asks the clinic for it."""
    actor, form = current_actor(), OwnPasswordForm()
    find = patients.find_for_rights if form.is_submitted() else patients.read_for_rights
    patient = find(actor, patient_id)
    refusal = "Somebody who works here can't be erased." if erasure.refusal(patient.account) else ""
    if refusal or not is_confirmed(form):
        return _page(form, patient.account, patient, refusal)
    name = patient.name
    listed_as = erasure.erase(actor, patient.account_id)
    flash(f"{name} was erased. Where visits are kept, they are listed as “{listed_as}”.", "success")
    return go_to(url_for("clinic_admin.list_patients"))


def _page(form: OwnPasswordForm, person: Account, patient: Patient | None = None, refusal: str = "") -> Response:
    return page(
        "privacy/erase.html",
        status=403 if refusal and form.is_submitted() else status_of(form),
        form=form,
        person=person,
        patient=patient,
        refusal=refusal,
        outlook=erasure.outlook(person),
        way_back=way_back(patient),
    )
