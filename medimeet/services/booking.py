"""Booking by somebody who is signed in. What becomes of a visit is in `appointment_changes`; booking by e-mail alone in
`held_bookings`.

The command locks the doctor, then the patient, ends holds that are up, looks, and writes. The database refuses an
overlap by itself (`models/overlap_guards.py`); its refusal becomes the same words as our own look.
"""

from datetime import date

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from medimeet.db import command_of_rows, db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import InvalidInput, MediMeetError, NotFound
from medimeet.models import Account, Appointment, Patient
from medimeet.prepared_models import PreparedModels
from medimeet.services import audit, notifications, orders, placing
from medimeet.services.access import Actor
from medimeet.services.orders import Order, TimeOfDay
from medimeet.services.placing import Wanted

_OWN_PATIENT = PreparedModels(
    (Patient,), lambda asked: asked.where(Patient.account_id == bindparam("account_id", type_=Integer()))
)


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
        placing.free_start(actor, order.time)
        # What needs no lock is found before there is one: others wait for it.
        patient = patient_to_book_for(actor, order.patient_id)
        what = placing.wanted(actor, order)
    except MediMeetError:
        earlier = orders.booked_with(actor, key, order)
        if earlier is None:
            raise
        return earlier
    return _book(actor, order, what, patient, channel, key)


@command_of_rows
def _book(actor: Actor, order: Order, what: Wanted, patient: Patient, channel: str, key: str | None) -> Appointment:
    earlier = orders.booked_once_with(actor, key, order)
    if earlier is not None:
        return earlier
    starts_at = placing.locked_start(actor, order.time)  # the losers of a race leave early, and nobody waits long
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
        _read_own_patient(actor.person)
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


def _read_own_patient(person: Account) -> None:
    """Reads the person's profile, if it is not there yet, as the relation would, at less than half its cost."""
    if "patient" in instance_dict(person):
        return
    found = _OWN_PATIENT.first(account_id=person.id)
    if found is not None:
        set_committed_value(found[0], "account", person)
    set_committed_value(person, "patient", found[0] if found is not None else None)
