"""What the built-in assistant asks the tools, and how it says days, times and lists: short, to be spoken, too."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from medimeet.services.access import Actor
from medimeet.services.assistant import tools

MOST = 5


class Refused(Exception):
    """A tool told why it can't be done; the text is for the person."""


def look(actor: Actor, tool: str, **arguments: Any) -> dict[str, Any]:
    """What the tool gives; arguments that are None are left out. Raises Refused."""
    outcome = tools.call(actor, tool, {name: value for name, value in arguments.items() if value is not None})
    if "error" in outcome.result:
        raise Refused(outcome.result["error"])
    return outcome.result


def treatments(actor: Actor) -> list[dict[str, Any]]:
    """The treatments that can be booked."""
    found: list[dict[str, Any]] = look(actor, "list_treatments")["treatments"]
    return found


def doctors(actor: Actor, treatment_id: int | None = None) -> list[dict[str, Any]]:
    """The doctors who can be booked, of a treatment or of all."""
    found: list[dict[str, Any]] = look(actor, "list_doctors", treatment_id=treatment_id)["doctors"]
    return found


def visits(actor: Actor) -> list[dict[str, Any]]:
    """The visits to come of whoever asks, with the patients' names where a doctor asks."""
    found: list[dict[str, Any]] = look(actor, "my_appointments")["appointments"]
    return [each | {"patient": tools.with_names(actor, each.get("patient", ""))} for each in found]


def listed(words: Sequence[str]) -> str:
    """'a, b and c'."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def day_in_words(day: str) -> str:
    """'Tuesday 24 November' of '2026-11-24'."""
    read = date.fromisoformat(day)
    return f"{read:%A} {read.day} {read:%B}"


def visit_in_words(visit: dict[str, Any]) -> str:
    """'Check-up with Dr Amelia Hart on Tuesday 24 November, 09:00 to 09:30 (GMT)'; for doctors with the patient."""
    what = visit["treatment"] or "Visit"
    whom = visit["patient"] or visit["doctor"]
    return (
        f"{what} with {whom} on {day_in_words(visit['date'])}, "
        f"{visit['start_time']} to {visit['end_time']} ({visit['zone']})"
    )


def call_us(actor: Actor) -> str:
    """Words to reach the clinic, to stand behind a full stop."""
    facts = look(actor, "clinic_facts")
    if facts["phone"]:
        return f"You can call the clinic: {facts['phone']}."
    return f"You can write to the clinic: {facts['email']}." if facts["email"] else "You can ask at the clinic."
