"""Booking by somebody who is signed in. What becomes of a visit is in `appointment_changes`; booking by e-mail alone in
`held_bookings`.

The command locks the doctor, then the patient, ends holds that are up, looks, and writes. The database refuses an
overlap by itself (`models/overlap_guards.py`); its refusal becomes the same words as our own look.
"""

from datetime import date

from sqlalchemy import select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import InvalidInput, MediMeetError, NotFound
from medimeet.models import Appointment, Patient
from medimeet.services import audit, notifications, orders, placing
from medimeet.services.access import Actor
from medimeet.services.orders import Order, TimeOfDay
from medimeet.services.placing import Wanted
from medimeet.writing import command_of_rows, lock_all


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
    return _ordered(actor, Order(slot_id, treatment_id, patient_id, reason, kind), channel, idempotency_key)


def book_time(
    actor: Actor,
    *,
    doctor_id: int,
    minute: int,
    day: date | None = None,
    patient_id: int | None = None,
    reason: str = "",
    kind: str = "Offline",
    channel: str = "portal",
    idempotency_key: str | None = None,
) -> Appointment:
    """The new appointment on the doctor's first free slot that starts at this minute of the clinic's day, or on `day`.

    All else as `book`. Raises SlotTaken also where no slot is free then.
    """
    order = Order(TimeOfDay(doctor_id, minute, day), None, patient_id, reason, kind)
    return _ordered(actor, order, channel, idempotency_key)


def _ordered(actor: Actor, order: Order, channel: str, key: str | None) -> Appointment:
    # Of many who want one time, most are refused by this look, and never wait for their turn to write.
    try:
        found = placing.look(actor, order)
        # What needs no lock is found before there is one: others wait for it.
        patient = patient_to_book_for(actor, order.patient_id)
        what = placing.wanted(order, found)
    except MediMeetError:
        earlier = orders.booked_with(actor, key, order)
        if earlier is None:
            raise
        return db.session.get_one(Appointment, earlier)
    booked = _book(actor, order, what, patient, channel, key)
    return booked if isinstance(booked, Appointment) else db.session.get_one(Appointment, booked)


@command_of_rows
def _book(
    actor: Actor, order: Order, what: Wanted, patient: Patient, channel: str, key: str | None
) -> Appointment | int:
    """The new appointment, or the id of what was booked with the key before."""
    earlier = orders.booked_once_with(actor, key, order)
    if earlier is not None:
        return earlier
    lock_all(("doctor", what.doctor.id), ("patient", patient.id))
    starts_at = placing.start_with(what.doctor, order.time)
    appointment = placing.add(
        actor, order, what, patient, starts_at, status=AppointmentStatus.SCHEDULED, channel=channel
    )
    orders.remember(actor, key, order, appointment)
    audit.note(actor, "booked", "appointment", appointment.id, patient.id)
    notifications.tell_booked(appointment)
    return appointment


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
