"""Canceling a visit: asks first, with and without JavaScript."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.blueprints.patient_booking.visits import visits_url
from medimeet.services import access, appointment_changes, appointments
from medimeet.web.context import when
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.route("/cancel_appointment/<int:appointment_id>/", methods=["GET", "POST"])
@allow(access.signed_in)
def cancel_appointment(appointment_id: int) -> Response | WerkzeugResponse:
    """GET, POST /cancel_appointment/<id>/: GET asks, POST cancels and frees the time; twice answers as once."""
    if request.method != "POST":
        visit = appointments.find_even_deleted(current_actor(), appointment_id)
        if not visit.is_active or visit.starts_at <= clock.now():
            return redirect(url_for("patient_booking.appointment_details", appointment_id=visit.id))
        appointments.note_look(current_actor(), visit)
        return page("patient_booking/cancel.html", visit=visit)
    visit = appointment_changes.cancel(current_actor(), appointment_id)
    flash(f"The visit to {visit.doctor.name} on {when(visit.starts_at)} is canceled.", "success")
    return go_to(visits_url())
