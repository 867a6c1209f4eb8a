"""Appointments to look at: who sees which, lists, days. Changing them is `booking`'s business."""

import uuid
from datetime import date, datetime
from typing import Any, Literal

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, load_only

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slot_ids import UnknownSlot, decode_slot, slot_id_of_uuid
from medimeet.domain.statuses import AppointmentStatus
from medimeet.domain.wall_clock import day_bounds
from medimeet.errors import NotFound
from medimeet.models import Account, Appointment, Doctor, Patient, Treatment
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.search import any_part

Period = Literal["upcoming", "past", "all"]
_MOST_STANDING = 1000
UNKNOWN = "We can't find this appointment."

_with_people = (
    joinedload(Appointment.doctor),
    joinedload(Appointment.patient),
    joinedload(Appointment.treatment),
    joinedload(Appointment.clinic),
)

_outline = load_only(
    Appointment.public_id,
    Appointment.doctor_id,
    Appointment.patient_id,
    Appointment.treatment_id,
    Appointment.starts_at,
    Appointment.ends_at,
    Appointment.status,
    Appointment.hold_expires_at,
    Appointment.reason,
    Appointment.created_at,
)


def find(actor: Actor, appointment_id: int) -> Appointment:
    """The appointment, if the actor may see it: the patient's own, the doctor's own, the clinic's for its admin.

    Raises NotFound otherwise, as for one that does not exist, and for a deleted one.
    """
    found = find_even_deleted(actor, appointment_id)
    if found.deleted_at is not None:
        raise NotFound(UNKNOWN)
    return found


