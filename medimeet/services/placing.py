"""Putting an appointment on a slot, inside the commands that book: whose it is, what it costs, whether it is free.

What the database refuses becomes the same words as our own look.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Integer, and_, bindparam, exists, or_, select
from sqlalchemy.exc import IntegrityError

from medimeet import clock
from medimeet.database_faults import broken_rule
from medimeet.db import connection, db, prepared_rows
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import NoSuchSlot, NotFound, PatientBusy, SlotTaken
from medimeet.model_base import InstantColumn
from medimeet.models import Account, Appointment, Doctor, Patient, Treatment
from medimeet.prepared import Prepared
from medimeet.prepared_models import PreparedModels, as_loaded, relate
from medimeet.prepared_writes import PreparedInsert
from medimeet.services import bookable, holds, orders
from medimeet.services.access import Actor
from medimeet.services.bookable import InTheWay
from medimeet.services.given_treatments import IS_GIVEN, IS_OFFERED
from medimeet.services.orders import Order, TimeOfDay
from medimeet.writing import lock

_ADD = PreparedInsert(Appointment.__table__)  # type: ignore[arg-type]
_DOCTOR_ID, _PATIENT_ID = bindparam("doctor_id", type_=Integer()), bindparam("patient_id", type_=Integer())
_CLINIC_ID = bindparam("clinic_id", type_=Integer())
_OFFERED = select(Treatment, IS_GIVEN.label("is_given")).where(IS_OFFERED)
_WANTED = PreparedModels(
    (Doctor, Account, Treatment),
    lambda asked: (
        asked.select_from(Doctor)
        .join(Account, Account.id == Doctor.account_id)
        .outerjoin(Treatment, IS_OFFERED)
        .where(Doctor.id == _DOCTOR_ID, Doctor.clinic_id == _CLINIC_ID, Doctor.takes_patients)
    ),
    [IS_GIVEN.correlate(Treatment.__table__), exists().where(bookable.TAKES_START)],
)
_LAPSED = and_(
    Appointment.starts_at > bindparam("day_before", type_=InstantColumn()),
    Appointment.starts_at < bindparam("days_after", type_=InstantColumn()),
    Appointment.lapsed_by(bindparam("now", type_=InstantColumn())),
)
_HAS_HOLDS_TO_END = or_(
    exists().where(Appointment.doctor_id == _DOCTOR_ID, _LAPSED),
    exists().where(Appointment.patient_id == _PATIENT_ID, _LAPSED),
)
_TAKES_PATIENTS = exists().where(Doctor.id == _DOCTOR_ID, Doctor.clinic_id == _CLINIC_ID, Doctor.takes_patients)
_IS_OPEN = exists().where(
    Patient.id == _PATIENT_ID,
    Patient.closed_at.is_(None),
    exists().where(Account.id == Patient.account_id, Account.is_active),
)
# One row, whatever has become of them; the treatment's part is empty where it can't be booked.
_STANDING = Prepared(
    select(
        *(_TAKES_PATIENTS, _IS_OPEN, _HAS_HOLDS_TO_END),
        *(Treatment.price, Treatment.duration_minutes, Doctor.fee),
        *bookable.IN_THE_WAY,
    )
    .select_from(Doctor)
    .outerjoin(Treatment, and_(IS_OFFERED, IS_GIVEN))
    .where(Doctor.id == _DOCTOR_ID)
)


class Look(NamedTuple):
    """What was found at a look without a lock: the doctor, if patients can book them, and what they are asked for."""

    doctor: Doctor | None
    treatment: Treatment | None
    is_given: bool


class Wanted(NamedTuple):
    """With whom, and what for, somebody wants to book."""

    doctor: Doctor
    treatment: Treatment | None


class _Terms(NamedTuple):
    """What is so under the locks: the price, the length of the visit (none: the slot's own), what may be in the way."""

    price: Decimal
    duration: timedelta
    in_the_way: InTheWay


def locked_start(actor: Actor, time: int | TimeOfDay) -> datetime:
    """As free_start, and from now on in the running command nobody else books with this doctor."""
    lock("doctor", doctor_id_of(time))
    return free_start(actor, time)


def free_start(actor: Actor, time: int | TimeOfDay) -> datetime:
    """When the wanted slot starts, at a look. Raises SlotTaken, PastSlot, NoSuchSlot, NotFound, InvalidInput."""
    if isinstance(time, TimeOfDay):
        return start_with(bookable.taking_patients(actor, time.doctor_id), time)
    bookable.refuse_taken(actor.clinic, time)
    return bookable.key_of(time)[1]


def start_with(doctor: Doctor, time: int | TimeOfDay) -> datetime:
    """When the wanted time with the doctor starts, who is locked. Raises as free_start, but for slots by their ids."""
    if isinstance(time, TimeOfDay):
        return bookable.first_free_at(doctor, None, time.minute, time.day)
    return bookable.key_of(time)[1]


def doctor_id_of(time: int | TimeOfDay) -> int:
    """Whose slot is wanted. Raises NoSuchSlot."""
    return time.doctor_id if isinstance(time, TimeOfDay) else bookable.key_of(time)[0]


def doctor_of(actor: Actor, time: int | TimeOfDay) -> Doctor:
    """The doctor of the wanted slot. Raises NoSuchSlot where the doctor takes no patients here."""
    try:
        return bookable.taking_patients(actor, doctor_id_of(time))
    except NotFound:
        raise NoSuchSlot from None


def given_treatment(doctor: Doctor, treatment_id: int | None) -> Treatment | None:
    """The treatment, if the doctor gives it. Raises NotFound."""
    if treatment_id is None:
        return None
    asked = {"treatment_id": treatment_id, "clinic_id": doctor.clinic_id, "doctor_id": doctor.id}
    found = db.session.execute(_OFFERED, asked).one_or_none()
    return _given(doctor, *found) if found is not None else _given(doctor, None, False)


def price_of(doctor: Doctor, treatment: Treatment | None) -> Decimal:
    """What the visit costs, in the clinic's currency."""
    return treatment.price if treatment is not None else doctor.fee


def look(actor: Actor, order: Order) -> Look:
    """What the order's time, doctor and treatment are, in one statement for a slot. Raises as free_start does."""
    if isinstance(order.time, TimeOfDay):
        doctor_id, starts_at = order.time.doctor_id, free_start(actor, order.time)
    else:
        doctor_id, starts_at = bookable.key_to_come(order.time)
    found = _WANTED.first(
        doctor_id=doctor_id,
        clinic_id=actor.clinic.id,
        treatment_id=order.treatment_id,
        starts_at=starts_at,
        day_before=starts_at - bookable.ONE_DAY,
        now=clock.now(),
    )
    if found is None:
        free_start(actor, order.time)
        return Look(None, None, False)
    doctor, account, treatment, is_given, is_taken = found
    if is_taken:
        raise SlotTaken
    relate(doctor, "account", account)
    relate(doctor, "clinic", actor.clinic)
    return Look(doctor, treatment, is_given)


def wanted(order: Order, found: Look) -> Wanted:
    """Doctor and treatment of the order, which were found. Raises NoSuchSlot, NotFound."""
    if found.doctor is None:
        raise NoSuchSlot
    if order.treatment_id is None:
        return Wanted(found.doctor, None)
    return Wanted(found.doctor, _given(found.doctor, found.treatment, found.is_given))


def add(
    actor: Actor,
    order: Order,
    what: Wanted,
    patient: Patient,
    starts_at: datetime,
    *,
    status: AppointmentStatus,
    channel: str,
    hold_expires_at: datetime | None = None,
) -> Appointment:
    """The new appointment as it was ordered, written in the running command, which has locked doctor and patient.

    Whether `what` and the patient, found at a look, still stand is asked again. Raises as `booking.book` does.
    """
    reason = orders.checked_reason(order.reason)
    doctor, treatment = what
    price, duration, in_the_way = _terms(what, patient, starts_at)
    span = bookable.span_of_ids(in_the_way, patient.id, doctor.id, actor.clinic.zone, duration, starts_at)
    with _in_our_words():
        row = _ADD.add(
            connection(),
            {
                "clinic_id": actor.clinic.id,
                "doctor_id": doctor.id,
                "patient_id": patient.id,
                "treatment_id": treatment.id if treatment else None,
                "starts_at": span.starts_at,
                "ends_at": span.ends_at,
                "price": price,
                "status": status,
                "hold_expires_at": hold_expires_at,
                "reason": reason,
                "kind": order.kind,
                "channel": channel,
                "booked_by_id": actor.account.id if actor.account else None,
            },
        )
    # Whoever is told asks for the others.
    known = {"clinic": actor.clinic, "doctor": doctor, "patient": patient, "treatment": treatment}
    appointment: Appointment = as_loaded(Appointment, row | known)
    return appointment


def lock_as_it_is(appointment: Appointment, new_doctor_id: int | None = None) -> None:
    """Reads the appointment anew, nobody else changing it in the running command, or booking with its new doctor.

    A hold that is up has ended by then.
    """
    doctor_ids = {appointment.doctor_id, new_doctor_id or appointment.doctor_id}
    lock("doctor", *doctor_ids)
    lock("patient", appointment.patient_id)
    holds.end_due_of(doctor_ids, appointment.patient_id)
    db.session.refresh(appointment, with_for_update={"of": Appointment})


def place(
    appointment: Appointment, doctor: Doctor, patient: Patient, treatment: Treatment | None, starts_at: datetime
) -> None:
    """Puts the appointment on the doctor's slot at `starts_at`, if the patient can have it."""
    span = bookable.span(patient, doctor, treatment, starts_at, leave_out=appointment.id)
    appointment.doctor_id = doctor.id
    appointment.starts_at, appointment.ends_at = span.starts_at, span.ends_at


def write(appointment: Appointment) -> None:
    """Flushes; turns the database's refusal of an overlap into our words."""
    with _in_our_words():
        db.session.flush()
    db.session.expire(appointment, ["doctor"])


def _given(doctor: Doctor, treatment: Treatment | None, is_given: bool) -> Treatment:
    if treatment is None:
        raise NotFound("We can't find this treatment.")
    if not is_given:
        raise NotFound(f"{doctor.name} does not give this treatment. Choose another doctor.")
    return treatment


def _terms(what: Wanted, patient: Patient, starts_at: datetime) -> _Terms:
    """What holds now that doctor and patient are locked; ends holds of theirs that are up and may stand in the way.

    Raises NoSuchSlot, NotFound where the doctor, the treatment or the patient has gone since they were found.
    """
    doctor, treatment = what
    [(takes_patients, is_open, has_holds_to_end, price, minutes, fee, *found)] = prepared_rows(
        _STANDING,
        doctor_id=doctor.id,
        patient_id=patient.id,
        clinic_id=doctor.clinic_id,
        treatment_id=treatment.id if treatment else None,
        leave_out=0,
        **bookable.around(starts_at),
    )
    in_the_way = InTheWay(*found)
    if in_the_way.of_doctor is not None and in_the_way.of_doctor <= starts_at:
        raise SlotTaken  # the losers of a race leave here, and nobody waits long
    if not takes_patients:
        raise NoSuchSlot
    if treatment is not None and minutes is None:
        raise NotFound(f"{doctor.name} does not give this treatment any more. Choose another one.")
    if not is_open:
        raise NotFound("This patient's profile was closed a moment ago, so nothing can be booked for it.")
    if has_holds_to_end:
        holds.end_due_of([doctor.id], patient.id)
    if treatment is None:
        return _Terms(fee, timedelta(0), in_the_way)
    return _Terms(price, timedelta(minutes=minutes), in_the_way)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        rule = broken_rule(error)
        if rule == "appointment_doctor_overlap":
            raise SlotTaken from error
        if rule == "appointment_patient_overlap":
            raise PatientBusy from error
        raise
