"""Doctors, by their field of medicine too, and the times when they can be booked."""

from typing import Any

from flask import Response, jsonify, request

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas import doctors as schemas
from medimeet.domain.slots import Slot
from medimeet.models import Doctor, Specialty
from medimeet.services import access, doctors, free_slots, given_treatments, slots, word_lists
from medimeet.web.examples import upcoming_day, upcoming_slot
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_account, current_actor

_AMELIA = {
    "id": 1,
    "name": "Dr Amelia Hart",
    "specialties": [{"id": 1, "name": "General practice"}, {"id": 3, "name": "Travel medicine"}],
    "languages": [{"id": 1, "name": "English"}, {"id": 2, "name": "French"}],
    "designations": [{"id": 1, "name": "General practitioner"}],
    "years_of_experience": 14,
    "about": "Family doctor for all ages, with a diploma in travel medicine.",
    "fee": 65,
    "treatments": [{"id": 1, "name": "General consultation", "duration_minutes": 30, "price": 65}],
}
_SLOT = {"slot": upcoming_slot(2, "10:30"), "date": upcoming_day(2), "start_time": "10:30", "end_time": "11:00"}


@bp.get("/api/doctor/doctors/")
@allow(access.anyone)
@bp.response(200, schemas.Doctor(many=True), example=[_AMELIA])
def list_doctors() -> list[Doctor]:
    """GET /api/doctor/doctors/: every doctor whom patients can book, by name."""
    return doctors.working(current_actor())


@bp.get("/api/doctor/doctors/<int:doctor_id>/")
@allow(access.anyone)
@bp.response(200, schemas.Doctor, example=_AMELIA)
def show_doctor(doctor_id: int) -> Doctor:
    """GET /api/doctor/doctors/{id}/: one doctor."""
    return doctors.find(current_actor(), doctor_id)


@bp.get("/api/doctor/by-specialty/<int:specialty_id>/")
@allow(access.anyone)
@bp.response(200, schemas.Doctor(many=True), example=[_AMELIA])
def list_doctors_of_specialty(specialty_id: int) -> list[Doctor]:
    """GET /api/doctor/by-specialty/{specialty_id}/: the doctors in one field of medicine, by name."""
    actor = current_actor()
    return doctors.of_specialty(actor, word_lists.find(actor, Specialty, specialty_id))


@bp.get("/api/doctor/doctors/<int:doctor_id>/available-slots/")
@allow(access.anyone)
@bp.arguments(schemas.SlotQuery, location="query")
@bp.response(200, schemas.AvailableSlot(many=True), example=[_SLOT])
def list_available_slots(wanted: dict[str, Any], doctor_id: int) -> list[Slot] | Response:
    """GET /api/doctor/doctors/{doctor_id}/available-slots/: the doctor's free slots, by start."""
    if "treatment" not in wanted:
        found = free_slots.of_doctor(current_account(), request.host, doctor_id, wanted.get("date"))
        return jsonify(schemas.available_slots(*found))
    treatment, doctor = given_treatments.find(current_actor(), wanted["treatment"], doctor_id)
    return slots.bookable(doctor, treatment, wanted.get("date"))
