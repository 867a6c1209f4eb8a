"""The built-in assistant's answers about the clinic: where, when, what, how much, who."""

import re
from typing import Any

from medimeet.domain.spelling import plain
from medimeet.domain.spoken_times import SpokenTime
from medimeet.services.access import Actor
from medimeet.services.assistant import looking
from medimeet.services.assistant.clinic_facts import WEEKDAYS
from medimeet.services.assistant.looking import MOST, listed
from medimeet.services.assistant.subject import Subject
from medimeet.services.assistant.understanding import doctor_named, mentions, named


def help_(actor: Actor) -> str:
    """What can be asked."""
    if not (actor.is_patient or actor.is_doctor):
        return "I am a plain program, not an AI. Ask me about prices, doctors, hours or the address of the clinic."
    if actor.is_doctor:
        return (
            "I am a plain program, not an AI. Ask me about your day, your next visit, your free times or the clinic, "
            "or say which of your visits to move or cancel."
        )
    return (
        "I am a plain program, not an AI. I can find you a time and book it once you confirm it, show, move or cancel "
        "your appointments, and tell prices, doctors, hours and the address. What would you like?"
    )


def about(actor: Actor) -> str:
    """Who answers."""
    return f"I am a plain program of the clinic: no person and no AI. {looking.call_us(actor)} {_ASK}"


def records(actor: Actor) -> str:
    """What the assistant has nothing to do with."""
    cant = "I can't see results, prescriptions, records or invoices."
    if actor.is_doctor:
        return f"{cant} You find the record of a visit on its page, under “Visits” in the menu."
    if not actor.is_patient:
        return f"{cant} Use the pages in the menu."
    return f"{cant} What a doctor wrote for you stands with the visit, under “My visits”. {looking.call_us(actor)}"


def own_hours() -> str:
    """Where a doctor's hours are kept, which the assistant does not change."""
    return "I can't change your hours or days off. You do that under “Working hours” in the menu."


def sign_out() -> str:
    """How to sign out, which the assistant can't do."""
    return "To sign out, use “Sign out” in the menu at the top of the page."


def not_understood(actor: Actor) -> str:
    """Says so, and what can be done."""
    can = "“my day”, “my visits” or “free times”" if actor.is_doctor else "“prices”, “doctors” or “address”"
    can = "“book”, “my appointments” or “prices”" if actor.is_patient else can
    return (
        f"I did not understand that; I am a plain program and know only some words. Try {can}. {looking.call_us(actor)}"
    )


def address(actor: Actor) -> str:
    """Where the clinic is."""
    facts = looking.look(actor, "clinic_facts")
    if not facts["address"]:
        return f"I do not know the address of {facts['name']}. {looking.call_us(actor)}"
    return f"{facts['name']} is at {facts['address']}. {looking.call_us(actor)}"


def phone(actor: Actor) -> str:
    """How to reach the clinic."""
    facts = looking.look(actor, "clinic_facts")
    ways = [f"phone {facts['phone']}" if facts["phone"] else "", f"e-mail {facts['email']}" if facts["email"] else ""]
    told = listed([way for way in ways if way])
    if not told:
        return f"I do not know how {facts['name']} is reached. You can ask at the clinic."
    return f"You reach {facts['name']} by {told}."


def opening(actor: Actor, said: SpokenTime) -> str:
    """When doctors see patients, first on the day that is named: the desk's hours are not known, and that is said."""
    facts = looking.look(actor, "clinic_facts")
    days: dict[str, str] = facts["doctors_see_patients"]
    desk = f"I do not know when the desk is open. {looking.call_us(actor)}"
    if not days:
        return f"No doctor has weekly hours here. {desk}"
    name = f"{said.first_day:%A}" if said.first_day is not None and said.first_day == said.last_day else ""
    none_then = f"On a {name} there is usually no doctor here. " if name and name not in days else ""
    return f"{none_then}Our doctors see patients {'; '.join(_grouped(days))} ({facts['time_zone']}). {desk}"


