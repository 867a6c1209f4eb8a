"""The schedule page, and adding, changing and taking away working hours."""

from typing import Any

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.forms import ChangeHoursForm, HoursForm, hours_as_answers
from medimeet.blueprints.doctor_schedule.previews import preview_of_hours
from medimeet.blueprints.doctor_schedule.whose import act_for, of_a_doctor, whose
from medimeet.errors import InvalidInput
from medimeet.models import Doctor, WorkingHours
from medimeet.services import access, hours, schedule_preview
from medimeet.services.declared_time import WEEKDAYS, described
from medimeet.services.hours import Change
from medimeet.web.asked import needed_row_id, row_id
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

WHICH_HOURS = "Say which hours you mean: open the list of working hours and choose them there."


@bp.get("/slots-and-excluded-dates/")
@allow(access.clinic_team)
@of_a_doctor
def doctor_slots_and_excluded_dates_list(doctor: Doctor) -> Response:
    """GET /slots-and-excluded-dates/: weekly and dated hours, exclusion dates; `?earlier=1` shows past ones."""
    today = clock.today(doctor.clinic.zone)
    declared, exclusions = hours.of_doctor(doctor), hours.exclusions_of(doctor)
    earlier = request.args.get("earlier") == "1"
    return page(
        "doctor_schedule/schedule.html",
        doctor=doctor,
        weekdays=WEEKDAYS,
        weekly={day: [row for row in declared if row.day_of_week == day] for day in range(7)},
        has_hours=bool(declared),
        dated=[row for row in declared if row.date is not None and (earlier or row.date >= today)],
        exclusions=[row for row in exclusions if earlier or row.date >= today],
        past=len([row for row in declared if row.date is not None and row.date < today])
        + len([row for row in exclusions if row.date < today]),
        earlier=earlier,
        today=today,
        outside=hours.outside_hours(doctor),
    )


@bp.get("/add-slot/")
@allow(access.clinic_team)
@of_a_doctor
def new_slot(doctor: Doctor) -> Response:
    """GET /add-slot/: the empty form; `?on=date` for one date, `?day_of_week=`, `?copy=` start it filled."""
    return _add_page(HoursForm(data=_start_values(doctor)), doctor)


@bp.post("/add-slot/")
@allow(access.clinic_team)
@of_a_doctor
def add_slot(doctor: Doctor) -> Response | WerkzeugResponse:
    """POST /add-slot/: working hours on weekdays (`day_of_week`, one or more) or a `date`."""
    form = HoursForm()
    if not form.validate() or request.form.get("preview"):
        return _add_page(form, doctor)
    try:
        changes = _declare(form, doctor)
    except InvalidInput as error:
        show_faults(form, error)
        return _add_page(form, doctor)
    names = ", and ".join(described(change.row) for change in changes if isinstance(change.row, WorkingHours))
    return done(f"Hours {names} were added.", changes[-1], takes_away=False)


@bp.get("/edit-slot/")
@allow(access.clinic_team)
def changing_slot() -> Response:
    """GET /edit-slot/: the form for the hours named by `?hours_id=`."""
    row, doctor = _named_hours()
    return _edit_page(ChangeHoursForm(data=hours_as_answers(row)), row, doctor)


@bp.post("/edit-slot/")
@allow(access.clinic_team)
def edit_slot_for_doctor() -> Response | WerkzeugResponse:
    """POST /edit-slot/: the hours `hours_id` with new values; what is not sent stays as it is."""
    row, doctor = _named_hours()
    form = ChangeHoursForm(data=hours_as_answers(row))
    if not form.validate() or request.form.get("preview"):
        return _edit_page(form, row, doctor)
    try:
        change = hours.change(
            current_actor(),
            row.id,
            day_of_week=None if form.is_dated else form.day_of_week.data,
            date=form.date.data if form.is_dated else None,
            **form.times(),
        )
    except InvalidInput as error:
        show_faults(form, error)
        return _edit_page(form, row, doctor)
    return done("The hours were changed.", change)


@bp.get("/delete-slot/")
@allow(access.clinic_team)
def confirm_delete_slot() -> Response:
    """GET /delete-slot/: asks before the hours named by `?hours_id=` go, and lists the visits inside them."""
    row, doctor = _named_hours()
    return page(
        "doctor_schedule/delete_hours.html", row=row, doctor=doctor, hit=schedule_preview.of_withdrawal(doctor, row)
    )


@bp.post("/delete-slot/")
@allow(access.clinic_team)
def delete_slot_for_doctor() -> WerkzeugResponse:
    """POST /delete-slot/: takes the hours `hours_id` away; booked visits stay."""
    row, _doctor = _named_hours()
    return done("The hours were removed.", hours.withdraw(current_actor(), row.id))


def done(words: str, change: Change, *, takes_away: bool = True) -> WerkzeugResponse:
    """Back to the schedule page, which says what was done and lists the visits outside the hours."""
    count = len(change.outside) if takes_away else 0
    if count:
        words += f" {count} booked {'visit stands' if count == 1 else 'visits stand'} outside the hours now, see below."
    flash(words, "warning" if count else "success")
    return go_to(url_for("doctor_schedule.doctor_slots_and_excluded_dates_list", **whose()["whose"]))


def _named_hours() -> tuple[WorkingHours, Doctor]:
    row, doctor = schedule_preview.find_hours(current_actor(), needed_row_id("hours_id", WHICH_HOURS))
    act_for(doctor)
    return row, doctor


def _declare(form: HoursForm, doctor: Doctor) -> list[Change]:
    date = form.date.data
    if date is None and form.is_dated:
        raise InvalidInput({"date": "Choose the date."})
    if date is None:
        return hours.declare_weekdays(current_actor(), doctor.id, form.days, **form.times())
    if form.days:
        raise InvalidInput({"date": "Choose either days of the week or a date, not both."})
    return [hours.declare(current_actor(), doctor.id, date=date, **form.times())]


def _start_values(doctor: Doctor) -> dict[str, Any]:
    on = "date" if request.args.get("on") == "date" else "week"
    copied = row_id("copy")
    row = next((each for each in hours.of_doctor(doctor) if each.id == copied), None) if copied else None
    values = hours_as_answers(row) if row is not None else {}
    day = request.args.get("day_of_week", "")
    return values | {"on": on, "date": None, "day_of_week": [int(day)] if day in "0123456" and len(day) == 1 else []}


def _add_page(form: HoursForm, doctor: Doctor) -> Response:
    form.on.data = "date" if form.is_dated else "week"
    return page(
        "doctor_schedule/add_hours.html",
        status=400 if form.errors else 200,
        form=form,
        doctor=doctor,
        **preview_of_hours(doctor, form),
    )


def _edit_page(form: ChangeHoursForm, row: WorkingHours, doctor: Doctor) -> Response:
    return page(
        "doctor_schedule/edit_hours.html",
        status=400 if form.errors else 200,
        form=form,
        row=row,
        doctor=doctor,
        **preview_of_hours(doctor, form, row),
    )
