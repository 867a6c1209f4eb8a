"""`GET /doctors/`, the one path that two documents define: one body carries what both of them print."""

from typing import Any

from flask import Flask

from medimeet.blueprints.contracts.hospital.doctor_items import hospital_part
from medimeet.blueprints.contracts.hospital.schemas.doctors import DOCTOR_EXAMPLE, DoctorItem, DoctorQuery
from medimeet.blueprints.contracts.mobile import examples, items
from medimeet.blueprints.contracts.mobile.envelope import ErrorEnvelope, envelope, envelope_of_list, error_body
from medimeet.blueprints.contracts.mobile.schemas import Doctor
from medimeet.services import access, doctors
from medimeet.web.api_document import ContractApi
from medimeet.web.contract import Contract
from medimeet.web.guard import allow
from medimeet.web.json_blueprint import JsonBlueprint, enlist
from medimeet.web.paging import page_example, page_schema
from medimeet.web.refusals import Refusal, detail_body
from medimeet.web.signed_in import current_actor

_LISTED = "Doctors retrieved successfully"

DoctorsPage = type("DoctorsPage", (page_schema(DoctorItem), envelope_of_list(Doctor)), {})
bp = JsonBlueprint("doctors_list", __name__)


@bp.get("/doctors/", tags=["Doctors"])
@allow(access.anyone)
@bp.arguments(DoctorQuery, location="query")
@bp.response(200, DoctorsPage, example=envelope(200, _LISTED, [examples.DOCTOR]) | page_example(DOCTOR_EXAMPLE))
def list_doctors(asked: dict[str, Any]) -> dict[str, Any]:
    """GET /doctors/: the doctors of the clinic, by name.

    `data` and `results` hold the same doctors in the same order, as the phone app and the hospital front end show them.
    """
    found = doctors.listed(current_actor(), **asked)
    return envelope(200, _LISTED, [items.doctor(row) for row in found.items]) | hospital_part(found)


def both_errors(refusal: Refusal) -> dict[str, Any]:
    """The body of a refusal, as either front end reads it: the envelope, and `detail` in any case."""
    return {"detail": refusal.sentence} | detail_body(refusal) | error_body(refusal)


contract = Contract(
    name="doctors_list",
    title="Doctors",
    about="The list of doctors that two contracts share.",
    roots=(),
    bp=bp,
    error_body=both_errors,
    error_schema=ErrorEnvelope,
)


def serve(app: Flask, *apis: ContractApi) -> None:
    """Serves the list, and documents it among the paths of each of these contracts."""
    enlist(app, contract)
    app.register_blueprint(bp)
    for api in apis:
        bp.register_views_in_doc(api, app, api.spec, name=bp.name, parameters=None)
