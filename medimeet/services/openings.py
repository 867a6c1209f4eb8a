"""Single slots, opened and closed by their doctor or the clinic's admin.

Nothing new is stored. Opening declares hours of one slot for that date, or cuts the slot out of the exclusion that
closed it; closing excludes its minutes, or takes such hours away. So the id, which is the slot's, stays the same.
What is declared is the time on the clock: in the night that shows an hour twice, both are opened and closed together.
"""

from datetime import date as calendar_date

from medimeet import clock
from medimeet.db import db
from medimeet.domain import slots as rules
from medimeet.domain.slot_ids import UnknownSlot, decode_slot
from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import text_of
from medimeet.errors import Conflict, InvalidInput, NotFound, PastSlot
from medimeet.models import Doctor, ExclusionDate, WorkingHours
from medimeet.services import audit, bookable, day_grid, hours, slots
from medimeet.services.access import Actor
from medimeet.services.availabilities import Availability, WallSpan, is_called, refuse_out_of_reach, told, wall_span
from medimeet.services.declared_time import read_hours
from medimeet.services.slots import exclusion_rule, hours_rule
from medimeet.writing import command, lock


@command
def open_at(actor: Actor, doctor_id: int, *, date: calendar_date, time_id: int) -> Availability:
    """The doctor's slot on this day at this time of the grid, open; nothing changes where it is open already.

    Raises InvalidInput (date, time, start_time: it overlaps other hours), PastSlot, NotFound, NotAllowed.
    """
    doctor = hours.doctor_to_schedule(actor, doctor_id)
    lock("doctor", doctor.id)
    time = day_grid.find(actor, time_id)
    return _open(actor, doctor, WallSpan(date, time.start_minute, time.end_minute))


@command
def close_at(actor: Actor, doctor_id: int, *, date: calendar_date, time_id: int) -> Availability:
    """The same, closed; nothing changes where it is not open. Raises Conflict for a booked one, else as `open_at`."""
    doctor = hours.doctor_to_schedule(actor, doctor_id)
    lock("doctor", doctor.id)
    time = day_grid.find(actor, time_id)
    slot_id = _slot_id_ahead(doctor, date, time.start_minute)
    slot = _declared(doctor, slot_id)
    if slot is not None and is_called(actor, slot, time):
        _close(actor, doctor, slot)
    return Availability(slot_id, doctor.id, date, time_id, False)


@command
def close(actor: Actor, slot_id: int) -> Availability:
    """The slot, closed; nothing changes where it is closed already.

    Raises NotFound where there is no such slot, Conflict for a booked one, PastSlot, NotAllowed for another doctor's.
    """
    doctor = _doctor_of_slot(actor, slot_id)
    lock("doctor", doctor.id)
    slot = _existing(doctor, slot_id)
    _close(actor, doctor, slot)
    return told(actor, [slot])[0]._replace(is_available=False)


@command
def withdraw(actor: Actor, slot_id: int) -> None:
    """Closes the slot, and takes away the hours that were declared for it alone. Raises as `close`."""
    doctor = _doctor_of_slot(actor, slot_id)
    lock("doctor", doctor.id)
    _withdraw(actor, doctor, _existing(doctor, slot_id))


@command
def move(
    actor: Actor,
    slot_id: int,
    *,
    doctor_id: int | None = None,
    date: calendar_date | None = None,
    time_id: int | None = None,
) -> Availability:
    """Opens another slot and withdraws this one, in one step; what is None stays. Opens this one where it is the same.

    Raises as `open_at` and `close` do.
    """
    doctor = _doctor_of_slot(actor, slot_id)
    other = doctor if doctor_id is None else hours.doctor_to_schedule(actor, doctor_id)
    lock("doctor", *{doctor.id, other.id})
    slot = _existing(doctor, slot_id)
    now = wall_span(slot, doctor.clinic.zone)
    time = now if time_id is None else day_grid.find(actor, time_id)
    wanted = WallSpan(date or now.day, time.start_minute, time.end_minute)
    if (other, wanted.day) == (doctor, now.day) and is_called(actor, slot, wanted):
        return _reopen(actor, doctor, slot)
    _withdraw(actor, doctor, slot)
    return _open(actor, other, wanted)


def _open(actor: Actor, doctor: Doctor, wanted: WallSpan) -> Availability:
    slot_id = _slot_id_ahead(doctor, wanted.day, wanted.start_minute)
    slot = _declared(doctor, slot_id)
    if slot is None or not is_called(actor, slot, wanted):
        _declare(doctor, wanted)
        slot = _existing(doctor, slot_id)
    return _reopen(actor, doctor, slot)


def _reopen(actor: Actor, doctor: Doctor, slot: Slot) -> Availability:
    """The slot, cut out of the exclusions that closed it; free unless it is booked or its doctor unverified."""
    _refuse_past(slot)
    day, start_minute, end_minute = wall_span(slot, doctor.clinic.zone)
    for row in hours.exclusions_of(doctor, day):
        excluded = exclusion_rule(row)
        left = rules.without(excluded, start_minute, end_minute)
        if left != [excluded]:
            db.session.delete(row)
            db.session.add_all(_exclusion(doctor, each, row.reason) for each in left)
    _note(actor, "opened", slot)
    shown = _shown(doctor, slot)
    can_be_had = shown is not None and shown.is_free and doctor.takes_patients
    return told(actor, [slot])[0]._replace(is_available=can_be_had)


