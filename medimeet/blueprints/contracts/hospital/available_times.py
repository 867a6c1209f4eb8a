"""Times of day that doctors may declare: the clinic's grid."""

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import lists as schemas
from medimeet.models import DayGridTime
from medimeet.services import access, day_grid
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor


@bp.get("/available-time/")
@allow(access.anyone)
@bp.arguments(schemas.AvailableTimeQuery, location="query")
@bp.response(200, schemas.AvailableTime(many=True), example=[{"id": 1, "time": "09:00 AM - 09:30 AM"}])
def available_time_list(asked: dict[str, list[int]]) -> list[DayGridTime]:
    """GET /available-time/: the clinic's times of day, by start."""
    times = day_grid.of_clinic(current_actor())
    return [time for time in times if time.id in asked["id"]] if asked.get("id") else times


@bp.post("/available-time/")
@allow(access.clinic_admin)
@bp.arguments(schemas.AvailableTimeBody, location="body", example={"time": "08:30 AM - 09:00 AM"})
@bp.response(201, schemas.AvailableTime, example={"id": 49, "time": "08:30 AM - 09:00 AM"})
def add_available_time(sent: dict[str, tuple[str, str]]) -> DayGridTime:
    """POST /available-time/: a new time of day, by the clinic's admin."""
    start, end = sent["time"]
    with renamed(start_time="time", end_time="time"):
        return day_grid.add(current_actor(), start=start, end=end)
