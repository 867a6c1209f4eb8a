"""The assistant that needs no model: it reads key words and answers from the clinic's own data, through the same tools.

It never says that something is done, knows nothing of medicine, and says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from medimeet import clock
from medimeet.domain import spoken_times
from medimeet.domain.spoken_times import SpokenTime
from medimeet.models import Proposal
from medimeet.services.access import Actor
from medimeet.services.assistant import choosing, details, facts_in_words, visits_in_words
from medimeet.services.assistant.choosing import Step
from medimeet.services.assistant.events import numbered
from medimeet.services.assistant.looking import Refused
from medimeet.services.assistant.subject import AT_ONCE, Subject
from medimeet.services.assistant.talk import Talk
from medimeet.services.assistant.understanding import (
    intent_of,
    number_in,
    plainly,
    tells_of_own_hours,
    tells_symptom,
    wants_any,
)

_NO_DOCTOR = "I can't tell what is wrong: I am a program and no doctor. I can find you a time with one. "
_PRESS = "I can't do that for you, so that nothing happens by mistake. Please press Confirm at what I offered."
_WHICH = "Please say which: a number, a name, or a day and time."
_NO_CHANGE = "All right, nothing was changed. Say another day or time, or what else you would like."
_SAY_CHOICE = "I did not understand that. Say a number from 1 to {}, or a name, a day or a time; “stop” leaves it."
_LEFT = "All right. What else would you like?"
_THANKS = "You are welcome. Is there anything else?"
_NO_VISITS = "I can tell you about the clinic here. For visits and bookings use the pages in the menu."
_OWN = frozenset({"book", "move", "cancel", "next", "visits", "day"})
_DEEDS = frozenset({"book", "move", "cancel"})


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An answer, what is offered to confirm, and what can be chosen from, each as it may be said back."""

    text: str
    offers: list[Proposal] = field(default_factory=list)
    choices: tuple[str, ...] = ()


def answer(actor: Actor, talk: Talk, text: str) -> BuiltIn:
    """The answer to what was said; what it is about is remembered in `talk.subject`."""
    subject = Subject.of(talk)
    try:
        step = _answered(actor, subject, text)
    except Refused as refused:
        step = Step(str(refused))
    subject.keep(talk)
    is_listed = bool(subject.labels) and numbered(1, subject.labels[0]) in step.text
    return BuiltIn(step.text.strip(), step.offers, tuple(subject.labels) if is_listed else ())


def _answered(actor: Actor, subject: Subject, text: str) -> Step:
    words = plainly(text)
    said = spoken_times.read(text, clock.today(actor.clinic.zone))
    number = subject.number_of(text.strip()) or number_in(words, len(subject.choices))
    if number is not None and subject.choose(number):
        return _go_on(actor, subject)
    intent = intent_of(words)
    if intent == "doctors" and wants_any(words) and actor.is_patient:
        intent = "book"
    if intent in {"yes", "no"}:
        return _yes_or_no(subject, intent)
    if actor.is_doctor and tells_of_own_hours(words):
        return Step(facts_in_words.own_hours())
    if intent == "more":
        return _more(actor, subject)
    is_ill = tells_symptom(words) and actor.is_patient
    impossible = _impossible_day(actor, said)
    if impossible and intent not in _FACTS and not is_ill:
        return Step(impossible)
    if _may_be_detail(subject, intent, words) and details.take(actor, subject, words, said):
        return _go_on(actor, subject)
    if intent == "book" and actor.is_doctor and "book" not in words.split():
        return Step(visits_in_words.free_times(actor, said))
    if intent in _OWN and not (actor.is_patient or actor.is_doctor):
        return Step(_NO_VISITS)
    if intent in _DEEDS and not (is_ill and intent == "book"):
        return _begin(actor, subject, intent, text)
    if is_ill:
        subject.clear()
        step = _begin(actor, subject, "book", text)
        return Step(_NO_DOCTOR + step.text, step.offers)
    if intent in _FACTS:
        return Step(_FACTS[intent](actor, subject, words, said))
    return _by_name(actor, subject, text, words, said)


def _go_on(actor: Actor, subject: Subject) -> Step:
    if subject.deed in _DEEDS:
        return choosing.go_on(actor, subject)
    if subject.appointment_id is not None:
        return Step(visits_in_words.chosen(actor, subject))
    return Step(facts_in_words.not_understood(actor))


