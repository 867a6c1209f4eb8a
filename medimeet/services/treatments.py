"""Treatments: what a clinic offers, how long it takes, what it costs, and which doctors give it."""

from collections.abc import Iterable
from decimal import Decimal

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from medimeet import clock
from medimeet.db import db
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Appointment, Doctor, Treatment
from medimeet.prepared_models import PreparedModels
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.given_treatments import IS_OFFERED
from medimeet.services.search import any_part, fold
from medimeet.writing import command, lock

SHORTEST, LONGEST = 5, 480
_ONE = PreparedModels((Treatment,), lambda asked: asked.where(IS_OFFERED))


def find(actor: Actor, treatment_id: int) -> Treatment:
    """A treatment that the actor's clinic offers. Raises NotFound."""
    found = _ONE.first(treatment_id=treatment_id, clinic_id=actor.clinic.id)
    if found is None:
        raise NotFound("We can't find this treatment.")
    treatment: Treatment = found[0]
    return treatment


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the treatments that the clinic offers, by name. `search` is any part of name or description."""
    query = _offered(actor).where(any_part(search, Treatment.name, Treatment.description))
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def offered(actor: Actor) -> list[Treatment]:
    """Every treatment that the clinic offers, by name, with its doctors."""
    return list(db.session.scalars(_offered(actor)))


def bookable_doctors(treatment: Treatment) -> list[Doctor]:
    """The verified, active doctors who give the treatment, by name."""
    doctors = [doctor for doctor in treatment.doctors if doctor.takes_patients]
    return sorted(doctors, key=lambda doctor: doctor.name.casefold())


def visits_to_come(actor: Actor, treatment_id: int) -> int:
    """How many appointments are still to come for the treatment."""
    return (
        db.session.scalar(
            select(func.count(Appointment.id)).where(
                Appointment.clinic_id == actor.clinic.id,
                Appointment.treatment_id == treatment_id,
                Appointment.is_active,
                Appointment.starts_at > clock.now(),
            )
        )
        or 0
    )


@command
def add(
    actor: Actor,
    *,
    name: str,
    price: Decimal | None,
    duration_minutes: int | None,
    description: str = "",
    instructions: str = "",
    doctor_ids: Iterable[int] = (),
) -> Treatment:
    """A new treatment of the clinic. Price in the clinic's currency, duration in minutes. Raises InvalidInput."""
    lock("clinic", actor.clinic.id)
    treatment = Treatment(clinic_id=actor.clinic.id)
    _fill(actor, treatment, name, price, duration_minutes, description, instructions, doctor_ids)
    db.session.add(treatment)
    db.session.flush()
    audit.note(actor, "added", "treatment", treatment.id)
    return treatment


@command
def change(
    actor: Actor,
    treatment_id: int,
    *,
    name: str,
    price: Decimal | None,
    duration_minutes: int | None,
    description: str = "",
    instructions: str = "",
    doctor_ids: Iterable[int] = (),
) -> Treatment:
    """The treatment with new values; booked visits keep their time and price. Raises InvalidInput, NotFound."""
    lock("clinic", actor.clinic.id)
    treatment = find(actor, treatment_id)
    _fill(actor, treatment, name, price, duration_minutes, description, instructions, doctor_ids)
    audit.note(actor, "changed", "treatment", treatment.id)
    return treatment


@command
def remove(actor: Actor, treatment_id: int) -> Treatment:
    """Stops offering the treatment; the row and the visits booked for it stay. Raises NotFound."""
    treatment = find(actor, treatment_id)
    treatment.is_active = False
    audit.note(actor, "removed", "treatment", treatment.id)
    return treatment


def _offered(actor: Actor) -> Select[Treatment]:
    return (
        select(Treatment)
        .where(Treatment.clinic_id == actor.clinic.id, Treatment.is_active)
        .options(selectinload(Treatment.doctors))
        .order_by(fold(Treatment.name), Treatment.id)
    )


def _fill(
    actor: Actor,
    treatment: Treatment,
    name: str,
    price: Decimal | None,
    duration_minutes: int | None,
    description: str,
    instructions: str,
    doctor_ids: Iterable[int],
) -> None:
    answers = Answers()
    treatment.name = answers.line("name", name, 120, "Write the name of the treatment, for example Check-up.")
    treatment.description = answers.text("description", description)
    treatment.instructions = answers.text("instructions", instructions)
    treatment.price = answers.money("price", price)
    minutes = answers.number("duration_minutes", duration_minutes, SHORTEST, LONGEST, _DURATION)
    if minutes is None:
        answers.fault("duration_minutes", _DURATION)
    answers.check()
    treatment.duration_minutes = minutes or SHORTEST
    _refuse_same_name(actor, treatment)
    treatment.doctors = _chosen_doctors(actor, doctor_ids)


def _refuse_same_name(actor: Actor, treatment: Treatment) -> None:
    with db.session.no_autoflush:
        same = db.session.scalar(
            select(Treatment.id).where(
                Treatment.clinic_id == actor.clinic.id,
                Treatment.is_active,
                fold(Treatment.name) == fold(treatment.name),
                Treatment.id != (treatment.id or 0),
            )
        )
    if same is not None:
        raise InvalidInput({"name": f"There is already a treatment called {treatment.name}. Choose another name."})


def _chosen_doctors(actor: Actor, doctor_ids: Iterable[int]) -> list[Doctor]:
    wanted = set(doctor_ids)
    with db.session.no_autoflush:
        found = list(
            db.session.scalars(
                select(Doctor).where(Doctor.id.in_(wanted), Doctor.clinic_id == actor.clinic.id, Doctor.takes_patients)
            )
        )
    if len(found) != len(wanted):
        raise InvalidInput({"doctor_ids": "Choose doctors from the list."})
    return found


_DURATION = f"Write how many minutes it takes, from {SHORTEST} to {LONGEST}."
