"""What a conversation without a socket carries from one form to the next: signed, for one person, and not long."""

from dataclasses import asdict, dataclass, field
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from medimeet.services.access import Actor
from medimeet.services.assistant.talk import Talk

LIFETIME_SECONDS = 12 * 60 * 60
LONGEST = 16_000
MOST_SAID = 6


@dataclass(slots=True)
class Carried:
    """The talk, and the last questions with their answers as the person has read them."""

    talk: Talk = field(default_factory=Talk)
    said: list[tuple[str, str]] = field(default_factory=list)

    def add(self, question: str, answer: str) -> None:
        """Remembers one more question with its answer; the oldest are forgotten."""
        self.said = [*self.said, (question, answer)][-MOST_SAID:]


def pack(actor: Actor, carried: Carried) -> str:
    """The text of the hidden field; "" where even the last exchange is too long for one."""
    said = carried.said
    while True:
        text = str(_signer(actor).dumps({"talk": asdict(carried.talk), "said": said}))
        if len(text) <= LONGEST:
            return text
        if not said:
            return ""
        said = said[1:]


def unpack(actor: Actor, text: str | None) -> Carried:
    """What the field holds; a fresh conversation where it is not this person's, too old, or not ours."""
    if not text or len(text) > LONGEST:
        return Carried()
    try:
        held: dict[str, Any] = _signer(actor).loads(text, max_age=LIFETIME_SECONDS)
        talk = Talk(**held["talk"])
        talk.exchanges = [(question, answer) for question, answer in talk.exchanges]
        return Carried(talk, [(question, answer) for question, answer in held["said"]])
    except (BadData, KeyError, TypeError, ValueError):  # signed by us, but perhaps by an older version
        return Carried()


def _signer(actor: Actor) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"assistant talk of {actor.person.id}")
