"""Putting an appointment on a slot, inside the commands that book: whose it is, what it costs, whether it is free.

What the database refuses becomes the same words as our own look.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Integer, and_, bindparam, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from medimeet import clock
from medimeet.db import InstantColumn, broken_rule, db, lock, rows
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import NoSuchSlot, NotFound, PatientBusy, SlotTaken
from medimeet.models import Account, Appointment, Doctor, Patient, Treatment
from medimeet.models.doctor import doctor_treatment
from medimeet.services import bookable, holds, orders
from medimeet.services.access import Actor
from medimeet.services.orders import Order, TimeOfDay

_DOCTOR_ID, _PATIENT_ID = bindparam("doctor_id", type_=Integer()), bindparam("patient_id", type_=Integer())
_OFFERED = select(
    Treatment,
    exists()
    .where(doctor_treatment.c.doctor_id == _DOCTOR_ID, doctor_treatment.c.treatment_id == Treatment.id)
    .label("is_given"),
).where(
    Treatment.id == bindparam("treatment_id", type_=Integer()),
    Treatment.clinic_id == bindparam("clinic_id", type_=Integer()),
    Treatment.is_active,
)
_LAPSED = and_(
    Appointment.starts_at > bindparam("day_before", type_=InstantColumn()),
    Appointment.starts_at < bindparam("day_after", type_=InstantColumn()),
    Appointment.lapsed_by(bindparam("now", type_=InstantColumn())),
)
_STANDING = (
    select(
        or_(
            exists().where(Appointment.doctor_id == _DOCTOR_ID, _LAPSED),
            exists().where(Appointment.patient_id == _PATIENT_ID, _LAPSED),
        ).label("has_holds_to_end")
    )
    .select_from(Patient)
    .join(Patient.account)
    .where(Patient.id == _PATIENT_ID, Patient.closed_at.is_(None), Account.is_active)
)


def locked_start(actor: Actor, time: int | TimeOfDay) -> datetime:
    """As free_start, and from now on in the running command nobody else books with this doctor."""
    lock("doctor", doctor_id_of(time))
    return free_start(actor, time)


def free_start(actor: Actor, time: int | TimeOfDay) -> datetime:
    """When the wanted slot starts, at a look. Raises SlotTaken, PastSlot, NoSuchSlot, NotFound, InvalidInput."""
    if isinstance(time, TimeOfDay):
        doctor = bookable.taking_patients(actor, time.doctor_id)
        return bookable.first_free_at(doctor, None, time.minute, time.day)
    bookable.refuse_taken(actor.clinic, time)
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
    if found is None:
        raise NotFound("We can't find this treatment.")
    if not found.is_given:
        raise NotFound(f"{doctor.name} does not give this treatment. Choose another doctor.")
    treatment: Treatment = found.Treatment
    return treatment


def price_of(doctor: Doctor, treatment: Treatment | None) -> Decimal:
    """What the visit costs, in the clinic's currency."""
    return treatment.price if treatment is not None else doctor.fee


def clear_the_way(doctor: Doctor, patient: Patient, starts_at: datetime) -> None:
    """Ends the holds of the doctor and the locked patient, where one that is up may stand in the way then.

    Raises NotFound where the patient's profile was closed, or the account ended, since they were found.
    """
    around = {"day_before": starts_at - bookable.ONE_DAY, "day_after": starts_at + bookable.ONE_DAY}
    found = rows(_STANDING, doctor_id=doctor.id, patient_id=patient.id, now=clock.now(), **around)
    if not found:
        raise NotFound("This patient's profile was closed a moment ago, so nothing can be booked for it.")
    if found[0].has_holds_to_end:
        holds.end_due_of([doctor.id], patient.id)


def add(
    actor: Actor,
    order: Order,
    patient: Patient,
    starts_at: datetime,
    *,
    status: AppointmentStatus,
    channel: str,
    hold_expires_at: datetime | None = None,
) -> Appointment:
    """The new appointment as it was ordered, written in the running command, which has locked the doctor.

    Raises as `booking.book` does.
    """
    doctor = doctor_of(actor, order.time)
    treatment = given_treatment(doctor, order.treatment_id)
    lock("patient", patient.id)
    clear_the_way(doctor, patient, starts_at)
    appointment = Appointment(
        clinic_id=actor.clinic.id,
        patient_id=patient.id,
        treatment_id=treatment.id if treatment else None,
        price=price_of(doctor, treatment),
        status=status,
        hold_expires_at=hold_expires_at,
        reason=orders.checked_reason(order.reason),
        kind=order.kind,
        channel=channel,
        booked_by_id=actor.account.id if actor.account else None,
    )
    place(appointment, doctor, patient, treatment, starts_at)
    db.session.add(appointment)
    write(appointment)
    for name, row in (("clinic", doctor.clinic), ("doctor", doctor), ("patient", patient), ("treatment", treatment)):
        set_committed_value(appointment, name, row)  # they were read a moment ago, and whoever is told asks for them
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
    try:
        db.session.flush()
    except IntegrityError as error:
        rule = broken_rule(error)
        if rule == "appointment_doctor_overlap":
            raise SlotTaken from error
        if rule == "appointment_patient_overlap":
            raise PatientBusy from error
        raise
    db.session.expire(appointment, ["doctor"])
