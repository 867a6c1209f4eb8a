"""What can be booked: the clinic's treatments, the doctors who give them, and whether one time can still be had."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import BindParameter, ColumnElement, Integer, ScalarSelect, and_, bindparam, exists, select
from sqlalchemy.orm import selectinload

from medimeet import clock
from medimeet.db import db, prepared_rows
from medimeet.domain.slot_ids import UnknownSlot, decode_slot, encode_slot, slot_id_of_uuid
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import NonexistentTime, minute_of, text_of, to_instant, to_wall, zone_label
from medimeet.errors import InvalidInput, NoSuchSlot, NotFound, PastSlot, PatientBusy, SlotTaken, SlotTooShort
from medimeet.model_base import InstantColumn
from medimeet.models import Account, Appointment, Clinic, Doctor, Patient, Treatment
from medimeet.models.doctor import doctor_treatment
from medimeet.prepared import Prepared
from medimeet.services import appointments, declared_stretches, slots
from medimeet.services.access import Actor
from medimeet.services.search import any_part, fold
from medimeet.services.treatments import bookable_doctors

ALTERNATIVES = 3
_OUT_OF_REACH = "This day is out of reach. Choose one within the next year."
_LOOK_AHEAD = (timedelta(days=7), timedelta(days=35), slots.HORIZON)

# No visit lasts a day, so what begins a day earlier is over: an old practice is asked as quickly as a new one.
ONE_DAY = timedelta(days=1)
_DOCTOR_ID, _CLINIC_ID = bindparam("doctor_id", type_=Integer()), bindparam("clinic_id", type_=Integer())
_NOW: BindParameter[datetime] = bindparam("now", type_=InstantColumn())
_STARTS_AT: BindParameter[datetime] = bindparam("starts_at", type_=InstantColumn())
_DAY_BEFORE: BindParameter[datetime] = bindparam("day_before", type_=InstantColumn())
_TAKING_PATIENTS = select(Doctor).where(Doctor.id == _DOCTOR_ID, Doctor.clinic_id == _CLINIC_ID, Doctor.takes_patients)
# By the parameters clinic_id, doctor_id, starts_at, day_before and now.
TAKES_START = and_(
    *(Appointment.clinic_id == _CLINIC_ID, Appointment.doctor_id == _DOCTOR_ID),
    *(Appointment.starts_at <= _STARTS_AT, Appointment.starts_at > _DAY_BEFORE, Appointment.ends_at > _STARTS_AT),
    Appointment.occupies_at(_NOW),
)
_TAKEN = Prepared(select(Appointment.id).where(TAKES_START).limit(1))
_CLASH = Prepared(
    select(Appointment.id)
    .where(Appointment.patient_id == bindparam("patient_id", type_=Integer()), Appointment.is_active_at(_NOW))
    .where(Appointment.starts_at < bindparam("ends_at", type_=InstantColumn()), Appointment.starts_at > _DAY_BEFORE)
    .where(Appointment.ends_at > _STARTS_AT, Appointment.id != bindparam("leave_out", type_=Integer()))
    .limit(1)
)


# Visits of one person never overlap: the first to begin of those that are not over at a start is the first in the way.
def _first_in_the_way(*whose: ColumnElement[bool]) -> ScalarSelect[datetime]:
    return (
        select(Appointment.starts_at)
        .where(*whose, Appointment.starts_at > _DAY_BEFORE, Appointment.ends_at > _STARTS_AT)
        .where(Appointment.starts_at < bindparam("days_after", type_=InstantColumn()))
        .where(Appointment.id != bindparam("leave_out", type_=Integer()))
        .order_by(Appointment.starts_at)
        .limit(1)
        .scalar_subquery()
    )


class InTheWay(NamedTuple):
    """When the first visits begin that are not over at a start: the doctor's and the patient's, within two days."""

    of_doctor: datetime | None
    of_patient: datetime | None


# By doctor_id, patient_id, leave_out, and what `around` gives.
IN_THE_WAY = (
    _first_in_the_way(Appointment.doctor_id == _DOCTOR_ID, Appointment.occupies_at(_NOW)),
    _first_in_the_way(
        Appointment.patient_id == bindparam("patient_id", type_=Integer()), Appointment.is_active_at(_NOW)
    ),
)
_IN_THE_WAY = Prepared(select(*IN_THE_WAY))


def treatments(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the clinic's treatments that some doctor gives at present, by name."""
    found = (
        select(Treatment)
        .where(
            Treatment.clinic_id == actor.clinic.id, Treatment.is_active, Treatment.doctors.any(Doctor.takes_patients)
        )
        .where(any_part(search, Treatment.name, Treatment.description))
        .order_by(fold(Treatment.name), Treatment.id)
    )
    return db.paginate(found, page=page, per_page=per_page, error_out=False)


