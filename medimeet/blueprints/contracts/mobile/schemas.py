"""The JSON of this contract, both ways."""

import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from medimeet.domain.statuses import AppointmentStatus
from medimeet.web.json_fields import (
    Answer,
    Body,
    Day,
    Digits,
    Flag,
    RowId,
    Text,
    UtcInstant,
    WholeNumber,
)

_MOBILE = {"description": "In any usual spelling; a national number is read in the clinic's country."}
_CAPITALISED = {"description": "Male, Female, Other, or empty where it is not known."}


class PublicId(fields.UUID):
    """The id of a person, a slot or an appointment."""

    default_error_messages = {
        "required": "This field is needed.",
        "null": "This field can't be null.",
        "invalid_uuid": "Write the id as it was shown, for example 5468066d-cc9b-4f75-b38b-690a8aa39046.",
    }


class PatientId(fields.Field[int | uuid.UUID]):
    """A patient, by the number of the other interfaces or by the id of this one."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        is_uuid = isinstance(value, str) and "-" in value
        return (PublicId() if is_uuid else RowId()).deserialize(value, attr, data)


class MobileNumber(Body):
    """The number that a code goes to."""

    mobile_number = Digits(required=True, metadata=_MOBILE)


class SentCode(Answer):
    """What checks the code that is on its way."""

    verification_id = Text(metadata={"description": "Goes with the code to `/verify-otp/`."})
    mobile_number = Text(metadata={"description": "The number as it was sent."})
    timeout = Text(metadata={"description": "How many seconds the code works."})


class Code(MobileNumber):
    """A code, and what it was sent for."""

    otp = Digits(required=True, metadata={"description": "The six digits of the SMS."})
    verification_id = Digits(required=True)


class NewUser(MobileNumber):
    """Who registers."""

    name = Text(required=True, metadata={"description": "First and last name."})
    age = WholeNumber(least=0, most=130, allow_none=True, load_default=None)
    gender = Text(
        allow_none=True, load_default=None, metadata={"description": "male, female or other, in capitals or not."}
    )


class User(Answer):
    """A person who uses the app."""

    id = PublicId()
    name = Text()
    age = WholeNumber(allow_none=True)
    gender = Text(metadata=_CAPITALISED)
    mobile_number = Text(metadata={"description": "As it was sent."})
    photo_url = Text(allow_none=True, metadata={"description": "The address of the picture, or null."})
    is_verified = Flag(metadata={"description": "Whether a code has shown that the number is theirs."})
    created_at = UtcInstant()


class SignedIn(Answer):
    """The person, and the token that goes with every request: `Authorization: Bearer …`."""

    user = fields.Nested(User)
    token = Text()


class Doctor(Answer):
    """A doctor who works in the clinic."""

    id = PublicId()
    name = Text()
    specialization = Text()
    age = WholeNumber(allow_none=True, metadata={"description": "null unless the doctor shows it."})
    gender = Text(metadata=_CAPITALISED)
    mobile_number = Text(metadata={"description": "The clinic's number unless the doctor shows their own."})
    photo_url = Text(metadata={"description": "The address of the picture, or empty."})
    is_verified = Flag()
    created_at = UtcInstant()


class SlotQuery(Body):
    """Which days to show, at most a year ahead."""

    first_day = Day(data_key="from", load_default=None, metadata={"description": "The first day; today without it."})
    last_day = Day(
        data_key="to", load_default=None, metadata={"description": "The last day; four weeks later without it."}
    )


class SlotTime(Answer):
    """When a visit begins and ends."""

    id = PublicId()
    start_time = UtcInstant()
    end_time = UtcInstant()


class Slot(SlotTime):
    """A time of a doctor, and whether it can still be booked."""

    is_available = Flag()


class Booking(Body):
    """What else a visit is for; nothing is needed."""

    reason = Text(allow_none=True, load_default=None, metadata={"description": "Why the patient comes."})
    treatment = RowId(allow_none=True, load_default=None, metadata={"description": "The id of a treatment."})
    patient = PatientId(
        allow_none=True,
        load_default=None,
        metadata={
            "description": "Whom an admin or a doctor books for. A patient books for themselves, whatever this says.",
            "oneOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}, {"type": "null"}],
        },
    )


class Canceling(Body):
    """The slot of the visit."""

    slot_id = PublicId(required=True)


class DoctorName(Answer):
    """Whom a visit is with."""

    id = PublicId()
    name = Text()
    specialization = Text()


class Appointment(Answer):
    """A visit."""

    id = PublicId()
    slot = fields.Nested(SlotTime)
    doctor = fields.Nested(DoctorName)
    status = Text(metadata={"enum": [status.value for status in AppointmentStatus]})
    created_at = UtcInstant()
