"""Moving a visit to another time of the same doctor: the old time is kept until the new one is had."""

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.blueprints.patient_booking.picker import picker
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import AppointmentClosed, MediMeetError, NoSuchSlot, PastSlot, PatientBusy, SlotTaken
from medimeet.models import Appointment
from medimeet.services import access, appointment_changes, appointments, bookable
from medimeet.web.asked import whole_number
from medimeet.web.context import when
from medimeet.web.fragments import go_to, is_partial, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

CLOSED = "This visit has begun, is over or was canceled, so it can't be moved. Book a new one."


@bp.route("/move-appointment/<int:appointment_id>/", methods=["GET", "POST"])
@allow(access.signed_in)
def move_appointment(appointment_id: int) -> Response | WerkzeugResponse:
    """GET, POST /move-appointment/<id>/: the picker for this visit's doctor; POST moves it to `slot` in one step."""
    visit = appointments.find_even_deleted(current_actor(), appointment_id)
    if not visit.is_active or visit.starts_at <= clock.now():
        if request.method == "POST":
            raise AppointmentClosed(CLOSED)
        flash(CLOSED, "warning")
        return go_to(url_for("patient_booking.appointment_details", appointment_id=visit.id))
    if request.method != "POST" and visit.status == AppointmentStatus.PENDING:
        return go_to(url_for("patient_booking.appointment_details", appointment_id=visit.id))  # says what comes first
    if request.method != "POST":
        if not is_partial():  # which shows other times alone
            appointments.note_look(current_actor(), visit)
        return _page(visit)
    slot_id = whole_number(request.form.get("slot"))
    if slot_id is None:
        return _page(visit, forgot=True, status=400)
    try:
        moved = appointment_changes.move(current_actor(), visit.id, slot_id=slot_id)
    except (SlotTaken, PatientBusy, PastSlot, NoSuchSlot) as refusal:
        return _refused(visit, slot_id, refusal)
    flash(f"The visit is moved. It is now on {when(moved.starts_at)}.", "success")
    return go_to(url_for("patient_booking.appointment_details", appointment_id=moved.id))


def _refused(visit: Appointment, slot_id: int, refusal: MediMeetError) -> Response:
    """The picker again, with the nearest other times as buttons; nothing was changed."""
    try:
        _doctor_id, starts_at = bookable.key_of(slot_id)
    except NoSuchSlot:
        return _page(visit, refusal=refusal, status=refusal.status)
    return _page(
        visit,
        refusal=refusal,
        taken_at=starts_at,
        nearest=bookable.nearest_to_move_to(visit, starts_at),
        status=refusal.status,
    )


def _page(visit: Appointment, status: int = 200, forgot: bool = False, **values: object) -> Response:
    found = picker(
        [visit.doctor],
        visit.treatment,
        current_actor().clinic.zone,
        day=request.values.get("day"),
        from_day=request.values.get("from"),
        moving=visit,
    )
    return page(
        "patient_booking/move.html",
        "patient_booking/_times.html" if request.method == "GET" else None,
        visit=visit,
        picker=found,
        here=url_for("patient_booking.move_appointment", appointment_id=visit.id),
        is_move=True,
        has_errors=forgot,
        status=status if status != 200 else found.status,
        **values,
    )
