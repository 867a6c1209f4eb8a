"""The forms of the clinic: its details, its services and lists, and messages to it."""

from collections import defaultdict
from functools import cache

from babel import Locale
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired

from medimeet.services import installation
from medimeet.services.clinics import ClinicDetails


@cache
def _currencies() -> dict[str, str]:
    return {code: f"{code}, {name}" for code, name in sorted(Locale("en", "GB").currencies.items()) if code not in _ODD}


@cache
def _time_zones() -> dict[str, dict[str, str]]:
    """The zones of cities, by continent."""
    zones: dict[str, dict[str, str]] = defaultdict(dict)
    for name in installation.time_zones():
        zones[name.partition("/")[0]][name] = name.replace("_", " ")
    return zones


class ClinicForm(FlaskForm):
    """What is told of the clinic."""

    name = StringField("Name of the clinic")
    about = TextAreaField("About the clinic")
    address = TextAreaField("Address")
    phone = TelField("Phone")
    email = EmailField("E-mail")
    emergency_number = TelField("Emergency number")
    country = SelectField("Country", choices=installation.countries, validate_choice=False)
    time_zone = SelectField("Time zone", choices=_time_zones, validate_choice=False)
    currency = SelectField("Currency", choices=_currencies, validate_choice=False)

    def details(self) -> ClinicDetails:
        """What was entered, as services/clinics.py takes it."""
        return ClinicDetails(**{name: self[name].data or "" for name in ClinicDetails.__annotations__})


class ServiceForm(FlaskForm):
    """Something that the clinic offers beside treatments."""

    name = StringField("Name")
    description = TextAreaField("What it is, for patients")


class WordForm(FlaskForm):
    """One entry of a list."""

    name = StringField("Name", [InputRequired("Write the name of the new entry.")])


class ContactForm(FlaskForm):
    """A message for the clinic."""

    name = StringField("Your name", [InputRequired("Write your name, so that we know who asks.")])
    phone = TelField("Phone number, for our answer")
    message = TextAreaField("What can we do for you?", [InputRequired("Write what we can do for you.")])


# Codes that no clinic charges in: metals, testing, funds.
_ODD = frozenset({"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"})
