"""Appointments and reviews, both ways."""

from marshmallow import validate

from medimeet.blueprints.contracts.hospital.schemas.stars import Stars
from medimeet.web.examples import upcoming_day
from medimeet.web.json_fields import Answer, Body, Day, Flag, RowId, Text
from medimeet.web.paging import PageQuery, page_schema

TYPES = ("Online", "Offline")
_STATUSES = ("Pendding", "Running", "Completed")
_TYPE = validate.OneOf(TYPES, error="Write Online or Offline.")
_TIME = "The id of an available time; the doctor's slot that starts then is meant."


class AppointmentItem(Answer):
    """An appointment, as its patient, its doctor and the clinic's admin see it."""

    id = RowId()
    patient = RowId(metadata={"description": "The patient's id."})
    doctor = RowId(metadata={"description": "The doctor's id."})
    appointment_type = Text(validate=_TYPE)
    appointment_status = Text(
        validate=validate.OneOf(_STATUSES),
        metadata={"description": "Running while its time is now, Completed once the doctor has closed it."},
    )
    symptoms = Text()
    date = Day(metadata={"description": "The day in the clinic's time zone."})
    time = RowId(
        allow_none=True,
        metadata={"description": "The id of the available time that it starts at; null where none starts then."},
    )
    cancel = Flag(metadata={"description": "Whether it is canceled."})


AppointmentPage = page_schema(AppointmentItem)


class AppointmentQuery(PageQuery):
    """Which of the appointments that one may see to list."""

    patient_id = RowId(metadata={"description": "Of this patient."})
    doctor_id = RowId(metadata={"description": "With this doctor."})


class NewAppointment(Body):
    """What to book. The end, the price and the status are the clinic's to set."""

    doctor = RowId(required=True, metadata={"description": "The doctor's id."})
    patient = RowId(metadata={"description": "Whom it is for: asked of admins and doctors, who book for a patient."})
    appointment_type = Text(validate=_TYPE)
    symptoms = Text(metadata={"maxLength": 2000})
    time = RowId(required=True, metadata={"description": _TIME})
    date = Day(metadata={"description": "The day. Without one it is the first on which the slot is free."})
    cancel = Flag(metadata={"description": "A new appointment is not canceled, whatever this says."})


class AppointmentChanges(Body):
    """What to change. `cancel: true` cancels the appointment as it stands, whatever is sent beside it."""

    doctor = RowId(required=True, metadata={"description": "The doctor's id; another one takes the appointment over."})
    appointment_type = Text(validate=_TYPE)
    symptoms = Text(metadata={"maxLength": 2000})
    time = RowId(required=True, allow_none=True, metadata={"description": f"{_TIME} null leaves the time as it is."})
    date = Day(metadata={"description": "The day. Without one the day stays."})
    cancel = Flag(metadata={"description": "true cancels it. What is canceled can't be brought back."})


class ReviewItem(Answer):
    """What a patient says of a doctor, for everybody to read."""

    id = RowId()
    reviewer = Text(metadata={"description": "The patient's first name."})
    doctor_name = Text()
    body = Text()
    created_on = Day(metadata={"description": "The day in the clinic's time zone."})
    rating = Stars()


ReviewPage = page_schema(ReviewItem)


class ReviewQuery(PageQuery):
    """Which reviews to list."""

    doctor = RowId(metadata={"description": "Of this doctor, by id."})
    reviwer = RowId(metadata={"description": "By this patient, by id."})
    reviewer = RowId(metadata={"description": "The same as `reviwer`."})
    rating = Stars()
    search = Text(metadata={"description": "Any part of the doctor's or the reviewer's name."})


class ReviewBody(Body):
    """A review of a doctor. The doctor of a review that is there already stays."""

    doctor = RowId(required=True, metadata={"description": "The id of a doctor who has treated the patient."})
    body = Text(required=True, metadata={"maxLength": 2000})
    rating = Stars(required=True)


APPOINTMENT_EXAMPLE = {
    "id": 3,
    "patient": 1,
    "doctor": 1,
    "appointment_type": "Offline",
    "appointment_status": "Pendding",
    "symptoms": "Health check before a long journey",
    "date": upcoming_day(5),
    "time": 3,
    "cancel": False,
}
REVIEW_EXAMPLE = {
    "id": 1,
    "reviewer": "Daniel",
    "doctor_name": "Dr Amara Okafor",
    "body": "She listened, and explained what to do.",
    "created_on": "2023-01-01",
    "rating": "⭐⭐⭐⭐⭐",
}
