"""Appointments, and what it takes to book one."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, validate, validates_schema

from medimeet import models
from medimeet.blueprints.contracts.booking.schemas.doctors import on_the_wall
from medimeet.domain.statuses import AppointmentStatus
from medimeet.services.visit_rows import VisitRow
from medimeet.web.json_fields import Answer, Body, Day, MinuteOfDay, RowId, Text, WallDay, WallTime

_NEEDED = "Send the id of a slot, or a date and a time."


class Appointment(Answer):
    """An appointment, on the clinic's wall clock."""

    id = RowId()
    doctor = RowId(attribute="doctor_id")
    patient = RowId(attribute="patient_id")
    date = WallDay(attribute="starts_at")
    start_time = WallTime(attribute="starts_at")
    end_time = WallTime(attribute="ends_at")
    status = Text(attribute="present_status", validate=validate.OneOf([status.value for status in AppointmentStatus]))
    reason = Text()
    treatment = RowId(attribute="treatment_id", allow_none=True)


def listed(found: Sequence[VisitRow], zone: ZoneInfo) -> list[dict[str, Any]]:
    """What Appointment makes of the visits, at a tenth of its cost: a clinic's list has a thousand."""
    told = []
    for visit_id, doctor_id, patient_id, treatment_id, starts_at, ends_at, status, reason in found:
        day, start = on_the_wall(starts_at, zone)
        told.append(
            {
                "id": visit_id,
                "doctor": doctor_id,
                "patient": patient_id,
                "date": day,
                "start_time": start,
                "end_time": on_the_wall(ends_at, zone)[1],
                "status": status,
                "reason": reason,
                "treatment": treatment_id,
            }
        )
    return told


def told(visit: models.Appointment, zone: ZoneInfo) -> dict[str, Any]:
    """What Appointment makes of one visit, at a tenth of its cost."""
    row = (visit.id, visit.doctor_id, visit.patient_id, visit.treatment_id, visit.starts_at, visit.ends_at)
    [answer] = listed([VisitRow(*row, visit.present_status.value, visit.reason)], zone)
    return answer


class Order(Body):
    """What is to be booked: a slot, or a date and a time."""

    slot = RowId(
        allow_none=True,
        metadata={
            "description": "An id from the doctor's available slots. Where it is sent, `date` and `time` are not read."
        },
    )
    date = Day(allow_none=True, metadata={"description": "With `time`, in place of `slot`."})
    time = MinuteOfDay(allow_none=True, metadata={"description": "HH:MM on the clinic's wall clock."})
    reason = Text(allow_none=True)
    treatment = RowId(allow_none=True, metadata={"description": "A treatment of this doctor; it sets the length."})
    patient = RowId(allow_none=True, metadata={"description": "Whom staff book for. Patients book for themselves."})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _needs_a_time(self, _read: Any, sent: Mapping[str, Any], **_options: Any) -> None:
        if sent.get("slot") is not None:
            return
        missing = [name for name in ("date", "time") if sent.get(name) is None]
        if len(missing) == 2:
            missing.insert(0, "slot")
        if missing:
            raise ValidationError({name: [_NEEDED] for name in missing})
