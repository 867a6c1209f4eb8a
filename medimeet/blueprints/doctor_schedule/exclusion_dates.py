"""Exclusion dates: adding, changing and taking away a doctor's time away."""

from flask import Response, request
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.blueprints.doctor_schedule.forms import ExclusionForm, exclusion_as_answers, several_days
from medimeet.blueprints.doctor_schedule.previews import preview_of_exclusion
from medimeet.blueprints.doctor_schedule.whose import act_for, of_a_doctor
from medimeet.blueprints.doctor_schedule.working_hours import done
from medimeet.errors import InvalidInput
from medimeet.models import Doctor, ExclusionDate
from medimeet.services import access, hours, schedule_preview
from medimeet.services.hours import Change
from medimeet.web.asked import needed_row_id
from medimeet.web.context import day as day_words
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

WHICH_DATE = "Say which time away you mean: open the list of working hours and choose it there."


@bp.get("/add-exclusion-date/")
@allow(access.clinic_team)
@of_a_doctor
def new_exclusion_date(doctor: Doctor) -> Response:
    """GET /add-exclusion-date/: the empty form."""
    return _form_page(ExclusionForm(formdata=None), doctor)


@bp.post("/add-exclusion-date/")
@allow(access.clinic_team)
@of_a_doctor
def add_exclusion_date(doctor: Doctor) -> Response | WerkzeugResponse:
    """POST /add-exclusion-date/: away on `date` all day or from `start_time` to `end_time`, or until `last_date`."""
    form = ExclusionForm()
    if not form.validate() or request.form.get("preview"):
        return _form_page(form, doctor)
    try:
        change = _exclude(form, doctor)
    except InvalidInput as error:
        show_faults(form, error)
        return _form_page(form, doctor)
    return done("The time away was added. Nobody can book then.", change)


@bp.get("/edit-exclude-date/")
@allow(access.clinic_team)
def changing_exclude_date() -> Response:
    """GET /edit-exclude-date/: the form for the time away named by `?exclusion_id=`."""
    row, doctor = _named_exclusion()
    return _form_page(ExclusionForm(formdata=None, data=exclusion_as_answers(row)), doctor, row)


@bp.post("/edit-exclude-date/")
@allow(access.clinic_team)
def edit_exclude_date() -> Response | WerkzeugResponse:
    """POST /edit-exclude-date/: the time away `exclusion_id` with new values; what is not sent stays as it is."""
    row, doctor = _named_exclusion()
    form = ExclusionForm(data=exclusion_as_answers(row))
    if not form.validate() or request.form.get("preview"):
        return _form_page(form, doctor, row)
    try:
        change = hours.change_exclusion(
            current_actor(), row.id, date=form.first_day, reason=form.reason.data or "", **form.times()
        )
    except InvalidInput as error:
        show_faults(form, error)
        return _form_page(form, doctor, row)
    return done("The time away was changed.", change)


@bp.post("/delete-exclude-date/")
@allow(access.clinic_team)
def delete_exclude_date() -> WerkzeugResponse:
    """POST /delete-exclude-date/: takes the time away `exclusion_id` out; the hours of that day hold again."""
    row, _doctor = _named_exclusion()
    words = f"The time away on {day_words(row.date)} was removed. The hours of that day can be booked again."
    return done(words, hours.end_exclusion(current_actor(), row.id), takes_away=False)


def _named_exclusion() -> tuple[ExclusionDate, Doctor]:
    row, doctor = schedule_preview.find_exclusion(current_actor(), needed_row_id("exclusion_id", WHICH_DATE))
    act_for(doctor)
    return row, doctor


def _exclude(form: ExclusionForm, doctor: Doctor) -> Change:
    reason, times, several = form.reason.data or "", form.times(), several_days(form)
    if several is None:
        return hours.exclude(current_actor(), doctor.id, date=form.first_day, reason=reason, **times)
    if any(times.values()):
        raise InvalidInput({"start_time": "Leave the times empty when you are away for several days."})
    return hours.exclude_days(current_actor(), doctor.id, *several, reason=reason)[-1]


def _form_page(form: ExclusionForm, doctor: Doctor, row: ExclusionDate | None = None) -> Response:
    return page(
        "doctor_schedule/exclusion.html",
        status=400 if form.errors else 200,
        form=form,
        row=row,
        doctor=doctor,
        **preview_of_exclusion(doctor, form, row),
    )
