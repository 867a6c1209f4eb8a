"""Reading what people answered: each value is checked and put into one spelling, every fault is gathered in words."""

import re
import unicodedata
from collections.abc import Container
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from medimeet.errors import InvalidInput

UNTYPABLE = "Use only letters, digits and signs that can be typed."
_TURNED = "Leave out the hidden signs that turn the direction of writing. Copied text sometimes holds them."
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DEAREST = Decimal("99999999.99")


class Answers:
    """Gathers faults by field while values are read; `check` raises them all at once."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}

    def fault(self, field: str, words: str) -> None:
        """Notes what is wrong with a field; the first fault of a field stands."""
        self.faults.setdefault(field, words)

    def check(self) -> None:
        """Raises InvalidInput where anything was wrong."""
        if self.faults:
            raise InvalidInput(self.faults)

    def line(self, field: str, value: str | None, longest: int, needed: str | None = None) -> str:
        """One line of text, with single spaces. `needed` is what to say where it is empty."""
        return self._text(field, " ".join((value or "").split()), longest, needed)

    def text(self, field: str, value: str | None, longest: int = 5000, needed: str | None = None) -> str:
        """Text of any number of lines."""
        lines = (value or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return self._text(field, lines, longest, needed)

    def number(self, field: str, value: int | None, least: int, most: int, words: str) -> int | None:
        """A whole number from `least` to `most`, else the fault `words`; None stays None."""
        if value is not None and not least <= value <= most:
            self.fault(field, words)
        return value

    def money(self, field: str, value: Decimal | int | str | None, example: str = "45.00") -> Decimal:
        """An amount of money, not below zero, in whole hundredths; 0 where it is none."""
        try:
            amount = Decimal(value if value is not None else 0)
        except (InvalidOperation, ValueError):
            amount = Decimal("NaN")
        if not amount.is_finite() or not 0 <= amount <= _DEAREST or amount != round(amount, 2):
            self.fault(field, f"Write the amount as a number that is not below zero, for example {example}.")
            return Decimal(0)
        return round(amount, 2)

    def past_day(self, field: str, value: date | None, today: date, words: str) -> date | None:
        """A day between 1900 and today, else the fault `words`; None stays None."""
        if value is not None and not date(1900, 1, 1) <= value <= today:
            self.fault(field, words)
        return value

    def one_of(self, field: str, value: str | None, allowed: Container[str], words: str) -> str:
        """One of a few words, or nothing."""
        if value and value not in allowed:
            self.fault(field, words)
        return value or ""

    def web_address(self, field: str, value: str | None, longest: int = 500) -> str:
        """An https address, or nothing."""
        address = self._text(field, (value or "").strip(), longest, None)
        if address and not _is_https(address):
            self.fault(field, "Write the whole address, for example https://meet.example/room.")
        return address

    def _text(self, field: str, value: str, longest: int, needed: str | None) -> str:
        text = unicodedata.normalize("NFC", value)
        if needed and not _is_visible(text):
            self.fault(field, needed)
        if len(text) > longest:
            self.fault(field, f"Use at most {longest} characters. Now it has {len(text)}.")
        if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
            self.fault(field, UNTYPABLE)
        if _TURNING.search(text):
            self.fault(field, _TURNED)
        return text


def _is_visible(text: str) -> bool:
    """Whether the text holds anything that can be seen: no zero-width signs and blanks alone."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def _is_https(address: str) -> bool:
    if re.search(r"[\s\\<>\"]", address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
