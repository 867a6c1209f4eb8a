"""Booking by e-mail alone: the time is held, and booked once the patient presses the button that the mail leads to.

Whoever asks may be a stranger. So no answer tells anything of the patient but that nobody here has this e-mail, and
tries are counted before anybody is looked for.
"""

from datetime import timedelta

from sqlalchemy import select

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import (
    AppointmentClosed,
    MediMeetError,
    NotFound,
    NotRegistered,
    PatientBusy,
    WrongCode,
)
from medimeet.models import Account, Appointment, Clinic, Patient
from medimeet.services import (
    appointments,
    audit,
    bookable,
    contact_details,
    hold_limits,
    notifications,
    one_time_links,
    orders,
    placing,
)
from medimeet.services.access import Actor
from medimeet.services.one_time_links import Purpose
from medimeet.services.orders import OrderByEmail
from medimeet.writing import command, lock

CHANNEL = "chatbot"


def hold(
    clinic: Clinic,
    *,
    patient_email: str,
    doctor_id: int,
    slot_id: int,
    treatment_id: int,
    address: str,
    origin: str | None,
    idempotency_key: str | None = None,
) -> Appointment:
    """A pending appointment that keeps the slot for CHATBOT_HOLD_MINUTES, and a mail to the patient that confirms it.

    `address` is the network address and `origin` the site that it comes from. The same key of a visitor of the same
    clinic gives the same appointment. Raises NotRegistered, TooManyTries, and as `booking.book` does.
    """
    visitor = Actor(None, clinic)
    email = _spelled(patient_email)
    order = OrderByEmail(slot_id, treatment_id, None, "", "Offline", email)
    try:
        _refuse_what_nobody_can_have(visitor, doctor_id, slot_id, treatment_id)
        hold_limits.refuse_too_many_tries(clinic, email, address, origin)
        placing.free_start(visitor, slot_id)  # many have lost by now, and need not wait for their turn to write
    except MediMeetError:
        earlier = orders.booked_with(visitor, idempotency_key, order)
        if earlier is None:
            raise
        return db.session.get_one(Appointment, earlier)
    return _hold(visitor, order, idempotency_key)


def find(token: str) -> Appointment:
    """The visit that a mailed link confirms, or has confirmed and that stands as it was then. Changes nothing.

    Raises AppointmentClosed where it can't be had any more, WrongCode for any other link that does nothing.
    """
    try:
        link = one_time_links.find_even_dead(Purpose.CONFIRM_BOOKING, token)
    except WrongCode:
        raise WrongCode(_DONE_WITH) from None
    visit = db.session.get_one(Appointment, link.appointment_id)
    _refuse_ended(visit)
    was_confirmed = visit.status == AppointmentStatus.SCHEDULED and visit.sequence == 0
    stands_so = was_confirmed and visit.starts_at > clock.now()
    waits = visit.status == AppointmentStatus.PENDING and one_time_links.is_good(link)
    if not stands_so and not waits:
        raise WrongCode(_DONE_WITH)
    return visit


@command
def confirm(token: str) -> Appointment:
    """The visit that the mailed link stands for, booked; the link is used up. Twice answers as the first time.

    Raises as `find` does.
    """
    visit = find(token)
    placing.lock_as_it_is(visit)
    _refuse_ended(visit)
    if visit.status == AppointmentStatus.PENDING:
        one_time_links.spend(Purpose.CONFIRM_BOOKING, token)
        _book(Actor(None, visit.clinic), visit)
    return visit


@command
def confirm_own(actor: Actor, appointment_id: int) -> Appointment:
    """The actor's own unconfirmed visit, booked.

    Raises NotFound, AppointmentClosed where nothing is left to confirm.
    """
    visit = appointments.find(actor, appointment_id)
    own = actor.person.patient
    if own is None or visit.patient_id != own.id:
        raise NotFound(appointments.UNKNOWN)
    placing.lock_as_it_is(visit)
    _refuse_ended(visit)
    if visit.status != AppointmentStatus.PENDING:
        raise AppointmentClosed("This visit is booked already. There is nothing left to confirm.")
    _book(actor, visit)
    return visit


