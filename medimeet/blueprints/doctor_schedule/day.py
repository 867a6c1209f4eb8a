"""A doctor's day: who comes when, who is here now, who is next, what is free."""

from datetime import timedelta
from typing import Any

from flask import Response

from medimeet import clock
from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.whose import is_own, of_a_doctor
from medimeet.models import Appointment, Doctor
from medimeet.services import access, doctor_days, records
from medimeet.services.doctor_days import DoctorDay
from medimeet.web.asked import wanted_day
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

ONE_DAY = timedelta(days=1)


@bp.get("/doctor-day/")
@allow(access.clinic_team)
@of_a_doctor
def day(doctor: Doctor) -> Response:
    """GET /doctor-day/: one day as a time-line; `?day=YYYY-MM-DD`, today where there is none."""
    today = clock.today(doctor.clinic.zone)
    shown = wanted_day("day", today)
    found = doctor_days.of_day(current_actor(), doctor, shown)
    return page(
        "doctor_schedule/day.html",
        doctor=doctor,
        found=found,
        today=today,
        yesterday=shown - ONE_DAY,
        tomorrow=shown + ONE_DAY,
        week=shown - timedelta(days=shown.weekday()),
        **about_visits(doctor, found.visits),
        **now_line(found),
    )


def about_visits(doctor: Doctor, visits: list[Appointment]) -> dict[str, Any]:
    """What the rows of visits need beside the visits: the time it is, whose they are, which have a record."""
    return {
        "now": clock.now(),
        "is_own": is_own(doctor),
        "may_be_written": records.may_be_written,
        "written": records.written_for(visits),
    }


def now_line(found: DoctorDay) -> dict[str, Any]:
    """`now_before`: the entry of the time-line that the now-line stands above; `is_today`."""
    is_today = found.day == clock.today(current_actor().clinic.zone)
    coming = next((entry for entry in found.timeline if entry.starts_at > clock.now()), None)
    return {"is_today": is_today, "now_before": coming if is_today else None}
