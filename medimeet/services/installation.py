"""A new installation: its first clinic and that clinic's admin; and, for the demo, back to nothing."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

from babel import Locale
from sqlalchemy import or_, select, update

from medimeet import clock
from medimeet.config import shared_path
from medimeet.db import db
from medimeet.domain.passwords import password_fault
from medimeet.domain.statuses import Role
from medimeet.errors import Conflict, InvalidInput
from medimeet.models import Account, Clinic, Credential, OneTimeLink
from medimeet.models.clinic import EMERGENCY_NUMBER
from medimeet.services import contact_details, day_grid, one_time_links, passwords
from medimeet.services.answers import Answers
from medimeet.services.one_time_links import Purpose
from medimeet.writing import command, lock

LINK_LIFETIME = timedelta(days=1)
CURRENCIES = {"AU": "AUD", "CA": "CAD", "CH": "CHF", "GB": "GBP", "IN": "INR", "NZ": "NZD", "US": "USD"}
EMERGENCY_NUMBERS = {"AU": "000", "CA": "911", "GB": "999", "NZ": "111", "US": "911"}
_FILES = ("outbox", "uploads", "user_specific_prompts")


class SuperuserExists(Conflict):
    """The installation has a superuser already; a first one can't be made again."""

    default_words = "There is a superuser already, so nothing was changed. A forgotten password is replaced by mail."


class AdminExists(Conflict):
    """The installation has an admin already; a first one can't be made again."""

    default_words = "There is an admin here already, so nothing was changed. Sign in, or ask for a new password."


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The first clinic and its admin, checked."""

    clinic_name: str
    time_zone: str
    country: str
    email: str
    first_name: str
    last_name: str
    password_hash: str


def has_admin() -> bool:
    """Whether anybody can run this installation or a clinic of it."""
    staff = select(Account.id).where(Account.role.in_({Role.ADMIN, Role.SUPERUSER})).limit(1)
    return db.session.scalar(staff) is not None


def time_zones() -> list[str]:
    """The names of the zones that a clinic may be in, such as Europe/London."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))


