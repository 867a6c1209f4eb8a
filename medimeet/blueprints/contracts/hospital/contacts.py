"""Messages to the clinic: everybody may leave one, the clinic's admin reads and mends them."""

from typing import Any

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import offers as schemas
from medimeet.models import ContactMessage
from medimeet.services import access, enquiries
from medimeet.web.guard import allow
from medimeet.web.limits import limit_messages
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

BODY_EXAMPLE = {name: value for name, value in schemas.CONTACT_EXAMPLE.items() if name != "id"}
LONGEST_LIST = 1000


@bp.get("/contacts/")
@allow(access.clinic_admin)
@bp.response(200, schemas.ContactItem(many=True), example=[schemas.CONTACT_EXAMPLE])
def list_contacts() -> list[ContactMessage]:
    """GET /contacts/: the newest 1000 messages that people left for the clinic (its admin)."""
    return enquiries.listed(current_actor(), per_page=LONGEST_LIST).items


@bp.post("/contacts/")
@allow(access.anyone)
@limit_messages
@bp.arguments(schemas.ContactBody, location="body", example=BODY_EXAMPLE)
@bp.response(201, schemas.ContactItem, example=schemas.CONTACT_EXAMPLE)
def leave_contact(sent: dict[str, Any]) -> ContactMessage:
    """POST /contacts/: leaves a message for the clinic; no sign-in needed."""
    with renamed(message="massage"):
        return enquiries.leave(current_actor(), **sent)


@bp.get("/contacts/<int:message_id>/")
@allow(access.clinic_admin)
@bp.response(200, schemas.ContactItem, example=schemas.CONTACT_EXAMPLE)
def show_contact(message_id: int) -> ContactMessage:
    """GET /contacts/{id}/: one message (the clinic's admin)."""
    return enquiries.find(current_actor(), message_id)


@bp.put("/contacts/<int:message_id>/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ContactBody, location="body", example=BODY_EXAMPLE)
@bp.response(200, schemas.ContactItem, example=schemas.CONTACT_EXAMPLE)
def replace_contact(sent: dict[str, Any], message_id: int) -> ContactMessage:
    """PUT /contacts/{id}/: changes a message (the clinic's admin)."""
    return _changed(message_id, sent)


@bp.patch("/contacts/<int:message_id>/")
@allow(access.clinic_admin)
@bp.arguments(schemas.ContactBody(partial=True), location="body", example={"phone": "020 7946 0321"})
@bp.response(200, schemas.ContactItem, example=schemas.CONTACT_EXAMPLE)
def change_contact(sent: dict[str, Any], message_id: int) -> ContactMessage:
    """PATCH /contacts/{id}/: as PUT, with only the fields that change (the clinic's admin)."""
    return _changed(message_id, sent)


@bp.delete("/contacts/<int:message_id>/")
@allow(access.clinic_admin)
@bp.response(204)
def remove_contact(message_id: int) -> None:
    """DELETE /contacts/{id}/: deletes a message that has been dealt with (the clinic's admin)."""
    enquiries.remove(current_actor(), message_id)


def _changed(message_id: int, sent: dict[str, Any]) -> ContactMessage:
    with renamed(message="massage"):
        return enquiries.change(current_actor(), message_id, **sent)
