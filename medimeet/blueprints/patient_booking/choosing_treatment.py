"""The clinic's treatments to look at, and the first step of booking: what for."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.blueprints.patient_booking.for_whom import flow_url, for_a_patient
from medimeet.models import Patient
from medimeet.services import access, bookable, treatments
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/treatment-list/")
@allow(access.signed_in)
def treatment_list() -> Response:
    """GET /treatment-list/: every treatment of the clinic, with its length and price."""
    query = wanted_search()
    found = treatments.listed(current_actor(), search=query, page=wanted_page())
    return page(
        "patient_booking/treatment_list.html",
        "patient_booking/_treatments.html",
        treatments=found,
        query=query,
        here=url_for("patient_booking.treatment_list"),
        leads_to="patient_booking.view_treatment",
    )


@bp.get("/view-treatment/<int:treatment_id>/")
@allow(access.signed_in)
def view_treatment(treatment_id: int) -> Response:
    """GET /view-treatment/<id>/: one treatment, how to prepare for it, and who gives it."""
    treatment = treatments.find(current_actor(), treatment_id)
    return page(
        "patient_booking/view_treatment.html", treatment=treatment, doctors=treatments.bookable_doctors(treatment)
    )


@bp.get("/treatment_list_for_new_appointment_booking/")
@allow(access.patient_or_admin)
@for_a_patient
def treatment_list_for_new_appointment_booking(patient: Patient) -> Response | WerkzeugResponse:
    """GET /treatment_list_for_new_appointment_booking/: step 1, the treatment; passed over where there is only one."""
    query = wanted_search()
    found = bookable.treatments(current_actor(), search=query, page=wanted_page())
    if found.total == 1 and not request.args.keys() & {"q", "page"}:
        return redirect(flow_url("patient_booking.get_doctors_for_treatment", treatment_id=found.items[0].id))
    return page(
        "patient_booking/choose_treatment.html",
        "patient_booking/_treatments.html",
        treatments=found,
        query=query,
        patient=patient,
        here=url_for("patient_booking.treatment_list_for_new_appointment_booking"),
        leads_to="patient_booking.get_doctors_for_treatment",
    )
