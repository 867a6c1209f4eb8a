"""Booking, canceling and looking at visits."""

import uuid
from typing import Any

from medimeet.blueprints.contracts.mobile import examples, items, schemas
from medimeet.blueprints.contracts.mobile.blueprint import bp
from medimeet.blueprints.contracts.mobile.envelope import envelope, envelope_of, envelope_of_list
from medimeet.services import access, appointment_changes, appointments, bookable, booking, doctors, patients
from medimeet.services.access import Actor
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_MOST = 1000
_BOOKED = "Appointment booked successfully"
_CANCELED = "Appointment canceled successfully"
_LISTED = "Appointments retrieved successfully"


@bp.post("/clinic-management/appointments/book/<uuid:slot_uuid>/")
@allow(access.signed_in)
@bp.arguments(schemas.Booking, location="body", required=False, example={"reason": "Sore throat"})
@bp.response(201, envelope_of(schemas.Appointment), example=envelope(201, _BOOKED, examples.APPOINTMENT))
@bp.once_only
def book(sent: dict[str, Any], slot_uuid: uuid.UUID, idempotency_key: str | None) -> dict[str, Any]:
    """POST /clinic-management/appointments/book/{slot_id}/: books a slot.

    A patient books for themselves; an admin or a doctor names the `patient`.
    """
    actor = current_actor()
    booked = booking.book(
        actor,
        slot_id=bookable.id_of_uuid(slot_uuid),
        treatment_id=sent["treatment"],
        patient_id=_patient_id(actor, sent["patient"]),
        reason=sent["reason"] or "",
        channel="mobile",
        idempotency_key=idempotency_key,
    )
    return envelope(201, _BOOKED, items.appointment(booked, booked.doctor))


@bp.post("/clinic-management/appointments/cancel/")
@allow(access.signed_in)
@bp.arguments(schemas.Canceling, location="body", example={"slot_id": examples.SLOT["id"]})
@bp.response(
    200,
    envelope_of(schemas.Appointment),
    example=envelope(200, _CANCELED, examples.APPOINTMENT | {"status": "canceled"}),
)
def cancel(sent: dict[str, uuid.UUID]) -> dict[str, Any]:
    """POST /clinic-management/appointments/cancel/: cancels one's own visit in a slot, which is free again at once.

    Canceling twice answers as the first time.
    """
    actor = current_actor()
    found = appointments.find_at(actor, sent["slot_id"])
    canceled = appointment_changes.cancel(actor, found.id)
    return envelope(200, _CANCELED, items.appointment(canceled, canceled.doctor))


@bp.get("/clinic-management/appointments/")
@allow(access.signed_in)
@bp.response(200, envelope_of_list(schemas.Appointment), example=envelope(200, _LISTED, [examples.APPOINTMENT]))
def list_appointments() -> dict[str, Any]:
    """GET /clinic-management/appointments/: one's own visits, the latest first, canceled ones too.

    A doctor sees the visits with them, an admin all of the clinic. At most the 1000 latest.
    """
    actor = current_actor()
    visits = appointments.newest(actor, _MOST)
    seen_by = doctors.described(actor, {visit.doctor_id for visit in visits})
    return envelope(200, _LISTED, [items.appointment(visit, seen_by[visit.doctor_id]) for visit in visits])


def _patient_id(actor: Actor, named: int | uuid.UUID | None) -> int | None:
    """Whom staff name, by the number of the row; whom a patient names is not looked at."""
    if isinstance(named, uuid.UUID):
        return None if actor.is_patient else patients.find_id(actor, named)
    return named
