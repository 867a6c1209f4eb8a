"""Free times, as the assistant's tools give them: a few, with their day's name, on the clinic's wall clock."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from medimeet import clock
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import minute_of, to_wall, zone_label
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Appointment, Doctor, Treatment
from medimeet.services import appointments, given_treatments, slots, treatments
from medimeet.services.access import Actor
from medimeet.services.assistant.arguments import Arguments
from medimeet.services.assistant.clinic_facts import MOST, WEEKDAYS, plain

_MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose times are looked for, and for what; `visit` is one that would be moved there."""

    doctors: Sequence[Doctor]
    treatment: Treatment | None
    visit: Appointment | None = None


def of_days(actor: Actor, arguments: Arguments) -> dict[str, Any]:
    """The first free times of at most 14 days, and how many each day has. Raises NotFound, InvalidInput."""
    wanted = _wanted(actor, arguments)
    first, last = _days(actor, arguments)
    leave_out = wanted.visit.id if wanted.visit is not None else None
    free = slots.free(wanted.doctors, wanted.treatment, first, last, leave_out=leave_out) if first <= last else []
    free = _when_patient_can(actor, _within(actor, arguments, free), leave_out)
    named = {doctor.id: plain(doctor.name) for doctor in wanted.doctors}
    times = [in_short(actor, slot, named[slot.doctor_id]) for slot in slots.one_a_start(free)]
    per_day = Counter((time["date"], time["weekday"]) for time in times)
    return {
        "time_zone": actor.clinic.time_zone,
        "first_date": first.isoformat(),
        "last_date": last.isoformat(),
        "days": [{"date": day, "weekday": weekday, "free": free} for (day, weekday), free in per_day.items()],
        "times": times[:MOST],
        "more": len(times) > MOST,
    }


def in_short(actor: Actor, slot: Slot, doctor: str) -> dict[str, Any]:
    """A free time: its id, whose it is, and when."""
    start, end = to_wall(slot.starts_at, actor.clinic.zone), to_wall(slot.ends_at, actor.clinic.zone)
    return {
        "slot_id": slot.id,
        "doctor_id": slot.doctor_id,
        "doctor": doctor,
        "date": start.date().isoformat(),
        "weekday": WEEKDAYS[start.weekday()],
        "start_time": f"{start:%H:%M}",
        "end_time": f"{end:%H:%M}",
        "zone": zone_label(slot.starts_at, actor.clinic.zone),
    }


def _wanted(actor: Actor, arguments: Arguments) -> _Wanted:
    visit_id = arguments.optional_number("appointment_id")
    doctor_id, treatment_id = arguments.optional_number("doctor_id"), arguments.optional_number("treatment_id")
    if visit_id is not None:
        visit = appointments.find(actor, visit_id)
        return _Wanted([visit.doctor], visit.treatment, visit)
    if actor.is_doctor:
        if doctor_id not in (None, actor.own_doctor.id):
            raise NotFound("You see your own free times here, not those of another doctor.")
        return _Wanted([actor.own_doctor], _own_treatment(actor, treatment_id))
    if treatment_id is None:
        raise InvalidInput({"treatment_id": "treatment_id is needed. list_treatments gives the ids."})
    if doctor_id is not None:
        treatment, doctor = given_treatments.find(actor, treatment_id, doctor_id)
        return _Wanted([doctor], treatment)
    treatment = treatments.find(actor, treatment_id)
    return _Wanted(treatments.bookable_doctors(treatment), treatment)


def _own_treatment(actor: Actor, treatment_id: int | None) -> Treatment | None:
    if treatment_id is None:
        return None
    treatment = treatments.find(actor, treatment_id)
    if treatment not in actor.own_doctor.offered_treatments:
        raise NotFound("You do not give this treatment.")
    return treatment


def _days(actor: Actor, arguments: Arguments) -> tuple[date, date]:
    """The first and the last day, both included: from today at the earliest, two weeks at the most."""
    today = clock.today(actor.clinic.zone)
    first = max(arguments.day("date_from") or today, today)
    if first > today + slots.HORIZON:
        raise InvalidInput({"date_from": f"Choose a day within the next {slots.HORIZON.days} days."})
    longest = first + timedelta(days=_MOST_DAYS - 1)
    return first, min(arguments.day("date_to") or longest, longest, today + slots.HORIZON)


def _within(actor: Actor, arguments: Arguments, free: list[Slot]) -> list[Slot]:
    earliest, latest = arguments.minute("earliest") or 0, arguments.minute("latest")
    zone = actor.clinic.zone
    starts = [(minute_of(to_wall(slot.starts_at, zone).time()), slot) for slot in free]
    return [slot for minute, slot in starts if earliest <= minute and (latest is None or minute <= latest)]


def _when_patient_can(actor: Actor, free: list[Slot], leave_out: int | None) -> list[Slot]:
    """Without those at which the patient who asks has another visit."""
    if not free or not actor.is_patient:
        return free
    start, end = free[0].starts_at, max(slot.ends_at for slot in free)
    own = [visit for visit in appointments.overlapping(actor.own_patient, start, end) if visit.id != leave_out]
    return [
        slot
        for slot in free
        if not any(visit.starts_at < slot.ends_at and slot.starts_at < visit.ends_at for visit in own)
    ]
