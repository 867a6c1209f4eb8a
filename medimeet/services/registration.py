"""Registering as a patient; a doctor who applies may do it at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.errors import InvalidInput, TooManyTries
from medimeet.models import Account, Doctor, Patient
from medimeet.services import accounts, attempts, audit, doctor_applications, password_changes, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.doctor_applications import Application
from medimeet.writing import command

_TAKEN_AN_HOUR = 60
_MADE_OFTEN = "Very many people have registered here. Try again in an hour."
_TAKEN_OFTEN = "Many people here tried to register an e-mail or number that somebody has. Try again in an hour."
_EMAIL = "Enter your e-mail address. We send confirmations there."
_NEEDED_ON_PAGES = {"first_name": "Enter the first name.", "last_name": "Enter your last name.", "email": _EMAIL}
_NEEDED_OF_PROGRAMS = {"username": "Choose a username.", "email": _EMAIL}
_NEEDED_ON_PHONES = {"first_name": "Enter your name.", "mobile": "Enter your mobile number. We send codes there."}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody tells who registers. A mobile number without a country code is read in the clinic's country.

    A password that is asked for twice comes in `confirm_password` too.
    """

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    password: str = ""
    confirm_password: str | None = None
    mobile: str = ""
    username: str | None = None
    date_of_birth: date | None = None
    gender: str = ""
    age: int | None = None


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
    made = attempts.by_the_hour("registered", address, setting("CODES"))
    if attempts.is_reached(made):
        raise TooManyTries(attempts.seconds_left(made), _MADE_OFTEN)
    answers = Answers()
    _note_missing(person, _NEEDED_ON_PHONES, answers)
    with _guessing_limited(address):
        account = _add_person(actor, person, None, None, answers)
    _count(made)
    return account


def apply_as_new(actor: Actor, person: NewPerson, application: Application, address: str = "") -> Account:
    """A new patient who has applied as a doctor. Raises as register_patient does."""
    return _registered(actor, person, application, address, _NEEDED_ON_PAGES)


def enroll_patient(actor: Actor, person: NewPerson) -> Patient:
    """A new patient whom the clinic's admin gives a username, an e-mail and a password.

    Raises InvalidInput, NotAllowed.
    """
    patient = _enrolled(actor, person, Role.PATIENT).patient
    assert patient is not None
    return patient


def enroll_doctor(actor: Actor, person: NewPerson) -> Doctor:
    """A new, verified doctor, made as enroll_patient makes a patient."""
    doctor = _enrolled(actor, person, Role.DOCTOR).doctor
    assert doctor is not None
    return doctor


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
    if person.confirm_password not in (None, person.password):
        answers.fault("confirm_password", "The two passwords differ. Write the same one twice.")


@contextmanager
def _guessing_limited(address: str) -> Iterator[None]:
    """Lets nobody find out one by one who has an account here. Raises TooManyTries."""
    limit = attempts.by_the_hour("taken", address, _TAKEN_AN_HOUR)
    if attempts.is_reached(limit):
        raise TooManyTries(attempts.seconds_left(limit), _TAKEN_OFTEN)
    try:
        yield
    except InvalidInput as error:
        if set(accounts.TAKEN.values()) & {words for said in error.faults.values() for words in said}:
            _count(limit)
        raise


def _enrolled(actor: Actor, person: NewPerson, role: Role) -> Account:
    people.refuse_non_admin(actor)
    answers = Answers()
    _note_missing(person, _NEEDED_OF_PROGRAMS, answers)
    password_hash = password_changes.hashed_when_sound(person.password, _own_words(actor, person), answers)
    with people.in_staff_words():
        return _add_enrolled(actor, person, role, password_hash, answers)


@command
def _add_enrolled(actor: Actor, person: NewPerson, role: Role, password_hash: str | None, answers: Answers) -> Account:
    account = accounts.add_account(
        actor.clinic,
        role,
        answers,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        username=person.username,
        password_hash=password_hash,
    )
    if role == Role.DOCTOR:
        account.doctor = Doctor(clinic_id=actor.clinic.id, verified_at=clock.now())
    else:
        account.patient = Patient(clinic_id=actor.clinic.id)
    accounts.mail_verification(account)
    audit.note(actor, "added", "account", account.id)
    return account


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
        doctor_applications.add(actor, account, application, answers)
    accounts.mail_verification(account)
    audit.note(actor, "registered", "account", account.id, patient.id)
    return account


def _own_words(actor: Actor, person: NewPerson) -> list[str]:
    names = password_changes.own_names(person.first_name, person.last_name)
    return [person.email, person.username or "", actor.clinic.name, *names]


@command
def _count(limit: attempts.Limit) -> None:
    attempts.count_one(limit)