def countries() -> dict[str, str]:
    """The countries' names in English by their two letters, in order of name."""
    territories = Locale("en").territories
    named = [(name, code) for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    return {code: name for name, code in sorted(named) if code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ"}}


def make_first_admin(
    *, clinic_name: str, time_zone: str, country: str, first_name: str, last_name: str, email: str, password: str
) -> Account:
    """The new admin of the new clinic (or of the first one, where there is one without an admin).

    Raises InvalidInput, AdminExists.
    """
    return _write(_checked(clinic_name, time_zone, country, first_name, last_name, email, password))


def make_superuser(*, first_name: str, last_name: str, email: str, password: str) -> Account:
    """The new superuser, who belongs to no clinic. Raises InvalidInput, SuperuserExists, Conflict without a clinic."""
    answers = Answers()
    email, first_name, last_name = _person(answers, email, first_name, last_name, password)
    answers.check()
    return _write_superuser(email, first_name, last_name, passwords.hashed(password))


@command
def make_link() -> str:
    """The token of a link that works once and within a day to make the first admin; older ones end."""
    if has_admin():
        raise AdminExists
    older = update(OneTimeLink).where(OneTimeLink.purpose == Purpose.SETUP, OneTimeLink.used_at.is_(None))
    db.session.execute(older.values(used_at=clock.now()))
    return one_time_links.add_link(Purpose.SETUP, LINK_LIFETIME)


def look_at_link(token: str) -> None:
    """Nothing, where the link still works. Raises WrongCode."""
    one_time_links.find(Purpose.SETUP, token)


def use_link(
    token: str,
    *,
    clinic_name: str,
    time_zone: str,
    country: str,
    first_name: str,
    last_name: str,
    email: str,
    password: str,
) -> Account:
    """The same as make_first_admin for whoever holds the link, which is used up by it.

    Raises WrongCode, InvalidInput, AdminExists.
    """
    look_at_link(token)
    return _write(_checked(clinic_name, time_zone, country, first_name, last_name, email, password), token)


def remove_database_files() -> None:
    """Removes the SQLite database and the messages and uploads beside it; the secret key stays."""
    database = str(db.engine.url.database)
    db.session.remove()
    db.engine.dispose()
    for ending in ("", "-wal", "-shm"):
        Path(database + ending).unlink(missing_ok=True)


def remove_files() -> None:
    """Removes messages, uploads and prompts from the data folder."""
    for name in _FILES:
        shutil.rmtree(shared_path(name), ignore_errors=True)


def _checked(
    clinic_name: str, time_zone: str, country: str, first_name: str, last_name: str, email: str, password: str
) -> _Beginning:
    answers = Answers()
    name = answers.line("clinic_name", clinic_name, 120, needed="Enter the clinic's name.")
    if time_zone not in available_timezones():
        answers.fault("time_zone", "Choose a time zone by its name, for example Europe/London.")
    if country.upper() not in countries():
        answers.fault("country", "Write the country in two letters, for example GB.")
    email, first_name, last_name = _person(answers, email, first_name, last_name, password)
    answers.check()
    return _Beginning(name, time_zone, country.upper(), email, first_name, last_name, passwords.hashed(password))


def _person(answers: Answers, email: str, first_name: str, last_name: str, password: str) -> tuple[str, str, str]:
    """E-mail, first and last name in one spelling; faults go to `answers`."""
    first_name = answers.line("first_name", first_name, 100)
    last_name = answers.line("last_name", last_name, 100)
    try:
        email = contact_details.email(email)
    except ValueError as error:
        answers.fault("email", str(error))
    fault = password_fault(password, [email, first_name, last_name])
    if fault:
        answers.fault("password", fault)
    return email, first_name, last_name


@command
def _write_superuser(email: str, first_name: str, last_name: str, password_hash: str) -> Account:
    lock("clinic", 0)
    if db.session.scalar(select(Clinic.id).limit(1)) is None:
        raise Conflict("There is no clinic yet. Run `flask init` first: it makes the clinic and its admin.")
    if db.session.scalar(select(Account.id).where(Account.role == Role.SUPERUSER).limit(1)) is not None:
        raise SuperuserExists
    # Sign-in looks in a clinic first: with an e-mail from there, the superuser would never be found.
    if db.session.scalar(select(Account.id).where(or_(Account.email == email, Account.username == email)).limit(1)):
        raise InvalidInput({"email": "Somebody here has this e-mail already. Give the superuser another one."})
    account = _account(Role.SUPERUSER, None, email, first_name, last_name, password_hash)
    db.session.flush()
    return account


@command
def _write(beginning: _Beginning, token: str | None = None) -> Account:
    lock("clinic", 0)
    if has_admin():
        raise AdminExists
    if token is not None:
        one_time_links.spend(Purpose.SETUP, token)
    clinic = db.session.scalar(select(Clinic).order_by(Clinic.id).limit(1)) or _new_clinic(beginning)
    names = (beginning.email, beginning.first_name, beginning.last_name)
    account = _account(Role.ADMIN, clinic, *names, beginning.password_hash)
    db.session.flush()
    return account


def _account(
    role: Role, clinic: Clinic | None, email: str, first_name: str, last_name: str, password_hash: str
) -> Account:
    account = Account(
        clinic=clinic,
        role=role,
        username=email,
        email=email,
        email_verified_at=clock.now(),
        first_name=first_name,
        last_name=last_name,
        credential=Credential(password_hash=password_hash),
    )
    db.session.add(account)
    return account


def _new_clinic(beginning: _Beginning) -> Clinic:
    clinic = Clinic(
        name=beginning.clinic_name,
        time_zone=beginning.time_zone,
        country=beginning.country,
        currency=CURRENCIES.get(beginning.country, "EUR"),
        email=beginning.email,
        emergency_number=EMERGENCY_NUMBERS.get(beginning.country, EMERGENCY_NUMBER),
    )
    db.session.add(clinic)
    db.session.flush()
    day_grid.add_missing(clinic.id)
    return clinic
