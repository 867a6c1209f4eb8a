"""Booking, moving, canceling and closing appointments: the one place where an appointment changes.

Every command locks the doctor, then the patient, ends holds that are up, looks, and writes. The database refuses an
overlap by itself (`models/overlap_guards.py`); its refusal becomes the same words as our own look.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from medimeet import clock
from medimeet.db import broken_rule, command, db, lock
from medimeet.domain.statuses import AppointmentStatus, label, may_become
from medimeet.errors import (
    AppointmentClosed,
    InvalidInput,
    NoSuchSlot,
    NotFound,
    PatientBusy,
    SlotTaken,
)
from medimeet.models import Appointment, Doctor, Patient, Treatment
from medimeet.services import appointments, audit, bookable, holds, notifications, orders
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.orders import Order

REASON_LENGTH = 2000


def book(
    actor: Actor,
    *,
    slot_id: int,
    treatment_id: int | None = None,
    patient_id: int | None = None,
    reason: str = "",
    kind: str = "Offline",
    channel: str = "portal",
    idempotency_key: str | None = None,
) -> Appointment:
    """The new appointment, scheduled, from the slot's start for as long as the treatment or the slot lasts.

    A patient books for themselves; the clinic's admin and doctors name the patient. The same `idempotency_key` of the
    same account gives the same appointment. Raises SlotTaken, PatientBusy, PastSlot, NoSuchSlot, NotFound, NotAllowed,
    InvalidInput, KeyReused, Busy.
    """
    order = Order(slot_id, treatment_id, patient_id, reason, kind)
    # Of many who want one time, most are refused by this look, and never wait for their turn to write.
    if orders.booked_with(actor, idempotency_key, order) is None:
        bookable.refuse_taken(actor.clinic, slot_id)
    return _book(actor, order, channel, idempotency_key)


@command
def _book(actor: Actor, order: Order, channel: str, key: str | None) -> Appointment:
    if key:
        lock("account", actor.person.id)
    earlier = orders.booked_with(actor, key, order)
    if earlier is not None:
        return earlier
    lock("doctor", bookable.key_of(order.slot_id)[0])
    bookable.refuse_taken(actor.clinic, order.slot_id)  # the losers of a race leave early, and nobody waits long
    patient, doctor, treatment, starts_at = _meant(actor, order)
    _take_turns([doctor.id], patient)
    appointment = Appointment(
        clinic_id=actor.clinic.id,
        patient_id=patient.id,
        treatment_id=treatment.id if treatment else None,
        price=treatment.price if treatment else doctor.fee,
        status=AppointmentStatus.SCHEDULED,
        reason=_checked_reason(order.reason),
        kind=order.kind,
        channel=channel,
        booked_by_id=actor.person.id,
    )
    _place(appointment, doctor, patient, treatment, starts_at)
    db.session.add(appointment)
    _write(appointment)
    if key:
        orders.remember(actor, key, order, appointment)
    audit.note(actor, "booked", "appointment", appointment.id, patient.id)
    notifications.tell_booked(appointment)
    return appointment


@command
def cancel(actor: Actor, appointment_id: int) -> Appointment:
    """The appointment, canceled; its time is free for others at once. Canceling twice answers as the first time.

    Raises NotFound, AppointmentClosed once it has begun or is over.
    """
    appointment = _own_appointment(actor, appointment_id)
    _call_off(actor, appointment)
    return appointment


@command
def delete(actor: Actor, appointment_id: int) -> None:
    """Cancels the appointment where it is still to come; from then on no program finds it. Its row stays.

    Raises NotFound, AppointmentClosed once it has begun or is over.
    """
    appointment = _own_appointment(actor, appointment_id)
    _call_off(actor, appointment)
    appointment.deleted_at = clock.now()
    audit.note(actor, "deleted", "appointment", appointment.id, appointment.patient_id)


@command
def move(actor: Actor, appointment_id: int, *, slot_id: int) -> Appointment:
    """The appointment at another time, in one step: the old time is kept if the new one can't be had.

    Raises as `book` does, and AppointmentClosed.
    """
    appointment = _own_appointment(actor, appointment_id)
    if not appointment.is_active or appointment.starts_at <= clock.now():
        raise AppointmentClosed("This appointment has begun or is over, so it can't be moved. Book a new one.")
    doctor, starts_at = _bookable_doctor(actor, slot_id)
    treatment = _given_treatment(doctor, appointment.treatment_id)
    _take_turns([doctor.id, appointment.doctor_id], appointment.patient)
    was_at, was_with = appointment.starts_at, appointment.doctor
    if (doctor.id, starts_at) == (appointment.doctor_id, was_at):
        return appointment
    _place(appointment, doctor, appointment.patient, treatment, starts_at)
    appointment.sequence += 1
    _write(appointment)
    audit.note(actor, "moved", "appointment", appointment.id, appointment.patient_id, was_at=was_at.isoformat())
    notifications.tell_moved(appointment, was_at, was_with)
    return appointment


@command
def mark(actor: Actor, appointment_id: int, status: AppointmentStatus) -> Appointment:
    """The appointment as completed, missed, or back to scheduled; by its doctor or the clinic's admin.

    Raises NotFound, InvalidInput for a step that makes no sense, SlotTaken when its time was given away meanwhile.
    """
    appointment = _own_appointment(actor, appointment_id)
    if not actor.is_admin and (not actor.is_doctor or appointment.doctor_id != actor.own_doctor.id):
        raise NotFound("We can't find this appointment.")
    if appointment.status == status:
        return appointment
    if status == AppointmentStatus.CANCELED or not may_become(appointment.status, status):
        now, wanted = label(appointment.status), label(status)
        raise InvalidInput({"status": f"This visit is marked “{now}”, so it can't be marked “{wanted}”."})
    if status != AppointmentStatus.SCHEDULED and appointment.starts_at > clock.now():
        raise InvalidInput({"status": "This visit has not begun yet. Mark it once it has."})
    was, appointment.status, appointment.hold_expires_at = appointment.status, status, None
    _write(appointment)
    audit.note(actor, "marked", "appointment", appointment.id, appointment.patient_id, was=was, now=status)
    return appointment


def cancel_all_of(actor: Actor, *, doctor: Doctor | None = None, patient: Patient | None = None) -> list[Appointment]:
    """Cancels what is to come of a person who leaves, and tells the others. For use inside a command."""
    if doctor is not None:
        lock("doctor", doctor.id)
    if patient is not None:
        lock("patient", patient.id)
    to_come = appointments.upcoming_of(doctor=doctor, patient=patient)
    for appointment in to_come:
        _cancel(actor, appointment)
    return to_come


def patient_to_book_for(actor: Actor, patient_id: int | None) -> Patient:
    """Whom the actor books for: oneself as a patient, the named patient as an admin or a doctor of the clinic.

    Raises InvalidInput where staff name nobody, NotFound, NotAllowed.
    """
    if not (actor.is_admin or actor.is_doctor):
        return actor.own_patient
    if patient_id is None:
        raise InvalidInput({"patient": "Choose the patient whom the appointment is for."})
    patient = db.session.scalar(
        select(Patient).where(
            Patient.id == patient_id, Patient.clinic_id == actor.clinic.id, Patient.closed_at.is_(None)
        )
    )
    if patient is None or not patient.account.is_active:
        raise NotFound("We can't find this patient.")
    return patient


def _meant(actor: Actor, order: Order) -> tuple[Patient, Doctor, Treatment | None, datetime]:
    """The people and the treatment that an order names, and the slot's start. Raises what `book` does."""
    patient = patient_to_book_for(actor, order.patient_id)
    doctor, starts_at = _bookable_doctor(actor, order.slot_id)
    return patient, doctor, _given_treatment(doctor, order.treatment_id), starts_at


