"""One's own visits: the list, and one of them."""

from typing import Any

from flask import Response, request, url_for

from medimeet import clock
from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.errors import NotFound
from medimeet.models import Appointment, MedicalRecordVersion
from medimeet.services import access, appointments, bookable, records, reviews
from medimeet.services.appointments import Period
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

PER_PAGE = 10
RECENT = 3


@bp.get("/view_appointments/")
@allow(access.signed_in)
def view_appointments() -> Response:
    """GET /view_appointments/: one's own visits, those to come first; the clinic's for its admins."""
    period: Period = "past" if request.args.get("period") == "past" else "upcoming"
    query, number = wanted_search(), wanted_page()
    actor = current_actor()
    found = appointments.listed(actor, period=period, search=query, with_deleted=True, page=number, per_page=PER_PAGE)
    recent = []
    if period == "upcoming" and number == 1 and actor.is_patient:
        recent = appointments.recent(actor, search=query, most=RECENT)
    return page(
        "patient_booking/visits.html",
        "patient_booking/_visits.html",
        visits=found,
        recent=recent,
        with_notes=set() if actor.is_admin else records.written_for([*found.items, *recent]),
        period=period,
        query=query,
        now=clock.now(),
        again=_again([*found.items, *recent]),
    )


@bp.get("/appointment-details/<int:appointment_id>/")
@allow(access.signed_in)
def appointment_details(appointment_id: int) -> Response:
    """GET /appointment-details/<id>/: one visit, for the patient, the doctor and the clinic's admins."""
    actor = current_actor()
    visit = appointments.read(actor, appointment_id, even_deleted=True)
    is_own_doctor = actor.is_doctor and actor.own_doctor.id == visit.doctor_id
    return page(
        "patient_booking/details.html",
        visit=visit,
        notes=_notes_of(visit),
        review=reviews.of_appointment(actor, visit.id) if actor.is_patient else None,
        is_to_be_written=is_own_doctor and records.may_be_written(visit),
        now=clock.now(),
        again=_again([visit]),
    )


@bp.context_processor
def way_back() -> dict[str, Any]:
    """`visits_url()`: the list that this person came from, in their own part of the site."""
    return {"visits_url": visits_url}


def visits_url() -> str:
    """The list of visits in this person's own part of the site."""
    actor = current_actor()
    if actor.account is None or actor.is_patient:
        return url_for("patient_booking.view_appointments")
    return url_for("clinic_admin.appointments" if actor.is_admin else "doctor_schedule.doctor_appointments")


def _notes_of(visit: Appointment) -> MedicalRecordVersion | None:
    """What the doctor wrote about the visit, for those who may read it; reading leaves a line in the audit log."""
    if not records.written_for([visit]):
        return None
    try:
        return records.latest(current_actor(), visit.id)
    except NotFound:
        return None


def _again(visits: list[Appointment]) -> dict[int, str]:
    """Where each visit is booked again: its doctor's times, or the start where the doctor no longer gives it."""
    actor = current_actor()
    still_given = bookable.still_given(visits)
    addresses = {}
    for visit in visits:
        patient = visit.patient_id if actor.is_admin else None
        addresses[visit.id] = url_for("patient_booking.treatment_list_for_new_appointment_booking", patient=patient)
        if visit.id in still_given:
            doctor, treatment = visit.doctor_id, visit.treatment_id
            addresses[visit.id] = url_for(
                "patient_booking.available_slots", doctor_id=doctor, treatment_id=treatment, patient=patient
            )
    return addresses
