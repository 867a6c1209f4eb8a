"""The doctor's appointments, to look through."""

from typing import get_args

from flask import Response, request

from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.whose import is_own, of_a_doctor
from medimeet.models import Doctor
from medimeet.services import access, appointments, records
from medimeet.services.appointments import Period
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/doctor_appointments/")
@allow(access.clinic_team)
@of_a_doctor
def doctor_appointments(doctor: Doctor) -> Response:
    """GET /doctor_appointments/: the doctor's visits; `?period=` upcoming, past, all; `?q=` part of a name."""
    query, period = wanted_search(), _wanted_period()
    found = appointments.listed(
        current_actor(), period=period, search=query, doctor_id=doctor.id, with_deleted=True, page=wanted_page()
    )
    return page(
        "doctor_schedule/visits.html",
        "doctor_schedule/_visits.html",
        doctor=doctor,
        found=found,
        query=query,
        period=period,
        is_own=is_own(doctor),
        may_be_written=records.may_be_written,
        written=records.written_for(found.items),
    )


def _wanted_period() -> Period:
    period = request.args.get("period", "upcoming")
    return period if period in get_args(Period) else "upcoming"  # type: ignore[return-value]
