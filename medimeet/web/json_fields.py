"""The fields of JSON interfaces: strict about types, with words that say how to mend a value.

`Body` is what comes in, `Answer` what goes out. A schema says both to the reader of the API's documentation.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from medimeet.domain.wall_clock import parse_minute, text_of, to_wall
from medimeet.web.asked import LARGEST_ID
from medimeet.web.signed_in import current_actor

_NEEDED = {"required": "This field is needed.", "null": "This field can't be null."}
_TOO_LARGE = "This number is too large."
_DIGITS, _MOST_DIGITS = re.compile(r"[+-]?[0-9]+"), 18
_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Body(Schema):
    """What a program sends. Fields that are not declared are ignored."""

    class Meta:
        unknown = EXCLUDE


class Answer(Schema):
    """What a program gets: exactly the declared fields."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """Text; a number is not text."""

    default_error_messages = {**_NEEDED, "invalid": "Write this as text."}


class Digits(Text):
    """Text made of digits, such as a phone number or a code, which programs like to send as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return super()._deserialize(str(value) if is_number else value, attr, data, **options)


class WholeNumber(fields.Integer):
    """A whole number that JavaScript keeps, as a number or as its digits."""

    default_error_messages = {
        **_NEEDED,
        "invalid": "Write a whole number.",
        "too_large": _TOO_LARGE,
    }

    def __init__(self, *, least: int = -LARGEST_ID, most: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(strict=True, **options)
        if most < LARGEST_ID:
            words = f"Write a whole number from {least} to {most}."
            self.validators.insert(0, validate.Range(least, most, error=words))
            return
        self.validators.insert(0, validate.Range(least, error=f"The least is {least}."))
        self.validators.insert(1, validate.Range(max=most, error=_TOO_LARGE))

    def _validated(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super()._validated(value)
        if not _DIGITS.fullmatch(value.strip()):
            raise self.make_error("invalid", input=value)
        if len(value.strip()) > _MOST_DIGITS:
            raise self.make_error("too_large")
        return super()._validated(int(value))


class RowId(WholeNumber):
    """The id of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(least=1, **options)


class Money(fields.Decimal):
    """An amount in the clinic's currency; goes out as a number."""

    default_error_messages = {**_NEEDED, "invalid": "Write an amount, for example 45.00.", "special": "Write a number."}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> Any:
        if value is None:
            return None
        return int(value) if value == int(value) else float(value)

    def _validated(self, value: Any) -> Any:
        is_odd_text = isinstance(value, str) and not _AMOUNT.fullmatch(value.strip())
        if isinstance(value, bool) or is_odd_text or len(str(value)) > 20:
            raise self.make_error("invalid")
        return super()._validated(value)


class Flag(fields.Boolean):
    """Yes or no."""

    default_error_messages = {**_NEEDED, "invalid": "Write true or false."}


class Day(fields.Date):
    """A calendar day of the clinic, YYYY-MM-DD."""

    default_error_messages = {**_NEEDED, "invalid": "Write the day as YYYY-MM-DD, for example 2026-11-24."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
            raise self.make_error("invalid")
        return super()._deserialize(value.strip(), attr, data, **options)


class MinuteOfDay(fields.Field[int]):
    """A time of day on the clinic's wall clock, kept as minutes after midnight; goes out as HH:MM."""

    default_error_messages = {**_NEEDED, "invalid": "Write the time as HH:MM, for example 09:30."}

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else text_of(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> int:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return parse_minute(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class UtcInstant(fields.Field[datetime]):
    """An instant that goes out in UTC with `Z`, 2025-01-29T03:12:46.156620Z."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


class WallDay(fields.Date):
    """The day of an instant on the clinic's wall clock; goes out as YYYY-MM-DD."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dump_only=True, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else to_wall(value, current_actor().clinic.zone).date().isoformat()


class WallTime(fields.String):
    """The time of day of an instant on the clinic's wall clock; goes out as HH:MM."""

    def __init__(self, **options: Any) -> None:
        super().__init__(dump_only=True, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else f"{to_wall(value, current_actor().clinic.zone):%H:%M}"


class RowIds(fields.List[int]):
    """The ids of rows: a JSON array, a field that is sent several times, or one text with commas between them."""

    default_error_messages = {**_NEEDED, "invalid": "Write a list of whole numbers, for example [1, 2]."}

    def __init__(self, **options: Any) -> None:
        super().__init__(RowId(), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        sent = value if isinstance(value, list) else [value]
        if len(sent) == 1 and isinstance(sent[0], str):
            sent = [part for part in sent[0].strip("[] ").split(",") if part.strip()]
        return super()._deserialize(sent, attr, data, **options)
