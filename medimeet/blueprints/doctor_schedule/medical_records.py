"""The medical record of one visit: read and written by its doctor, who may start from a draft."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.forms import RecordForm, record_as_answers
from medimeet.errors import Conflict, InvalidInput
from medimeet.models import Appointment
from medimeet.services import access, audit, medical_history, records
from medimeet.services.assistant import drafting
from medimeet.services.assistant.drafting import Draft
from medimeet.web.asked import needed_row_id, wanted_page
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

WHICH_VISIT = "Say which visit the record is about: open the visit and write there."


@bp.route("/view_appointments/add-medical-record/<int:appointment_id>/", methods=["GET", "POST"])
@allow(access.clinic_team)
def appointment_medical_record(appointment_id: int) -> Response | WerkzeugResponse:
    """GET, POST /view_appointments/add-medical-record/<int:appointment_id>/: the visit's record; POST adds to it."""
    return _record_page(appointment_id)


@bp.post("/view_appointments/add-medical-record/")
@allow(access.clinic_team)
def medical_record() -> Response | WerkzeugResponse:
    """POST /view_appointments/add-medical-record/: the same, with `appointment_id` in the form."""
    return _record_page(needed_row_id("appointment_id", WHICH_VISIT))


@bp.post("/view_appointments/add-medical-record/<int:appointment_id>/draft/")
@allow(access.clinic_team)
def draft_medical_record(appointment_id: int) -> Response:
    """POST /view_appointments/add-medical-record/<int:appointment_id>/draft/: the form, filled from the conversation.

    Nothing is saved; what was typed already stays, and the draft is added to it.
    """
    visit = records.writable(current_actor(), appointment_id)
    draft = drafting.draft(current_actor(), visit.id)
    form = RecordForm()
    form.add_draft(draft)
    return _page(visit, form, draft=draft)


def _record_page(appointment_id: int) -> Response | WerkzeugResponse:
    visit = records.writable(current_actor(), appointment_id)
    form = RecordForm()
    if not form.is_submitted():
        return _page(visit, form)
    if not form.validate():
        return _page(visit, form, 400)
    try:
        version = records.write(current_actor(), visit.id, **form.words(), based_on=form.seen_version)
    except InvalidInput as error:
        show_faults(form, error)
        return _page(visit, form, 400)
    except Conflict as error:
        form.form_errors.append(error.words)
        return _page(visit, form, 409)
    flash(f"The record of {visit.patient.name}'s visit is saved. This is version {version.number}.", "success")
    return go_to(url_for("doctor_schedule.appointment_medical_record", appointment_id=visit.id))


def _page(visit: Appointment, form: RecordForm, status: int = 200, draft: Draft | None = None) -> Response:
    history = medical_history.of_patient(visit.patient)
    if history:
        audit.note_reading(current_actor(), "medical history", visit.patient_id, visit.patient_id)
    versions = records.versions_of(current_actor(), visit.id)
    newest = versions[0] if versions else None
    if status == 409:
        form.based_on.data = str(newest.number if newest else 0)  # told of it now, so the next try builds on it
    elif not form.is_submitted():
        form.process(data=record_as_answers(newest))
    earlier = records.of_patient(current_actor(), visit.patient_id, page=wanted_page(), per_page=10)
    return page(
        "doctor_schedule/record.html",
        status=status,
        form=form,
        visit=records.writable(current_actor(), visit.id),
        versions=versions,
        earlier=earlier,
        history=history,
        draft=draft,
        can_draft=drafting.has_words(current_actor(), visit.id),
    )
