"""What the hours or the time away in a form would make, shown while it is filled."""

from typing import Any

from flask import Response

from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.forms import ChangeHoursForm, ExclusionForm, HoursForm
from medimeet.blueprints.doctor_schedule.whose import of_a_doctor
from medimeet.errors import InvalidInput
from medimeet.models import Doctor, ExclusionDate, WorkingHours
from medimeet.services import access, schedule_preview
from medimeet.web.asked import row_id
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.post("/slot-preview/")
@allow(access.clinic_team)
@of_a_doctor
def slot_preview(doctor: Doctor) -> Response:
    """POST /slot-preview/: how many slots the hours in the form make, which visits they leave outside."""
    hours_id = row_id("hours_id")
    if hours_id is None:
        return page("doctor_schedule/_hours_preview.html", **preview_of_hours(doctor, HoursForm()))
    row, doctor = schedule_preview.find_hours(current_actor(), hours_id)
    return page("doctor_schedule/_hours_preview.html", **preview_of_hours(doctor, ChangeHoursForm(), row))


@bp.post("/exclusion-preview/")
@allow(access.clinic_team)
@of_a_doctor
def exclusion_preview(doctor: Doctor) -> Response:
    """POST /exclusion-preview/: which visits fall into the time away in the form. Saves nothing."""
    exclusion_id, row = row_id("exclusion_id"), None
    if exclusion_id is not None:
        row, doctor = schedule_preview.find_exclusion(current_actor(), exclusion_id)
    return page("doctor_schedule/_exclusion_preview.html", **preview_of_exclusion(doctor, ExclusionForm(), row))


def preview_of_hours(
    doctor: Doctor, form: HoursForm | ChangeHoursForm, row: WorkingHours | None = None
) -> dict[str, Any]:
    """`preview` of what is in the form, None while too little is filled in; `refusal` where it can't be saved so."""
    date = form.date.data if form.is_dated else None
    days = [] if form.is_dated else form.days
    if not (form.start_time.data and form.end_time.data and form.slot_minutes.data and (days or date)):
        return {"preview": None, "refusal": None}
    try:
        preview = schedule_preview.of_hours(doctor, days_of_week=days, date=date, instead_of=row, **form.times())
    except InvalidInput as error:
        return {"preview": None, "refusal": error.words}
    return {"preview": preview, "refusal": None, "days": len(days) or 1, "is_weekly": date is None}


def preview_of_exclusion(doctor: Doctor, form: ExclusionForm, row: ExclusionDate | None = None) -> dict[str, Any]:
    """`hit`: the visits that fall into the time away, None while too little is filled in; `refusal` as above."""
    if form.date.data is None:
        return {"hit": None, "refusal": None}
    last_date = form.last_date.data if row is None else None
    try:
        hit = schedule_preview.of_exclusion(
            doctor, date=form.date.data, last_date=last_date, instead_of=row, **form.times()
        )
    except InvalidInput as error:
        return {"hit": None, "refusal": error.words}
    return {"hit": hit, "refusal": None}
