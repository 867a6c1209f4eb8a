"""The details of a booking, a move or a cancellation that are told in words: treatment, doctor, visit, day, time."""

import re
from dataclasses import replace

from medimeet import clock
from medimeet.domain import spoken_times
from medimeet.domain.spoken_times import SpokenTime
from medimeet.services.access import Actor
from medimeet.services.assistant import looking, visits_in_words
from medimeet.services.assistant.looking import Refused
from medimeet.services.assistant.subject import ANY_DOCTOR, Subject
from medimeet.services.assistant.understanding import doctor_named, intent_of, named, plainly, wants_any


def begin(actor: Actor, subject: Subject, deed: str, text: str) -> None:
    """Puts the deed with all that was told of it into the subject; what was spoken of before it still counts.

    Raises Refused for a doctor whom nobody here knows, or who does not give the treatment.
    """
    words = plainly(text)
    listed_before = subject.choices if subject.asked == "visits" else []
    spoken_of = Subject() if subject.deed else replace(subject)
    subject.clear()
    subject.deed = deed
    if deed == "book":
        if not names_treatment(actor, words):
            subject.treatment_id, subject.doctor_id = spoken_of.treatment_id, spoken_of.doctor_id
        subject.hear(_when(actor, text))
        _names(actor, subject, words)
        return
    subject.appointment_id = None if re.search(r"\b(all|every\w*|both)\b", words) else spoken_of.appointment_id
    old, new = _old_and_new(text) if deed == "move" else (text, "")
    said = _when(actor, old)
    listed = re.search(r"\b(?:number |no )?(\d)\b", words)
    if listed and 1 <= int(listed[1]) <= len(listed_before):
        subject.appointment_id, said = listed_before[int(listed[1]) - 1]["appointment_id"], SpokenTime()
    elif not said.is_empty or subject.appointment_id is None:
        said = _match_visit(actor, subject, plainly(old), said, is_new_time=deed == "move" and not new)
    if deed == "move":
        subject.hear(_when(actor, new) if new else said)


def take(actor: Actor, subject: Subject, words: str, said: SpokenTime) -> bool:
    """Takes in the details that the words tell of what is under way; False where there are none."""
    if subject.deed == "book":
        before = (subject.treatment_id, subject.doctor_id)
        _names(actor, subject, words)
        is_new = before != (subject.treatment_id, subject.doctor_id) or _repeats(actor, subject, words)
    elif subject.asked == "visit":
        subject.appointment_id = None
        _match_visit(actor, subject, words, said, is_new_time=False)
        return subject.appointment_id is not None
    elif subject.deed == "cancel":
        return False
    else:
        is_new = False
    if said.is_empty:
        return is_new
    subject.hear(said)
    return True


def names_treatment(actor: Actor, words: str) -> int | None:
    """The treatment that the words name."""
    return named(words, {each["treatment_id"]: each["name"] for each in looking.treatments(actor)})


def names_doctor(actor: Actor, words: str) -> int | None:
    """The doctor whom the words name."""
    return doctor_named(words, {each["doctor_id"]: each["name"] for each in looking.doctors(actor)})


def _names(actor: Actor, subject: Subject, words: str) -> None:
    doctor = names_doctor(actor, words)
    treatment = names_treatment(actor, words)
    stranger = re.search(r"\bdr (\w{3,})", words)
    if doctor is None and stranger is not None:
        subject.clear()
        names = looking.listed([each["name"] for each in looking.doctors(actor)[: looking.MOST]])
        raise Refused(f"I know of no Dr {stranger[1].capitalize()} here. Our doctors are {names}.")
    if treatment is not None:
        subject.treatment_id, subject.slot_id = treatment, None
        if subject.doctor_id and subject.doctor_id not in _givers(actor, treatment):
            subject.doctor_id = None
    if doctor is not None and treatment is not None and doctor not in _givers(actor, treatment):
        subject.doctor_id = None
        raise Refused(_gives_not(actor, doctor, treatment))
    if doctor is not None:
        subject.doctor_id, subject.slot_id = doctor, None
    elif wants_any(words):
        subject.doctor_id, subject.slot_id = ANY_DOCTOR, None


def _gives_not(actor: Actor, doctor_id: int, treatment_id: int) -> str:
    name = next(each["name"] for each in looking.doctors(actor) if each["doctor_id"] == doctor_id)
    others = [each["name"] for each in looking.doctors(actor, treatment_id)[: looking.MOST]]
    return f"{name} does not give this treatment. You can have it with: {looking.listed(others)}. Say a name."


def _givers(actor: Actor, treatment_id: int) -> list[int]:
    return [each["doctor_id"] for each in looking.doctors(actor, treatment_id)]


def _when(actor: Actor, text: str) -> SpokenTime:
    """What was said of when; a day that has passed or never comes was no wish."""
    today = clock.today(actor.clinic.zone)
    said = spoken_times.read(text, today)
    is_past = said.last_day is not None and said.last_day < today
    return replace(said, first_day=None, last_day=None, no_such_day="") if is_past or said.no_such_day else said


def _repeats(actor: Actor, subject: Subject, words: str) -> bool:
    """Whether a treatment or doctor was named, though the same as before."""
    return bool(names_doctor(actor, words) or names_treatment(actor, words))


def _match_visit(actor: Actor, subject: Subject, words: str, said: SpokenTime, *, is_new_time: bool) -> SpokenTime:
    """Sets the one visit that fits; gives back what was said of when, if it was not said of the visit."""
    visits = looking.visits(actor)
    fitting = visits_in_words.matching(visits, words, said)
    if is_new_time and (len(visits) == 1 or not fitting):
        fitting = visits_in_words.matching(visits, words, SpokenTime())
        subject.appointment_id = fitting[0]["appointment_id"] if len(fitting) == 1 else subject.appointment_id
        return said
    if len(fitting) == 1:
        subject.appointment_id = fitting[0]["appointment_id"]
    elif visits and not fitting:
        subject.clear()
        raise Refused("I find no visit of yours then. Say “my appointments” to see them.")
    return SpokenTime()


def _old_and_new(text: str) -> tuple[str, str]:
    """Of "move Tuesday's visit to Thursday at 10" what tells of the visit, and what of the new time (else "")."""
    old, _, new = text.lower().rpartition(" to ")
    if not old or intent_of(plainly(new)) == "move":
        return text, ""
    return old, new
