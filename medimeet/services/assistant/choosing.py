"""Booking, moving and canceling, step by step: what is not known yet is asked for; at the end stands a proposal.

At most five choices at a time, answered by a number or in words. Nothing here books: a proposal waits for the person.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from medimeet.domain.wall_clock import parse_minute, text_of
from medimeet.models import Proposal
from medimeet.services.access import Actor
from medimeet.services.assistant import looking, proposals, tools
from medimeet.services.assistant.clinic_facts import money
from medimeet.services.assistant.looking import MOST, Refused, day_in_words
from medimeet.services.assistant.subject import ANY_DOCTOR, Subject

_LOOKS = 4
_TWO_WEEKS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Step:
    """What is said next, and what is offered to confirm."""

    text: str
    offers: list[Proposal] = field(default_factory=list)


def go_on(actor: Actor, subject: Subject) -> Step:
    """The next step of the deed. Raises Refused, in words for the person."""
    if subject.deed == "book":
        return _book(actor, subject)
    visit = _visit(actor, subject)
    if isinstance(visit, Step):
        return visit
    if subject.deed == "cancel":
        return _offer(actor, subject, "propose_cancellation", appointment_id=visit["appointment_id"])
    if subject.minute is not None and subject.first_day is None:
        subject.first_day = subject.last_day = visit["date"]
    return _when(actor, subject, appointment_id=visit["appointment_id"])


def _book(actor: Actor, subject: Subject) -> Step:
    if not actor.is_patient:
        return Step("I can't book for patients. Open the patient's page and book there. I can tell your free times.")
    return _treatment(actor, subject) or _doctor(actor, subject) or _time_to_book(actor, subject)


def _treatment(actor: Actor, subject: Subject) -> Step | None:
    found = looking.treatments(actor)
    if subject.doctor_id:
        own = {
            name
            for each in looking.doctors(actor)
            if each["doctor_id"] == subject.doctor_id
            for name in each["treatments"]
        }
        found = [each for each in found if each["name"] in own]
    if not found:
        raise Refused("Nothing can be booked there at the moment.")
    if subject.treatment_id not in [each["treatment_id"] for each in found]:
        subject.treatment_id = found[0]["treatment_id"] if len(found) == 1 else None
    if subject.treatment_id is not None:
        return None
    shown = found[subject.offset : subject.offset + MOST] or found[:MOST]
    lines = [f"{each['name']}, {each['price']}" for each in shown]
    return _ask(
        subject,
        "treatment",
        "What is the visit for?",
        lines,
        [{"treatment_id": each["treatment_id"]} for each in shown],
        f"Say a number or a name{_or_more(found, subject)}.",
    )


def _doctor(actor: Actor, subject: Subject) -> Step | None:
    found = looking.doctors(actor, subject.treatment_id)
    ids = [each["doctor_id"] for each in found]
    if subject.doctor_id is None and (len(ids) == 1 or subject.is_first):
        subject.doctor_id = ids[0] if len(ids) == 1 else ANY_DOCTOR
    if subject.doctor_id == ANY_DOCTOR or subject.doctor_id in ids:
        return None
    shown = found[subject.offset : subject.offset + MOST - 1] or found[: MOST - 1]
    lines = [*(each["name"] for each in shown), "Any of them"]
    return _ask(
        subject,
        "doctor",
        "With which doctor?",
        lines,
        [*({"doctor_id": each["doctor_id"]} for each in shown), {"doctor_id": ANY_DOCTOR}],
        "Say a number or a name.",
    )


def _time_to_book(actor: Actor, subject: Subject) -> Step:
    return _when(actor, subject, treatment_id=subject.treatment_id, doctor_id=subject.doctor_id or None)


def _when(actor: Actor, subject: Subject, **wanted: int | None) -> Step:
    """The time: proposed once there is one, else asked for."""
    if subject.slot_id is not None:
        return _offer_time(actor, subject, wanted)
    found = _free(actor, subject, wanted)
    times = found["times"]
    if times and (subject.is_first or (subject.minute is not None and len(times) == 1)):
        subject.slot_id = times[0]["slot_id"]
        return _offer_time(actor, subject, wanted)
    if subject.minute is not None and times:
        return _ask_time(subject, f"{text_of(subject.minute)} is free on these days:", times[:MOST], with_day=True)
    if subject.one_day is not None:
        return _times_of_day(actor, subject, wanted, found)
    if found["days"]:
        return _ask_day(subject, "There are free times on these days:", found["days"][:MOST])
    return _days_after(actor, subject, wanted, "There is no free time then.")


def _times_of_day(actor: Actor, subject: Subject, wanted: dict[str, int | None], found: dict[str, Any]) -> Step:
    day = day_in_words(subject.first_day or found["first_date"])
    if found["times"]:
        return _ask_time(subject, f"Free times on {day} ({found['times'][0]['zone']}):", _spread(found["times"]))
    whole = looking.look(actor, "list_free_times", date_from=subject.first_day, date_to=subject.last_day, **wanted)
    if not whole["times"]:
        return _days_after(actor, subject, wanted, f"There is no free time on {day}.")
    minute = next(each for each in (subject.minute, subject.earliest, subject.latest, 0) if each is not None)
    near = sorted(whole["times"], key=lambda each: abs(parse_minute(each["start_time"]) - minute))[:MOST]
    near.sort(key=lambda each: (each["date"], each["start_time"]))
    return _ask_time(subject, f"That time is not free on {day}. The nearest are ({near[0]['zone']}):", near)


def _days_after(actor: Actor, subject: Subject, wanted: dict[str, int | None], words: str) -> Step:
    """The next days that have a free time, from the wanted one on, at any time of day."""
    first = subject.first_day
    subject.forget_time()
    for _ in range(_LOOKS):
        found = looking.look(actor, "list_free_times", date_from=first, **wanted)
        if found["days"]:
            return _ask_day(subject, f"{words} The next days with free times:", found["days"][:MOST])
        first = (date.fromisoformat(found["first_date"]) + _TWO_WEEKS).isoformat()
    raise Refused(f"{words} Nor is there one in the eight weeks after. {looking.call_us(actor)}")


def _free(actor: Actor, subject: Subject, wanted: dict[str, int | None]) -> dict[str, Any]:
    earliest, latest = subject.earliest, subject.latest
    if subject.minute is not None:
        earliest = latest = subject.minute
    return looking.look(
        actor,
        "list_free_times",
        date_from=subject.first_day,
        date_to=subject.last_day,
        earliest=text_of(earliest) if earliest is not None else None,
        latest=text_of(latest) if latest is not None else None,
        **wanted,
    )


def _offer_time(actor: Actor, subject: Subject, wanted: dict[str, int | None]) -> Step:
    slot_id, subject.slot_id = subject.slot_id, None
    try:
        if subject.deed == "move":
            return _offer(
                actor, subject, "propose_move", appointment_id=wanted["appointment_id"] or 0, slot_id=slot_id or 0
            )
        return _offer(actor, subject, "propose_booking", slot_id=slot_id or 0, treatment_id=subject.treatment_id or 0)
    except Refused as refused:
        subject.minute, subject.is_first = None, False
        raise Refused(f"{refused} Say another day or time.") from None


def _offer(actor: Actor, subject: Subject, tool: str, **arguments: int) -> Step:
    outcome = tools.call(actor, tool, arguments)
    if outcome.offer is None:
        raise Refused(outcome.result["error"])
    subject.forget_choices()
    subject.asked, subject.is_first = "confirm", False
    return Step(_offer_in_words(actor, outcome.offer), [outcome.offer])


def _offer_in_words(actor: Actor, proposal: Proposal) -> str:
    card = proposals.card(proposal)
    whom = card.patient or card.doctor
    what = (
        f"{card.treatment or 'Visit'} with {whom}, {card.day}, {card.start_time} to {card.end_time} ({card.time_zone})"
    )
    if card.deed == "book":
        price = f", {money(card.price, actor.clinic)}" if card.price is not None else ""
        return f"I can offer you this: {what}{price}. Nothing is done yet. If it is right, press Confirm."
    if card.deed == "move":
        return (
            f"The new time would be: {what}. It is now {card.was}. Nothing is done yet. If it is right, press Confirm."
        )
    return f"You want to cancel this: {what}. Nothing is done yet. If it is right, press Confirm."


def _visit(actor: Actor, subject: Subject) -> dict[str, Any] | Step:
    found = looking.visits(actor)
    for visit in found:
        if visit["appointment_id"] == subject.appointment_id:
            return visit
    if not found:
        subject.deed = ""
        return Step(
            "You have no visit to come." if actor.is_doctor else "You have no visit to come. Say “book” for one."
        )
    if len(found) == 1:
        subject.appointment_id = found[0]["appointment_id"]
        return found[0]
    shown = found[subject.offset : subject.offset + MOST] or found[:MOST]
    lines = [looking.visit_in_words(each) for each in shown]
    verb = "move" if subject.deed == "move" else "cancel"
    return _ask(
        subject,
        "visit",
        f"Which visit do you want to {verb}?",
        lines,
        [{"appointment_id": each["appointment_id"]} for each in shown],
        f"Say a number{_or_more(found, subject)}.",
    )


def _ask_day(subject: Subject, words: str, days: list[dict[str, Any]]) -> Step:
    lines = [f"{day_in_words(each['date'])}, {_count(each['free'])}" for each in days]
    return _ask(
        subject,
        "time",
        words,
        lines,
        [{"first_day": each["date"], "last_day": each["date"]} for each in days],
        "Say a number, or another day or time.",
    )


def _ask_time(subject: Subject, words: str, times: list[dict[str, Any]], *, with_day: bool = False) -> Step:
    several = len({each["doctor_id"] for each in times}) > 1
    lines = [
        f"{day_in_words(each['date']) + ', ' if with_day else ''}{each['start_time']}"
        f"{' with ' + each['doctor'] if several else ''}"
        for each in times
    ]
    return _ask(
        subject,
        "time",
        words,
        lines,
        [{"slot_id": each["slot_id"]} for each in times],
        "Say a number, or another time or day.",
    )


def _ask(
    subject: Subject, asked: str, question: str, labels: list[str], choices: list[dict[str, Any]], how: str
) -> Step:
    subject.asked = asked
    return Step(f"{question}\n{subject.offer(labels, choices)}\n{how}")


def _spread(times: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most five of the times, from the first to the last, evenly."""
    if len(times) <= MOST:
        return times
    return [times[round(place * (len(times) - 1) / (MOST - 1))] for place in range(MOST)]


def _or_more(found: list[dict[str, Any]], subject: Subject) -> str:
    return ", or “more”" if len(found) > subject.offset + MOST else ""


def _count(free: int) -> str:
    return "1 free time" if free == 1 else f"{free} free times"
