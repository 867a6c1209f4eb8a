"""What the clinic offers, and what people write to it, both ways."""

from collections.abc import Mapping
from typing import Any

from marshmallow import pre_load

from medimeet.web.json_fields import Answer, Body, Digits, RowId, Text
from medimeet.web.pictures import PictureAddress, PictureFile


class ServiceItem(Answer):
    """Something that the clinic offers beside treatments."""

    id = RowId()
    image = PictureAddress(attribute="picture", metadata={"description": "The address of a picture, or null."})
    name = Text()
    description = Text()


class ServiceBody(Body):
    """What is told of a service."""

    image = PictureFile(attribute="picture")
    name = Text(required=True, metadata={"maxLength": 120})
    description = Text(metadata={"maxLength": 2000})


class ContactItem(Answer):
    """A message that somebody left for the clinic."""

    id = RowId()
    name = Text()
    phone = Text(metadata={"description": "May be empty."})
    massage = Text(attribute="message")


class ContactBody(Body):
    """A message for the clinic. `message` is taken as well as `massage`."""

    name = Text(required=True, metadata={"maxLength": 120})
    phone = Digits(metadata={"maxLength": 40})
    massage = Text(required=True, attribute="message", metadata={"maxLength": 3000})

    @pre_load
    def _spelled_right(self, sent: Mapping[str, Any], **_options: Any) -> Mapping[str, Any]:
        return sent if "massage" in sent or "message" not in sent else {**sent, "massage": sent["message"]}


SERVICE_EXAMPLE = {
    "id": 1,
    "image": None,
    "name": "Vaccinations",
    "description": "Flu, travel and childhood vaccinations.",
}
CONTACT_EXAMPLE = {
    "id": 1,
    "name": "Grace Hall",
    "phone": "020 7946 0321",
    "massage": "Is there parking at the clinic?",
}
