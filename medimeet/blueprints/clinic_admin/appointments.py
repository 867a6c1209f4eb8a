"""The clinic's appointments, to look through: by day, doctor, status, name."""

from datetime import date

from flask import Response, request

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.domain.statuses import AppointmentStatus, label
from medimeet.services import access, doctors
from medimeet.services import appointments as visits
from medimeet.web.asked import row_number, wanted_page, wanted_search
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

PERIODS: dict[visits.Period, str] = {"all": "All", "upcoming": "To come", "past": "Over"}
STATUSES = {status.value: label(status) for status in AppointmentStatus}


@bp.get("/clinic_appointments/")
@allow(access.clinic_admin)
def appointments() -> Response:
    """GET /clinic_appointments/: its visits; `?q=`, `?period=`, `?doctor_id=`, `?status=`, `?from=`, `?to=`."""
    actor = current_actor()
    chosen = _wanted_filters()
    found = visits.listed(actor, search=wanted_search(), with_deleted=True, page=wanted_page(), **chosen)
    return page(
        "clinic_admin/appointments.html",
        "clinic_admin/_appointments.html",
        found=found,
        query=wanted_search(),
        chosen=chosen,
        kept={name: request.args.get(name) or None for name in ("period", "doctor_id", "status", "from", "to")},
        doctors=doctors.named(actor),
        periods=PERIODS,
        statuses=STATUSES,
    )


def _wanted_filters() -> dict:
    period, status = request.args.get("period"), request.args.get("status")
    return {
        "period": period if period in PERIODS else "all",
        "status": AppointmentStatus(status) if status in STATUSES else None,
        "doctor_id": request.args.get("doctor_id", type=row_number),
        "first_day": request.args.get("from", type=_day),
        "last_day": request.args.get("to", type=_day),
    }


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2200:
        raise ValueError
    return day
