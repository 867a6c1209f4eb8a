"""What the clinic offers beside treatments: everybody reads it, the clinic's admin writes it."""

from typing import Any

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import offers as schemas
from medimeet.gateways.pictures import LANDSCAPE
from medimeet.models import ClinicService
from medimeet.services import access, clinic_services
from medimeet.web.guard import allow
from medimeet.web.pictures import picture_of
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

BODY_EXAMPLE = {"name": "Physiotherapy", "description": "For backs, necks and knees, on weekdays."}


@bp.get("/services/")
@allow(access.anyone)
@bp.response(200, schemas.ServiceItem(many=True), example=[schemas.SERVICE_EXAMPLE])
def list_services() -> list[ClinicService]:
    """GET /services/: everything that the clinic offers beside treatments, by name."""
    return clinic_services.offered(current_actor())


@bp.post("/services/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ServiceBody, location="body", example=BODY_EXAMPLE)
@bp.response(201, schemas.ServiceItem, example=schemas.SERVICE_EXAMPLE)
def add_service(sent: dict[str, Any]) -> ClinicService:
    """POST /services/: a new service, with a picture or without (the clinic's admin)."""
    with renamed(picture="image"), picture_of(sent, LANDSCAPE) as picture:
        return clinic_services.add(current_actor(), **sent, picture=picture)


@bp.get("/services/<int:service_id>/")
@allow(access.anyone)
@bp.response(200, schemas.ServiceItem, example=schemas.SERVICE_EXAMPLE)
def show_service(service_id: int) -> ClinicService:
    """GET /services/{id}/: one service."""
    return clinic_services.find(current_actor(), service_id)


@bp.put("/services/<int:service_id>/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ServiceBody, location="body", example=BODY_EXAMPLE)
@bp.response(200, schemas.ServiceItem, example=schemas.SERVICE_EXAMPLE)
def replace_service(sent: dict[str, Any], service_id: int) -> ClinicService:
    """PUT /services/{id}/: changes a service; without `image` its picture stays (the clinic's admin)."""
    return _changed(service_id, sent)


@bp.patch("/services/<int:service_id>/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ServiceBody(partial=True), location="body", example={"description": "Results within a day."})
@bp.response(200, schemas.ServiceItem, example=schemas.SERVICE_EXAMPLE)
def change_service(sent: dict[str, Any], service_id: int) -> ClinicService:
    """PATCH /services/{id}/: as PUT, with only the fields that change (the clinic's admin)."""
    return _changed(service_id, sent)


@bp.delete("/services/<int:service_id>/")
@allow(access.clinic_admin)
@bp.response(204)
def remove_service(service_id: int) -> None:
    """DELETE /services/{id}/: stops offering a service (the clinic's admin)."""
    clinic_services.remove(current_actor(), service_id)


def _changed(service_id: int, sent: dict[str, Any]) -> ClinicService:
    with renamed(picture="image"), picture_of(sent, LANDSCAPE) as picture:
        return clinic_services.change(current_actor(), service_id, **sent, picture=picture)