def doctors(treatment: Treatment, *, search: str = "", page: int = 1, per_page: int = 12) -> Pagination:
    """One page of the doctors who give the treatment at present, by name, with their languages and specialties."""
    found = (
        select(Doctor)
        .join(Doctor.account)
        .where(Doctor.treatments.any(Treatment.id == treatment.id), Doctor.takes_patients)
        .where(any_part(search, Account.first_name, Account.last_name))
        .options(selectinload(Doctor.languages), selectinload(Doctor.specialties))
        .order_by(fold(Account.first_name), fold(Account.last_name), Doctor.id)
    )
    return db.paginate(found, page=page, per_page=per_page, error_out=False)


def taking_patients(actor: Actor, doctor_id: int) -> Doctor:
    """The doctor of the actor's clinic, if patients can book them at present. Raises NotFound."""
    doctor = db.session.scalar(_TAKING_PATIENTS, {"doctor_id": doctor_id, "clinic_id": actor.clinic.id})
    if doctor is None:
        raise NotFound("We can't find this doctor.")
    return doctor


def first_free(doctors: Sequence[Doctor], treatment: Treatment | None) -> dict[int, Slot]:
    """The next time of each doctor who has one within a year, by the doctor's id; few statements for many doctors."""
    found: dict[int, Slot] = {}
    if not doctors:
        return found
    first_day = today = clock.today(doctors[0].clinic.zone)
    for reach in _LOOK_AHEAD:
        waiting = [doctor for doctor in doctors if doctor.id not in found]
        for slot in slots.free(waiting, treatment, first_day, today + reach) if waiting else ():
            found.setdefault(slot.doctor_id, slot)
        first_day = today + reach + timedelta(days=1)
    return found


def id_of_uuid(slot: uuid.UUID) -> int:
    """The id of a slot that phones know by this UUID. Raises NoSuchSlot."""
    try:
        return slot_id_of_uuid(slot)
    except UnknownSlot:
        raise NoSuchSlot from None


def key_of(slot_id: int) -> tuple[int, datetime]:
    """Whose slot it is, and when it starts (UTC). Raises NoSuchSlot."""
    try:
        return decode_slot(slot_id)
    except UnknownSlot:
        raise NoSuchSlot from None


def key_to_come(slot_id: int) -> tuple[int, datetime]:
    """As key_of. Raises PastSlot, too."""
    doctor_id, starts_at = key_of(slot_id)
    if starts_at <= clock.now():
        raise PastSlot
    return doctor_id, starts_at


def refuse_other_doctor(slot_id: int, doctor_id: int) -> None:
    """Raises NoSuchSlot where the slot is not this doctor's."""
    if key_of(slot_id)[0] != doctor_id:
        raise NoSuchSlot("This time belongs to another doctor. Choose one of this doctor's free times.")


def slot_id_at(doctor: Doctor, day: date, minute: int) -> int:
    """The id of the doctor's slot that starts at this minute of the clinic's day, whether there is one or not.

    Raises InvalidInput (date, time) for a time that no slot can have, such as one that the clocks jump over.
    """
    try:
        return encode_slot(doctor.id, to_instant(day, minute, doctor.clinic.zone))
    except NonexistentTime as error:
        raise InvalidInput({"time": str(error)}) from None
    except ValueError:
        raise InvalidInput({"date": _OUT_OF_REACH}) from None


