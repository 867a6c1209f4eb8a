"""What becomes of a booked appointment: moved, changed, canceled, deleted, marked as completed or missed.

Every command locks the doctors, then the patient, and reads the appointment anew; one that moves then ends holds that
are up, looks, and writes, as `booking` does.
"""

from datetime import date, datetime

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, label, may_become
from medimeet.domain.wall_clock import minute_of, to_wall
from medimeet.errors import AppointmentClosed, InvalidInput, NotFound
from medimeet.models import Appointment, Doctor, Patient
from medimeet.services import appointments, audit, bookable, notifications, orders, placing
from medimeet.services.access import Actor
from medimeet.services.orders import TimeOfDay
from medimeet.writing import command, lock


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

    Raises as `booking.book` does, and AppointmentClosed.
    """
    doctor_id, starts_at = bookable.key_of(slot_id)
    appointment = _own_appointment(actor, appointment_id, doctor_id)
    refuse_begun(appointment, "moved")
    refuse_unconfirmed(appointment, "moved")
    _move(actor, appointment, placing.doctor_of(actor, slot_id), starts_at)
    return appointment


@command
def change(
    actor: Actor,
    appointment_id: int,
    *,
    doctor_id: int | None = None,
    minute: int | None = None,
    day: date | None = None,
    reason: str | None = None,
    kind: str | None = None,
) -> Appointment:
    """The appointment with another doctor, minute of the clinic's day, day, reason or kind, all of them or none.

    What is None stays; the time it has already is no move. Raises as `booking.book_time` does, and AppointmentClosed.
    """
    if doctor_id is not None:
        bookable.taking_patients(actor, doctor_id)  # nobody is locked who is no doctor here
    appointment = _own_appointment(actor, appointment_id, doctor_id)
    refuse_begun(appointment, "changed")
    refuse_unconfirmed(appointment, "changed")
    appointment.reason = appointment.reason if reason is None else orders.checked_reason(reason)
    appointment.kind = kind or appointment.kind
    if db.session.is_modified(appointment):
        audit.note(actor, "changed", "appointment", appointment.id, appointment.patient_id)
    wall = to_wall(appointment.starts_at, actor.clinic.zone)
    now = TimeOfDay(appointment.doctor_id, minute_of(wall.time()), wall.date())
    wanted = TimeOfDay(doctor_id or now.doctor_id, now.minute if minute is None else minute, day or wall.date())
    if wanted != now:
        doctor = bookable.taking_patients(actor, wanted.doctor_id)
        treatment = placing.given_treatment(doctor, appointment.treatment_id)
        starts_at = bookable.first_free_at(doctor, treatment, wanted.minute, wanted.day, leave_out=appointment.id)
        _move(actor, appointment, doctor, starts_at)
    return appointment


@command
def mark(actor: Actor, appointment_id: int, status: AppointmentStatus) -> Appointment:
    """The appointment as completed, missed, or back to scheduled; by its doctor or the clinic's admin.

    Raises NotFound, InvalidInput for a step that makes no sense, SlotTaken when its time was given away meanwhile.
    """
    appointment = _own_appointment(actor, appointment_id)
    if not actor.is_admin and (not actor.is_doctor or appointment.doctor_id != actor.own_doctor.id):
        raise NotFound(appointments.UNKNOWN)
    if appointment.status == status:
        return appointment
    if appointment.status == AppointmentStatus.PENDING:
        raise InvalidInput({"status": "This visit waits for the patient to confirm it, so it can't be marked yet."})
    if status == AppointmentStatus.CANCELED or not may_become(appointment.status, status):
        now, wanted = label(appointment.status), label(status)
        raise InvalidInput({"status": f"This visit is marked “{now}”, so it can't be marked “{wanted}”."})
    if status != AppointmentStatus.SCHEDULED and appointment.starts_at > clock.now():
        raise InvalidInput({"status": "This visit has not begun yet. Mark it once it has."})
    was, appointment.status = appointment.status, status
    placing.write(appointment)
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


def refuse_unconfirmed(appointment: Appointment, deed: str) -> None:
    """Raises AppointmentClosed for a visit that waits to be confirmed; `deed` is such as "moved"."""
    if appointment.status == AppointmentStatus.PENDING:
        raise AppointmentClosed(f"This visit waits to be confirmed, so it can't be {deed} yet. Confirm it first.")


def refuse_begun(appointment: Appointment, deed: str) -> None:
    """Raises AppointmentClosed for a visit that is canceled, has begun or is over."""
    if appointment.status == AppointmentStatus.CANCELED:
        raise AppointmentClosed(f"This appointment is canceled, so it can't be {deed}. Book a new one.")
    if not appointment.is_active or appointment.starts_at <= clock.now():
        raise AppointmentClosed(f"This appointment has begun or is over, so it can't be {deed}.")


def _move(actor: Actor, appointment: Appointment, doctor: Doctor, starts_at: datetime) -> None:
    """Puts the locked appointment on another slot, and tells of it; does nothing where it stands there already."""
    was_at, was_with, patient = appointment.starts_at, appointment.doctor, appointment.patient
    if (doctor.id, starts_at) == (was_with.id, was_at):
        return
    treatment = placing.given_treatment(doctor, appointment.treatment_id)
    placing.place(appointment, doctor, patient, treatment, starts_at)
    if doctor.id != was_with.id:
        appointment.price = placing.price_of(doctor, treatment)
    appointment.sequence += 1
    placing.write(appointment)
    audit.note(actor, "moved", "appointment", appointment.id, appointment.patient_id, was_at=was_at.isoformat())
    notifications.tell_moved(appointment, was_at, was_with)


def _own_appointment(actor: Actor, appointment_id: int, new_doctor_id: int | None = None) -> Appointment:
    """The appointment as it is now, nobody else changing it meanwhile, or booking with the doctor it may go to."""
    appointment = appointments.find(actor, appointment_id)
    placing.lock_as_it_is(appointment, new_doctor_id)
    if appointment.deleted_at is not None:
        raise NotFound(appointments.UNKNOWN)
    return appointment


def _call_off(actor: Actor, appointment: Appointment) -> None:
    """Cancels what is still to come; leaves a canceled one as it is. Raises AppointmentClosed for any other."""
    if appointment.status == AppointmentStatus.CANCELED:
        return
    refuse_begun(appointment, "canceled")
    _cancel(actor, appointment)


def _cancel(actor: Actor, appointment: Appointment) -> None:
    was_booked = appointment.status != AppointmentStatus.PENDING
    appointment.status = AppointmentStatus.CANCELED
    appointment.canceled_at = clock.now()
    appointment.canceled_by_id = actor.person.id
    appointment.sequence += 1
    audit.note(actor, "canceled", "appointment", appointment.id, appointment.patient_id)
    tell = notifications.tell_canceled if was_booked else notifications.tell_not_booked
    tell(appointment)
