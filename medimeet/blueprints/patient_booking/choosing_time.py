"""The third step of booking: a day and a time."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, g, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.blueprints.patient_booking.chosen import Chosen
from medimeet.blueprints.patient_booking.for_whom import flow_url, for_a_patient
from medimeet.blueprints.patient_booking.picker import Picker, picker
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import to_wall
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Doctor, Patient, Treatment
from medimeet.services import access, given_treatments, slots, treatments
from medimeet.web.asked import calendar_day, whole_number
from medimeet.web.fragments import go_to, is_partial, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/available-slots/<int:doctor_id>/<int:treatment_id>/")
@allow(access.patient_or_admin)
@for_a_patient
def available_slots(doctor_id: int, treatment_id: int, patient: Patient) -> Response | WerkzeugResponse:
    """GET /available-slots/<doctor_id>/<treatment_id>/: step 3, the doctor's free times (`?day=`, `?from=`)."""
    return _time_step(patient, *given_treatments.find(current_actor(), treatment_id, doctor_id))


@bp.get("/available-slots/any/<int:treatment_id>/")
@allow(access.patient_or_admin)
@for_a_patient
def available_slots_of_any(treatment_id: int, patient: Patient) -> Response | WerkzeugResponse:
    """GET /available-slots/any/<treatment_id>/: step 3 for people who take any doctor; one button a time."""
    return _time_step(patient, treatments.find(current_actor(), treatment_id), None)


@bp.post("/fetch-slots/")
@allow(access.patient_or_admin)
def fetch_slots() -> Response | WerkzeugResponse:
    """POST /fetch-slots/: the free times of `doctor_id` (a number, or "any") for `treatment_id` on `date`.

    As JSON where the request prefers it (without `date` over the next 28 days), else as the fragment of step 3.
    """
    asked = _asked_of_slots()
    if _prefers_json():
        return _slots_as_json(asked)
    treatment, doctor, day = _read(asked)
    patient = whole_number(asked.get("patient"))
    g.flow = {"patient": patient} if patient and current_actor().is_admin else {}
    here = _here(treatment, doctor)
    if not is_partial():
        return go_to(_here(treatment, doctor, day=day))
    found = _picker(treatment, doctor, day.isoformat() if day else None, asked.get("from"))
    return page("patient_booking/_times.html", picker=found, here=here)


def _slots_as_json(asked: dict[str, Any]) -> Response:
    try:
        found = _slots_as_data(*_read(asked))
    except InvalidInput as error:
        return make_response(jsonify(error.faults), error.status)
    except NotFound as error:
        return make_response(jsonify(detail=error.words), error.status)
    return jsonify(slots=found, time_zone=current_actor().clinic.time_zone)


def _time_step(patient: Patient, treatment: Treatment, doctor: Doctor | None) -> Response | WerkzeugResponse:
    slot_id = whole_number(request.args.get("slot"))
    if slot_id is not None:
        any_doctor = 1 if doctor is None else None
        return redirect(
            flow_url("patient_booking.book_slot", slot_id=slot_id, treatment_id=treatment.id, any=any_doctor)
        )
    found = _picker(treatment, doctor, request.args.get("day"), request.args.get("from"))
    forgot = "step" in request.args
    # What was chosen so far stands above the times: the fragment that is swapped does not hold it.
    chosen = None if is_partial() else Chosen.of(current_actor(), patient, treatment, doctor, doctor is None)
    return page(
        "patient_booking/choose_time.html",
        "patient_booking/_times.html",
        chosen=chosen,
        picker=found,
        here=_here(treatment, doctor),
        has_errors=forgot,
        status=400 if forgot else found.status,
    )


def _picker(treatment: Treatment, doctor: Doctor | None, day: str | None, from_day: str | None) -> Picker:
    def others() -> list[Doctor]:
        everyone = treatments.bookable_doctors(treatment) if doctor is not None else []
        return [other for other in everyone if other is not doctor]

    return picker(
        treatments.bookable_doctors(treatment) if doctor is None else [doctor],
        treatment,
        current_actor().clinic.zone,
        day=day,
        from_day=from_day,
        others=others,
    )


def _here(treatment: Treatment, doctor: Doctor | None, day: date | None = None) -> str:
    """The address of step 3 for these choices."""
    day_text = day.isoformat() if day else None
    if doctor is None:
        return flow_url("patient_booking.available_slots_of_any", treatment_id=treatment.id, day=day_text)
    return flow_url("patient_booking.available_slots", doctor_id=doctor.id, treatment_id=treatment.id, day=day_text)


def _asked_of_slots() -> dict[str, Any]:
    body = request.get_json(silent=True) if request.is_json else None
    return body if isinstance(body, dict) else request.form.to_dict()


def _prefers_json() -> bool:
    if is_partial():
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" or (request.is_json and request.accept_mimetypes["text/html"] < 1)


def _read(asked: dict[str, Any]) -> tuple[Treatment, Doctor | None, date | None]:
    """The treatment, doctor and day that are asked for. Raises InvalidInput, NotFound."""
    faults = {}
    treatment_id, doctor_id = whole_number(asked.get("treatment_id")), whole_number(asked.get("doctor_id"))
    day = calendar_day(str(asked.get("date") or ""))
    if treatment_id is None:
        faults["treatment_id"] = "Name the treatment by its number."
    if doctor_id is None and asked.get("doctor_id") not in (None, "", "any"):
        faults["doctor_id"] = "Name the doctor by their number, or write any."
    if asked.get("date") and day is None:
        faults["date"] = "Write the date like 2026-11-24."
    if faults or treatment_id is None:
        raise InvalidInput(faults)
    if doctor_id:
        return *given_treatments.find(current_actor(), treatment_id, doctor_id), day
    return treatments.find(current_actor(), treatment_id), None, day


def _slots_as_data(treatment: Treatment, doctor: Doctor | None, day: date | None) -> list[dict[str, Any]]:
    zone = current_actor().clinic.zone
    today = clock.today(zone)
    last = day or today + slots.REACH
    if last > today + slots.HORIZON or last < today:
        return []
    doctors = treatments.bookable_doctors(treatment) if doctor is None else [doctor]
    return _as_data(slots.free(doctors, treatment, day or today, last), zone)


def _as_data(found: list[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Slots for a JSON answer, on the clinic's wall clock."""
    return [
        {
            "id": slot.id,
            "doctor_id": slot.doctor_id,
            "date": to_wall(slot.starts_at, zone).date().isoformat(),
            "start_time": f"{to_wall(slot.starts_at, zone):%H:%M}",
            "end_time": f"{to_wall(slot.ends_at, zone):%H:%M}",
        }
        for slot in found
    ]