def _bookable_doctor(actor: Actor, slot_id: int) -> tuple[Doctor, datetime]:
    """The verified, active doctor of this clinic whom the slot belongs to, and the slot's start."""
    doctor_id, starts_at = bookable.key_of(slot_id)
    doctor = db.session.scalar(
        select(Doctor).where(Doctor.id == doctor_id, Doctor.clinic_id == actor.clinic.id, Doctor.takes_patients)
    )
    if doctor is None:
        raise NoSuchSlot
    return doctor, starts_at


def _given_treatment(doctor: Doctor, treatment_id: int | None) -> Treatment | None:
    if treatment_id is None:
        return None
    treatment = db.session.get(Treatment, treatment_id)
    if treatment is None or treatment.clinic_id != doctor.clinic_id or not treatment.is_active:
        raise NotFound("We can't find this treatment.")
    if treatment not in doctor.treatments:
        raise NotFound(f"{doctor.name} does not give this treatment. Choose another doctor.")
    return treatment


def _take_turns(doctor_ids: list[int], patient: Patient) -> None:
    lock("doctor", *set(doctor_ids))
    lock("patient", patient.id)
    holds.end_due_of(doctor_ids, patient)


def _place(
    appointment: Appointment, doctor: Doctor, patient: Patient, treatment: Treatment | None, starts_at: datetime
) -> None:
    """Puts the appointment on the doctor's slot at `starts_at`, if the patient can have it."""
    span = bookable.span(patient, doctor, treatment, starts_at, leave_out=appointment.id)
    appointment.doctor_id = doctor.id
    appointment.starts_at, appointment.ends_at = span.starts_at, span.ends_at


def _write(appointment: Appointment) -> None:
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


def _own_appointment(actor: Actor, appointment_id: int) -> Appointment:
    """The appointment as it is now, nobody else changing it meanwhile."""
    appointment = appointments.find(actor, appointment_id)
    lock("doctor", appointment.doctor_id)
    lock("patient", appointment.patient_id)
    db.session.refresh(appointment, with_for_update={"of": Appointment})
    return appointment


def _call_off(actor: Actor, appointment: Appointment) -> None:
    """Cancels what is still to come; leaves a canceled one as it is. Raises AppointmentClosed for any other."""
    if appointment.status == AppointmentStatus.CANCELED:
        return
    if not appointment.is_active or appointment.starts_at <= clock.now():
        raise AppointmentClosed("This appointment has begun or is over, so it can't be canceled.")
    _cancel(actor, appointment)


def _cancel(actor: Actor, appointment: Appointment) -> None:
    appointment.status = AppointmentStatus.CANCELED
    appointment.canceled_at = clock.now()
    appointment.canceled_by_id = actor.person.id
    appointment.sequence += 1
    audit.note(actor, "canceled", "appointment", appointment.id, appointment.patient_id)
    notifications.tell_canceled(appointment)


def _checked_reason(reason: str) -> str:
    answers = Answers()
    checked = answers.text("reason", reason, REASON_LENGTH)
    answers.check()
    return checked
