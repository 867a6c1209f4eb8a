"""What went wrong, ready to be told: as a page to people, as JSON in a contract's own shape to programs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from medimeet.errors import InvalidInput, MediMeetError

FORM = ""  # the name under which faults stand that belong to no field


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: its HTTP status, a sentence for the person, the faults by field, and headers to send along.

    The name of a field inside another one is dotted, `user.password`. `key` is the name that the words stand under,
    where a contract's document prints more than one.
    """

    status: int
    words: str
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reference: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def sentence(self) -> str:
        """The words, with the reference number where there is one."""
        return self.words if self.reference is None else f"{self.words} Its number is {self.reference}."


class Printed(MediMeetError):
    """A refusal word for word as a contract's document prints it: its status, and the key its words stand under."""

    def __init__(self, status: int, key: str, words: str) -> None:
        self.status, self.key = status, key
        super().__init__(words)


def detail_body(refusal: Refusal) -> dict[str, Any]:
    """`{"detail": "…"}`, and `{"field": ["…"]}` for bad fields, nested as the body nests (Django REST framework)."""
    if not refusal.faults:
        return {"detail": refusal.sentence}
    return nested(refusal.faults)


def nested(faults: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The faults with dotted names taken apart; those of no field stand under `detail`, as one sentence."""
    told: dict[str, Any] = {}
    for name, said in faults.items():
        *outer, last = name.split(".")
        place = told
        for part in outer:
            place = place.setdefault(part, {})
        if name == FORM:
            told["detail"] = " ".join(said)
        else:
            place[last] = list(said)
    return told


@contextmanager
def renamed(**published: str) -> Iterator[None]:
    """Tells the faults of a service's fields by the names that a contract has for them."""
    try:
        yield
    except InvalidInput as error:
        faults: dict[str, list[str]] = {}
        for name, said in error.faults.items():
            told = faults.setdefault(published.get(name, name), [])
            told += [words for words in said if words not in told]
        raise InvalidInput(faults) from None