def _close(actor: Actor, doctor: Doctor, slot: Slot) -> None:
    _refuse_past(slot)
    if _shown(doctor, slot) is None:
        return
    _refuse_booked(doctor, slot)
    db.session.add(_exclusion(doctor, rules.Exclusion(*wall_span(slot, doctor.clinic.zone))))
    _note(actor, "closed", slot)


def _withdraw(actor: Actor, doctor: Doctor, slot: Slot) -> None:
    span = wall_span(slot, doctor.clinic.zone)
    own = [row for row in hours.of_doctor(doctor, span.day) if (row.date, row.start_minute, row.end_minute) == span]
    if not own:
        _close(actor, doctor, slot)
        return
    _refuse_past(slot)
    _refuse_booked(doctor, slot)
    exclusions = hours.exclusions_of(doctor, span.day)
    closed_by = [row for row in exclusions if (row.date, row.start_minute, row.end_minute) == span]
    for row in (*own, *closed_by):
        db.session.delete(row)
    _note(actor, "withdrew", slot)


def _declare(doctor: Doctor, wanted: WallSpan) -> None:
    hours_then = read_hours(
        doctor,
        [hours_rule(row) for row in hours.of_doctor(doctor, wanted.day)],
        day_of_week=None,
        date=wanted.day,
        start=text_of(wanted.start_minute),
        end=text_of(wanted.end_minute),
        slot_minutes=wanted.end_minute - wanted.start_minute,
    )
    db.session.add(
        WorkingHours(
            clinic_id=doctor.clinic_id,
            doctor_id=doctor.id,
            date=wanted.day,
            start_minute=hours_then.start_minute,
            end_minute=hours_then.end_minute,
            slot_minutes=hours_then.slot_minutes,
        )
    )


def _doctor_of_slot(actor: Actor, slot_id: int) -> Doctor:
    try:
        return hours.doctor_to_schedule(actor, decode_slot(slot_id).doctor_id)
    except (UnknownSlot, NotFound):
        raise _unknown() from None


def _slot_id_ahead(doctor: Doctor, day: calendar_date, minute: int) -> int:
    """The id of the slot then. Raises PastSlot, InvalidInput for a day gone by, out of reach, or without that time."""
    if day < clock.today(doctor.clinic.zone):
        raise InvalidInput({"date": "This date has passed. Choose today or a later day."})
    refuse_out_of_reach(doctor.clinic, day)
    slot_id = bookable.slot_id_at(doctor, day, minute)
    if decode_slot(slot_id).starts_at <= clock.now():
        raise PastSlot
    return slot_id


def _existing(doctor: Doctor, slot_id: int) -> Slot:
    slot = _declared(doctor, slot_id)
    if slot is None:
        raise _unknown()
    return slot


def _declared(doctor: Doctor, slot_id: int) -> Slot | None:
    """The slot that the declared hours have, excluded or not."""
    starts_at = decode_slot(slot_id).starts_at
    day = starts_at.astimezone(doctor.clinic.zone).date()
    declared = [hours_rule(row) for row in hours.of_doctor(doctor, day)]
    found = rules.declared_slots(doctor.id, declared, [], doctor.clinic.zone, day, day)
    return next((slot for slot in found if slot.starts_at == starts_at), None)


def _shown(doctor: Doctor, slot: Slot) -> Slot | None:
    """The slot as lists have it, free or taken; None where it is excluded."""
    day = slot.starts_at.astimezone(doctor.clinic.zone).date()
    found = slots.of_days(doctor, day, day)
    return next((each for each in found if each.starts_at == slot.starts_at), None)


def _exclusion(doctor: Doctor, rule: rules.Exclusion, reason: str = "") -> ExclusionDate:
    return ExclusionDate(
        clinic_id=doctor.clinic_id,
        doctor_id=doctor.id,
        date=rule.date,
        start_minute=rule.start_minute,
        end_minute=rule.end_minute,
        reason=reason,
    )


def _refuse_past(slot: Slot) -> None:
    if slot.starts_at <= clock.now():
        raise PastSlot


def _refuse_booked(doctor: Doctor, slot: Slot) -> None:
    """Raises Conflict where a visit stands on the slot, or on one that would be closed along with it."""
    zone = doctor.clinic.zone
    span = wall_span(slot, zone)
    shown = slots.of_days(doctor, span.day, span.day)
    left = set(rules.without_excluded(shown, [rules.Exclusion(*span)], zone))
    if any(not each.is_free for each in shown if each not in left):
        raise Conflict("This time is booked. Cancel or move the appointment first.")


def _note(actor: Actor, deed: str, slot: Slot) -> None:
    starts_at = slot.starts_at.isoformat()
    audit.note(actor, deed, "availability", None, doctor_id=slot.doctor_id, starts_at=starts_at)


def _unknown() -> NotFound:
    return NotFound("We can't find this availability.")
