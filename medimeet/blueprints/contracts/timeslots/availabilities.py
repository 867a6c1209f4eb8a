"""Availabilities: the slots in which doctors can be booked, opened and closed one by one."""

from typing import Any

from flask import Response, jsonify

from medimeet.blueprints.contracts.timeslots import schemas
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.services import access, availabilities, openings
from medimeet.services.availabilities import Availability
from medimeet.web.examples import upcoming_day, upcoming_slot
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_PUBLISHED = dict.fromkeys(("time", "start_time", "end_time", "slot_minutes"), "time_slot")
_OPEN = {"doctor": 1, "date": upcoming_day(6), "time_slot": 18, "is_available": True}
_CLOSED = {"doctor": 1, "date": upcoming_day(6), "time_slot": 6, "is_available": False}


@bp.get("/api/availabilities/")
@allow(access.signed_in)
@bp.arguments(schemas.AvailabilityQuery, location="query")
@bp.response(200, schemas.Availability(many=True), example=[_OPEN | {"id": upcoming_slot(6, "17:30")}])
def list_availabilities(wanted: dict[str, Any]) -> Response:
    """GET /api/availabilities/: the free slots of all doctors, sorted by date and start, at the same time by doctor.

    They reach from now over 28 days; a `date` may lie up to a year ahead.
    """
    return jsonify(schemas.listed(availabilities.listed(current_actor(), **wanted)))


@bp.post("/api/availabilities/")
@allow(access.clinic_team)
@bp.arguments(schemas.NewAvailability, location="body", example=_OPEN)
@bp.response(201, schemas.Availability, example=_OPEN | {"id": upcoming_slot(6, "17:30")})
def add_availability(sent: dict[str, Any]) -> Availability:
    """POST /api/availabilities/: opens a slot, or closes it where `is_available` is false.

    Doctors do so for themselves, admins for any doctor of the clinic. Opening an open slot changes nothing and answers
    as the first time; one that is booked answers with `is_available` false.
    """
    declare = openings.open_at if sent.pop("is_available") else openings.close_at
    with renamed(**_PUBLISHED):
        return declare(current_actor(), **sent)


@bp.put("/api/availabilities/<int:availability_id>/")
@allow(access.clinic_team)
@bp.arguments(schemas.ChangedAvailability, location="body", example=_CLOSED)
@bp.response(200, schemas.Availability, example=_CLOSED | {"id": upcoming_slot(6, "11:30")})
def change_availability(sent: dict[str, Any], availability_id: int) -> Availability:
    """PUT /api/availabilities/{id}/: closes the slot, opens it again, or moves it to another time in one step.

    With `is_available` false the slot in the address is closed, whatever else the body names. A booked one is neither
    closed nor moved. In the night that shows an hour twice, its slots are closed and opened together, both times.
    """
    with renamed(**_PUBLISHED):
        if sent.pop("is_available"):
            return openings.move(current_actor(), availability_id, **sent)
        return openings.close(current_actor(), availability_id)


@bp.delete("/api/availabilities/<int:availability_id>/")
@allow(access.clinic_team)
@bp.response(204)
def remove_availability(availability_id: int) -> None:
    """DELETE /api/availabilities/{id}/: closes the slot, and takes away what was declared for it alone.

    One that is booked is not closed; cancel or move the appointment first.
    """
    openings.withdraw(current_actor(), availability_id)
