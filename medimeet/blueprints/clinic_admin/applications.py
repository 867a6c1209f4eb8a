"""People who applied as doctors, and the clinic's answer to each."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.services import access, doctor_applications
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/applications/")
@allow(access.clinic_admin)
def applications() -> Response:
    """GET /applications/: people who applied as doctors and wait, with search and pages."""
    query = wanted_search()
    found = doctor_applications.listed(current_actor(), search=query, page=wanted_page())
    return page("clinic_admin/applications.html", "clinic_admin/_applications.html", found=found, query=query)


@bp.post("/applications/<int:doctor_id>/accept/")
@allow(access.clinic_admin)
def accept_application(doctor_id: int) -> WerkzeugResponse:
    """POST /applications/<int:doctor_id>/accept/: the person becomes a doctor of the clinic and is told so."""
    doctor = doctor_applications.accept(current_actor(), doctor_id)
    flash(f"{doctor.name} is a doctor of the clinic now, and gets a message. Next, add working hours.", "success")
    return go_to(url_for("clinic_admin.applications"))


@bp.post("/applications/<int:doctor_id>/decline/")
@allow(access.clinic_admin)
def decline_application(doctor_id: int) -> WerkzeugResponse:
    """POST /applications/<int:doctor_id>/decline/: the person stays a patient and is told so."""
    name = doctor_applications.decline(current_actor(), doctor_id)
    flash(f"The application of {name} was declined. They stay a patient, and get a message about it.", "success")
    return go_to(url_for("clinic_admin.applications"))
