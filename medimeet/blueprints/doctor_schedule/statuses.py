"""Marking a visit as completed, as missed, or undoing that, at a click."""

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.day import about_visits
from medimeet.blueprints.doctor_schedule.whose import act_for, date_of, whose
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import to_wall
from medimeet.errors import InvalidInput, MediMeetError, PatientBusy, SlotTaken
from medimeet.models import Appointment
from medimeet.services import access, appointment_changes, appointments, doctor_days
from medimeet.web.fragments import go_to, is_partial, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import current_actor

DONE = {
    AppointmentStatus.COMPLETED: "{name}'s visit is marked as completed.",
    AppointmentStatus.NO_SHOW: "{name}'s visit is marked as missed. The time is free again.",
    AppointmentStatus.SCHEDULED: "{name}'s visit is open again.",
}


@bp.post("/appointment-status/<int:appointment_id>/")
@allow(access.clinic_team)
def appointment_status(appointment_id: int) -> Response | WerkzeugResponse:
    """POST /appointment-status/<id>/: `status` completed, no_show or scheduled; the row, or back to the day."""
    wanted, refusal = _wanted_status(), None
    try:
        visit = appointment_changes.mark(current_actor(), appointment_id, wanted)
    except (InvalidInput, SlotTaken, PatientBusy) as error:
        refusal = error
        visit = appointments.find(current_actor(), appointment_id)
    act_for(visit.doctor)
    if is_partial():
        return _row(visit, refusal)
    words = refusal.words if refusal else DONE[visit.status].format(name=visit.patient.name)
    flash(words, "error" if refusal else "success")
    return go_to(wanted_page() or _day_of(visit))


def _wanted_status() -> AppointmentStatus:
    text = request.form.get("status", "").strip()
    if text not in set(DONE):
        raise InvalidInput({"status": "A visit can be marked as completed, no_show, or scheduled again."})
    return AppointmentStatus(text)


def _row(visit: Appointment, refusal: MediMeetError | None) -> Response:
    """The visit's row, and the cards above the day that show who is here and who is next."""
    day = to_wall(visit.starts_at, visit.clinic.zone).date()
    return page(
        "doctor_schedule/_marked.html",
        status=refusal.status if refusal else 200,
        visit=visit,
        refusal=refusal,
        found=doctor_days.of_day(current_actor(), visit.doctor, day),
        **about_visits(visit.doctor, [visit]),
    )


def _day_of(visit: Appointment) -> str:
    return url_for("doctor_schedule.day", day=date_of(visit), _anchor=f"visit-{visit.id}", **whose()["whose"])
