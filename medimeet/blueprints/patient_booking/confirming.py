"""Confirming a visit that was booked by e-mail alone: by the mailed link, or signed in. Looking confirms nothing."""

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import AppointmentClosed, WrongCode
from medimeet.models import Appointment
from medimeet.services import access, held_bookings, message_texts
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import act_in, current_actor


@bp.get("/confirm-booking/<token>/")
@allow(access.anyone)
def confirm_booking(token: str) -> Response:
    """GET /confirm-booking/<token>/: a page with one button, so that programs that open links in mails book nothing.

    Once it is pressed, the page says that the visit is booked.
    """
    try:
        visit = held_bookings.find(token)
    except (WrongCode, AppointmentClosed) as error:
        return _nothing_to_confirm(error)
    return _page_of(visit)


@bp.post("/confirm-booking/<token>/")
@allow(access.anyone)
def book_confirmed(token: str) -> Response | WerkzeugResponse:
    """POST /confirm-booking/<token>/: books the visit; goes back to the page, which says so."""
    try:
        held_bookings.confirm(token)
    except (WrongCode, AppointmentClosed) as error:
        return _nothing_to_confirm(error)
    return go_to(request.path)


@bp.post("/confirm-appointment/<int:appointment_id>/")
@allow(access.signed_in)
def confirm_appointment(appointment_id: int) -> WerkzeugResponse:
    """POST /confirm-appointment/<id>/: books one's own visit that waits to be confirmed."""
    try:
        visit = held_bookings.confirm_own(current_actor(), appointment_id)
    except AppointmentClosed as error:
        flash(error.words, "warning")
        return go_to(url_for("patient_booking.appointment_details", appointment_id=appointment_id))
    return go_to(url_for("patient_booking.appointment_success", appointment=visit.id))


def _page_of(visit: Appointment) -> Response:
    """The page in the clinic's own zone, whoever looks; it tells no more than the mail did."""
    if current_actor().account is None:
        act_in(visit.clinic)
    is_waiting = visit.status == AppointmentStatus.PENDING
    until = visit.hold_expires_at
    answer = page(
        "patient_booking/confirm.html" if is_waiting else "patient_booking/confirm_done.html",
        visit=visit,
        starts=message_texts.when_of(visit.starts_at, visit.clinic),
        until=message_texts.when_of(until, visit.clinic) if until is not None else "",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _nothing_to_confirm(refusal: WrongCode | AppointmentClosed) -> Response:
    return page("patient_booking/confirm_dead.html", status=refusal.status, words=refusal.words)
