"""The clinic's specialties and languages."""

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas.doctors import Word
from medimeet.models import Language, Specialty
from medimeet.services import access, word_lists
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_SPECIALTY = {"id": 1, "name": "General practice"}
_LANGUAGE = {"id": 1, "name": "English"}


@bp.get("/api/doctor/specialties/")
@allow(access.anyone)
@bp.response(200, Word(many=True), example=[_SPECIALTY])
def list_specialties() -> list[Specialty]:
    """GET /api/doctor/specialties/: the fields of medicine that the clinic knows, by name."""
    return word_lists.of_clinic(current_actor(), Specialty)


@bp.get("/api/doctor/specialties/<int:specialty_id>/")
@allow(access.anyone)
@bp.response(200, Word, example=_SPECIALTY)
def show_specialty(specialty_id: int) -> Specialty:
    """GET /api/doctor/specialties/{id}/: one field of medicine."""
    return word_lists.find(current_actor(), Specialty, specialty_id)


@bp.get("/api/doctor/languages/")
@allow(access.anyone)
@bp.response(200, Word(many=True), example=[_LANGUAGE])
def list_languages() -> list[Language]:
    """GET /api/doctor/languages/: the languages that the clinic's doctors speak, by name."""
    return word_lists.of_clinic(current_actor(), Language)


@bp.get("/api/doctor/languages/<int:language_id>/")
@allow(access.anyone)
@bp.response(200, Word, example=_LANGUAGE)
def show_language(language_id: int) -> Language:
    """GET /api/doctor/languages/{id}/: one language."""
    return word_lists.find(current_actor(), Language, language_id)
