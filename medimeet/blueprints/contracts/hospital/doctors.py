"""Doctors: applying, one's profile, its end. `GET /doctors/` is composed with another contract's, one level up."""

from typing import Any

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.doctor_items import items_of
from medimeet.blueprints.contracts.hospital.schemas import doctors as schemas
from medimeet.models import Doctor
from medimeet.services import access, doctor_applications, doctor_profiles
from medimeet.services.doctor_applications import Application
from medimeet.web.guard import allow
from medimeet.web.pictures import picture_of
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_PUBLISHED = {
    "picture": "profile",
    "designation_ids": "designation",
    "specialty_ids": "specialisation",
    "time_ids": "available_time",
}
_SENT = {
    "designation": [1],
    "specialisation": [1],
    "available_time": [1, 2, 3],
    "fee": 65,
    "meet_link": "https://meet.example/amelia-hart",
}


@bp.post("/doctors/")
@allow(access.signed_in)
@bp.arguments(schemas.DoctorBody, location="body", example=_SENT)
@bp.response(201, schemas.DoctorItem, example=schemas.DOCTOR_EXAMPLE)
def add_doctor(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /doctors/: applies as a doctor; one stays a patient until the clinic's admin accepts."""
    with renamed(**_PUBLISHED), picture_of(sent) as picture:
        return _shown(doctor_applications.apply(current_actor(), Application(**sent), picture))


@bp.get("/doctors/<int:doctor_id>/")
@allow(access.anyone)
@bp.response(200, schemas.DoctorItem, example=schemas.DOCTOR_EXAMPLE)
def one_doctor(doctor_id: int) -> dict[str, Any]:
    """GET /doctors/{id}/: a doctor; an applicant for themselves and the clinic's admin alone."""
    return _shown(doctor_profiles.find(current_actor(), doctor_id))


@bp.put("/doctors/<int:doctor_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.DoctorChanges, location="body", example=_SENT)
@bp.response(200, schemas.DoctorItem, example=schemas.DOCTOR_EXAMPLE)
def replace_doctor(sent: dict[str, Any], doctor_id: int) -> dict[str, Any]:
    """PUT /doctors/{id}/: changes a doctor; oneself, or anybody by the admin. What is not sent stays as it is."""
    return _changed(doctor_id, sent)


@bp.patch("/doctors/<int:doctor_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.DoctorChanges(partial=True), location="body", example={"fee": 70})
@bp.response(200, schemas.DoctorItem, example=schemas.DOCTOR_EXAMPLE)
def change_doctor(sent: dict[str, Any], doctor_id: int) -> dict[str, Any]:
    """PATCH /doctors/{id}/: changes parts of a doctor. `{"is_verified": true}` by the admin accepts an applicant."""
    return _changed(doctor_id, sent)


@bp.delete("/doctors/<int:doctor_id>/")
@allow(access.signed_in)
@bp.response(204)
def remove_doctor(doctor_id: int) -> None:
    """DELETE /doctors/{id}/: ends a doctor's account and cancels the visits to come; an application just goes."""
    doctor_profiles.remove(current_actor(), doctor_id)


def _changed(doctor_id: int, sent: dict[str, Any]) -> dict[str, Any]:
    with renamed(**_PUBLISHED), picture_of(sent) as picture:
        return _shown(doctor_profiles.change(current_actor(), doctor_id, sent, picture))


def _shown(doctor: Doctor) -> dict[str, Any]:
    return items_of([doctor])[0]