def find_even_deleted(actor: Actor, appointment_id: int) -> Appointment:
    """As `find`, but a deleted appointment is found too: the pages go on showing it as canceled."""
    found = db.session.scalar(
        select(Appointment).where(Appointment.id == appointment_id, visible_to(actor)).options(*_with_people)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def read(actor: Actor, appointment_id: int, *, even_deleted: bool = False) -> Appointment:
    """As `find`, to show the visit with its reason: that somebody else reads it goes into the audit log."""
    found = find_even_deleted(actor, appointment_id) if even_deleted else find(actor, appointment_id)
    note_look(actor, found)
    return found


def note_look(actor: Actor, visit: Appointment) -> None:
    """Notes in the audit log that the actor is shown the visit, unless it is their own as a patient."""
    if visit.patient.account_id != actor.person.id:
        audit.note_reading(actor, "appointment", visit.id, visit.patient_id)


def find_as_doctor(actor: Actor, appointment_id: int) -> Appointment:
    """The actor's own visit as its verified doctor. Raises NotFound for anybody else's, and for everybody else."""
    found, doctor = find(actor, appointment_id), actor.person.doctor
    if doctor is None or not doctor.is_verified or found.doctor_id != doctor.id:
        raise NotFound(UNKNOWN)
    return found


def find_standing(actor: Actor, appointment_id: int) -> Appointment:
    """As `find`, but a canceled appointment is not found either: for those whose lists leave it out."""
    found = find(actor, appointment_id)
    if found.present_status == AppointmentStatus.CANCELED:
        raise NotFound(UNKNOWN)
    return found


def find_at(actor: Actor, slot: uuid.UUID) -> Appointment:
    """The appointment in this slot, by the id that phones know it by, that the actor may see: rather an active one.

    Raises NotFound.
    """
    try:
        doctor_id, starts_at = decode_slot(slot_id_of_uuid(slot))
    except UnknownSlot:
        raise NotFound(UNKNOWN) from None
    in_slot = (Appointment.doctor_id == doctor_id, Appointment.starts_at == starts_at, Appointment.deleted_at.is_(None))
    found = db.session.scalar(
        select(Appointment)
        .where(*in_slot, visible_to(actor))
        .options(*_with_people)
        .order_by(Appointment.is_active.desc(), Appointment.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition for the appointments that the actor may see, always within the actor's clinic."""
    person = actor.person
    in_clinic = Appointment.clinic_id == actor.clinic.id
    if actor.is_admin:
        return in_clinic
    own: list[ColumnElement[bool]] = []
    if person.doctor is not None and person.doctor.is_verified:
        own.append(Appointment.doctor_id == person.doctor.id)
    if person.patient is not None:
        own.append(Appointment.patient_id == person.patient.id)
    return and_(in_clinic, or_(false(), *own))


def listed(
    actor: Actor,
    *,
    period: Period = "all",
    search: str = "",
    doctor_id: int | None = None,
    patient_id: int | None = None,
    status: AppointmentStatus | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    with_deleted: bool = False,
    page: int = 1,
    per_page: int = 25,
) -> Pagination:
    """One page of the appointments that the actor may see; upcoming ones soonest first, others latest first.

    `search` is any part of a name, the treatment or the reference, in any case; the name of the one doctor or patient
    whom the list is narrowed to does not count. Days are of the clinic, both inclusive.
    """
    query, doctor_account, patient_account = _joined(actor)
    query = query.where(_in_period(period))
    if doctor_id is not None:
        query = query.where(Appointment.doctor_id == doctor_id)
    if patient_id is not None:
        query = query.where(Appointment.patient_id == patient_id)
    if status is not None:
        query = query.where(Appointment.status == status)
    if first_day is not None:
        query = query.where(Appointment.starts_at >= day_bounds(first_day, actor.clinic.zone)[0])
    if last_day is not None:
        query = query.where(Appointment.starts_at < day_bounds(last_day, actor.clinic.zone)[1])
    if not with_deleted:
        query = query.where(Appointment.deleted_at.is_(None))
    if search:
        named = [(doctor_id, doctor_account), (patient_id, patient_account)]
        query = query.where(_mentions(search, *(account for narrowed, account in named if narrowed is None)))
    order = Appointment.starts_at.asc() if period == "upcoming" else Appointment.starts_at.desc()
    return db.paginate(query.order_by(order, Appointment.id), page=page, per_page=per_page, error_out=False)


def recent(actor: Actor, *, search: str = "", most: int) -> list[Appointment]:
    """The latest past appointments that the actor may see, also deleted ones; `search` as in `listed`."""
    query, *accounts = _joined(actor)
    if search:
        query = query.where(_mentions(search, *accounts))
    latest_first = query.where(_in_period("past")).order_by(Appointment.starts_at.desc(), Appointment.id)
    return list(db.session.scalars(latest_first.limit(most)))


def newest(actor: Actor, most: int) -> list[Appointment]:
    """The latest appointments that the actor may see, the latest first: when, who by id, reason and status."""
    seen = select(Appointment).where(visible_to(actor), Appointment.deleted_at.is_(None)).options(_outline)
    return list(db.session.scalars(seen.order_by(Appointment.starts_at.desc(), Appointment.id.desc()).limit(most)))


def standing(actor: Actor, *, doctor: str = "", patient: str = "") -> list[Appointment]:
    """The newest 1000 appointments that the actor may see and that are not canceled, latest first, without the people.

    `doctor` and `patient` are any part of a username, a first or a last name, in any case; both together narrow.
    """
    query = select(Appointment).where(
        visible_to(actor), Appointment.status != AppointmentStatus.CANCELED, not_(Appointment.is_lapsed)
    )
    for owner, person, name in ((Appointment.doctor, Doctor, doctor), (Appointment.patient, Patient, patient)):
        if name.strip():
            account = aliased(Account)
            query = query.join(owner).join(account, person.account).where(any_part(name, *_names_of(account)))
    order = (Appointment.starts_at.desc(), Appointment.id.desc())
    return list(db.session.scalars(query.order_by(*order).limit(_MOST_STANDING)))


def of_days(actor: Actor, doctor: Doctor, first_day: date, last_day: date) -> list[Appointment]:
    """One doctor's appointments from the first to the last day, by start, without canceled ones."""
    start = day_bounds(first_day, actor.clinic.zone)[0]
    end = day_bounds(last_day, actor.clinic.zone)[1]
    return list(
        db.session.scalars(
            select(Appointment)
            .where(
                visible_to(actor),
                Appointment.doctor_id == doctor.id,
                Appointment.starts_at >= start,
                Appointment.starts_at < end,
                Appointment.status != AppointmentStatus.CANCELED,
                not_(Appointment.is_lapsed),
            )
            .options(*_with_people)
            .order_by(Appointment.starts_at)
        )
    )


def upcoming_of(*, doctor: Doctor | None = None, patient: Patient | None = None) -> list[Appointment]:
    """The active appointments of a doctor or a patient that are still to begin, by start."""
    owner = Appointment.doctor_id == doctor.id if doctor is not None else false()
    if patient is not None:
        owner = or_(owner, Appointment.patient_id == patient.id)
    return list(
        db.session.scalars(
            select(Appointment)
            .where(owner, Appointment.is_active, Appointment.starts_at > clock.now())
            .options(*_with_people)
            .order_by(Appointment.starts_at)
        )
    )


def overlapping(patient: Patient, starts_at: datetime, ends_at: datetime) -> list[Appointment]:
    """The patient's active appointments that touch this time."""
    return list(
        db.session.scalars(
            select(Appointment)
            .where(
                Appointment.patient_id == patient.id,
                Appointment.is_active,
                Appointment.starts_at < ends_at,
                Appointment.ends_at > starts_at,
            )
            .options(*_with_people)
        )
    )


def _joined(actor: Actor) -> tuple[Select[Appointment], type[Account], type[Account]]:
    doctor_account, patient_account = aliased(Account), aliased(Account)
    query = (
        select(Appointment)
        .join(Appointment.doctor)
        .join(doctor_account, Doctor.account)
        .join(Appointment.patient)
        .join(patient_account, Patient.account)
        .outerjoin(Appointment.treatment)
        .options(
            # Everybody's clinic is the actor's, which is here already.
            contains_eager(Appointment.doctor)
            .contains_eager(Doctor.account.of_type(doctor_account))
            .lazyload(doctor_account.clinic),
            contains_eager(Appointment.patient)
            .contains_eager(Patient.account.of_type(patient_account))
            .lazyload(patient_account.clinic),
            contains_eager(Appointment.treatment),
        )
        .where(visible_to(actor))
    )
    return query, doctor_account, patient_account


def _in_period(period: Period) -> ColumnElement[bool]:
    to_come = and_(Appointment.is_active, Appointment.ends_at > clock.now())
    if period == "upcoming":
        return to_come
    return not_(to_come) if period == "past" else Appointment.id.is_not(None)


def _names_of(person: type[Account]) -> tuple[Any, ...]:
    return person.first_name, person.last_name, person.username


def _mentions(search: str, *people: type[Account]) -> ColumnElement[bool]:
    names = [column for person in people for column in _names_of(person)]
    return any_part(search, *names, Treatment.name, Appointment.reference)
