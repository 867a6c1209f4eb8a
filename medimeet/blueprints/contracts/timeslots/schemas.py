"""The JSON of this contract, both ways."""

from collections.abc import Sequence
from typing import Any

from marshmallow import fields

from medimeet.domain.wall_clock import text_of
from medimeet.services import availabilities
from medimeet.web.json_fields import Answer, Body, Day, Flag, RowId, Text

_DOCTOR_ID = {"description": "The doctor's id."}
_PATIENT_ID = {"description": "The patient's id."}
_PATIENT_OF_ADMINS = {"description": "The patient's id. Admins must send it; patients always book for themselves."}
_TIME_ID = {"description": "The id of a time slot, a row of `/api/timeslots/`."}
_TIME_ID_OR_NULL = {
    "description": "The id of the time slot with the same start, and the same end if there is one; "
    "null where none starts then."
}
_DATE = {"description": "A day of the clinic."}


class Credentials(Body):
    """A name, which may be the e-mail, and a password."""

    username = Text(required=True)
    password = Text(required=True)


class TokenPair(Answer):
    """An access token, and the refresh token that gives another one."""

    access = Text()
    refresh = Text()


class Refresh(Body):
    """The refresh token of a sign-in."""

    refresh = Text(required=True)


class Access(Answer):
    """A new access token."""

    access = Text()


class Token(Body):
    """A token to look at."""

    token = Text(required=True)


class Nothing(Answer):
    """An empty object."""


class NewUser(Body):
    """Whoever is to sign in by this username and password."""

    error_messages = {"type": "Write an object with username, email and password."}

    username = Text(required=True)
    email = Text(required=True)
    password = Text(required=True, metadata={"description": "8 to 128 characters, not a common one."})
    first_name = Text(load_default="")
    last_name = Text(load_default="")


class Registration(Body):
    """A new doctor or patient."""

    user = fields.Nested(
        NewUser,
        required=True,
        error_messages={"required": "This field is needed.", "null": "This field can't be null."},
    )


class User(Answer):
    """An account."""

    id = RowId()
    username = Text()
    email = Text()


class Registered(Answer):
    """A doctor or patient with the account; `id` is the doctor's or the patient's."""

    id = RowId()
    user = fields.Nested(User, attribute="account")


class _TimeWithSeconds(fields.String):
    """A minute of the day that goes out as HH:MM:SS; 24:00:00 is the end of the day."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else f"{text_of(value)}:00"


class TimeSlotDetails(Body):
    """A time of day."""

    start_time = Text(required=True, metadata={"description": "As `09:00:00`, `09:00` or `9:00 AM`."})
    end_time = Text(
        required=True, metadata={"description": "From 5 to 480 minutes later; `24:00` is the end of the day."}
    )


class TimeSlot(Answer):
    """A time of day."""

    id = RowId()
    start_time = _TimeWithSeconds(attribute="start_minute", metadata={"description": "HH:MM:SS"})
    end_time = _TimeWithSeconds(
        attribute="end_minute", metadata={"description": "HH:MM:SS; `24:00:00` is the end of the day."}
    )


class AvailabilityQuery(Body):
    """Which availabilities are asked for."""

    doctor = RowId(attribute="doctor_id", metadata={"description": "Only those of the doctor with this id."})
    date = Day(metadata={"description": "Only those of this day, instead of the next 28 days."})


class NewAvailability(Body):
    """A doctor's slot, open or not."""

    doctor = RowId(required=True, attribute="doctor_id", metadata=_DOCTOR_ID)
    date = Day(required=True, metadata=_DATE)
    time_slot = RowId(required=True, attribute="time_id", metadata=_TIME_ID)
    is_available = Flag(load_default=True)


class ChangedAvailability(Body):
    """Where an open slot is moved to, or that it is closed. What is missing stays as it is; `is_available` is true."""

    doctor = RowId(load_default=None, attribute="doctor_id", metadata=_DOCTOR_ID)
    date = Day(load_default=None, metadata=_DATE)
    time_slot = RowId(load_default=None, attribute="time_id", metadata=_TIME_ID)
    is_available = Flag(load_default=True)


class Availability(Answer):
    """A doctor's slot: whether patients can book it."""

    id = RowId()
    doctor = RowId(attribute="doctor_id")
    date = Day()
    time_slot = RowId(attribute="time_id", allow_none=True, metadata=_TIME_ID_OR_NULL)
    is_available = Flag()


def listed(found: Sequence[availabilities.Availability]) -> list[dict[str, Any]]:
    """What Availability makes of the slots, at a tenth of its cost: a day of a large clinic has many thousand."""
    return [
        {
            "id": slot_id,
            "doctor": doctor_id,
            "date": day.isoformat(),
            "time_slot": time_id,
            "is_available": is_available,
        }
        for slot_id, doctor_id, day, time_id, is_available in found
    ]


class AppointmentQuery(Body):
    """Whose appointments are asked for: any part of a username, a first or a last name."""

    doctor = Text(load_default="", metadata={"description": "Any part of the doctor's name or username."})
    patient = Text(load_default="", metadata={"description": "Any part of the patient's name or username."})


class NewAppointment(Body):
    """A visit to book. An admin names the patient; a patient's own is the one who is signed in."""

    patient = RowId(load_default=None, attribute="patient_id", metadata=_PATIENT_OF_ADMINS)
    doctor = RowId(required=True, attribute="doctor_id", metadata=_DOCTOR_ID)
    date = Day(required=True, metadata=_DATE)
    time_slot = RowId(required=True, attribute="time_id", metadata=_TIME_ID)


class ChangedAppointment(Body):
    """Where a visit is moved to. What is missing stays as it is, and the patient always does."""

    doctor = RowId(load_default=None, attribute="doctor_id", metadata=_DOCTOR_ID)
    date = Day(load_default=None, metadata=_DATE)
    time_slot = RowId(load_default=None, attribute="time_id", metadata=_TIME_ID)


class Appointment(Answer):
    """A visit."""

    id = RowId()
    patient = RowId(metadata=_PATIENT_ID)
    doctor = RowId(metadata=_DOCTOR_ID)
    date = Day(metadata=_DATE)
    time_slot = RowId(allow_none=True, metadata=_TIME_ID_OR_NULL)
