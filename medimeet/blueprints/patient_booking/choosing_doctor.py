"""The second step of booking: a doctor, or any doctor."""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.blueprints.patient_booking.chosen import Chosen
from medimeet.blueprints.patient_booking.for_whom import flow_url, for_a_patient
from medimeet.models import Patient
from medimeet.services import access, bookable, treatments
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/get-doctors-for-treatment/<int:treatment_id>/")
@allow(access.patient_or_admin)
@for_a_patient
def get_doctors_for_treatment(treatment_id: int, patient: Patient) -> Response | WerkzeugResponse:
    """GET /get-doctors-for-treatment/<treatment_id>/: step 2, the doctor; passed over where there is only one."""
    query = wanted_search()
    treatment = treatments.find(current_actor(), treatment_id)
    found = bookable.doctors(treatment, search=query, page=wanted_page())
    if found.total == 1 and not request.args.keys() & {"q", "page"}:
        doctor = found.items[0]
        return redirect(flow_url("patient_booking.available_slots", doctor_id=doctor.id, treatment_id=treatment.id))
    first = bookable.first_free(found.items, treatment)
    return page(
        "patient_booking/choose_doctor.html",
        "patient_booking/_doctors.html",
        chosen=Chosen.of(current_actor(), patient, treatment),
        treatment=treatment,
        doctors=found,
        first_free=first,
        soonest=min(first.values(), key=lambda slot: slot.starts_at, default=None),
        query=query,
    )
