"""Form fields for every kind of column: what is shown and sent back unchanged is no change."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Integer, Numeric, Text
from sqlalchemy import Enum as EnumColumn
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import TextArea, TextInput

from medimeet.domain.wall_clock import parse_minute, text_of
from medimeet.model_base import Base, InstantColumn
from medimeet.models import Clinic, Plan
from medimeet.services import table_rows
from medimeet.web.asked import row_number
from medimeet.web.form_fields import AmountField, ChoicesField, DayField, WholeNumberField

LARGEST_NUMBER = 2**31 - 1
MINUTES = ("start_minute", "end_minute")
_SHORT_TABLES = (Clinic, Plan)
_OFFERED = 200
_LIST = "Choose from the list."
_MOMENT = "Write date and time, for example 2026-11-24 09:30."


class InstantField(DateTimeLocalField):
    """A moment to the second, in UTC."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **options)
        self.render_kw = {"step": "1"}

    def process_data(self, value: datetime | None) -> None:
        self.data = value.astimezone(UTC).replace(microsecond=0) if value is not None else None

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_MOMENT) from None
        if self.data is not None:
            self.data = self.data.replace(tzinfo=UTC)


class MinuteField(Field):
    """A time of day, kept as minutes after midnight."""

    widget = TextInput()
    data: int | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            text = valuelist[0].strip()
            self.data = parse_minute(text) if text else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return text_of(self.data) if self.data is not None else ""


class LinesField(Field):
    """A list of texts, one a line."""

    widget = TextArea()  # type: ignore[assignment]
    data: list[str] | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = [line.strip() for line in valuelist[0].splitlines() if line.strip()]

    def _value(self) -> str:
        return "\n".join(self.data or [])


class TextField(TextAreaField):
    """Text of any number of lines, in the one spelling of line ends."""

    def process_data(self, value: str | None) -> None:
        self.data = _with_plain_line_ends(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = _with_plain_line_ends(valuelist[0])


class RowField(IntegerField):
    """The number of a row of another table; the newest rows are offered by name."""

    widget = TextInput()

    def __init__(self, label: str, *, model: type[Base], **options: Any) -> None:
        self.model = model
        super().__init__(label, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else str(self.data or "")
        try:
            self.data = row_number(text) if text else None
        except ValueError:
            raise ValueError("Write the number of a row, or choose one that is offered.") from None

    def offered(self) -> dict[int, str]:
        """Rows to choose from."""
        return table_rows.newest(self.model, _OFFERED)


class RowsField(ChoicesField):
    """Several rows of another table, each with a tick box."""

    def process_data(self, value: Iterable[Any] | None) -> None:
        self.data = [row.id for row in value or []]


def field_for(column: Column[Any], label: str, choices: Any = None, model: type[Base] | None = None) -> Any:
    """The field that writes a column. `choices` are the words allowed in it, `model` the table whose row it names."""
    has_default = column.default is not None
    is_needed = not column.nullable and not has_default
    options: dict[str, Any] = {"validators": [InputRequired("Fill this in.") if is_needed else Optional()]}
    if has_default and column.default.is_scalar:  # type: ignore[union-attr]
        options["default"] = column.default.arg  # type: ignore[union-attr]
    return _by_words(column, label, choices, model, options) or _by_type(column, label, options)


def filter_for(column: Column[Any], label: str, choices: Any = None, model: type[Base] | None = None) -> Any:
    """The field that narrows a list to one value of a column."""
    options: dict[str, Any] = {"validators": [Optional()]}
    if isinstance(column.type, Boolean):
        return _choice(label, {"yes": "Yes", "no": "No"}, "yes".__eq__, options)
    return _by_words(column, label, choices, model, options) or _by_type(column, label, options)


def _by_words(
    column: Column[Any], label: str, choices: Any, model: type[Base] | None, options: dict[str, Any]
) -> Any | None:
    """A field of a column whose values are words of a list, or rows of another table."""
    if model in _SHORT_TABLES:
        return _choice(label, lambda: table_rows.newest(model, _OFFERED), int, options)
    if model is not None:
        return RowField(f"{label} (number)", model=model, **options)
    if choices is not None:
        return _choice(label, choices, int if isinstance(column.type, Integer) else str, options)
    if isinstance(column.type, EnumColumn):
        kind = column.type.enum_class
        assert kind is not None
        words = {member.value: member.name.replace("_", " ").capitalize() for member in kind}
        return _choice(label, words, kind, options)
    return None


def _by_type(column: Column[Any], label: str, options: dict[str, Any]) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return BooleanField(label, default=options.get("default", False))
    if isinstance(kind, InstantColumn):
        return InstantField(f"{label} (UTC)", **options)
    if isinstance(kind, Date):
        return DayField(label, **options)
    if column.name in MINUTES:
        return MinuteField(label, **options)
    if isinstance(kind, Integer):
        options["validators"].append(NumberRange(-LARGEST_NUMBER, LARGEST_NUMBER, "Write a smaller number."))
        return WholeNumberField(label, **options)
    if isinstance(kind, Numeric):
        options["validators"].append(_is_amount)
        return AmountField(label, **options)
    if isinstance(kind, JSON):
        return LinesField(label, **options)
    return (
        TextField(label, **options) if isinstance(table_rows.kept_as(column), Text) else StringField(label, **options)
    )


def _choice(
    label: str,
    choices: Mapping[Any, str] | Callable[[], Mapping[Any, str]],
    coerce: Callable[[str], Any],
    options: dict[str, Any],
) -> Any:
    def offered() -> list[tuple[str, str]]:
        words = choices() if callable(choices) else choices
        return [("", "–"), *((str(value), name) for value, name in words.items())]

    def read(value: Any) -> Any:
        return None if value in {None, ""} else coerce(value)

    options |= {"invalid_value_message": _LIST, "invalid_choice_message": _LIST}
    return SelectField(label, choices=offered, coerce=read, **options)


def _is_amount(_form: Any, field: DecimalField) -> None:
    amount = field.data
    if amount is None:
        return
    if not isinstance(amount, Decimal) or not amount.is_finite() or abs(amount) > table_rows.LARGEST_AMOUNT:
        raise ValidationError("Write the amount in digits, for example 45.00.")
    if amount < 0:
        raise ValidationError("An amount is not below zero.")
    if amount != round(amount, 2):
        raise ValidationError("Write at most two digits after the point.")


def _with_plain_line_ends(text: str | None) -> str | None:
    return text.replace("\r\n", "\n").replace("\r", "\n") if text is not None else None
