"""Clinics: which one a request means, and what is told of it."""

from dataclasses import dataclass
from zoneinfo import available_timezones

from babel import Locale
from sqlalchemy import select

from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import Account, Clinic
from medimeet.services import audit, contact_details, meant_clinic, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.writing import command, lock

_WORDS = Locale("en", "GB")
_OF_REQUEST = select(Clinic).where(Clinic.id == meant_clinic.MEANT)


@dataclass(frozen=True, slots=True)
class ClinicDetails:
    """What is told of a clinic. `country` has two letters and `currency` three (ISO), `time_zone` is IANA's."""

    name: str
    time_zone: str
    country: str
    currency: str
    phone: str = ""
    email: str = ""
    address: str = ""
    about: str = ""
    emergency_number: str = ""


def of_request(account: Account | None, host: str) -> Clinic:
    """The account's clinic; else the one whose domain is `host`; else the first.

    Raises NotFound while the installation has no clinic.
    """
    if account is not None and account.clinic is not None:
        return account.clinic
    clinic = db.session.scalar(_OF_REQUEST, meant_clinic.by(None, host))
    if clinic is None:
        raise NotFound("No clinic is set up here yet. Run `flask init` to make the first one.")
    return clinic


@command
def change(actor: Actor, details: ClinicDetails) -> Clinic:
    """The actor's clinic with new details. Booked visits keep their instant, whatever the time zone becomes.

    Raises InvalidInput, NotAllowed.
    """
    people.refuse_non_admin(actor)
    clinic = actor.clinic
    lock("clinic", clinic.id)
    answers = Answers()
    values = {
        "name": answers.line("name", details.name, 120, "Write the name of the clinic."),
        "phone": answers.line("phone", details.phone, 40),
        "email": _email(details.email, answers),
        "address": answers.text("address", details.address, 500),
        "about": answers.text("about", details.about, 5000),
        "emergency_number": answers.line("emergency_number", details.emergency_number, 40),
        "time_zone": answers.one_of("time_zone", details.time_zone, available_timezones(), _CHOOSE),
        "country": answers.one_of("country", details.country, _WORDS.territories, _CHOOSE),
        "currency": answers.one_of("currency", details.currency, _WORDS.currencies, _CHOOSE),
    }
    for field in ("time_zone", "country", "currency"):
        if not values[field]:
            answers.fault(field, _CHOOSE)
    answers.check()
    changed = [field for field, value in values.items() if getattr(clinic, field) != value]
    for field, value in values.items():
        setattr(clinic, field, value)
    audit.note(actor, "changed", "clinic", clinic.id, fields=changed)
    return clinic


def _email(text: str, answers: Answers) -> str:
    try:
        return contact_details.email(text) if text.strip() else ""
    except ValueError as fault:
        answers.fault("email", str(fault))
        return ""


_CHOOSE = "Choose one from the list."
