"""What a tool is called with, read with distrust: what is not expected exactly is refused, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from medimeet.domain.wall_clock import parse_minute
from medimeet.errors import InvalidInput

_LARGEST = 2**53
_LONGEST = 40


class Arguments:
    """The arguments of one call. Whoever made it never names the person: that is bound by us."""

    def __init__(self, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Raises InvalidInput for an argument that is not known."""
        if not isinstance(given, Mapping):
            raise InvalidInput({"arguments": "Give the arguments as a JSON object."})
        strange = [str(name)[:_LONGEST] for name in given if name not in known]
        if strange:
            names = ", ".join(known) or "none"
            raise InvalidInput({strange[0]: f"There is no argument {strange[0]!r} here. Known ones: {names}."})
        self._given = given

    def number(self, name: str) -> int:
        """A whole number from 1, such as an id. Raises InvalidInput."""
        value = self.optional_number(name)
        if value is None:
            raise InvalidInput({name: f"{name} is needed: a whole number."})
        return value

    def optional_number(self, name: str) -> int | None:
        """The same, or None where it is not given. Raises InvalidInput."""
        value = self._given.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < _LARGEST:
            raise InvalidInput({name: f"{name} is a whole number, such as an id that was listed."})
        return value

    def day(self, name: str) -> date | None:
        """A calendar day, or None where it is not given. Raises InvalidInput."""
        value = self._given.get(name)
        if value is None:
            return None
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise InvalidInput({name: f"{name} is a date, written YYYY-MM-DD."}) from None

    def minute(self, name: str) -> int | None:
        """A minute of the day, written HH:MM, or None where it is not given. Raises InvalidInput."""
        value = self._given.get(name)
        if value is None:
            return None
        try:
            if not isinstance(value, str) or len(value) > _LONGEST:
                raise ValueError
            return parse_minute(value)
        except ValueError:
            raise InvalidInput({name: f"{name} is a time of day, written HH:MM."}) from None
