"""A doctor's slots."""

import uuid
from datetime import date
from typing import Any

from medimeet.blueprints.contracts.mobile import examples, items, schemas
from medimeet.blueprints.contracts.mobile.blueprint import bp
from medimeet.services import access, doctors, slots
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor


@bp.get("/clinic-management/doctors/<uuid:doctor_uuid>/slots/")
@allow(access.anyone)
@bp.arguments(schemas.SlotQuery, location="query")
@bp.response(200, schemas.Slot(many=True), example=[examples.SLOT | {"is_available": True}])
def list_slots(asked: dict[str, date | None], doctor_uuid: uuid.UUID) -> list[dict[str, Any]]:
    """GET /clinic-management/doctors/{doctor_id}/slots/: a doctor's slots from now on, free and booked.

    They reach four weeks ahead, or from one day to another, both included.
    """
    doctor = doctors.find_public(current_actor(), doctor_uuid)
    with renamed(first_day="from", last_day="to"):
        return [items.slot(each) for each in slots.to_come(doctor, **asked)]
