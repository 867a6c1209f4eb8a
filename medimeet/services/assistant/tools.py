"""What the assistant can look up and propose, for whoever it talks to. No tool changes anything but proposals.

The same services stand behind these as behind the pages. Who asks is bound here and never an argument; what people
wrote comes back as data, in short. A call never fails: what goes wrong is told in words that the asker can act upon.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from medimeet.errors import MediMeetError
from medimeet.models import Proposal
from medimeet.services.access import Actor
from medimeet.services.assistant import clinic_facts, free_times, own_visits, proposals
from medimeet.services.assistant.arguments import Arguments
from medimeet.services.assistant.own_visits import with_names

__all__ = ["Outcome", "call", "definitions", "with_names"]

_UNKNOWN = "There is no tool of this name. Use one of those that were listed."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool gave: plain JSON, and a proposal where it made one."""

    result: dict[str, Any]
    offer: Proposal | None = None


@dataclass(frozen=True, slots=True)
class _Tool:
    """One tool: what it is for, what it takes, who may use it. `look` reads, `propose` makes a proposal."""

    description: str
    arguments: dict[str, dict[str, str]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    is_for: Callable[[Actor], bool] = lambda actor: True
    look: Callable[[Actor, Arguments], dict[str, Any]] | None = None
    propose: Callable[[Actor, Arguments], Proposal] | None = None


def definitions(actor: Actor) -> list[dict[str, Any]]:
    """The tools that the actor may use, as OpenAI-compatible models are told of them."""
    return [_definition(name, tool) for name, tool in _TOOLS.items() if tool.is_for(actor)]


def call(actor: Actor, name: str, arguments: Mapping[str, Any]) -> Outcome:
    """What the tool gives; `{"error": "<words>"}` where it is unknown, the arguments are bad, or it can't be done."""
    tool = _TOOLS.get(name) if isinstance(name, str) else None
    if tool is None or not tool.is_for(actor):
        return Outcome({"error": _UNKNOWN})
    try:
        return _outcome(actor, tool, Arguments(arguments, tool.arguments))
    except MediMeetError as error:
        return Outcome({"error": error.words})


def _outcome(actor: Actor, tool: _Tool, arguments: Arguments) -> Outcome:
    if tool.look is not None:
        return Outcome(tool.look(actor, arguments))
    assert tool.propose is not None
    proposal = tool.propose(actor, arguments)
    return Outcome({"proposal": _as_told(proposal), "note": _NOT_DONE}, proposal)


def _as_told(proposal: Proposal) -> dict[str, Any]:
    """The proposal without its id, which only the person's own confirmation names, and without a patient's name."""
    card = proposals.card(proposal)
    told = ("deed", "doctor", "treatment", "date", "start_time", "end_time", "time_zone", "day", "was")
    return {name: getattr(card, name) for name in told}


def _definition(name: str, tool: _Tool) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": tool.arguments,
        "required": list(tool.needed),
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "description": tool.description, "parameters": parameters}}


def _has_visits(actor: Actor) -> bool:
    return actor.is_patient or actor.is_doctor


def _number(description: str) -> dict[str, str]:
    return {"type": "integer", "description": description}


def _text(description: str) -> dict[str, str]:
    return {"type": "string", "description": description}


_NOT_DONE = (
    "Nothing is done yet. The person sees this with a button to confirm it. Never say that it is booked, moved or "
    "canceled; ask them to look at it and confirm."
)
_TREATMENT = _number("A treatment's id, from list_treatments.")
_DOCTOR = _number("A doctor's id, from list_doctors; left out: any doctor.")
_VISIT = _number("The visit's id, from my_appointments.")
_SLOT = _number("The slot_id of a free time, from list_free_times.")

_TOOLS: dict[str, _Tool] = {
    "clinic_facts": _Tool(
        "The clinic's address, phone, e-mail, time zone, further services, and when its doctors see patients.",
        look=clinic_facts.of_clinic,
    ),
    "list_treatments": _Tool(
        "What the clinic offers, with minutes and price.",
        look=clinic_facts.of_treatments,
    ),
    "list_doctors": _Tool(
        "The clinic's doctors, with specialties, languages and treatments.",
        {"treatment_id": _number("Only doctors who give this treatment.")},
        look=clinic_facts.of_doctors,
    ),
    "list_free_times": _Tool(
        "Free times, at most 14 days at once; the first 20, and how many each day has. To move a visit give its "
        "appointment_id and nothing else but days and times.",
        {
            "treatment_id": _TREATMENT,
            "doctor_id": _DOCTOR,
            "appointment_id": _VISIT,
            "date_from": _text("The first day, YYYY-MM-DD; left out: today."),
            "date_to": _text("The last day, YYYY-MM-DD."),
            "earliest": _text("Not before this time of day, HH:MM."),
            "latest": _text("Not after this time of day, HH:MM."),
        },
        look=free_times.of_days,
    ),
    "my_appointments": _Tool(
        "The visits to come of the person you talk to, soonest first.",
        is_for=_has_visits,
        look=own_visits.listed,
    ),
    "my_day": _Tool(
        "One day of the doctor you talk to: visits, free times, absences. Patients are placeholders such as "
        "[patient 31]: repeat them exactly, the name is put in for the doctor.",
        {"date": _text("The day, YYYY-MM-DD; left out: today.")},
        is_for=lambda actor: actor.is_doctor,
        look=own_visits.of_day,
    ),
    "propose_booking": _Tool(
        "Proposes to book a free time for the person you talk to. It books nothing: the person confirms it.",
        {"slot_id": _SLOT, "treatment_id": _TREATMENT},
        ("slot_id", "treatment_id"),
        is_for=lambda actor: actor.is_patient,
        propose=lambda actor, given: proposals.propose_booking(
            actor, slot_id=given.number("slot_id"), treatment_id=given.number("treatment_id")
        ),
    ),
    "propose_move": _Tool(
        "Proposes to move a visit to a free time. It moves nothing: the person confirms it.",
        {"appointment_id": _VISIT, "slot_id": _SLOT},
        ("appointment_id", "slot_id"),
        is_for=_has_visits,
        propose=lambda actor, given: proposals.propose_move(
            actor, appointment_id=given.number("appointment_id"), slot_id=given.number("slot_id")
        ),
    ),
    "propose_cancellation": _Tool(
        "Proposes to cancel a visit. It cancels nothing: the person confirms it.",
        {"appointment_id": _VISIT},
        ("appointment_id",),
        is_for=_has_visits,
        propose=lambda actor, given: proposals.propose_cancellation(
            actor, appointment_id=given.number("appointment_id")
        ),
    ),
}
