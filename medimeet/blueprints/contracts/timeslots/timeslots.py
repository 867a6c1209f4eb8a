"""Time slots: the times of day that availabilities and appointments name."""

from medimeet.blueprints.contracts.timeslots import schemas
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.models import DayGridTime
from medimeet.services import access, day_grid
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_FIRST = {"id": 1, "start_time": "09:00:00", "end_time": "09:30:00"}
_HOUR = {"start_time": "09:00:00", "end_time": "10:00:00"}
_OTHER_HOUR = {"start_time": "10:00:00", "end_time": "11:00:00"}


@bp.get("/api/timeslots/")
@allow(access.signed_in)
@bp.response(200, schemas.TimeSlot(many=True), example=[_FIRST])
def list_time_slots() -> list[DayGridTime]:
    """GET /api/timeslots/: every time slot of the clinic, by start."""
    return day_grid.of_clinic(current_actor())


@bp.post("/api/timeslots/")
@allow(access.clinic_admin)
@bp.arguments(schemas.TimeSlotDetails, location="body", example=_HOUR)
@bp.response(201, schemas.TimeSlot, example=_HOUR | {"id": 49})
def add_time_slot(sent: dict[str, str]) -> DayGridTime:
    """POST /api/timeslots/: one more time slot; it may overlap others, but not be the same as one.

    For admins.
    """
    return day_grid.add(current_actor(), start=sent["start_time"], end=sent["end_time"])


@bp.put("/api/timeslots/<int:time_id>/")
@allow(access.clinic_admin)
@bp.arguments(schemas.TimeSlotDetails, location="body", example=_OTHER_HOUR)
@bp.response(200, schemas.TimeSlot, example=_OTHER_HOUR | {"id": 1})
def change_time_slot(sent: dict[str, str], time_id: int) -> DayGridTime:
    """PUT /api/timeslots/{id}/: the time slot with another start and end.

    For admins. What was declared or booked by it keeps its time.
    """
    return day_grid.change(current_actor(), time_id, start=sent["start_time"], end=sent["end_time"])


@bp.delete("/api/timeslots/<int:time_id>/")
@allow(access.clinic_admin)
@bp.response(204)
def remove_time_slot(time_id: int) -> None:
    """DELETE /api/timeslots/{id}/: takes the time slot from the list.

    For admins. What was declared or booked by it keeps its time.
    """
    day_grid.remove(current_actor(), time_id)
