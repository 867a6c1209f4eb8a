"""Registering as a patient, and applying as a doctor."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from medimeet import clock
from medimeet.db import command, db, lock
from medimeet.domain.statuses import Role
from medimeet.errors import Conflict, InvalidInput, NotAllowed, TooManyTries
from medimeet.models import Account, Designation, Doctor, Language, Patient, Specialty
from medimeet.services import accounts, attempts, audit, notifications, password_changes, people, word_lists
from medimeet.services.access import Actor
from medimeet.services.answers import Answers

_TAKEN_AN_HOUR = 20
_EMAIL = "Enter your e-mail address. We send confirmations there."
_NEEDED_ON_PAGES = {"first_name": "Enter the first name.", "last_name": "Enter your last name.", "email": _EMAIL}
_NEEDED_OF_PROGRAMS = {"username": "Choose a username.", "email": _EMAIL}
_NEEDED_ON_PHONES = {"first_name": "Enter your name.", "mobile": "Enter your mobile number. We send codes there."}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody tells who registers. A mobile number without a country code is read in the clinic's country."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    password: str = ""
    mobile: str = ""
    username: str | None = None
    date_of_birth: date | None = None
    gender: str = ""
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What a doctor tells who applies: ids are those of the clinic's own lists."""

    specialty_ids: Iterable[int] = ()
    designation_ids: Iterable[int] = ()
    language_ids: Iterable[int] = ()
    years_of_experience: int | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """The clinic's own words for doctors."""

    specialties: list[Specialty]
    designations: list[Designation]
    languages: list[Language]


def register_patient(actor: Actor, person: NewPerson, address: str = "") -> Account:
    """A new patient of the actor's clinic, who may sign in at once and gets a link to verify the e-mail.

    `address` is the network address it comes from. Raises InvalidInput, TooManyTries; existing accounts are untouched.
    """
    return _registered(actor, person, None, address, _NEEDED_ON_PAGES)


def register_by_username(actor: Actor, person: NewPerson, address: str = "") -> Account:
    """As register_patient, for programs: username, e-mail and password are needed, the names are not."""
    return _registered(actor, person, None, address, _NEEDED_OF_PROGRAMS)


def register_by_mobile(actor: Actor, person: NewPerson, address: str = "") -> Account:
    """A new patient of the actor's clinic who has no password and signs in by a code: name and number are needed.

    One address makes no more accounts an hour than it may ask for codes. Raises as register_patient does.
    """
    made = attempts.by_the_hour("registered", address)
    if attempts.is_reached(made):
        raise TooManyTries(attempts.seconds_left(made))
    answers = Answers()
    _note_missing(person, _NEEDED_ON_PHONES, answers)
    with _guessing_limited(address):
        account = _add_person(actor, person, None, None, answers)
    _count(made)
    return account


def apply_as_new(actor: Actor, person: NewPerson, application: Application, address: str = "") -> Account:
    """A new patient who has applied as a doctor. Raises as register_patient does."""
    return _registered(actor, person, application, address, _NEEDED_ON_PAGES)


@command
def apply(actor: Actor, application: Application) -> Doctor:
    """The application of a patient who is signed in; they stay a patient until an admin accepts it.

    Raises InvalidInput, NotAllowed, Conflict where they have applied before.
    """
    lock("account", actor.person.id)
    if own_application(actor) is not None:
        raise Conflict("You have applied already. The clinic will write to you as soon as it has decided.")
    return _add_application(actor, actor.person, application, Answers())


def own_application(actor: Actor) -> Doctor | None:
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


def _registered(
    actor: Actor, person: NewPerson, application: Application | None, address: str, needed: Mapping[str, str]
) -> Account:
    answers = Answers()
    _note_missing(person, needed, answers)
    with _guessing_limited(address):
        password_hash = password_changes.hashed_when_sound(person.password, _own_words(actor, person), answers)
        return _add_person(actor, person, application, password_hash, answers)


def _note_missing(person: NewPerson, needed: Mapping[str, str], answers: Answers) -> None:
    for field, words in needed.items():
        if not (getattr(person, field) or "").strip():
            answers.fault(field, words)


@contextmanager
def _guessing_limited(address: str) -> Iterator[None]:
    """Lets nobody find out one by one who has an account here. Raises TooManyTries."""
    limit = attempts.Limit(attempts.key_of("taken", address), _TAKEN_AN_HOUR, timedelta(hours=1))
    if attempts.is_reached(limit):
        raise TooManyTries(attempts.seconds_left(limit))
    try:
        yield
    except InvalidInput as error:
        if set(accounts.TAKEN.values()) & {words for said in error.faults.values() for words in said}:
            _count(limit)
        raise


@command
def _add_person(
    actor: Actor, person: NewPerson, application: Application | None, password_hash: str | None, answers: Answers
) -> Account:
    clinic = actor.clinic
    born_on = answers.past_day(
        "date_of_birth", person.date_of_birth, clock.today(clinic.zone), "Enter the day of your birth, as 24 11 1960."
    )
    gender = answers.one_of("gender", person.gender.strip().lower(), people.GENDERS, "Write male, female or other.")
    age = answers.number("age", person.age, 0, 130, "Write the age as a whole number from 0 to 130.")
    account = accounts.add_account(
        clinic,
        Role.PATIENT,
        answers,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        mobile=person.mobile,
        username=person.username,
        password_hash=password_hash,
    )
    account.date_of_birth, account.gender, account.stated_age = born_on, gender, age
    patient = Patient(clinic_id=clinic.id, account_id=account.id)
    db.session.add(patient)
    db.session.flush()
    if application is not None:
        _add_application(actor, account, application, answers)
    accounts.mail_verification(account)
    audit.note(actor, "registered", "account", account.id, patient.id)
    return account


def _add_application(actor: Actor, account: Account, application: Application, answers: Answers) -> Doctor:
    clinic = actor.clinic
    years = answers.number(
        "years_of_experience", application.years_of_experience, 0, 70, "Enter a whole number of years, 0 to 70."
    )
    about = answers.text("about", application.about, 2000)
    doctor = Doctor(clinic_id=clinic.id, account_id=account.id, years_of_experience=years)
    doctor.specialties = word_lists.chosen(Specialty, clinic.id, application.specialty_ids, "specialty_ids", answers)
    doctor.designations = word_lists.chosen(
        Designation, clinic.id, application.designation_ids, "designation_ids", answers
    )
    doctor.languages = word_lists.chosen(Language, clinic.id, application.language_ids, "language_ids", answers)
    answers.check()
    account.bio = about or account.bio
    db.session.add(doctor)
    db.session.flush()
    notifications.tell_application(clinic, doctor)
    audit.note(actor, "applied", "doctor", doctor.id)
    return doctor


def _own_words(actor: Actor, person: NewPerson) -> list[str]:
    names = password_changes.own_names(person.first_name, person.last_name)
    return [person.email, person.username or "", actor.clinic.name, *names]


@command
def _count(limit: attempts.Limit) -> None:
    attempts.count_one(limit)
