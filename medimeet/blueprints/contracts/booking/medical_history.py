"""Medical history: what patients tell of their own health."""

from typing import Any

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas import patients as schemas
from medimeet.models import MedicalHistoryEntry
from medimeet.services import access, medical_history
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_DETAILS = {"condition": "Asthma", "diagnosed_on": "2009-03-02", "notes": "Worse in spring."}
_ENTRY = {"id": 1} | _DETAILS


@bp.get("/api/patient/medical-history/")
@allow(access.signed_in)
@bp.response(200, schemas.HistoryEntry(many=True), example=[_ENTRY])
def list_history() -> list[MedicalHistoryEntry]:
    """GET /api/patient/medical-history/: one's own medical history, the oldest entry first."""
    return medical_history.of_patient(current_actor().own_patient)


@bp.post("/api/patient/medical-history/")
@allow(access.signed_in)
@bp.arguments(schemas.HistoryDetails, location="body", example=_DETAILS)
@bp.response(201, schemas.HistoryEntry, example=_ENTRY)
def add_entry(sent: dict[str, Any]) -> MedicalHistoryEntry:
    """POST /api/patient/medical-history/: a new entry of one's own history."""
    return medical_history.add(current_actor(), **sent)


@bp.get("/api/patient/medical-history/<int:entry_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.HistoryEntry, example=_ENTRY)
def show_entry(entry_id: int) -> MedicalHistoryEntry:
    """GET /api/patient/medical-history/{id}/: one entry of one's own history."""
    return medical_history.find_own(current_actor(), entry_id)


@bp.put("/api/patient/medical-history/<int:entry_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.HistoryDetails, location="body", example=_DETAILS)
@bp.response(200, schemas.HistoryEntry, example=_ENTRY)
def replace_entry(sent: dict[str, Any], entry_id: int) -> MedicalHistoryEntry:
    """PUT /api/patient/medical-history/{id}/: the entry with other words; what is not sent is emptied."""
    return medical_history.change(current_actor(), entry_id, **sent)


@bp.patch("/api/patient/medical-history/<int:entry_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.HistoryDetails(partial=True), location="body", example={"notes": "Worse in spring."})
@bp.response(200, schemas.HistoryEntry, example=_ENTRY)
def change_entry(sent: dict[str, Any], entry_id: int) -> MedicalHistoryEntry:
    """PATCH /api/patient/medical-history/{id}/: the entry with some other words."""
    return medical_history.change(current_actor(), entry_id, **sent)


@bp.delete("/api/patient/medical-history/<int:entry_id>/")
@allow(access.signed_in)
@bp.response(204)
def remove_entry(entry_id: int) -> None:
    """DELETE /api/patient/medical-history/{id}/: takes the entry out of one's own history."""
    medical_history.remove(current_actor(), entry_id)
