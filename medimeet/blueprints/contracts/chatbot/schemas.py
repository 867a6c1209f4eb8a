"""The JSON of this contract, both ways. Days and times are those of the clinic's wall clock."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields, pre_load

from medimeet.blueprints.contracts.chatbot import printed
from medimeet.web.json_fields import Answer, Body, Day, Flag, RowId, Text, WholeNumber
from medimeet.web.paging import LONGEST_PAGE, PageQuery, page_schema

_EMAIL = {"format": "email"}
_TIME = {"description": "HH:MM"}
_TIME_WITH_SECONDS = {"description": "HH:MM:SS"}
_NEEDED: dict[str, Any] = {"required": printed.MISSING_PARAMETERS}
_CREDENTIALS_NEEDED: dict[str, Any] = {"required": printed.MISSING_CREDENTIALS}
_WRONG_DAY: dict[str, Any] = {"invalid": printed.INVALID_DATE}


class _Filled(Body):
    """A body in which null and blank text are as good as nothing."""

    @pre_load
    def _without_blanks(self, sent: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        return {name: value for name, value in sent.items() if value is not None and not _is_blank(value)}


class Price(Text):
    """An amount that goes out as text, 100.00."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else f"{value:.2f}"


class ChatbotToken(Answer):
    """The public token of a clinic's chatbot."""

    data_token = Text(metadata={"description": "Goes with every other request. It names the clinic, and nobody."})


class Verified(Answer):
    """Whether a chatbot's token is good."""

    success = Flag()


class Credentials(_Filled):
    """A patient's e-mail and password."""

    email = Text(required=True, error_messages=_CREDENTIALS_NEEDED, metadata=_EMAIL)
    password = Text(required=True, error_messages=_CREDENTIALS_NEEDED)


class RecentAppointment(Answer):
    """The patient's next visit, else the last one."""

    id = RowId()
    treatment__name = Text(allow_none=True)
    doctor__users__first_name = Text()
    doctor__users__last_name = Text()
    appointment_slot_date = Day()
    appointment_slot_start_time = Text(metadata=_TIME_WITH_SECONDS)
    appointment_slot_end_time = Text(metadata=_TIME_WITH_SECONDS)


class UserData(Answer):
    """Who is signed in."""

    user_id = RowId()
    email = Text(metadata=_EMAIL)
    name = Text()
    profile_pic = Text(allow_none=True, metadata={"description": "The address of the picture, or null."})
    schema_name = Text(metadata={"description": "The label of the clinic."})


class Resumed(Answer):
    """Somebody who is signed in again."""

    api_key = Text(metadata={"description": "The person's own key: send it as `X-Api-Key`. It works for minutes."})
    user_data = fields.Nested(UserData)


class SignedIn(Answer):
    """Somebody who has signed in."""

    api_key = Text(metadata={"description": "The person's own key: send it as `X-Api-Key`. It works for minutes."})
    recent_appointment = fields.Nested(RecentAppointment, allow_none=True)
    appointment_prompt = Text(metadata={"description": "A sentence about that appointment."})
    user_data = fields.Nested(UserData)


class Message(Answer):
    """What was done."""

    message = Text()


class TreatmentQuery(PageQuery):
    """Which page to show, of ten unless told."""

    unless_told = 10
    limits = WholeNumber(least=1, most=LONGEST_PAGE, metadata={"description": "Rows a page: 10 unless told otherwise."})


class Treatment(Answer):
    """A treatment that the clinic offers."""

    id = RowId()
    name = Text()
    description = Text()
    price = Price(metadata={"description": "In the clinic's currency."})


class TreatmentName(Answer):
    """Which treatment it is."""

    id = RowId()
    name = Text()


class Doctor(Answer):
    """A doctor who gives a treatment."""

    id = RowId()
    name = Text()
    email = Text(allow_none=True, metadata={"description": "null unless the doctor shows it."})
    is_active = Flag()
    profile_picture = Text(allow_none=True, metadata={"description": "The address of the picture, or null."})
    total_year_of_experience = WholeNumber(allow_none=True)
    specializations = fields.List(Text())
    contact_number = Text(
        allow_none=True, metadata={"description": "The clinic's number unless the doctor shows their own."}
    )
    gender = Text(allow_none=True, metadata={"description": "Male, Female or Other."})


class DoctorsOfTreatment(Answer):
    """Who gives a treatment."""

    treatment = fields.Nested(TreatmentName)
    doctors = fields.List(fields.Nested(Doctor))
    clinic = Text(metadata={"description": "The name of the clinic."})


class SlotQuestion(_Filled):
    """Whose slots are asked for, and on which day."""

    doctor_id = RowId(required=True, error_messages={"required": printed.MISSING_DOCTOR})
    date = Day(
        load_default=None,
        error_messages=_WRONG_DAY,
        metadata={"description": "Without it: the weekdays that have a free slot in the next 28 days."},
    )


class Slot(Answer):
    """A time of the doctor."""

    id = RowId()
    doctor = Text(metadata={"description": "The doctor's first name."})
    start_time = Text(metadata=_TIME)
    end_time = Text(metadata=_TIME)
    booked = Flag()


class Slots(Schema):
    """Without a `date` `available_days`; with one both lists, and a `message` where none is free."""

    class Meta:
        unknown = RAISE

    available_days = fields.List(Text(), metadata={"description": "Days of the week, Monday first."})
    message = Text()
    available_slots = fields.List(fields.Nested(Slot))
    booked_slots = fields.List(fields.Nested(Slot))


class Order(_Filled):
    """What is to be booked for whom."""

    patient_email = Text(required=True, error_messages=_NEEDED, metadata=_EMAIL)
    doctor_id = RowId(required=True, error_messages=_NEEDED)
    appointment_date = Day(
        required=True, error_messages=_NEEDED | _WRONG_DAY, metadata={"description": "The day of the slot."}
    )
    api_key = Text(
        load_default=None,
        metadata={
            "description": "The patient's own key, where it can't be sent as `X-Api-Key`. Without one the slot is "
            "held for half an hour, and the patient gets a mail with a link that books it."
        },
    )


class Booked(Answer):
    """What was booked, or is held."""

    message = Text()
    appointment_id = RowId()
    appointment_status = Text(metadata={"description": "Scheduled; or Pending, until the patient confirms by mail."})


class Move(_Filled):
    """Where a visit is moved to."""

    slot_id = RowId(required=True, error_messages=_NEEDED)


class Appointment(Answer):
    """One's own visit."""

    id = RowId()
    reference = Text(metadata={"description": "Short enough to read out on the telephone."})
    status = Text(metadata={"description": "Pending (not confirmed yet), Scheduled, Completed, Canceled or Missed."})
    treatment_id = RowId(allow_none=True)
    treatment = Text(allow_none=True)
    doctor_id = RowId()
    doctor = Text(metadata={"description": "The doctor's name."})
    date = Day()
    start_time = Text(metadata=_TIME)
    end_time = Text(metadata=_TIME)


class Appointments(Answer):
    """One's own visits to come."""

    appointments = fields.List(fields.Nested(Appointment))


TreatmentPage = page_schema(Treatment)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()
