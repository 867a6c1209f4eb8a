"""The clinic's treatments, and the doctors who give one."""

from typing import Any

from medimeet.blueprints.contracts.chatbot import examples, items, printed, schemas
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.errors import told_as
from medimeet.blueprints.contracts.chatbot.which_clinic import clinic_with_token
from medimeet.errors import NotFound
from medimeet.models import Clinic
from medimeet.services import access, bookable, treatments
from medimeet.web.guard import allow
from medimeet.web.paging import page_example, page_of
from medimeet.web.signed_in import current_actor

_MOST_DOCTORS = 1000
_DOCTORS = {
    "treatment": {"id": 1, "name": "Root Canal"},
    "doctors": [examples.DOCTOR],
    "clinic": "Bright Smiles Dental",
}


@bp.get("/<int:clinic_id>/treatments/")
@allow(access.anyone)
@clinic_with_token
@bp.arguments(schemas.TreatmentQuery, location="query")
@bp.response(200, schemas.TreatmentPage, example=page_example(examples.TREATMENT))
def list_treatments(_clinic: Clinic, asked: dict[str, int]) -> dict[str, Any]:
    """GET /{clinic_id}/treatments/: what the clinic offers, by name, ten a page unless told."""
    return page_of(treatments.listed(current_actor(), page=asked["page"], per_page=asked["per_page"]))


@bp.get("/<int:clinic_id>/treatments/<int:treatment_id>/get-doctors/")
@allow(access.anyone)
@clinic_with_token
@bp.response(200, schemas.DoctorsOfTreatment, example=_DOCTORS)
def list_doctors(clinic: Clinic, treatment_id: int) -> dict[str, Any]:
    """GET /{clinic_id}/treatments/{treatment_id}/get-doctors/: the doctors who give a treatment, by name."""
    with told_as({NotFound: printed.NO_DOCTORS}):
        treatment = treatments.find(current_actor(), treatment_id)
    found = bookable.doctors(treatment, per_page=_MOST_DOCTORS).items
    if not found:
        raise printed.NO_DOCTORS()
    return {"treatment": treatment, "doctors": [items.doctor(each) for each in found], "clinic": clinic.name}
