"""The last step of booking: one page that says everything, and one button that books."""

import secrets
from datetime import datetime
from typing import Any

from flask import Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.blueprints.patient_booking.chosen import Chosen
from medimeet.blueprints.patient_booking.for_whom import flow_url, for_a_patient
from medimeet.blueprints.patient_booking.forms import ReviewForm
from medimeet.domain.wall_clock import to_wall
from medimeet.errors import InvalidInput, KeyReused, MediMeetError, NoSuchSlot, PastSlot, PatientBusy, SlotTaken
from medimeet.models import Appointment, Doctor, Patient, Treatment
from medimeet.services import access, appointments, bookable, booking, given_treatments, treatments
from medimeet.web.asked import whole_number
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

NOT_TO_BE_HAD = (SlotTaken, PatientBusy, PastSlot, NoSuchSlot)


@bp.route("/slot/<int:slot_id>/<int:treatment_id>/", methods=["GET", "POST"])
@allow(access.patient_or_admin)
@for_a_patient
def book_slot(slot_id: int, treatment_id: int, patient: Patient) -> Response | WerkzeugResponse:
    """GET, POST /slot/<slot_id>/<treatment_id>/: the review page; POST books, and `instead` names another time.

    A time that can't be had answers 409 (taken, or the patient is busy), 400 (past) or 404 (never was one), with the
    nearest others as buttons and what was typed still there.
    """
    treatment = treatments.find(current_actor(), treatment_id)
    if request.method == "POST":
        return _book(whole_number(request.form.get("instead")) or slot_id, treatment, patient)
    form = ReviewForm(formdata=None, key=secrets.token_urlsafe(16))
    own = bookable.own_visit_at(patient, slot_id)
    if own is not None:
        return redirect(url_for("patient_booking.appointment_details", appointment_id=own.id))
    return _review(form, patient, treatment, slot_id)


def _book(slot_id: int, treatment: Treatment, patient: Patient) -> Response | WerkzeugResponse:
    form = ReviewForm()
    if not form.validate():
        return _review(form, patient, treatment, slot_id, status=400)
    try:
        appointment = booking.book(
            current_actor(),
            slot_id=slot_id,
            treatment_id=treatment.id,
            patient_id=patient.id,
            reason=form.reason.data or "",
            idempotency_key=form.key.data or None,
        )
    except InvalidInput as error:
        show_faults(form, error)
        return _review(form, patient, treatment, slot_id, status=400)
    except KeyReused as error:
        form.key.data = secrets.token_urlsafe(16)
        form.form_errors.append("A visit was booked with this form already. Confirm again to book this time as well.")
        return _booked_before(slot_id, patient) or _review(form, patient, treatment, slot_id, status=error.status)
    except NOT_TO_BE_HAD as refusal:
        return _booked_before(slot_id, patient) or _refused(refusal, form, patient, treatment, slot_id)
    return _success(appointment)


def _booked_before(slot_id: int, patient: Patient) -> WerkzeugResponse | None:
    """The answer for somebody who has this very time already: a double click, or the back button."""
    own = bookable.own_visit_at(patient, slot_id)
    return _success(own) if own is not None else None


def _success(appointment: Appointment) -> WerkzeugResponse:
    session["booked"] = appointment.id
    return go_to(url_for("patient_booking.appointment_success", appointment=appointment.id))


def _review(form: ReviewForm, patient: Patient, treatment: Treatment, slot_id: int, status: int = 200) -> Response:
    """The review page, or why this time can't be had."""
    doctor, starts_at = _doctor_and_start(treatment, slot_id)
    try:
        span = bookable.span(patient, doctor, treatment, starts_at)
    except NOT_TO_BE_HAD as refusal:
        return _refused(refusal, form, patient, treatment, slot_id)
    return _page(form, patient, treatment, doctor, slot_id, starts_at, span=span, status=status)


def _refused(
    refusal: MediMeetError, form: ReviewForm, patient: Patient, treatment: Treatment, slot_id: int
) -> Response:
    """The page for a time that can't be had: why, the nearest others as buttons, and what was typed."""
    doctor, starts_at = _doctor_and_start(treatment, slot_id)
    clash_id = getattr(refusal, "appointment_id", None)
    return _page(
        form,
        patient,
        treatment,
        doctor,
        slot_id,
        starts_at,
        refusal=refusal,
        clash=appointments.find(current_actor(), clash_id) if clash_id is not None else None,
        just_booked=_just_booked(patient) if request.method == "GET" else None,
        alternatives=bookable.alternatives(patient, doctor, treatment, starts_at, any_doctor="any" in request.args),
        status=refusal.status,
    )


def _just_booked(patient: Patient) -> Appointment | None:
    """What this browser booked last for the patient, if it is still to come: the back button leads here after that."""
    return bookable.visit_to_come(patient, whole_number(session.get("booked")))


def _page(
    form: ReviewForm,
    patient: Patient,
    treatment: Treatment,
    doctor: Doctor,
    slot_id: int,
    starts_at: datetime,
    status: int,
    **values: Any,
) -> Response:
    doctors = {each.id: each for each in treatments.bookable_doctors(treatment)}
    return page(
        "patient_booking/review.html",
        "patient_booking/_review.html",
        chosen=Chosen.of(current_actor(), patient, treatment, doctor, any_doctor="any" in request.args),
        form=form,
        slot_id=slot_id,
        starts_at=starts_at,
        doctors=doctors,
        times_url=_times_url(treatment, doctor, starts_at),
        status=status,
        **values,
    )


def _times_url(treatment: Treatment, doctor: Doctor, starts_at: datetime) -> str:
    """The way back to the times of that day: of the doctor, or of any doctor for people who take any."""
    day = to_wall(starts_at, current_actor().clinic.zone).date().isoformat()
    if "any" in request.args:
        return flow_url("patient_booking.available_slots_of_any", treatment_id=treatment.id, day=day)
    return flow_url("patient_booking.available_slots", doctor_id=doctor.id, treatment_id=treatment.id, day=day)


def _doctor_and_start(treatment: Treatment, slot_id: int) -> tuple[Doctor, datetime]:
    """Whose time it is, and when it starts (UTC). Raises NotFound."""
    doctor_id, starts_at = bookable.key_of(slot_id)
    return given_treatments.find(current_actor(), treatment.id, doctor_id)[1], starts_at