def _begin(actor: Actor, subject: Subject, deed: str, text: str) -> Step:
    """A deed from its beginning, with every detail that was told along with it."""
    details.begin(actor, subject, deed, text)
    return choosing.go_on(actor, subject)


def _may_be_detail(subject: Subject, intent: str, words: str) -> bool:
    """Whether the words may tell a detail of what is under way, and not begin something else."""
    if intent == subject.deed == "book":
        return re.search(r"\bbook (?!it|that|this)", words) is None
    is_question = words.startswith(("who ", "which "))
    return bool(subject.deed) and intent in {"", "doctors", "day"} and not is_question


def _yes_or_no(subject: Subject, intent: str) -> Step:
    if intent == "yes":
        return Step(_PRESS if subject.asked == "confirm" else _WHICH if subject.choices else _LEFT)
    if subject.asked == "confirm" and subject.deed != "cancel":
        subject.asked = ""
        subject.keep_day()
        return Step(_NO_CHANGE)
    subject.clear()
    return Step(_LEFT)


def _more(actor: Actor, subject: Subject) -> Step:
    subject.offset += AT_ONCE
    if subject.asked == "time" and subject.choices:
        last = subject.choices[-1].get("first_day") or subject.last_day
        subject.forget_time()
        subject.first_day = (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else None
        return choosing.go_on(actor, subject)
    if subject.asked in _FACTS:
        return Step(_FACTS[subject.asked](actor, subject, "", SpokenTime()))
    return choosing.go_on(actor, subject) if subject.deed in _DEEDS else Step(facts_in_words.help_(actor))


def _impossible_day(actor: Actor, said: SpokenTime) -> str:
    if said.no_such_day:
        return f"There is no such day as “{said.no_such_day}”. Which day do you mean?"
    if said.last_day is not None and said.last_day < clock.today(actor.clinic.zone) and not actor.is_doctor:
        return "That day has passed. Which day would you like?"
    return ""


def _by_name(actor: Actor, subject: Subject, text: str, words: str, said: SpokenTime) -> Step:
    """What is only a name or a time: of a treatment, of a doctor, of a day."""
    if actor.is_doctor and not said.is_empty:
        return Step(visits_in_words.day(actor, said))
    if actor.is_patient and not said.is_empty:
        return _begin(actor, subject, "book", text)
    if details.names_treatment(actor, words):
        return Step(facts_in_words.treatments(actor, subject, words))
    if details.names_doctor(actor, words) or facts_in_words.names_skill(actor, words):
        return Step(facts_in_words.doctors(actor, subject, words))
    if subject.deed and subject.choices:
        return Step(_SAY_CHOICE.format(len(subject.choices)))
    return Step(facts_in_words.not_understood(actor))


def _thanks(_actor: Actor, subject: Subject, _words: str, _said: SpokenTime) -> str:
    subject.clear()
    return _THANKS


def _day(actor: Actor, _subject: Subject, _words: str, said: SpokenTime) -> str:
    return visits_in_words.day(actor, said) if actor.is_doctor else facts_in_words.not_understood(actor)


def _next(actor: Actor, subject: Subject, _words: str, _said: SpokenTime) -> str:
    return visits_in_words.next_one(actor, subject)


def _visits(actor: Actor, subject: Subject, _words: str, said: SpokenTime) -> str:
    if actor.is_doctor and said.first_day is not None:
        return visits_in_words.day(actor, said)
    return visits_in_words.every(actor, subject)


_FACTS: dict[str, Callable[[Actor, Subject, str, SpokenTime], str]] = {
    "sign_out": lambda _actor, _subject, _words, _said: facts_in_words.sign_out(),
    "about": lambda actor, _subject, _words, _said: facts_in_words.about(actor),
    "records": lambda actor, _subject, _words, _said: facts_in_words.records(actor),
    "phone": lambda actor, _subject, _words, _said: facts_in_words.phone(actor),
    "address": lambda actor, _subject, _words, _said: facts_in_words.address(actor),
    "opening": lambda actor, _subject, _words, said: facts_in_words.opening(actor, said),
    "treatments": lambda actor, subject, words, _said: facts_in_words.treatments(actor, subject, words),
    "who_speaks": lambda actor, subject, words, _said: facts_in_words.doctors(actor, subject, words),
    "doctors": lambda actor, subject, words, _said: facts_in_words.doctors(actor, subject, words),
    "help": lambda actor, _subject, _words, _said: facts_in_words.help_(actor),
    "thanks": _thanks,
    "day": _day,
    "next": _next,
    "visits": _visits,
}
