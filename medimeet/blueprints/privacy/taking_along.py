"""Everything that is kept about a person as one file: for oneself, and at the desk for a patient."""

from datetime import datetime
from typing import Any

from flask import Response, render_template, send_file

from medimeet.blueprints.privacy.blueprint import bp
from medimeet.blueprints.privacy.way_back import way_back
from medimeet.models import Patient
from medimeet.services import access, data_export, export_files, patients
from medimeet.services.data_export import Export
from medimeet.web.context import clock_time, day
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.own_password import OwnPasswordForm, is_confirmed, status_of
from medimeet.web.signed_in import current_actor


@bp.route("/my-data/download/", methods=["GET", "POST"])
@allow(access.signed_in)
def download() -> Response:
    """GET, POST /my-data/download/: everything about oneself as a ZIP file, for one's password."""
    actor, form = current_actor(), OwnPasswordForm()
    if not is_confirmed(form):
        return _page(form)
    export = data_export.of_own(actor)
    data_export.note(actor, actor.person)
    return _file(export, "my-data.zip")


@bp.route("/patient-data/<int:patient_id>/download/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def download_for_patient(patient_id: int) -> Response:
    """GET, POST /patient-data/<int:patient_id>/download/: the same for a patient at the desk, who is told of it."""
    actor, form = current_actor(), OwnPasswordForm()
    patient = patients.find_for_rights(actor, patient_id)
    if not is_confirmed(form):
        return _page(form, patient)
    export = data_export.of_patient(actor, patient)
    data_export.note(actor, patient.account)
    return _file(export, f"patient-{patient.id}.zip")


def _page(form: OwnPasswordForm, patient: Patient | None = None) -> Response:
    return page(
        "privacy/download.html",
        status=status_of(form),
        form=form,
        person=current_actor().person,
        patient=patient,
        way_back=way_back(patient),
    )


def _shown(column: str, value: Any) -> str:
    """A value of a row as people read it: an instant on the clinic's wall clock."""
    if value is None:
        return ""
    if not column.endswith("_at"):
        return str(value).replace("_", " ") if column == "status" else str(value)
    return f"{day(at := datetime.fromisoformat(value))}, {clock_time(at)}"


def _file(export: Export, name: str) -> Response:
    readable = render_template("privacy/export.html", export=export, person=export.person, shown=_shown)
    return send_file(
        export_files.as_zip(export, readable), mimetype="application/zip", as_attachment=True, download_name=name
    )
