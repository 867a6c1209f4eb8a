"""Schedules: the working hours that doctors have declared, open to all; the clinic's admin writes them."""

from typing import Any

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas import schedules as schemas
from medimeet.services import access, hours, schedules
from medimeet.services.hours import Change
from medimeet.services.schedules import Schedule
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_SATURDAYS = {"doctor": 1, "day_of_week": 5, "start_time": "09:00", "end_time": "12:00", "slot_minutes": 30}
_MONDAYS = {
    "id": 1,
    "doctor": 1,
    "day_of_week": 0,
    "date": None,
    "start_time": "09:00",
    "end_time": "17:00",
    "slot_minutes": 30,
    "available_slots": 64,
}
_CHANGED = _MONDAYS | {"end_time": "16:00", "available_slots": 56, "outside_hours": []}
_OUTSIDE = {
    "Outside-Hours": {
        "description": "The ids of the doctor's visits to come that stand outside the hours now, with commas.",
        "schema": {"type": "string"},
    }
}


@bp.get("/api/doctor/schedules/")
@allow(access.anyone)
@bp.arguments(schemas.ScheduleQuery, location="query")
@bp.response(200, schemas.Schedule(many=True), example=[_MONDAYS])
def list_schedules(wanted: dict[str, int]) -> list[Schedule]:
    """GET /api/doctor/schedules/: the schedules that hold, by doctor; dates that have passed are left out.

    At most 1000.
    """
    return schedules.listed(current_actor(), wanted.get("doctor"))


@bp.post("/api/doctor/schedules/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ScheduleDetails, location="body", example=_SATURDAYS)
@bp.response(
    201,
    schemas.ChangedSchedule,
    example=_SATURDAYS | {"id": 16, "date": None, "available_slots": 24, "outside_hours": []},
)
def add_schedule(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /api/doctor/schedules/: new working hours of a doctor, on a weekday or on one date."""
    return _changed(hours.declare(current_actor(), **sent))


@bp.get("/api/doctor/schedules/<int:schedule_id>/")
@allow(access.anyone)
@bp.response(200, schemas.Schedule, example=_MONDAYS)
def show_schedule(schedule_id: int) -> Schedule:
    """GET /api/doctor/schedules/{id}/: one schedule."""
    return schedules.find(current_actor(), schedule_id)


@bp.put("/api/doctor/schedules/<int:schedule_id>/")
@allow(access.clinic_admin)
@bp.arguments(
    schemas.ScheduleDetails, location="body", example=_SATURDAYS | {"day_of_week": "Monday", "end_time": "16:00"}
)
@bp.response(200, schemas.ChangedSchedule, example=_CHANGED)
def replace_schedule(sent: dict[str, Any], schedule_id: int) -> dict[str, Any]:
    """PUT /api/doctor/schedules/{id}/: the schedule with new values. Visits that are booked stay as they are."""
    return _changed(hours.change(current_actor(), schedule_id, **sent))


@bp.patch("/api/doctor/schedules/<int:schedule_id>/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ScheduleDetails(partial=True), location="body", example={"end_time": "16:00"})
@bp.response(200, schemas.ChangedSchedule, example=_CHANGED)
def change_schedule(sent: dict[str, Any], schedule_id: int) -> dict[str, Any]:
    """PATCH /api/doctor/schedules/{id}/: the schedule with some new values. Visits that are booked stay as they are."""
    return _changed(hours.change(current_actor(), schedule_id, **sent))


@bp.delete("/api/doctor/schedules/<int:schedule_id>/")
@allow(access.clinic_admin)
@bp.response(204, headers=_OUTSIDE)
def delete_schedule(schedule_id: int) -> tuple[None, int, dict[str, str]]:
    """DELETE /api/doctor/schedules/{id}/: takes the schedule away. Visits that are booked stay as they are."""
    outside = ", ".join(str(visit.id) for visit in hours.withdraw(current_actor(), schedule_id).outside)
    return None, 204, {"Outside-Hours": outside} if outside else {}


def _changed(change: Change) -> dict[str, Any]:
    assert change.row is not None
    schedule = schedules.find(current_actor(), change.row.id)
    return {
        "hours": schedule.hours,
        "available_slots": schedule.available_slots,
        "outside_hours": [visit.id for visit in change.outside],
    }
