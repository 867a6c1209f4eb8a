"""One question, answered: kept, looked at for danger, answered by the model or by the built-in assistant, kept.

The one entry for the socket and for the page. `actor` is of this moment, made anew for each question; its rows stay
usable, but hold no database connection while a model is asked.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from medimeet import clock
from medimeet.domain import dangers
from medimeet.errors import Busy, NotFound
from medimeet.gateways.language_model import LanguageModel, ModelTrouble
from medimeet.models import Proposal
from medimeet.services import conversation, credits
from medimeet.services.access import Actor
from medimeet.services.assistant import asking, built_in, modelled, proposals
from medimeet.services.assistant.events import CreditsLeft, Event, Offer, Question, Reply, Trouble
from medimeet.services.assistant.talk import Talk

NOTE_MODEL = "Not medical advice. Written by an AI, {model} at {host}, which can be wrong."
NOTE_BUILT_IN = "Not medical advice. This assistant is a plain program of the clinic, not an AI."
NOTE_FAILED = f"{NOTE_BUILT_IN} It stands in for the AI, which could not be asked just now."
NOTE_LIMIT = f"{NOTE_BUILT_IN} It stands in for the AI, which you have asked as often as it may be asked in an hour."
NOTE_EMERGENCY = "A fixed text of the clinic, not medical advice. Nobody at the clinic has read your message."

BROKE_OFF = "The answer broke off here. This is what I can say without the AI:"
UNDER_WAY = "This question is being answered already. If no answer comes within two minutes, ask it again."
LONGEST_ANSWER = timedelta(minutes=2)

_KEPT_NOTES = {"model": "Not medical advice. Written by an AI, which can be wrong.", "clinic": NOTE_EMERGENCY}


@dataclass(slots=True)
class _Answer:
    """What was said so far, whose words they are, and the credit that was taken for them."""

    source: str = "built-in"
    kind: str = "message"
    note: str = NOTE_BUILT_IN
    text: str = ""
    offers: list[Proposal] = field(default_factory=list)
    choices: tuple[str, ...] = ()
    reservation: int | None = None

    def say(self, words: str) -> Reply:
        self.text += words
        return Reply(words)


def answer(actor: Actor, talk: Talk, question: Question, is_stopped: Callable[[], bool]) -> Iterator[Event]:
    """The answer as it comes; it ends early, and what was said is kept, once `is_stopped`.

    It ends with a reply that is `done`, or with Trouble. Nothing that the person may not see or do is in any event. A
    question that is kept already gets the answer that was kept. `is_stopped` is also asked from another thread.
    """
    kept = [] if _is_new(actor, talk, question) else _kept_before(actor, question)
    if kept:
        yield from kept
        return
    given = _Answer()
    try:
        yield from _answered(actor, talk, question.text, is_stopped, given)
    except credits.NoCreditsLeft as error:
        yield Trouble("credits_exhausted", error.words)
        return
    finally:
        _close(actor, talk, question, given)
    yield from _end(actor, given)


def _is_new(actor: Actor, talk: Talk, question: Question) -> bool:
    """Keeps the question; whether it was not kept before. Raises Busy, but not where somebody may be in danger."""
    try:
        return conversation.append(
            actor,
            question.text,
            role="person",
            source=question.source,
            event_id=question.event_id,
            appointment_id=talk.appointment_id,
        )
    except Busy:
        if dangers.is_danger(question.text):
            return True
        raise


def _answered(actor: Actor, talk: Talk, text: str, is_stopped: Callable[[], bool], given: _Answer) -> Iterator[Event]:
    """The words of the answer; all that comes of it is noted in `given`. Raises NoCreditsLeft."""
    if dangers.is_danger(text):
        given.source, given.kind, given.note = "clinic", "emergency", NOTE_EMERGENCY
        yield given.say(dangers.words(actor.clinic.number_in_danger))
        return
    model = asking.model_of(actor)
    if model is not None and not asking.count_question(actor):
        model, given.note = None, NOTE_LIMIT
    if model is None:
        yield from _by_built_in(actor, talk, text, given)
        return
    if credits.is_metered(actor.person):
        given.reservation = credits.reserve(actor)
    yield from _by_model(actor, talk, text, model, is_stopped, given)


def _by_model(
    actor: Actor, talk: Talk, text: str, model: LanguageModel, is_stopped: Callable[[], bool], given: _Answer
) -> Iterator[Event]:
    """The model's answer, the built-in assistant's where it fails. `given.source` is "model" once it has spoken."""
    try:
        for piece in modelled.answer(actor, talk, text, model, is_stopped):
            if isinstance(piece, Proposal):
                given.offers.append(piece)
                continue
            given.source, given.note = "model", NOTE_MODEL.format(model=model.name, host=model.host)
            yield given.say(piece)
    except ModelTrouble:
        if is_stopped():
            return
        given.note = NOTE_FAILED
        if given.text:
            yield given.say(f"\n\n{BROKE_OFF}\n\n")
        yield from _by_built_in(actor, talk, text, given)
        given.choices = ()  # the next question goes to the model again, which knows nothing of them


def _by_built_in(actor: Actor, talk: Talk, text: str, given: _Answer) -> Iterator[Event]:
    answered = built_in.answer(actor, talk, text)
    given.choices = answered.choices
    given.offers += answered.offers
    yield given.say(answered.text)


def _kept_before(actor: Actor, question: Question) -> list[Event]:
    """The answer to a question that was asked before; nothing where its answer was lost, so that it is answered now."""
    asked = conversation.find_answer(actor, question.event_id)
    kept = conversation.find_answer(actor, _answer_id(actor, question))
    if asked is not None and kept is not None:
        offers = [Offer(offer) for offer in proposals.open_between(actor, asked.at, kept.at)]
        return [Reply(kept.text), *offers, Reply("", done=True, note=_KEPT_NOTES.get(kept.source, NOTE_BUILT_IN))]
    if asked is not None and clock.now() - asked.at < LONGEST_ANSWER:
        return [Trouble("under_way", UNDER_WAY)]
    return []


def _close(actor: Actor, talk: Talk, question: Question, given: _Answer) -> None:
    """Keeps what was said, then ends the credit: in this order, a worker that dies in between costs nobody anything."""
    with suppress(Busy):  # the person has the answer, and a credit that stays reserved goes back by itself
        if given.text.strip():
            conversation.append(
                actor,
                given.text.strip(),
                role="assistant",
                source=given.source,
                kind="proposal" if given.offers else given.kind,
                event_id=_answer_id(actor, question),
                appointment_id=talk.appointment_id,
            )
        if given.reservation is not None:
            end = credits.settle if given.source == "model" else credits.give_back
            end(given.reservation)


def _end(actor: Actor, given: _Answer) -> Iterator[Event]:
    for offer in given.offers:
        if _is_open(actor, offer):
            yield Offer(offer)
    if given.reservation is not None:
        meter = credits.meter(actor.clinic)
        yield CreditsLeft(meter.left, meter.is_low)
    yield Reply("", done=True, note=given.note, choices=given.choices)


def _is_open(actor: Actor, offer: Proposal) -> bool:
    """Whether it can still be confirmed: of several that the model made, the newest holds."""
    try:
        return proposals.card(proposals.find(actor, offer.public_id)).state == "open"
    except NotFound:
        return False


def _answer_id(actor: Actor, question: Question) -> str:
    return conversation.event_id_of(actor, f"{question.event_id} answer")
