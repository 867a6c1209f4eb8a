"""Records in an emergency: found, opened with a reason, read for an hour; and the list of it for the admin."""

from flask import Response, flash, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from medimeet import clock
from medimeet.blueprints.privacy.blueprint import bp
from medimeet.domain.ages import age_on
from medimeet.errors import InvalidInput
from medimeet.services import access, audit, emergency_access, medical_history, records
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


class ReasonForm(FlaskForm):
    """Why the records are needed now."""

    reason = TextAreaField("Why do you need these records now?", [InputRequired(emergency_access.WHY)])


@bp.get("/emergency-access/")
@allow(access.doctor)
def emergency() -> Response:
    """GET /emergency-access/: finds a patient of the clinic by whole name, e-mail or phone (`?q=`), for a doctor."""
    query = wanted_search()
    found = emergency_access.found(current_actor(), query)
    return page("privacy/emergency.html", "privacy/_emergency.html", found=found, query=query)


@bp.route("/emergency-access/<int:patient_id>/", methods=["GET", "POST"])
@allow(access.doctor)
def open_in_emergency(patient_id: int) -> Response | WerkzeugResponse:
    """GET, POST /emergency-access/<int:patient_id>/: opens the patient's records for an hour, with a reason."""
    actor, form = current_actor(), ReasonForm()
    patient = emergency_access.patient_of(actor, patient_id)
    if records.treats(actor, patient.id):
        return go_to(url_for("clinic_admin.view_patient", patient_id=patient.id))
    if form.validate_on_submit():
        try:
            emergency_access.open_records(actor, patient.id, form.reason.data or "")
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash("The records are open for an hour. The patient and the clinic's admins are told.", "warning")
            return go_to(url_for("privacy.emergency_records", patient_id=patient.id))
    return page("privacy/emergency_reason.html", status=400 if form.errors else 200, form=form, patient=patient)


@bp.get("/emergency-access/<int:patient_id>/records/")
@allow(access.doctor)
def emergency_records(patient_id: int) -> Response:
    """GET /emergency-access/<int:patient_id>/records/: what is known of the patient's health, while the hour lasts."""
    actor = current_actor()
    opened = emergency_access.find_standing(actor, patient_id)
    audit.note_reading(actor, "medical history", patient_id, patient_id)
    return page(
        "privacy/emergency_records.html",
        opened=opened,
        patient=opened.patient,
        age=age_on(opened.patient.account.date_of_birth, clock.today(actor.clinic.zone)),
        history=medical_history.of_patient(opened.patient),
        found=records.of_patient(actor, patient_id, page=wanted_page(), per_page=10),
    )


@bp.get("/emergency-access/list/")
@allow(access.clinic_admin)
def emergencies() -> Response:
    """GET /emergency-access/list/: which doctor opened whose records in an emergency, when and why."""
    return page("privacy/emergencies.html", found=emergency_access.listed(current_actor(), page=wanted_page()))
