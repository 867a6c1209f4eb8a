"""Patients: oneself, a doctor's own, to the admin all of the clinic."""

from typing import Any

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import people as schemas
from medimeet.models import Patient
from medimeet.services import access, patients
from medimeet.web.guard import allow
from medimeet.web.paging import page_example, page_of
from medimeet.web.pictures import picture_of
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_SENT = {"phone": "+44 7400 123456"}
_SHOWN = {"id": 1, "user": "riverside-patient", "profile": None, "phone": "+44 7400 123456"}


@bp.get("/patients/")
@allow(access.signed_in)
@bp.arguments(schemas.PatientQuery, location="query")
@bp.response(200, schemas.PatientPage, example=page_example(_SHOWN))
def patient_list(asked: dict[str, Any]) -> dict[str, Any]:
    """GET /patients/: oneself; the patients whom a doctor treats; to the clinic's admin all of them."""
    return page_of(patients.listed(current_actor(), **asked))


@bp.post("/patients/")
@allow(access.signed_in)
@bp.arguments(schemas.PatientBody, location="body", example=_SENT)
@bp.response(201, schemas.PatientItem, example=_SHOWN)
def add_patient(sent: dict[str, Any]) -> Patient:
    """POST /patients/: a patient profile for who has none, or the one that was closed. 400 where one is open."""
    with renamed(picture="profile"), picture_of(sent) as picture:
        return patients.open_own(current_actor(), sent, picture)


@bp.get("/patients/<int:patient_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.PatientItem, example=_SHOWN)
def one_patient(patient_id: int) -> Patient:
    """GET /patients/{id}/: a patient of those whom the list shows."""
    return patients.read(current_actor(), patient_id)


@bp.put("/patients/<int:patient_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.PatientReplacement, location="body", example=_SENT)
@bp.response(200, schemas.PatientItem, example=_SHOWN)
def replace_patient(sent: dict[str, Any], patient_id: int) -> Patient:
    """PUT /patients/{id}/: changes a patient; oneself, or anybody by the clinic's admin."""
    return _changed(patient_id, sent)


@bp.patch("/patients/<int:patient_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.PatientBody(partial=True), location="body", example=_SENT)
@bp.response(200, schemas.PatientItem, example=_SHOWN)
def change_patient(sent: dict[str, Any], patient_id: int) -> Patient:
    """PATCH /patients/{id}/: changes parts of a patient."""
    return _changed(patient_id, sent)


@bp.delete("/patients/<int:patient_id>/")
@allow(access.signed_in)
@bp.response(204)
def remove_patient(patient_id: int) -> None:
    """DELETE /patients/{id}/: cancels what is to come and closes one's own profile; an admin ends the account."""
    patients.remove(current_actor(), patient_id)


def _changed(patient_id: int, sent: dict[str, Any]) -> Patient:
    with renamed(picture="profile"), picture_of(sent) as picture:
        return patients.change(current_actor(), patient_id, sent, picture)
