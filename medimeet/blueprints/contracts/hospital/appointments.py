"""Appointments: booked at a time of day, listed, changed in one step, canceled and deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from medimeet import clock
from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import visits as schemas
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import minute_of, to_wall
from medimeet.models import Appointment
from medimeet.services import access, appointment_changes, appointments, booking, day_grid
from medimeet.web.guard import allow
from medimeet.web.paging import page_example, page_of
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

BODY_EXAMPLE = {"doctor": 1, "appointment_type": "Online", "symptoms": "A sore throat", "time": 3, "cancel": False}
_OVER = {AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW}


@bp.get("/appointments/")
@allow(access.signed_in)
@bp.arguments(schemas.AppointmentQuery, location="query")
@bp.response(200, schemas.AppointmentPage, example=page_example(schemas.APPOINTMENT_EXAMPLE))
def list_appointments(asked: dict[str, Any]) -> dict[str, Any]:
    """GET /appointments/: one's own appointments, the clinic's for its admins; the latest first."""
    found = appointments.listed(current_actor(), **asked)
    return {**page_of(found), "results": _shown(found.items)}


@bp.post("/appointments/")
@allow(access.signed_in)
@bp.arguments(schemas.NewAppointment, location="body", example=BODY_EXAMPLE)
@bp.response(201, schemas.AppointmentItem, example=schemas.APPOINTMENT_EXAMPLE)
@bp.once_only
def book_appointment(sent: dict[str, Any], idempotency_key: str | None) -> dict[str, Any]:
    """POST /appointments/: books the doctor's first free slot that starts at a time of day, or the one on `date`.

    Nothing free then is a 409, and so is a patient who is elsewhere at that time.
    """
    actor = current_actor()
    with renamed(reason="symptoms"):
        booked = booking.book_time(
            actor,
            doctor_id=sent["doctor"],
            minute=day_grid.find(actor, sent["time"]).start_minute,
            day=sent.get("date"),
            patient_id=sent.get("patient"),
            reason=sent.get("symptoms", ""),
            kind=sent.get("appointment_type", schemas.TYPES[1]),
            channel="hospital",
            idempotency_key=idempotency_key,
        )
    return _shown([booked])[0]


@bp.get("/appointments/<int:appointment_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.AppointmentItem, example=schemas.APPOINTMENT_EXAMPLE)
def show_appointment(appointment_id: int) -> dict[str, Any]:
    """GET /appointments/{id}/: one appointment."""
    return _shown([appointments.read(current_actor(), appointment_id)])[0]


@bp.put("/appointments/<int:appointment_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.AppointmentChanges, location="body", example=BODY_EXAMPLE)
@bp.response(200, schemas.AppointmentItem, example=schemas.APPOINTMENT_EXAMPLE)
def replace_appointment(sent: dict[str, Any], appointment_id: int) -> dict[str, Any]:
    """PUT /appointments/{id}/: moves, changes or cancels it in one step; the old time is kept if the new is taken."""
    return _changed(appointment_id, sent)


@bp.patch("/appointments/<int:appointment_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.AppointmentChanges(partial=True), location="body", example={"symptoms": "A sore throat"})
@bp.response(200, schemas.AppointmentItem, example=schemas.APPOINTMENT_EXAMPLE)
def change_appointment(sent: dict[str, Any], appointment_id: int) -> dict[str, Any]:
    """PATCH /appointments/{id}/: as PUT, with only the fields that change."""
    return _changed(appointment_id, sent)


@bp.delete("/appointments/<int:appointment_id>/")
@allow(access.signed_in)
@bp.response(204)
def delete_appointment(appointment_id: int) -> None:
    """DELETE /appointments/{id}/: cancels what is still to come, and shows it no more."""
    appointment_changes.delete(current_actor(), appointment_id)


def _changed(appointment_id: int, sent: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    if sent.get("cancel"):
        return _shown([appointment_changes.cancel(actor, appointment_id)])[0]
    time_id = sent.get("time")
    with renamed(reason="symptoms"):
        changed = appointment_changes.change(
            actor,
            appointment_id,
            doctor_id=sent.get("doctor"),
            minute=day_grid.find(actor, time_id).start_minute if time_id is not None else None,
            day=sent.get("date"),
            reason=sent.get("symptoms"),
            kind=sent.get("appointment_type"),
        )
    return _shown([changed])[0]


def _shown(found: Sequence[Appointment]) -> list[dict[str, Any]]:
    """The appointments as this contract prints them: wall-clock times by their row in the day's grid."""
    actor, now = current_actor(), clock.now()
    times, zone = day_grid.Naming(day_grid.of_clinic(actor)), actor.clinic.zone
    shown = []
    for appointment in found:
        starts, ends = to_wall(appointment.starts_at, zone), to_wall(appointment.ends_at, zone)
        shown.append(
            {
                "id": appointment.id,
                "patient": appointment.patient_id,
                "doctor": appointment.doctor_id,
                "appointment_type": appointment.kind,
                "appointment_status": _printed_status(appointment, now),
                "symptoms": appointment.reason,
                "date": starts.date(),
                "time": times.id_of(minute_of(starts.time()), minute_of(ends.time())),
                "cancel": appointment.present_status == AppointmentStatus.CANCELED,
            }
        )
    return shown


def _printed_status(appointment: Appointment, now: datetime) -> str:
    if appointment.status in _OVER:
        return "Completed"
    is_running = appointment.is_active and appointment.starts_at <= now < appointment.ends_at
    return "Running" if is_running else "Pendding"
