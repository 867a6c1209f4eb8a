"""A doctor's week: each day with its visits and how many times are free."""

from datetime import timedelta

from flask import Response

from medimeet import clock
from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.whose import of_a_doctor
from medimeet.models import Doctor
from medimeet.services import access, doctor_days
from medimeet.web.asked import wanted_day
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

ONE_WEEK = timedelta(days=7)


@bp.get("/doctor-week/")
@allow(access.clinic_team)
@of_a_doctor
def week(doctor: Doctor) -> Response:
    """GET /doctor-week/: seven days from Monday; `?week=YYYY-MM-DD` is any day of the week, else this one."""
    today = clock.today(doctor.clinic.zone)
    shown = wanted_day("week", today)
    monday = shown - timedelta(days=shown.weekday())
    days = doctor_days.of_days(current_actor(), doctor, monday, monday + timedelta(days=6))
    return page(
        "doctor_schedule/week.html",
        doctor=doctor,
        days=days,
        monday=monday,
        sunday=monday + timedelta(days=6),
        earlier=monday - ONE_WEEK,
        later=monday + ONE_WEEK,
        today=today,
        visits=sum(len(day.visits) for day in days),
        free=sum(day.free_slots for day in days),
    )