def treatments(actor: Actor, subject: Subject, words: str) -> str:
    """What a treatment costs, or what there is."""
    found = looking.treatments(actor)
    if not found:
        return f"No treatment can be booked here at the moment. {looking.call_us(actor)}"
    wanted = named(words, {each["treatment_id"]: each["name"] for each in found})
    if wanted is None and re.search(r"\b(it|that|this)\b", words):
        wanted = subject.treatment_id
    for each in found:
        if each["treatment_id"] == wanted:
            subject.treatment_id = wanted
            booking = " Say “book” to find a time." if actor.is_patient else ""
            return f"{each['name']} takes {each['minutes']} minutes and costs {each['price']}.{booking}"
    shown = found[subject.offset : subject.offset + MOST] or found[:MOST]
    subject.deed, subject.asked = "", "treatments"
    lines = [f"{each['name']}, {each['minutes']} minutes, {each['price']}" for each in shown]
    offered = subject.offer(lines, [{"deed": "book", "treatment_id": each["treatment_id"]} for each in shown])
    return f"These are our treatments:\n{offered}\n{_how_to_go_on(actor, len(found) > subject.offset + MOST)}"


def doctors(actor: Actor, subject: Subject, words: str) -> str:
    """Who works here, with their languages and fields; those who speak a language or work in a field that is named."""
    treatment_id = named(words, {each["treatment_id"]: each["name"] for each in looking.treatments(actor)})
    found = looking.doctors(actor, treatment_id)
    if not found:
        return f"No doctor can be booked here at the moment. {looking.call_us(actor)}"
    one = doctor_named(words, {each["doctor_id"]: each["name"] for each in found})
    asked = [each for each in found if each["doctor_id"] == one] if one else _with_skill(found, words)
    if asked is None:
        return f"I know of no doctor here for that. {_names(found)} {looking.call_us(actor)}"
    shown = asked[subject.offset : subject.offset + MOST] or asked[:MOST]
    subject.deed, subject.asked = "", "doctors"
    subject.treatment_id = treatment_id or subject.treatment_id
    lines = [_doctor(each) for each in shown]
    offered = subject.offer(lines, [{"deed": "book", "doctor_id": each["doctor_id"]} for each in shown])
    if len(shown) == 1:
        subject.doctor_id = shown[0]["doctor_id"]
        booking = " Say “book” to find a time." if actor.is_patient else ""
        return f"{lines[0]}.{booking}"
    return f"Our doctors:\n{offered}\n{_how_to_go_on(actor, len(asked) > subject.offset + MOST)}"


def names_skill(actor: Actor, words: str) -> bool:
    """Whether the words name a language or a field of medicine of one of the doctors."""
    return bool(_skills_in(looking.doctors(actor), words))


def _with_skill(found: list[dict[str, Any]], words: str) -> list[dict[str, Any]] | None:
    """Those who speak a language or work in a field that is named; all where none is, None where it is nobody's."""
    named_skills = _skills_in(found, words)
    if named_skills:
        return [each for each in found if named_skills & {*each["languages"], *each["specialties"]}]
    return None if "speak" in words and not words.startswith("who do") else found


def _skills_in(found: list[dict[str, Any]], words: str) -> set[str]:
    skills = {skill for each in found for skill in (*each["languages"], *each["specialties"])}
    return {skill for skill in skills if mentions(words, skill) or _is_field(words, skill)}


def _is_field(words: str, skill: str) -> bool:
    """Whether "cardiologist" is said of "Cardiology"."""
    stem = plain(skill).removesuffix("ology").removesuffix("ics").removesuffix("istry")
    return len(stem) >= 5 and any(word.startswith(stem) for word in words.split())


def _doctor(doctor: dict[str, Any]) -> str:
    fields = f", {listed(doctor['specialties'])}" if doctor["specialties"] else ""
    speaks = f", speaks {listed(doctor['languages'])}" if doctor["languages"] else ""
    return f"{doctor['name']}{fields}{speaks}"


def _names(found: list[dict[str, Any]]) -> str:
    return f"Our doctors are {listed([each['name'] for each in found[:MOST]])}."


def _grouped(days: dict[str, str]) -> list[str]:
    """'Monday to Friday from 09:00 to 17:00': days in a row with the same hours together."""
    groups: list[list[str]] = []
    for name in WEEKDAYS:
        if name not in days:
            continue
        follows = bool(groups) and WEEKDAYS.index(groups[-1][-1]) == WEEKDAYS.index(name) - 1
        if follows and days[groups[-1][-1]] == days[name]:
            groups[-1].append(name)
        else:
            groups.append([name])
    told = [names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}" for names in groups]
    return [f"on {name}, {days[names[0]]}" for name, names in zip(told, groups, strict=True)]


def _how_to_go_on(actor: Actor, has_more: bool) -> str:
    if not actor.is_patient:
        return "Say “more” for more." if has_more else ""
    return "Say a number to book, or “more”." if has_more else "Say a number to book."


_ASK = "What would you like?"
