"""What patients say of the doctors who treated them: one review for each completed appointment."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, contains_eager, joinedload

from medimeet import clock
from medimeet.database_faults import broken_rule
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import Conflict, InvalidInput, NotAllowed, NotFound
from medimeet.models import Account, Appointment, Doctor, Patient, Review
from medimeet.services import audit, bookable
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.search import any_part
from medimeet.writing import command, lock

_ONCE = "You have reviewed this visit already. Change that review instead."


@dataclass(frozen=True, slots=True)
class Rating:
    """How many reviews a doctor has, and the mean of their stars (1 to 5)."""

    count: int
    stars: float


def find(actor: Actor, review_id: int) -> Review:
    """A review in the actor's clinic. Raises NotFound."""
    review = db.session.scalar(_kept(actor).where(Review.id == review_id))
    if review is None:
        raise NotFound("We can't find this review.")
    return review


def listed(
    actor: Actor,
    *,
    doctor_id: int | None = None,
    patient_id: int | None = None,
    rating: int | None = None,
    search: str = "",
    page: int = 1,
    per_page: int = 25,
) -> Pagination:
    """One page of the clinic's reviews, the newest first.

    `search` is any part of the doctor's names, or of the reviewer's name as far as everybody may know it.
    """
    doctor_account, reviewer_account = aliased(Account), aliased(Account)
    doctor_names = (doctor_account.first_name, doctor_account.last_name, doctor_account.username)
    query = (
        select(Review)
        .join(Review.doctor)
        .join(doctor_account, Doctor.account)
        .join(Review.patient)
        .join(reviewer_account, Patient.account)
        .where(_is_kept(actor), any_part(search, *doctor_names, reviewer_account.first_name))
        .options(
            # Everybody's clinic is the actor's, which is here already.
            contains_eager(Review.doctor)
            .contains_eager(Doctor.account.of_type(doctor_account))
            .lazyload(doctor_account.clinic),
            contains_eager(Review.patient)
            .contains_eager(Patient.account.of_type(reviewer_account))
            .lazyload(reviewer_account.clinic),
        )
    )
    if doctor_id is not None:
        query = query.where(Review.doctor_id == doctor_id)
    if patient_id is not None:
        query = query.where(Review.patient_id == patient_id)
    if rating is not None:
        query = query.where(Review.rating == rating)
    newest = query.order_by(Review.created_at.desc(), Review.id.desc())
    return db.paginate(newest, page=page, per_page=per_page, error_out=False)


def ratings_of(actor: Actor, doctors: Sequence[Doctor]) -> dict[int, Rating]:
    """The rating of each of these doctors who has one, by the doctor's id."""
    rows = db.session.execute(
        select(Review.doctor_id, func.count(Review.id), func.avg(Review.rating))
        .where(Review.clinic_id == actor.clinic.id, Review.deleted_at.is_(None))
        .where(Review.doctor_id.in_([doctor.id for doctor in doctors]))
        .group_by(Review.doctor_id)
    )
    return {doctor_id: Rating(count, round(float(mean), 1)) for doctor_id, count, mean in rows}


def newest_of(actor: Actor, doctors: Sequence[Doctor], each: int = 2) -> dict[int, list[Review]]:
    """The newest `each` reviews of each of these doctors, by the doctor's id."""
    newest_first = (Review.created_at.desc(), Review.id.desc())
    place = func.row_number().over(partition_by=Review.doctor_id, order_by=newest_first)
    ranked = (
        select(Review.id, place.label("place"))
        .where(Review.clinic_id == actor.clinic.id, Review.deleted_at.is_(None))
        .where(Review.doctor_id.in_([doctor.id for doctor in doctors]))
        .subquery()
    )
    query = _kept(actor).join(ranked, ranked.c.id == Review.id).where(ranked.c.place <= each).order_by(*newest_first)
    found: dict[int, list[Review]] = defaultdict(list)
    for review in db.session.scalars(query):
        found[review.doctor_id].append(review)
    return found


def of_appointment(actor: Actor, appointment_id: int) -> Review | None:
    """The actor's own review of a visit, if there is one."""
    own = Review.patient_id == actor.own_patient.id
    return db.session.scalar(_kept(actor).where(Review.appointment_id == appointment_id, own))


