"""A patient's own visits: seen, moved, canceled, confirmed. The document prints none of it; our chat needs it."""

from typing import Any

from medimeet.blueprints.contracts.chatbot import examples, items, schemas
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.keys import NEEDED_API_KEY
from medimeet.blueprints.contracts.chatbot.which_clinic import clinic_with_token
from medimeet.models import Clinic
from medimeet.services import access, appointment_changes, chatbot_visits, held_bookings
from medimeet.web.examples import upcoming_slot
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/<int:clinic_id>/appointments/")
@allow(access.patient)
@clinic_with_token
@bp.parameter(NEEDED_API_KEY)
@bp.response(200, schemas.Appointments, example={"appointments": [examples.APPOINTMENT]})
def list_appointments(clinic: Clinic) -> dict[str, Any]:
    """GET /{clinic_id}/appointments/: one's own visits to come, soonest first, also those not confirmed yet."""
    return {"appointments": [items.appointment(visit, clinic) for visit in chatbot_visits.to_come(current_actor())]}


@bp.post("/<int:clinic_id>/appointments/<int:appointment_id>/cancel/")
@allow(access.patient)
@clinic_with_token
@bp.parameter(NEEDED_API_KEY)
@bp.response(200, schemas.Appointment, example=examples.APPOINTMENT | {"status": "Canceled"})
def cancel(clinic: Clinic, appointment_id: int) -> dict[str, Any]:
    """POST /{clinic_id}/appointments/{id}/cancel/: cancels one's own visit, and its time is free for others at once.

    Canceling twice answers as the first time.
    """
    return items.appointment(appointment_changes.cancel(current_actor(), appointment_id), clinic)


@bp.post("/<int:clinic_id>/appointments/<int:appointment_id>/move/")
@allow(access.patient)
@clinic_with_token
@bp.parameter(NEEDED_API_KEY)
@bp.arguments(schemas.Move, location="body", example={"slot_id": upcoming_slot(6, "11:00")})
@bp.response(200, schemas.Appointment, example=examples.APPOINTMENT)
def move(clinic: Clinic, sent: dict[str, int], appointment_id: int) -> dict[str, Any]:
    """POST /{clinic_id}/appointments/{id}/move/: another time; the old one is kept if that is taken."""
    moved = appointment_changes.move(current_actor(), appointment_id, slot_id=sent["slot_id"])
    return items.appointment(moved, clinic)


@bp.post("/<int:clinic_id>/appointments/<int:appointment_id>/confirm/")
@allow(access.patient)
@clinic_with_token
@bp.parameter(NEEDED_API_KEY)
@bp.response(200, schemas.Appointment, example=examples.APPOINTMENT)
def confirm(clinic: Clinic, appointment_id: int) -> dict[str, Any]:
    """POST /{clinic_id}/appointments/{id}/confirm/: books what was held for oneself by e-mail."""
    return items.appointment(held_bookings.confirm_own(current_actor(), appointment_id), clinic)
