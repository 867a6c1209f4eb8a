"""What the assistant's page and its parts are made of, whether by a socket, by htmx or by a plain form."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from medimeet.blueprints.assistant.carried import Carried, pack
from medimeet.blueprints.assistant.shown_cards import ShownCard
from medimeet.models import Appointment
from medimeet.services import appointments, credits
from medimeet.services.access import Actor
from medimeet.services.assistant import disclosure, proposals
from medimeet.services.assistant.events import Event, Offer, Question, Reply, Trouble, numbered
from medimeet.web.fragments import page
from medimeet.web.signed_in import current_actor


@dataclass(slots=True)
class Exchange:
    """A question with all that came of it, ready to be read; `trouble` is the sentence where no answer came."""

    question: str
    answer: str = ""
    note: str = ""
    choices: tuple[str, ...] = ()
    cards: list[ShownCard] = field(default_factory=list)
    trouble: str = ""

    @property
    def told(self) -> str:
        """The answer without the lines that stand below it as buttons."""
        as_buttons = {numbered(number, choice) for number, choice in enumerate(self.choices, 1)}
        return "\n".join(line for line in self.answer.split("\n") if line not in as_buttons)

    @classmethod
    def of(cls, question: Question, events: Iterator[Event]) -> "Exchange":
        """The whole exchange, once the answer has come to its end."""
        made = cls(question.text)
        for event in events:
            match event:
                case Reply(text=text, note=note, choices=choices):
                    made.answer += text
                    made.note = note or made.note
                    made.choices = choices or made.choices
                case Offer(proposal=proposal):
                    made.cards.append(ShownCard.of(proposal))
                case Trouble(message=message):
                    made.trouble = message
        return made


def conversation_page(
    carried: Carried, new: Sequence[Exchange] = (), status: int = 200, fault: str = "", typed: str = ""
) -> Response:
    """The assistant with what was said before and what is `new`; only the new part where htmx asks for it.

    `fault` says why what was `typed` was not asked.
    """
    actor = current_actor()
    before = [Exchange(question, answer) for question, answer in carried.said[: len(carried.said) - len(new)]]
    return page(
        "assistant/page.html",
        "assistant/_exchanges.html" if new or fault else "assistant/_assistant.html",
        exchanges=[*before, *new],
        new=new,
        carried=pack(actor, carried),
        event=secrets.token_urlsafe(16),
        fault=fault,
        typed=typed,
        waiting=[] if carried.said else [ShownCard.of(each) for each in proposals.waiting(actor)],
        visit=_visit(actor, carried.talk.appointment_id),
        status=status,
        **about(actor),
    )


def about(actor: Actor) -> dict[str, Any]:
    """What the person is told before they say a word: who hears, who answers, what it costs."""
    disclosed = disclosure.of_clinic(actor.clinic)
    costs_credits = bool(disclosed.model) and credits.is_metered(actor.person)
    return {"disclosed": disclosed, "meter": credits.meter(actor.clinic) if costs_credits else None}


def _visit(actor: Actor, appointment_id: int | None) -> Appointment | None:
    return appointments.find_as_doctor(actor, appointment_id) if appointment_id is not None else None
