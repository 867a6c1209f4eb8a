"""Putting an appointment on a slot, inside the commands that book: whose it is, what it costs, whether it is free.

What the database refuses becomes the same words as our own look.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from medimeet.db import broken_rule, db, lock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import NoSuchSlot, NotFound, PatientBusy, SlotTaken
from medimeet.models import Account, Appointment, Doctor, Patient, Treatment
from medimeet.services import bookable, holds, orders
from medimeet.services.access import Actor
from medimeet.services.orders import Order, TimeOfDay


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
    treatment = db.session.get(Treatment, treatment_id)
    if treatment is None or treatment.clinic_id != doctor.clinic_id or not treatment.is_active:
        raise NotFound("We can't find this treatment.")
    if treatment not in doctor.treatments:
        raise NotFound(f"{doctor.name} does not give this treatment. Choose another doctor.")
    return treatment


def price_of(doctor: Doctor, treatment: Treatment | None) -> Decimal:
    """What the visit costs, in the clinic's currency."""
    return treatment.price if treatment is not None else doctor.fee


def refuse_gone(patient: Patient) -> None:
    """Raises NotFound where the locked patient's profile was closed, or the account ended, since they were found."""
    is_here = select(Patient.id).join(Patient.account).where(Patient.closed_at.is_(None), Account.is_active)
    if db.session.scalar(is_here.where(Patient.id == patient.id)) is None:
        raise NotFound("This patient's profile was closed a moment ago, so nothing can be booked for it.")


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
    refuse_gone(patient)
    holds.end_due_of([doctor.id], patient.id)
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
