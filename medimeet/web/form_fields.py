"""Form fields that say how to mend an answer in our own words, and several choices as tick boxes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wtforms import DateField, DecimalField, IntegerField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from medimeet.web.asked import row_number

_DAY = "Write the whole date, for example 24 November 1960 as 24 11 1960."
_NUMBER = "Write a whole number, in digits."
_CHOICE = "Choose from the list."
_AMOUNT = "Write the amount in digits, for example 45.00."


@contextmanager
def _said(words: str) -> Iterator[None]:
    """Puts our own words in place of a ValueError's."""
    try:
        yield
    except ValueError:
        raise ValueError(words) from None


class DayField(DateField):
    """A date, typed or chosen."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        with _said(_DAY):
            super().process_formdata(valuelist)


class WholeNumberField(IntegerField):
    """A whole number, in a plain box: the browser's arrows and wheel change numbers by mistake."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        with _said(_NUMBER):
            super().process_formdata(valuelist)


class AmountField(DecimalField):
    """An amount of money, in a plain box."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        with _said(_AMOUNT):
            super().process_formdata(valuelist)


class ChoicesField(SelectMultipleField):
    """Several of a list, each with its own tick box; values are ids."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, **options: Any) -> None:
        options |= {"coerce": row_number, "choices": {}, "validate_choice": False, "invalid_value_message": _CHOICE}
        super().__init__(label, **options)
