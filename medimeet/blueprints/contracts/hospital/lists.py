"""The clinic's own lists of words for its doctors: designations and specialisations."""

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import lists as schemas
from medimeet.models import Designation, Specialty
from medimeet.services import access, word_lists
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_DESIGNATION = {"id": 1, "name": "General practitioner", "slug": "general-practitioner"}
_SPECIALISATION = {"id": 1, "name": "General practice", "slug": "general-practice"}


@bp.get("/designations/")
@allow(access.anyone)
@bp.response(200, schemas.Word(many=True), example=[_DESIGNATION])
def designation_list() -> list[Designation]:
    """GET /designations/: the designations of the clinic's doctors."""
    return word_lists.of_clinic(current_actor(), Designation)


@bp.post("/designations/")
@allow(access.clinic_admin)
@bp.arguments(schemas.WordBody, location="body", example={"name": "Heart surgeon", "slug": "heart-surgeon"})
@bp.response(201, schemas.Word, example={"id": 9, "name": "Heart surgeon", "slug": "heart-surgeon"})
def add_designation(sent: dict[str, str]) -> Designation:
    """POST /designations/: a new designation, by the clinic's admin."""
    return word_lists.add(current_actor(), Designation, sent["name"], sent["slug"])


@bp.get("/specialisations/")
@allow(access.anyone)
@bp.response(200, schemas.Word(many=True), example=[_SPECIALISATION])
def specialisation_list() -> list[Specialty]:
    """GET /specialisations/: the specialisations of the clinic's doctors."""
    return word_lists.of_clinic(current_actor(), Specialty)


@bp.post("/specialisations/")
@allow(access.clinic_admin)
@bp.arguments(schemas.WordBody, location="body", example={"name": "Neurology", "slug": "neurology"})
@bp.response(201, schemas.Word, example={"id": 9, "name": "Neurology", "slug": "neurology"})
def add_specialisation(sent: dict[str, str]) -> Specialty:
    """POST /specialisations/: a new specialisation, by the clinic's admin."""
    return word_lists.add(current_actor(), Specialty, sent["name"], sent["slug"])
