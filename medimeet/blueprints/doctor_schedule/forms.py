"""The forms of a doctor's time and records. What is right and wrong is decided by the services."""

from datetime import date as calendar_date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from medimeet.domain.wall_clock import text_of
from medimeet.models import ExclusionDate, MedicalRecordVersion, WorkingHours
from medimeet.services.assistant.drafting import Draft
from medimeet.services.declared_time import WEEKDAYS
from medimeet.services.records import FIELDS

_DAYS = [SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)]
_START = "Write when it starts, for example 09:00."
_END = "Write when it ends, for example 17:00."
_LENGTH = "Write how many minutes one visit gets, for example 30."
_DATE = "Choose a date, for example 2026-11-24."


def weekday(text: Any) -> int:
    """The number of a weekday, 0 is Monday, from its number or its English name. Raises ValueError."""
    name = str(text).strip().capitalize()
    return WEEKDAYS.index(name) if name in WEEKDAYS else int(text)


class DayField(DateField):
    """A date, with our words where it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip() for text in valuelist if text.strip()])
        except ValueError:
            raise ValueError(_DATE) from None


class MinutesField(IntegerField):
    """A whole number of minutes, with our words where it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_LENGTH) from None


class TimesForm(FlaskForm):
    """What all working hours have. `on` says whether the page shows weekdays ("week") or a date ("date")."""

    on = HiddenField(default="week")
    doctor_id = HiddenField()
    date = DayField("Date", [Optional()])
    start_time = StringField("From", [DataRequired(_START)])
    end_time = StringField("To", [DataRequired(_END)])
    slot_minutes = MinutesField("Minutes for one visit", [DataRequired(_LENGTH)], default=30)

    def times(self) -> dict[str, Any]:
        """From, to and slot length, as services/hours.py takes them."""
        return {
            "start": self.start_time.data or "",
            "end": self.end_time.data or "",
            "slot_minutes": self.slot_minutes.data or 0,
        }


class HoursForm(TimesForm):
    """New working hours, on weekdays or on one date."""

    day_of_week = SelectMultipleField(
        "Days",
        [Optional()],
        coerce=weekday,
        choices=_DAYS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @property
    def is_dated(self) -> bool:
        """Whether these hours are for one date."""
        return bool(self.date.raw_data and self.date.raw_data[0].strip()) or (
            not self.day_of_week.data and self.on.data == "date"
        )

    @property
    def days(self) -> list[int]:
        """The chosen weekdays."""
        return self.day_of_week.data or []


class ChangeHoursForm(TimesForm):
    """Working hours that are there already: one weekday, or one date. What is not sent stays as it is."""

    hours_id = HiddenField()
    day_of_week = RadioField("Day", [Optional()], coerce=weekday, choices=_DAYS)

    @property
    def is_dated(self) -> bool:
        """Whether these hours are, or are to be, for one date."""
        if self.day_of_week.raw_data:
            return False
        return bool(self.date.raw_data) or self.on.data == "date"

    @property
    def days(self) -> list[int]:
        """The weekday, if it is one."""
        return [] if self.day_of_week.data is None else [self.day_of_week.data]


class ExclusionForm(FlaskForm):
    """Time away: one day, several whole days, or a part of a day."""

    doctor_id = HiddenField()
    exclusion_id = HiddenField()
    date = DayField("First day away", [DataRequired(_DATE)])
    last_date = DayField("Last day away", [Optional()])
    start_time = StringField("From", [Optional()])
    end_time = StringField("To", [Optional()])
    reason = StringField("Reason", [Optional()])

    @property
    def first_day(self) -> calendar_date:
        """The first day away, of a form that was found to have one."""
        assert self.date.data is not None
        return self.date.data

    def times(self) -> dict[str, Any]:
        """From and to, None for the whole day, as services/hours.py takes them."""
        return {
            "start": (self.start_time.data or "").strip() or None,
            "end": (self.end_time.data or "").strip() or None,
        }


class RecordForm(FlaskForm):
    """What the doctor writes about one visit."""

    appointment_id = HiddenField()
    based_on = HiddenField()
    complaint = TextAreaField("What the patient came with", [Optional()])
    diagnosis = TextAreaField("Diagnosis", [Optional()])
    prescription = TextAreaField("Prescription", [Optional()])
    notes = TextAreaField("Notes and advice", [Optional()])

    def words(self) -> dict[str, str]:
        """The four texts, as services/records.py takes them."""
        return {field: self[field].data or "" for field in FIELDS}

    def add_draft(self, draft: Draft) -> None:
        """Adds the draft's texts below what stands in the fields, each once."""
        for field in FIELDS:
            written, drafted = (self[field].data or "").rstrip(), getattr(draft, field)
            if drafted not in written:
                self[field].data = f"{written}\n\n{drafted}" if written else drafted

    @property
    def seen_version(self) -> int | None:
        """The number of the version that the writer saw; None where the form does not say."""
        text = self.based_on.data or ""
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None


def hours_as_answers(row: WorkingHours) -> dict[str, Any]:
    """The values that show these hours in a form."""
    return {
        "on": "week" if row.date is None else "date",
        "day_of_week": row.day_of_week,
        "date": row.date,
        "start_time": text_of(row.start_minute),
        "end_time": text_of(row.end_minute % 1440),
        "slot_minutes": row.slot_minutes,
    }


def exclusion_as_answers(row: ExclusionDate) -> dict[str, Any]:
    """The values that show this exclusion date in a form."""
    return {
        "date": row.date,
        "start_time": text_of(row.start_minute) if row.start_minute is not None else "",
        "end_time": text_of(row.end_minute % 1440) if row.end_minute is not None else "",
        "reason": row.reason,
    }


def record_as_answers(version: MedicalRecordVersion | None) -> dict[str, Any]:
    """The values that show this version, or an empty record, in a form."""
    words = {field: getattr(version, field) for field in FIELDS} if version is not None else {}
    return words | {"based_on": version.number if version is not None else 0}


def several_days(form: ExclusionForm) -> tuple[calendar_date, calendar_date] | None:
    """First and last day, where the form names more than one."""
    first, last = form.date.data, form.last_date.data
    return (first, last) if first is not None and last is not None and last != first else None
