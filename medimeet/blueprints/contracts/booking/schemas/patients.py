"""A patient's profile and medical history."""

from collections.abc import Callable, Mapping
from typing import Any

from medimeet.services.patients import BLOOD_GROUPS
from medimeet.web.json_fields import Answer, Body, Day, Digits, RowId, Text


class OneSpelling(Text):
    """One of a few words, however its letters are written; `spelling` gives them ours."""

    def __init__(self, spelling: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._spelling = spelling

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        return self._spelling(super()._deserialize(value, attr, data, **options).strip())


class Profile(Answer):
    """A patient's profile; texts that nobody has told are empty."""

    id = RowId()
    address = Text(attribute="account.address")
    gender = Text(attribute="account.gender")
    date_of_birth = Day(attribute="account.date_of_birth", allow_none=True)
    phone = Text()
    blood_group = Text()
    emergency_contact = Text()


class ProfileDetails(Body):
    """New values for a profile; what is not sent stays as it is."""

    address = Text()
    gender = OneSpelling(str.lower, metadata={"description": "male, female or other; empty: not told."})
    date_of_birth = Day(allow_none=True)
    phone = Digits()
    blood_group = OneSpelling(
        str.upper, metadata={"description": f"One of {', '.join(BLOOD_GROUPS)}; empty: not told."}
    )
    emergency_contact = Digits()


class HistoryEntry(Answer):
    """A condition that the patient has or had, as told by the patient."""

    id = RowId()
    condition = Text()
    diagnosed_on = Day(allow_none=True)
    notes = Text()


class HistoryDetails(Body):
    """What a patient tells of a condition."""

    condition = Text(required=True)
    diagnosed_on = Day(allow_none=True, load_default=None)
    notes = Text(load_default="")
