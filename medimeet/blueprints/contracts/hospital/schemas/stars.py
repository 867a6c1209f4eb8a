"""A rating as this contract writes it: one to five stars as text."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from medimeet.web.json_fields import Text

STAR = "⭐"
MOST = 5
_SPELLINGS = ("\N{BLACK STAR}", "\N{GLOWING STAR}")
_VARIATION_SELECTORS = dict.fromkeys(map(ord, "\ufe0e\ufe0f"))


class Stars(fields.Field[int]):
    """One to five stars, kept as a number: goes out as "⭐⭐⭐", comes in like that or as 3."""

    default_error_messages = {
        **Text.default_error_messages,
        "invalid": 'Write one to five stars, for example "⭐⭐⭐⭐", or a number from 1 to 5.',
    }

    def __init__(self, **options: Any) -> None:
        about = "One to five stars; a number from 1 to 5 is taken too."
        super().__init__(metadata={"type": "string", "description": about, "examples": [STAR * MOST]}, **options)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else STAR * value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise self.make_error("invalid")
        rating = _read(str(value).strip())
        if not 1 <= rating <= MOST:
            raise self.make_error("invalid")
        return rating


def _read(text: str) -> int:
    """How many stars the text holds, or the number that it writes; 0 where it is neither."""
    if len(text) == 1 and text in "12345":
        return int(text)
    bare = text.translate(_VARIATION_SELECTORS).replace(" ", "")
    for spelling in _SPELLINGS:
        bare = bare.replace(spelling, STAR)
    return len(bare) if bare and not bare.strip(STAR) else 0
