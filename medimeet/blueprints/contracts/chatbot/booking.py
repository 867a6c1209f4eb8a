"""Booking a slot: at once for who sends the patient's key, else held until the patient confirms by mail."""

from typing import Any

from flask import request

from medimeet.blueprints.contracts.chatbot import examples, items, printed, schemas
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.errors import told_as
from medimeet.blueprints.contracts.chatbot.keys import API_KEY, actor_of
from medimeet.blueprints.contracts.chatbot.slots import found
from medimeet.blueprints.contracts.chatbot.which_clinic import clinic_with_token
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import InvalidInput, NoSuchSlot, NotFound, NotRegistered, PastSlot, SlotTaken, SlotTooShort
from medimeet.models import Appointment, Clinic
from medimeet.services import access, bookable, chatbot_orders, held_bookings
from medimeet.web.guard import allow

_MESSAGE = "Appointment booked successfully."
_REFUSED = {
    PastSlot: printed.CANNOT_BOOK_PAST_DATES,
    SlotTooShort: printed.SLOT_UNAVAILABLE_ON_DATE,
    SlotTaken: printed.SLOT_ALREADY_BOOKED,
    NoSuchSlot: printed.SLOT_NOT_FOUND,
    NotFound: printed.PATIENT_NOT_FOUND,
    NotRegistered: printed.PATIENT_NOT_FOUND,
}


@bp.post("/<int:clinic_id>/treatments/<int:treatment_id>/get-doctors/slots/<int:slot_id>/book/")
@allow(access.anyone)
@clinic_with_token
@bp.once_only
@bp.parameter(API_KEY)
@bp.arguments(schemas.Order, location="body", example=examples.ORDER)
@bp.response(201, schemas.Booked, example={"message": _MESSAGE, "appointment_id": 87, "appointment_status": "Pending"})
def book(
    clinic: Clinic, sent: dict[str, Any], treatment_id: int, slot_id: int, idempotency_key: str | None
) -> dict[str, Any]:
    """POST /{clinic_id}/treatments/{treatment_id}/get-doctors/slots/{slot_id}/book/: books a slot for a patient.

    With the patient's own key it is booked (`Scheduled`). Without one it is held for half an hour (`Pending`), and the
    patient gets a mail with a link that books it.
    """
    _refuse_bad_order(clinic, sent, treatment_id, slot_id)
    actor = actor_of(clinic, sent["api_key"])
    wanted: dict[str, Any] = {"slot_id": slot_id, "treatment_id": treatment_id, "idempotency_key": idempotency_key}
    with told_as(_REFUSED):
        if actor.account is None:
            return _told(_hold(clinic, sent, wanted), AppointmentStatus.PENDING)
        booked = chatbot_orders.book(actor, patient_email=sent["patient_email"], **wanted)
        return _told(booked, AppointmentStatus.SCHEDULED)


def _refuse_bad_order(clinic: Clinic, sent: dict[str, Any], treatment_id: int, slot_id: int) -> None:
    """Raises the first of the printed refusals that applies, before anybody is asked who books."""
    day = sent["appointment_date"]
    with told_as({PastSlot: printed.CANNOT_BOOK_PAST_DATES}):
        chatbot_orders.refuse_past_day(clinic, day)
    found(treatment_id, sent["doctor_id"])
    with told_as({NoSuchSlot: printed.SLOT_NOT_FOUND, InvalidInput: printed.SLOT_UNAVAILABLE_ON_DATE}):
        bookable.refuse_other_doctor(slot_id, sent["doctor_id"])
        chatbot_orders.refuse_other_day(clinic, slot_id, day)


def _hold(clinic: Clinic, sent: dict[str, Any], wanted: dict[str, Any]) -> Appointment:
    return held_bookings.hold(
        clinic,
        patient_email=sent["patient_email"],
        doctor_id=sent["doctor_id"],
        address=request.remote_addr or "",
        origin=request.headers.get("Origin"),
        **wanted,
    )


def _told(appointment: Appointment, status: AppointmentStatus) -> dict[str, Any]:
    """The answer with the status of that moment, so that a repeated key hears the same whatever came after."""
    return {
        "message": _MESSAGE,
        "appointment_id": appointment.id,
        "appointment_status": items.STATUSES[status],
    }