def _refuse_what_nobody_can_have(visitor: Actor, doctor_id: int, slot_id: int, treatment_id: int) -> None:
    """Small looks that name no patient. What they refuse is not counted, for it tells nothing of anybody."""
    bookable.refuse_other_doctor(slot_id, doctor_id)
    placing.free_start(visitor, slot_id)
    placing.given_treatment(bookable.taking_patients(visitor, doctor_id), treatment_id)


@command
def _hold(visitor: Actor, order: OrderByEmail, key: str | None) -> Appointment:
    earlier = orders.booked_once_with(visitor, key, order)
    if earlier is not None:
        return db.session.get_one(Appointment, earlier)
    starts_at = placing.locked_start(visitor, order.time)
    hold_limits.refuse_full_day(placing.doctor_of(visitor, order.time), starts_at)
    patient = _patient_to_hold_for(visitor.clinic, order.patient_email)
    now = clock.now()
    hold_expires_at = min(now + timedelta(minutes=setting("CHATBOT_HOLD_MINUTES")), starts_at)
    try:
        visit = placing.add(
            visitor,
            order,
            placing.wanted(order, placing.look(visitor, order)),
            patient,
            starts_at,
            status=AppointmentStatus.PENDING,
            channel=CHANNEL,
            hold_expires_at=hold_expires_at,
        )
    except PatientBusy:
        raise PatientBusy(_CAN_NOT_HAVE) from None
    orders.remember(visitor, key, order, visit)
    audit.note(visitor, "held", "appointment", visit.id, patient.id)
    token = one_time_links.add_link(Purpose.CONFIRM_BOOKING, hold_expires_at - now, patient.account, visit)
    notifications.tell_held(visit, one_time_links.url(Purpose.CONFIRM_BOOKING, token))
    return visit


def _patient_to_hold_for(clinic: Clinic, email: str) -> Patient:
    """The patient of this clinic who has shown that the e-mail is theirs, nobody else booking for them meanwhile.

    Raises NotRegistered; TooManyTries while several visits wait for their confirmation.
    """
    patient = _patient_with(clinic, email)
    lock("patient", patient.id)
    patient = _patient_with(clinic, email)  # who has left since is told of as a stranger is
    hold_limits.refuse_full_patient(patient)
    return patient


def _patient_with(clinic: Clinic, email: str) -> Patient:
    found = db.session.scalar(
        select(Patient)
        .join(Patient.account)
        .where(Patient.clinic_id == clinic.id, Patient.closed_at.is_(None))
        .where(Account.email == email, Account.email_verified_at.is_not(None), Account.is_active)
    )
    if found is None:
        raise NotRegistered("Nobody is registered here with this e-mail, or it is not confirmed yet. Register first.")
    return found


def _book(actor: Actor, visit: Appointment) -> None:
    """Makes the locked, pending visit a booked one, and tells of it."""
    visit.status, visit.hold_expires_at = AppointmentStatus.SCHEDULED, None
    placing.write(visit)
    audit.note(actor, "confirmed", "appointment", visit.id, visit.patient_id)
    notifications.tell_booked(visit)


def _refuse_ended(visit: Appointment) -> None:
    if visit.is_lapsed or (visit.status == AppointmentStatus.CANCELED and visit.canceled_by_id is None):
        raise AppointmentClosed(_NOT_IN_TIME)
    if visit.status == AppointmentStatus.CANCELED:
        raise AppointmentClosed("This visit was canceled, so there is nothing left to confirm. Book a new one.")
    if visit.status == AppointmentStatus.PENDING and not visit.doctor.takes_patients:
        raise AppointmentClosed("This doctor takes no visits at present. Book one with another doctor.")


def _spelled(patient_email: str) -> str:
    try:
        return contact_details.email(patient_email)
    except ValueError:
        return patient_email.strip().lower()  # nobody's, and counted all the same


_CAN_NOT_HAVE = "This time can't be booked with this e-mail. Choose another time."
_NOT_IN_TIME = "This visit was not confirmed in time, so its time was given free again. Book a new visit."
_DONE_WITH = "This link does nothing any more. Sign in to see your visits, or book a new one."
