"""The forms of the clinic: its details, its services and lists, and messages to it."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired

from medimeet.services.clinics import ClinicDetails

_LOCALE = Locale("en", "GB")


@cache
def _countries() -> list[tuple[str, str]]:
    territories = _LOCALE.territories.items()
    return sorted(((code, name) for code, name in territories if len(code) == 2 and code != "ZZ"), key=lambda it: it[1])


@cache
def _currencies() -> list[tuple[str, str]]:
    return sorted(((code, f"{code}, {name}") for code, name in _LOCALE.currencies.items() if code not in _ODD))


@cache
def _time_zones() -> dict[str, list[tuple[str, str]]]:
    """The zones of cities by continent, and the choices within them."""
    zones: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        area, _slash, city = name.partition("/")
        if city and area not in {"Etc", "SystemV", "US", "posix", "right"}:
            zones.setdefault(area, []).append((name, name.replace("_", " ")))
    zones["Other"] = [("UTC", "UTC")]
    return zones


class ClinicForm(FlaskForm):
    """What is told of the clinic."""

    name = StringField("Name of the clinic", [InputRequired("Write the name of the clinic.")])
    about = TextAreaField("About the clinic")
    address = TextAreaField("Address")
    phone = TelField("Phone")
    email = EmailField("E-mail")
    emergency_number = TelField("Emergency number")
    country = SelectField("Country", choices=_countries, validate_choice=False)
    time_zone = SelectField("Time zone", choices=_time_zones, validate_choice=False)
    currency = SelectField("Currency", choices=_currencies, validate_choice=False)

    def details(self) -> ClinicDetails:
        """What was entered, as services/clinics.py takes it."""
        return ClinicDetails(**{name: self[name].data or "" for name in ClinicDetails.__annotations__})


class ServiceForm(FlaskForm):
    """Something that the clinic offers beside treatments."""

    name = StringField("Name", [InputRequired("Write the name of the service, for example Vaccinations.")])
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
