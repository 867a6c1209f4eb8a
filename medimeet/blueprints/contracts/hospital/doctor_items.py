"""Doctors as this contract shows them. `GET /doctors/`, which two contracts define, takes its half from here."""

from collections.abc import Sequence
from typing import Any

from flask_sqlalchemy.pagination import Pagination

from medimeet.models import Doctor
from medimeet.services import weekly_times
from medimeet.web.paging import page_of


def hospital_part(found: Pagination) -> dict[str, Any]:
    """One page of doctors: `count`, `next`, `previous`, and `results` for the schema DoctorItem. Raises NotFound."""
    page = page_of(found)
    return page | {"results": items_of(page["results"])}


def items_of(doctors: Sequence[Doctor]) -> list[dict[str, Any]]:
    """The doctors, all of one clinic, for the schema DoctorItem; two statements however many there are."""
    times = weekly_times.of_doctors(doctors)
    return [
        {
            "id": doctor.id,
            "user": doctor.account.username,
            "profile": doctor.account.picture,
            "designation": [each.name for each in doctor.designations],
            "specialisation": [each.name for each in doctor.specialties],
            "available_time": times[doctor.id],
            "fee": doctor.fee,
            "meet_link": doctor.meet_link,
        }
        for doctor in doctors
    ]
