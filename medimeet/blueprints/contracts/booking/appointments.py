"""Appointments: seen, booked, canceled."""

from typing import Any

from flask import Response, jsonify

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas import appointments as schemas
from medimeet.models import Appointment
from medimeet.services import access, appointment_changes, appointments, bookable, booking, visit_rows
from medimeet.web.examples import upcoming_day, upcoming_slot
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

MOST = 1000
_ORDER = {"slot": upcoming_slot(3, "11:30"), "reason": "A cough that won't go away", "treatment": 1}
_VISIT = {
    "id": 6,
    "doctor": 1,
    "patient": 1,
    "date": upcoming_day(3),
    "start_time": "11:30",
    "end_time": "12:00",
    "status": "scheduled",
    "reason": "A cough that won't go away",
    "treatment": 1,
}


@bp.get("/api/appointment/my-appointments/")
@allow(access.signed_in)
@bp.response(200, schemas.Appointment(many=True), example=[_VISIT])
def list_appointments() -> Response:
    """GET /api/appointment/my-appointments/: a patient's own, a doctor's own, the clinic's for its admin; latest first.

    At most the 1000 latest.
    """
    actor = current_actor()
    return jsonify(schemas.listed(visit_rows.newest(actor, MOST), actor.clinic.zone))


@bp.get("/api/appointment/my-appointments/<int:appointment_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.Appointment, example=_VISIT)
def show_appointment(appointment_id: int) -> Appointment:
    """GET /api/appointment/my-appointments/{id}/: one of these appointments."""
    return appointments.read(current_actor(), appointment_id)


@bp.post("/api/appointment/book/<int:doctor_id>/")
@allow(access.signed_in)
@bp.once_only
@bp.arguments(schemas.Order, location="body", example=_ORDER)
@bp.response(201, schemas.Appointment, example=_VISIT)
def book(sent: dict[str, Any], doctor_id: int, idempotency_key: str | None) -> Response:
    """POST /api/appointment/book/{doctor_id}/: books a slot of this doctor, or what starts at a date and time."""
    actor = current_actor()
    visit = booking.book(
        actor,
        slot_id=_slot_id(sent, doctor_id),
        treatment_id=sent.get("treatment"),
        patient_id=sent.get("patient"),
        reason=sent.get("reason") or "",
        channel="booking",
        idempotency_key=idempotency_key,
    )
    answer = jsonify(schemas.told(visit, actor.clinic.zone))
    answer.status_code = 201
    return answer


@bp.post("/api/appointment/cancel/<int:appointment_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.Appointment, example=_VISIT | {"status": "canceled"})
def cancel(appointment_id: int) -> Appointment:
    """POST /api/appointment/cancel/{appointment_id}/: cancels, and its time is free for others at once."""
    return appointment_changes.cancel(current_actor(), appointment_id)


def _slot_id(sent: dict[str, Any], doctor_id: int) -> int:
    slot_id: int | None = sent.get("slot")
    if slot_id is not None:
        bookable.refuse_other_doctor(slot_id, doctor_id)
        return slot_id
    return bookable.slot_id_at(bookable.taking_patients(current_actor(), doctor_id), sent["date"], sent["time"])
