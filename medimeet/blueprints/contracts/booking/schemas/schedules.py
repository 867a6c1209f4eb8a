"""Schedules: one declaration of a doctor's working hours each."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from medimeet.domain.wall_clock import text_of
from medimeet.services.declared_time import LONGEST_SLOT, SHORTEST_SLOT, WEEKDAYS
from medimeet.web.json_fields import Answer, Body, Day, MinuteOfDay, RowId, WholeNumber

_HOURS = {"description": "HH:MM on the clinic's wall clock."}
_NUMBERS = {name.lower(): number for number, name in enumerate(WEEKDAYS)}


class DayOfWeek(WholeNumber):
    """A weekday: 0 (Monday) to 6 (Sunday), or its English name in any case; goes out as a number."""

    default_error_messages = {"invalid": "Write 0 (Monday) to 6 (Sunday), or the weekday's English name."}

    def __init__(self, **options: Any) -> None:
        super().__init__(least=0, most=6, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        number = _NUMBERS.get(value.strip().lower(), value) if isinstance(value, str) else value
        return super()._deserialize(number, attr, data, **options)


class TimeText(MinuteOfDay):
    """A time of day, checked and kept as the text HH:MM."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        return text_of(super()._deserialize(value, attr, data, **options))


class ScheduleQuery(Body):
    """Whose schedules are wanted."""

    doctor = RowId(metadata={"description": "Those of this doctor alone."})


class Schedule(Answer):
    """Working hours on a weekday or on one date, in slots of one length."""

    id = RowId(attribute="hours.id")
    doctor = RowId(attribute="hours.doctor_id")
    day_of_week = DayOfWeek(
        attribute="hours.day_of_week", allow_none=True, metadata={"description": "0 is Monday; null for one date."}
    )
    date = Day(attribute="hours.date", allow_none=True, metadata={"description": "null for a weekday."})
    start_time = MinuteOfDay(attribute="hours.start_minute")
    end_time = MinuteOfDay(attribute="hours.end_minute")
    slot_minutes = WholeNumber(attribute="hours.slot_minutes", least=5)
    available_slots = WholeNumber(
        least=0,
        metadata={"description": "How many of its slots are free: over 28 days for a weekday, else on its date."},
    )


class ChangedSchedule(Schedule):
    """A schedule as it is now, and the visits that no hours cover any more: they stay until somebody moves them."""

    outside_hours = fields.List(
        RowId(), metadata={"description": "The ids of the doctor's visits to come that stand outside the hours now."}
    )


class ScheduleDetails(Body):
    """What an admin declares: `day_of_week` or `date`, and from when to when. Read as services/hours.py takes it."""

    doctor_id = RowId(data_key="doctor", required=True)
    day_of_week = DayOfWeek(
        allow_none=True, metadata={"description": "0 (Monday) to 6, or the weekday's English name."}
    )
    date = Day(allow_none=True, metadata={"description": "In place of `day_of_week`; one of the two is needed."})
    start = TimeText(data_key="start_time", required=True, metadata=_HOURS)
    end = TimeText(data_key="end_time", required=True, metadata=_HOURS)
    slot_minutes = WholeNumber(least=SHORTEST_SLOT, most=LONGEST_SLOT, load_default=30)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _needs_a_day(self, _read: Any, sent: Mapping[str, Any], partial: Any, **_options: Any) -> None:
        if not partial and sent.get("day_of_week") is None and sent.get("date") is None:
            raise ValidationError("Send a day of the week, or a date.", "day_of_week")