def first_free_at(
    doctor: Doctor, treatment: Treatment | None, minute: int, day: date | None, *, leave_out: int | None = None
) -> datetime:
    """When the doctor's first free slot starts (UTC) that starts at this minute of the clinic's day.

    Without a day it is looked for from today over 28 days. `leave_out` as for `span`. Raises SlotTaken where there is
    none, PastSlot, InvalidInput (date, time) for a time that no slot can have.
    """
    zone = doctor.clinic.zone
    today = clock.today(zone)
    first_day, last_day = today, today + slots.REACH
    if day is not None:
        first_day = last_day = day
        _refuse_out_of_reach(doctor, day, minute, today)
    for slot in slots.free([doctor], treatment, first_day, last_day, leave_out=leave_out):
        if minute_of(to_wall(slot.starts_at, zone).time()) == minute:
            return slot.starts_at
    when = f"on {day:%A} {day.day} {day:%B}" if day is not None else f"in the next {slots.REACH.days} days"
    raise SlotTaken(f"{doctor.name} has no free appointment at {text_of(minute)} {when}. Choose another time.")


def refuse_taken(clinic: Clinic, slot_id: int) -> None:
    """One small statement: raises SlotTaken where a visit of the clinic takes the start; NoSuchSlot, PastSlot."""
    doctor_id, starts_at = key_to_come(slot_id)
    taken = {"clinic_id": clinic.id, "doctor_id": doctor_id, "starts_at": starts_at, "now": clock.now()}
    if prepared_rows(_TAKEN, **taken, day_before=starts_at - ONE_DAY):
        raise SlotTaken


def span(
    patient: Patient, doctor: Doctor, treatment: Treatment | None, starts_at: datetime, *, leave_out: int | None = None
) -> Slot:
    """The doctor's time from `starts_at`, as long as the visit takes, if the patient can have it now.

    `leave_out` is the appointment that is about to be moved there. Raises PastSlot, NoSuchSlot, PatientBusy, SlotTaken,
    SlotTooShort.
    """
    duration = treatment.duration if treatment is not None else timedelta(0)
    asked = {"doctor_id": doctor.id, "patient_id": patient.id, "leave_out": leave_out or 0, **around(starts_at)}
    [in_the_way] = prepared_rows(_IN_THE_WAY, **asked)
    zone = doctor.clinic.zone
    return span_of_ids(InTheWay(*in_the_way), patient.id, doctor.id, zone, duration, starts_at, leave_out=leave_out)


def span_of_ids(
    in_the_way: InTheWay,
    patient_id: int,
    doctor_id: int,
    zone: ZoneInfo,
    duration: timedelta,
    starts_at: datetime,
    *,
    leave_out: int | None = None,
) -> Slot:
    """The same by ids, where it is known what may be in the way, for a doctor whose clinic is in `zone`."""
    if starts_at <= clock.now():
        raise PastSlot
    if starts_at.astimezone(zone).date() > clock.today(zone) + slots.HORIZON:
        raise NoSuchSlot
    found = declared_stretches.of(doctor_id, zone, starts_at, duration)
    if found is None:
        raise NoSuchSlot
    is_long_enough = found.covered_until is not None and _is_over(found.covered_until, in_the_way.of_doctor)
    ends_at = found.ends_at if is_long_enough else found.slot.ends_at
    if not _is_over(ends_at, in_the_way.of_patient):
        _refuse_clash(patient_id, starts_at, ends_at, leave_out)
    if is_long_enough:
        return Slot(doctor_id, starts_at, ends_at)
    is_free = _is_over(found.slot.ends_at, in_the_way.of_doctor)
    raise SlotTooShort(_too_short_words(duration)) if is_free else SlotTaken


def around(starts_at: datetime) -> dict[str, datetime]:
    """The instants that the looks for what is in the way are asked with."""
    now = clock.now()
    return {
        "starts_at": starts_at,
        "day_before": starts_at - ONE_DAY,
        "days_after": starts_at + 2 * ONE_DAY,
        "now": now,
    }


def _is_over(ends_at: datetime, next_starts_at: datetime | None) -> bool:
    return next_starts_at is None or next_starts_at >= ends_at


def own_visit_at(patient: Patient, slot_id: int) -> Appointment | None:
    """The visit that the patient has booked at this very time of this very doctor. Raises NoSuchSlot."""
    doctor_id, starts_at = key_of(slot_id)
    for visit in appointments.overlapping(patient, starts_at, starts_at + timedelta(minutes=1)):
        if (visit.doctor_id, visit.starts_at) == (doctor_id, starts_at):
            return visit
    return None


