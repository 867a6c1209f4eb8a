"""The built-in assistant's answers about visits: one's next one, all of them, a doctor's day and free times."""

from datetime import date, timedelta
from typing import Any

from medimeet.domain.spoken_times import SpokenTime
from medimeet.domain.wall_clock import parse_minute, text_of
from medimeet.services.access import Actor
from medimeet.services.assistant import looking, tools
from medimeet.services.assistant.looking import MOST, day_in_words, visit_in_words
from medimeet.services.assistant.subject import Subject
from medimeet.services.assistant.understanding import mentions

_SIX_DAYS = timedelta(days=6)
_NONE = "You have no visit to come."
_NONE_BUT_BOOK = f"{_NONE} Say “book” for one."


def next_one(actor: Actor, subject: Subject) -> str:
    """The next visit."""
    found = looking.visits(actor)
    if not found:
        return _none(actor)
    subject.clear()
    subject.appointment_id = found[0]["appointment_id"]
    more = len(found) - 1
    others = f" There {'is' if more == 1 else 'are'} {more} more after it." if more else ""
    return f"Your next visit: {_told(found[0])}.{others} You can move or cancel it here."


def every(actor: Actor, subject: Subject) -> str:
    """All visits to come, five at a time."""
    found = looking.visits(actor)
    if not found:
        return _none(actor)
    if len(found) == 1:
        return next_one(actor, subject)
    shown = found[subject.offset : subject.offset + MOST] or found[:MOST]
    offset = subject.offset
    subject.clear()
    subject.asked, subject.offset = "visits", offset
    offered = subject.offer(map(_told, shown), [{"appointment_id": each["appointment_id"]} for each in shown])
    more = ", or “more”" if len(found) > subject.offset + MOST else ""
    return f"Your visits to come:\n{offered}\nTo move or cancel one, say its number{more}."


def chosen(actor: Actor, subject: Subject) -> str:
    """What can be done with a visit that was chosen from the list."""
    for visit in looking.visits(actor):
        if visit["appointment_id"] == subject.appointment_id:
            return f"{_told(visit)}. Say “move” or “cancel”."
    return _none(actor)


def day(actor: Actor, said: SpokenTime) -> str:
    """A doctor's day: visits, free times, absences. Of several days, how many of each: at most a week."""
    if said.first_day is not None and said.last_day is not None and said.first_day < said.last_day:
        return _days(actor, said.first_day, min(said.last_day, said.first_day + _SIX_DAYS))
    found = looking.look(actor, "my_day", date=said.first_day.isoformat() if said.first_day else None)
    name = day_in_words(found["date"])
    away = f" You are away: {', '.join(found['away'])}." if found["away"] else ""
    free = f"{found['free_times'] or 'No'} free {'time' if found['free_times'] == 1 else 'times'} left."
    if not found["visits"]:
        return f"You have no visits on {name}. {free}{away}"
    lines = [
        f"{each['start_time']} to {each['end_time']}, {each['patient']}, "
        f"{each['treatment'] or 'visit'}, {each['status'].lower()}"
        for each in found["visits"]
    ]
    told = tools.with_names(actor, "\n".join(lines))
    return f"Your visits on {name} ({found['visits'][0]['zone']}):\n{told}\n{free}{away}"


def _days(actor: Actor, first: date, last: date) -> str:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = [looking.look(actor, "my_day", date=each.isoformat()) for each in days]
    told = [
        f"{day_in_words(each['date'])}: {_counted(each)}"
        for each in found
        if each["visits"] or each["free_times"] or each["away"]
    ]
    name = f"from {day_in_words(first.isoformat())} to {day_in_words(last.isoformat())}"
    if not told:
        return f"You have no visits and no free times {name}."
    return f"Your days {name}:\n{chr(10).join(told)}\nSay a day for its visits."


def _counted(found: dict[str, Any]) -> str:
    count = len(found["visits"])
    visits = f"{'more than ' if found['more'] else ''}{count or 'no'} {'visit' if count == 1 else 'visits'}"
    free = f"{found['free_times'] or 'no'} free {'time' if found['free_times'] == 1 else 'times'}"
    return f"{visits}, {free}{', away ' + ', '.join(found['away']) if found['away'] else ''}"


def free_times(actor: Actor, said: SpokenTime) -> str:
    """A doctor's own free times."""
    found = looking.look(
        actor,
        "list_free_times",
        date_from=said.first_day.isoformat() if said.first_day else None,
        date_to=said.last_day.isoformat() if said.last_day else None,
        earliest=text_of(said.earliest) if said.earliest is not None else None,
        latest=text_of(said.latest) if said.latest is not None else None,
    )
    if not found["days"]:
        return "You have no free time then."
    if len(found["days"]) == 1:
        times = ", ".join(each["start_time"] for each in found["times"])
        return f"Your free times on {day_in_words(found['days'][0]['date'])} ({found['times'][0]['zone']}): {times}."
    days = [f"{day_in_words(each['date'])}: {each['free']}" for each in found["days"][:MOST]]
    return f"Your free times, by day:\n{chr(10).join(days)}\nSay a day for its times."


def matching(visits: list[dict[str, Any]], words: str, said: SpokenTime) -> list[dict[str, Any]]:
    """Those of the visits that fit what was said of day, time, treatment and people; all where nothing was."""
    left = visits
    if said.first_day is not None and said.last_day is not None:
        first, last = said.first_day.isoformat(), said.last_day.isoformat()
        left = [each for each in left if first <= each["date"] <= last]
    if said.minute is not None:
        left = [each for each in left if parse_minute(each["start_time"]) == said.minute]
    for name in ("treatment", "doctor", "patient"):
        fitting = [each for each in left if _is_named(words, each[name])]
        left = fitting if fitting and len({each[name] for each in left}) > 1 else left
    return left


def _is_named(words: str, name: str) -> bool:
    parts = name.removeprefix("Dr ").split()
    return bool(parts) and (mentions(words, name) or mentions(words, parts[-1]))


def _told(visit: dict[str, Any]) -> str:
    status = "" if visit["status"] == "Booked" else f", {visit['status'].lower()}"
    return visit_in_words(visit) + status


def _none(actor: Actor) -> str:
    return _NONE_BUT_BOOK if actor.is_patient else _NONE