def appointment_to_review(actor: Actor, appointment_id: int) -> Appointment:
    """A completed appointment of the actor's own. Raises NotFound, Conflict for one that is not completed."""
    appointment = db.session.scalar(
        select(Appointment).where(
            Appointment.id == appointment_id,
            Appointment.clinic_id == actor.clinic.id,
            Appointment.patient_id == actor.own_patient.id,
        )
    )
    if appointment is None:
        raise NotFound("We can't find this appointment.")
    if appointment.status != AppointmentStatus.COMPLETED:
        raise Conflict("You can review a doctor once the visit is completed.")
    return appointment


@command
def write(actor: Actor, appointment_id: int, *, rating: int | None, body: str = "") -> Review:
    """The actor's review of a completed visit of their own, new or changed. `rating` is 1 to 5 stars.

    Raises InvalidInput, NotFound, Conflict.
    """
    lock("patient", actor.own_patient.id)
    return _written(actor, appointment_to_review(actor, appointment_id), rating, body)


@command
def write_of_doctor(actor: Actor, doctor_id: int, *, rating: int, body: str) -> Review:
    """The actor's review of their latest completed visit to the doctor that they have not reviewed yet.

    Raises InvalidInput, NotFound, NotAllowed where the doctor has not treated them, Conflict where all is reviewed.
    """
    lock("patient", actor.own_patient.id)
    reviewed = Review.appointment_id.is_not(None)
    visits = db.session.execute(
        select(Appointment, reviewed)
        .outerjoin(Review, and_(Review.appointment_id == Appointment.id, Review.deleted_at.is_(None)))
        .where(Appointment.patient_id == actor.own_patient.id, Appointment.doctor_id == doctor_id)
        .where(Appointment.clinic_id == actor.clinic.id, Appointment.status == AppointmentStatus.COMPLETED)
        .order_by(reviewed, Appointment.starts_at.desc())
    ).first()
    if visits is None:
        bookable.taking_patients(actor, doctor_id)
        raise NotAllowed("You can review a doctor once you have had a visit there and it is completed.")
    appointment, is_reviewed = visits
    if is_reviewed:
        raise Conflict("You have reviewed each of your visits to this doctor. Change one of these reviews instead.")
    return _written(actor, appointment, rating, body)


@command
def change(actor: Actor, review_id: int, *, rating: int | None = None, body: str | None = None) -> Review:
    """One's own review with other stars or words; what is None stays. Raises InvalidInput, NotFound, NotAllowed."""
    review = find(actor, review_id)
    if not _is_own(actor, review):
        raise NotAllowed("Only the patient who wrote this review can change it.")
    _fill(review, review.rating if rating is None else rating, review.body if body is None else body)
    audit.note(actor, "changed", "review", review.id, review.patient_id)
    return review


@command
def remove(actor: Actor, review_id: int) -> None:
    """Takes a review away, one's own or as the clinic's admin; the row stays. Raises NotFound, NotAllowed."""
    review = find(actor, review_id)
    if not actor.is_admin and not _is_own(actor, review):
        raise NotAllowed("Only the patient who wrote this review, or the clinic's admin, can remove it.")
    review.deleted_at = clock.now()
    audit.note(actor, "removed", "review", review.id, review.patient_id)


def _written(actor: Actor, appointment: Appointment, rating: int | None, body: str) -> Review:
    review = db.session.scalar(select(Review).where(Review.appointment_id == appointment.id))
    review = review or Review(
        clinic_id=appointment.clinic_id,
        doctor_id=appointment.doctor_id,
        patient_id=appointment.patient_id,
        appointment_id=appointment.id,
    )
    _fill(review, rating, body)
    if review.deleted_at is not None:
        review.created_at, review.deleted_at = clock.now(), None
    db.session.add(review)
    try:
        db.session.flush()
    except IntegrityError as error:
        if broken_rule(error) == "uq_review_appointment_id":
            raise Conflict(_ONCE) from None
        raise
    audit.note(actor, "wrote", "review", review.id, review.patient_id)
    return review


def _is_own(actor: Actor, review: Review) -> bool:
    own = actor.person.patient
    return own is not None and review.patient_id == own.id


def _is_kept(actor: Actor) -> ColumnElement[bool]:
    return and_(Review.clinic_id == actor.clinic.id, Review.deleted_at.is_(None))


def _kept(actor: Actor) -> Select[Review]:
    return select(Review).where(_is_kept(actor)).options(joinedload(Review.doctor), joinedload(Review.patient))


def _fill(review: Review, rating: int | None, body: str) -> None:
    answers = Answers()
    if rating is None or not 1 <= rating <= 5:
        raise InvalidInput({"rating": "Choose from one to five stars."})
    review.rating = rating
    review.body = answers.text("body", body, 2000)
    answers.check()
