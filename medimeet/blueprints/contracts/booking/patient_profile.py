"""A patient's profile: one's own, or by its id."""

from typing import Any

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas import patients as schemas
from medimeet.models import Patient
from medimeet.services import access, patients
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_DETAILS = {
    "address": "3 Orchard Road, Richmond, London TW9 2HE",
    "gender": "female",
    "date_of_birth": "1984-05-17",
    "phone": "+44 7400 123456",
    "blood_group": "O+",
    "emergency_contact": "Daniel Whitfield (husband), +44 20 7946 0188",
}
_GRACE = {"id": 1} | _DETAILS


@bp.get("/api/patient/profile/")
@allow(access.signed_in)
@bp.response(200, schemas.Profile, example=_GRACE)
def show_own_profile() -> Patient:
    """GET /api/patient/profile/: one's own profile."""
    return patients.find_own(current_actor())


@bp.post("/api/patient/profile/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileDetails, location="body", example=_DETAILS)
@bp.response(201, schemas.Profile, example=_GRACE)
def open_profile(sent: dict[str, Any]) -> Patient:
    """POST /api/patient/profile/: opens one's profile where there is none, or where it was closed."""
    return patients.open_own(current_actor(), sent)


@bp.put("/api/patient/profile/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileDetails, location="body", example=_DETAILS)
@bp.response(200, schemas.Profile, example=_GRACE)
def replace_own_profile(sent: dict[str, Any]) -> Patient:
    """PUT /api/patient/profile/: one's own profile with new details; what is not sent stays."""
    return _own_changed(sent)


@bp.patch("/api/patient/profile/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileDetails, location="body", example={"phone": "+44 7400 123456"})
@bp.response(200, schemas.Profile, example=_GRACE)
def change_own_profile(sent: dict[str, Any]) -> Patient:
    """PATCH /api/patient/profile/: one's own profile with some new details."""
    return _own_changed(sent)


@bp.delete("/api/patient/profile/")
@allow(access.signed_in)
@bp.response(204)
def close_own_profile() -> None:
    """DELETE /api/patient/profile/: closes one's own profile and cancels what is to come; the account stays."""
    patients.close_own(current_actor())


@bp.get("/api/patient/profile/<int:patient_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.Profile, example=_GRACE)
def show_profile(patient_id: int) -> Patient:
    """GET /api/patient/profile/{id}/: a profile: one's own, a doctor's patient's, any of the clinic for its admin."""
    return patients.read(current_actor(), patient_id)


@bp.put("/api/patient/profile/<int:patient_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileDetails, location="body", example=_DETAILS)
@bp.response(200, schemas.Profile, example=_GRACE)
def replace_profile(sent: dict[str, Any], patient_id: int) -> Patient:
    """PUT /api/patient/profile/{id}/: new details, by the patient or the clinic's admin; what is not sent stays."""
    return patients.change(current_actor(), patient_id, sent)


@bp.patch("/api/patient/profile/<int:patient_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileDetails, location="body", example={"blood_group": "O+"})
@bp.response(200, schemas.Profile, example=_GRACE)
def change_profile(sent: dict[str, Any], patient_id: int) -> Patient:
    """PATCH /api/patient/profile/{id}/: the profile with some new details, by the patient or the clinic's admin."""
    return patients.change(current_actor(), patient_id, sent)


@bp.delete("/api/patient/profile/<int:patient_id>/")
@allow(access.signed_in)
@bp.response(204)
def remove_profile(patient_id: int) -> None:
    """DELETE /api/patient/profile/{id}/: closes one's own profile; by the clinic's admin it ends the account too."""
    patients.remove(current_actor(), patient_id)


def _own_changed(sent: dict[str, Any]) -> Patient:
    actor = current_actor()
    return patients.change(actor, patients.find_own(actor).id, sent)