def visit_to_come(patient: Patient, appointment_id: int | None) -> Appointment | None:
    """The patient's visit with this id, if it is booked and has not begun."""
    visit = db.session.get(Appointment, appointment_id) if appointment_id is not None else None
    if visit is None or visit.patient_id != patient.id or not visit.is_active or visit.starts_at <= clock.now():
        return None
    return visit


def alternatives(
    patient: Patient, doctor: Doctor, treatment: Treatment, instant: datetime, *, any_doctor: bool = False
) -> list[Slot]:
    """Free times near `instant` when the patient is free too: the doctor's own, and one of another doctor.

    The doctor's own come first; with `any_doctor` whatever is nearest.
    """
    others = [other for other in bookable_doctors(treatment) if other.id != doctor.id]
    instant = max(instant, clock.now())
    near = slots.nearest([doctor], treatment, instant, count=2 * ALTERNATIVES)
    elsewhere = slots.nearest(others, treatment, instant, count=2 * ALTERNATIVES)
    found = _when_free(patient, near, instant)[:ALTERNATIVES] + _when_free(patient, elsewhere, instant)[:1]
    return sorted(found, key=lambda slot: abs(slot.starts_at - instant)) if any_doctor else found


def nearest_to_move_to(visit: Appointment, instant: datetime) -> list[Slot]:
    """Free times of the visit's doctor near `instant` when its patient is free too."""
    near = slots.nearest([visit.doctor], visit.treatment, max(instant, clock.now()), count=2 * ALTERNATIVES)
    return _when_free(visit.patient, near, instant)[:ALTERNATIVES]


def still_given(visits: Sequence[Appointment]) -> set[int]:
    """The ids of those visits whose doctor still gives the same treatment, so that it can be booked again."""
    if not visits:
        return set()
    gives = exists().where(
        doctor_treatment.c.doctor_id == Appointment.doctor_id,
        doctor_treatment.c.treatment_id == Appointment.treatment_id,
    )
    query = (
        select(Appointment.id)
        .join(Appointment.treatment)
        .join(Appointment.doctor)
        .where(Appointment.id.in_([visit.id for visit in visits]), Treatment.is_active, Doctor.takes_patients, gives)
    )
    return set(db.session.scalars(query))


def _refuse_out_of_reach(doctor: Doctor, day: date, minute: int, today: date) -> None:
    if day > today + slots.HORIZON:
        raise InvalidInput({"date": _OUT_OF_REACH})
    _doctor_id, starts_at = decode_slot(slot_id_at(doctor, day, minute))
    if starts_at <= clock.now():
        raise PastSlot


def _refuse_clash(patient_id: int, starts_at: datetime, ends_at: datetime, leave_out: int | None) -> None:
    asked = {"patient_id": patient_id, "starts_at": starts_at, "ends_at": ends_at, "now": clock.now()}
    for (visit_id,) in prepared_rows(_CLASH, **asked, day_before=starts_at - ONE_DAY, leave_out=leave_out or 0):
        visit = db.session.get_one(Appointment, visit_id)
        raise PatientBusy(_clash_words(visit), visit.id)


def _clash_words(other: Appointment) -> str:
    wall = to_wall(other.starts_at, other.clinic.zone)
    when = f"{wall:%A} {wall.day} {wall:%B} at {wall:%H:%M} ({zone_label(other.starts_at, other.clinic.zone)})"
    return f"There is already a visit to {other.doctor.name} on {when}. Move that one, or choose another time."


def _too_short_words(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    return f"This visit takes {minutes} minutes, and the doctor has less time than that here. Choose another time."


def _when_free(patient: Patient, near: list[Slot], instant: datetime) -> list[Slot]:
    if not near:
        return []
    own = appointments.overlapping(patient, min(s.starts_at for s in near), max(s.ends_at for s in near))
    fitting = [
        slot
        for slot in near
        if not any(visit.starts_at < slot.ends_at and slot.starts_at < visit.ends_at for visit in own)
    ]
    return sorted(fitting, key=lambda slot: abs(slot.starts_at - instant))
