"""The visits of whoever asks, as the assistant's tools give them. Patients have no names here, only placeholders.

What a doctor's tools give may go to a language model, so a patient is `[patient 31]` in it; `with_names` puts the names
in afterwards, of those patients only whom the person may see.
"""

import re
from typing import Any

from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import label
from medimeet.domain.wall_clock import text_of, to_wall, zone_label
from medimeet.models import Appointment, Patient
from medimeet.services import appointments, doctor_days
from medimeet.services.access import Actor
from medimeet.services.assistant.arguments import Arguments
from medimeet.services.assistant.clinic_facts import MOST, WEEKDAYS, money, plain

_PLACEHOLDER = re.compile(r"\[\s*patient[\s_#:]*(\d+)\s*\]", re.IGNORECASE)
_UNKNOWN = "a patient"
_LONGEST_ID = 10


def listed(actor: Actor, _arguments: Arguments) -> dict[str, Any]:
    """The visits to come of the patient or the doctor who asks, soonest first."""
    is_doctor = actor.is_doctor
    page = appointments.listed(
        actor,
        period="upcoming",
        doctor_id=actor.own_doctor.id if is_doctor else None,
        patient_id=None if is_doctor else actor.own_patient.id,
        per_page=MOST,
    )
    return {
        "time_zone": actor.clinic.time_zone,
        "appointments": [in_short(actor, visit, names_patient=is_doctor) for visit in page.items],
        "more": bool(page.has_next),
    }


def of_day(actor: Actor, arguments: Arguments) -> dict[str, Any]:
    """One day of the doctor who asks: the visits, how many times are free, when they are away."""
    day = arguments.day("date") or clock.today(actor.clinic.zone)
    found = doctor_days.of_day(actor, actor.own_doctor, day)
    return {
        "time_zone": actor.clinic.time_zone,
        "date": day.isoformat(),
        "weekday": WEEKDAYS[day.weekday()],
        "visits": [in_short(actor, visit, names_patient=True) for visit in found.visits[:MOST]],
        "more": len(found.visits) > MOST,
        "free_times": found.free_slots,
        "away": [_away(each.start_minute, each.end_minute) for each in found.away],
    }


def in_short(actor: Actor, visit: Appointment, *, names_patient: bool) -> dict[str, Any]:
    """One visit: its id, with whom, for what, when. The reason that somebody wrote is left out."""
    zone = actor.clinic.zone
    start, end = to_wall(visit.starts_at, zone), to_wall(visit.ends_at, zone)
    with_whom = {"patient": f"[patient {visit.patient_id}]"} if names_patient else {}
    return {
        "appointment_id": visit.id,
        **with_whom,
        "doctor": plain(visit.doctor.name),
        "treatment": plain(visit.treatment.name) if visit.treatment else "",
        "date": start.date().isoformat(),
        "weekday": WEEKDAYS[start.weekday()],
        "start_time": f"{start:%H:%M}",
        "end_time": f"{end:%H:%M}",
        "zone": zone_label(visit.starts_at, zone),
        "status": label(visit.present_status),
        "price": money(visit.price, actor.clinic) if visit.price is not None else "",
    }


def with_names(actor: Actor, text: str) -> str:
    """The text with patients' names in place of the placeholders; "a patient" for whom the person may not see."""
    ids = {int(number) for number in _PLACEHOLDER.findall(text) if len(number) <= _LONGEST_ID}
    if not _PLACEHOLDER.search(text):
        return text
    seen = select(Patient).where(
        Patient.id.in_(ids),
        Patient.clinic_id == actor.clinic.id,
        select(Appointment.id).where(Appointment.patient_id == Patient.id, appointments.visible_to(actor)).exists(),
    )
    names = {str(patient.id): plain(patient.name) for patient in db.session.scalars(seen)}
    return _PLACEHOLDER.sub(lambda found: names.get(found[1].lstrip("0"), _UNKNOWN), text)


def _away(start_minute: int | None, end_minute: int | None) -> str:
    if start_minute is None or end_minute is None:
        return "all day"
    return f"{text_of(start_minute)} to {text_of(end_minute)}"
