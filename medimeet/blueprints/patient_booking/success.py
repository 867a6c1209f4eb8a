"""The confirmation of a booking, and the visit as a file for calendar programs."""

from flask import Response, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.domain.statuses import AppointmentStatus
from medimeet.services import access, appointments, calendar_file
from medimeet.web.asked import whole_number
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/appointment-success/")
@allow(access.signed_in)
def appointment_success() -> Response | WerkzeugResponse:
    """GET /appointment-success/: the confirmation of `?appointment=`, else of what this browser booked last."""
    appointment_id = whole_number(request.args.get("appointment")) or whole_number(session.get("booked"))
    if appointment_id is None:
        return page("patient_booking/nothing_booked.html")
    visit = appointments.find_even_deleted(current_actor(), appointment_id)
    if visit.present_status != AppointmentStatus.SCHEDULED:
        return redirect(url_for("patient_booking.appointment_details", appointment_id=visit.id))
    if visit.id != session.get("booked"):  # else its line says already who booked it
        appointments.note_look(current_actor(), visit)
    return page("patient_booking/success.html", visit=visit)


@bp.get("/appointment-calendar/<int:appointment_id>/")
@allow(access.signed_in)
def appointment_calendar(appointment_id: int) -> Response:
    """GET /appointment-calendar/<id>/: the visit as an .ics file to download."""
    visit = appointments.read(current_actor(), appointment_id, even_deleted=True)
    answer = make_response(calendar_file.of(visit))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="visit-{visit.reference}.ics"'
    return answer
