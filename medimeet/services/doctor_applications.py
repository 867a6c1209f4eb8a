"""People who apply as doctors: they stay patients until the clinic's admin accepts them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.errors import Conflict, NotAllowed, NotFound
from medimeet.models import Account, Designation, Doctor, Language, Specialty
from medimeet.services import audit, doctors, notifications, people, sessions, weekly_times, word_lists
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.new_picture import NewPicture
from medimeet.writing import command, lock


@dataclass(frozen=True, slots=True)
class Application:
    """What a doctor tells who applies: ids are those of the clinic's own lists, the fee is in its currency.

    `time_ids` are times of the day's grid, as in `weekly_times`; nobody can book them before the clinic accepts.
    """

    specialty_ids: Iterable[int] = ()
    designation_ids: Iterable[int] = ()
    language_ids: Iterable[int] = ()
    time_ids: Iterable[int] = ()
    years_of_experience: int | None = None
    about: str = ""
    fee: Decimal | None = None
    meet_link: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """The clinic's own words for doctors."""

    specialties: list[Specialty]
    designations: list[Designation]
    languages: list[Language]


@command
def apply(actor: Actor, application: Application, picture: NewPicture | None = None) -> Doctor:
    """The application of a patient who is signed in; they stay a patient until an admin accepts it.

    Raises InvalidInput, NotAllowed, Conflict where they have applied before.
    """
    lock("account", actor.person.id)
    if own(actor) is not None:
        raise Conflict("You have applied already. The clinic will write to you as soon as it has decided.")
    answers = Answers()
    if picture is not None:
        picture.show(actor.person, answers)
    return add(actor, actor.person, application, answers)


def add(actor: Actor, account: Account, application: Application, answers: Answers) -> Doctor:
    """A new application of the account, in the running command. Raises InvalidInput with every fault of `answers`."""
    clinic = actor.clinic
    doctor = Doctor(
        clinic_id=clinic.id,
        account_id=account.id,
        fee=answers.money("fee", application.fee),
        meet_link=answers.web_address("meet_link", application.meet_link),
        years_of_experience=answers.number(
            "years_of_experience", application.years_of_experience, 0, 70, "Enter a whole number of years, 0 to 70."
        ),
        specialties=word_lists.chosen(Specialty, clinic.id, application.specialty_ids, "specialty_ids", answers),
        designations=word_lists.chosen(Designation, clinic.id, application.designation_ids, "designation_ids", answers),
        languages=word_lists.chosen(Language, clinic.id, application.language_ids, "language_ids", answers),
    )
    about = answers.text("about", application.about, 2000)
    times = weekly_times.read(clinic, application.time_ids, answers)
    answers.check()
    account.bio = about or account.bio
    db.session.add(doctor)
    db.session.flush()
    if times:
        weekly_times.declare(actor, doctor, times, answers)
    notifications.tell_application(clinic, doctor)
    audit.note(actor, "applied", "doctor", doctor.id)
    return doctor


def own(actor: Actor) -> Doctor | None:
    """The actor's application that waits for an answer; None for a visitor and for who has not applied.

    Raises NotAllowed for doctors and staff, who have nothing to apply for.
    """
    if actor.account is None:
        return None
    if not actor.is_patient:
        raise NotAllowed("Your account can't apply as a doctor: it belongs to a doctor or to the clinic's staff.")
    return db.session.scalar(select(Doctor).where(Doctor.account_id == actor.account.id))


def lists(actor: Actor) -> Lists:
    """What an applicant of the actor's clinic may choose from."""
    return Lists(
        specialties=word_lists.of_clinic(actor, Specialty),
        designations=word_lists.of_clinic(actor, Designation),
        languages=word_lists.of_clinic(actor, Language),
    )


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the applicants who wait for an answer, the longest waiting first."""
    waiting = doctors.of_clinic(actor.clinic).where(Doctor.verified_at.is_(None), doctors.matches(search))
    query = waiting.options(selectinload(Doctor.languages)).order_by(Doctor.created_at, Doctor.id)
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


@command
def accept(actor: Actor, doctor_id: int) -> Doctor:
    """The applicant as a verified doctor of the clinic, told so; accepting twice changes nothing. Raises NotFound.

    They sign in afresh, because a session keeps the rights it was started with no longer than needed.
    """
    doctor = _applicant(actor, doctor_id)
    verify(actor, doctor)
    return doctor


def verify(actor: Actor, doctor: Doctor) -> None:
    """Makes the applicant a doctor of the clinic, in the running command; does nothing where they are one."""
    if doctor.is_verified:
        return
    doctor.verified_at = clock.now()
    if not doctor.account.is_staff:
        doctor.account.role = Role.DOCTOR
    sessions.end_all_sessions(doctor.account)
    db.session.flush()
    notifications.tell_verified(doctor)
    audit.note(actor, "accepted", "doctor", doctor.id)


@command
def decline(actor: Actor, doctor_id: int) -> str:
    """Takes the application away; the person is told, stays a patient and may apply again.

    Gives their name.

    Raises NotFound, Conflict.
    """
    doctor = _applicant(actor, doctor_id)
    if doctor.is_verified:
        raise Conflict(f"{doctor.name} was accepted meanwhile. Remove the doctor in the list of doctors instead.")
    account = doctor.account
    take_away(actor, doctor, "declined")
    notifications.tell_declined(account)
    return account.full_name


def take_away(actor: Actor, doctor: Doctor, deed: str) -> None:
    """Removes an application with all that it declared, in the running command. Raises Conflict."""
    name = doctor.account.full_name
    audit.note(actor, deed, "doctor", doctor.id)
    weekly_times.withdraw_all(doctor)
    db.session.delete(doctor)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(
            f"{name} has worked here before, so this can't be declined. Accept and then remove them."
        ) from None


def _applicant(actor: Actor, doctor_id: int) -> Doctor:
    people.refuse_non_admin(actor)
    found = db.session.scalar(select(Doctor).where(Doctor.id == doctor_id, Doctor.clinic_id == actor.clinic.id))
    if found is None or not found.account.is_active:
        raise NotFound("We can't find this application. Perhaps somebody else has answered it.")
    lock("account", found.account_id)
    db.session.refresh(found)
    return found
