"""What becomes of a question: the events that an answer is made of, in the order in which the person gets them."""

from dataclasses import dataclass

from medimeet.models import Proposal


@dataclass(frozen=True, slots=True)
class Question:
    """What a person said. `source` is `typed` or `voice`; the same `event_id` of the same person is one question."""

    text: str
    source: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The next piece of the answer's text; the last one is `done`, and has the `note` that is shown below it.

    `choices` come with the last one: what can be said next, word for word, as buttons say it.
    """

    text: str
    done: bool = False
    note: str = ""
    choices: tuple[str, ...] = ()


def numbered(number: int, choice: str) -> str:
    """The line of an answer's text in which a choice is told."""
    return f"{number}. {choice}"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that is done once the person confirms it, and not before."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class CreditsLeft:
    """How many credits the clinic has left; `is_low` from a fifth downwards."""

    left: int
    is_low: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """There is no answer, or not all of it: a code for programs, a sentence for the person."""

    code: str
    message: str


Event = Reply | Offer | CreditsLeft | Trouble
