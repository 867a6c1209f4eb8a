"""Doctors, both ways."""

from typing import Any

from marshmallow import fields

from medimeet.web.json_fields import Answer, Body, Flag, Money, RowId, RowIds, Text
from medimeet.web.paging import PageQuery
from medimeet.web.pictures import PictureAddress, PictureFile


class DoctorItem(Answer):
    """A doctor, as lists and single answers show one."""

    id = RowId()
    user = Text(metadata={"description": "The username."})
    profile = PictureAddress()
    designation = fields.List(Text(), metadata={"description": "Names of designations."})
    specialisation = fields.List(Text(), metadata={"description": "Names of specialisations."})
    available_time = fields.List(RowId(), metadata={"description": "Ids of the available times, on any weekday."})
    fee = Money(metadata={"description": "For a visit, in the clinic's currency."})
    meet_link = Text(metadata={"description": "Where online visits take place; may be empty."})


class DoctorQuery(PageQuery):
    """Which doctors to list."""

    specialisation = RowIds(attribute="specialty_ids", metadata={"description": "The id of a specialisation."})
    designation = RowIds(attribute="designation_ids", metadata={"description": "The id of a designation."})
    fee = Money(metadata={"description": "Exactly this fee."})
    available_time = RowIds(attribute="time_ids", metadata={"description": "The id of an available time."})


class DoctorBody(Body):
    """What a doctor's profile is made of."""

    profile = PictureFile(attribute="picture")
    designation = RowIds(attribute="designation_ids", metadata={"description": "Ids of designations."})
    specialisation = RowIds(attribute="specialty_ids", metadata={"description": "Ids of specialisations."})
    available_time = RowIds(
        attribute="time_ids",
        metadata={"description": "Ids of available times. Monday to Friday is declared at exactly these times."},
    )
    fee = Money(metadata={"description": "For a visit, in the clinic's currency."})
    meet_link = Text(metadata={"description": "An https address, or nothing."})


class DoctorChanges(DoctorBody):
    """The same, and whether the clinic has accepted the doctor, which its admin alone may say."""

    is_verified = Flag(metadata={"description": "true: accepts the applicant (the clinic's admin only)."})


DOCTOR_EXAMPLE: dict[str, Any] = {
    "id": 1,
    "user": "riverside-doctor",
    "profile": None,
    "designation": ["General practitioner"],
    "specialisation": ["General practice", "Travel medicine"],
    "available_time": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    "fee": 65,
    "meet_link": "",
}
