"""The first people of an installation: made from the environment where it names them, else from what is typed."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from medimeet import config
from medimeet.errors import InvalidInput
from medimeet.models import Account
from medimeet.services import installation

_CLINIC = ("clinic_name", "time_zone", "country")
_PERSON = ("first_name", "last_name", "email", "password")
_QUESTIONS: dict[str, tuple[str, str | None]] = {
    "clinic_name": ("The clinic's name", None),
    "time_zone": ("Its time zone", "Europe/London"),
    "country": ("Its country, in two letters", "GB"),
    "first_name": ("Your first name", None),
    "last_name": ("Your last name", None),
    "email": ("Your e-mail address", None),
}


def make_admin(given: Mapping[str, str | None]) -> Account:
    """The first admin and the clinic; `given` is what was said of the clinic already.

    Raises InvalidInput, AdminExists.
    """
    person = _of_environment()
    if person:
        standard = {"clinic_name": "Our clinic", "time_zone": "UTC", "country": "GB"}
        clinic = {name: given[name] or value for name, value in standard.items()}
        return installation.make_first_admin(**clinic, **person)
    return _asked(installation.make_first_admin, (*_CLINIC, *_PERSON), given)


def make_superuser() -> Account:
    """The superuser. Raises InvalidInput, Conflict."""
    person = _of_environment()
    return installation.make_superuser(**person) if person else _asked(installation.make_superuser, _PERSON, {})


def _of_environment() -> dict[str, str]:
    email, password = config.setting("ADMIN_EMAIL"), config.setting("ADMIN_PASSWORD")
    if not email or not password:
        return {}
    return {"first_name": "", "last_name": "", "email": email, "password": password}


def _asked(make: Callable[..., Account], names: Sequence[str], given: Mapping[str, str | None]) -> Account:
    """Asks for each of `names` that is not given, and again for each whose answer can't be taken."""
    answers: dict[str, Any] = {name: given.get(name) or _ask(name) for name in names}
    while True:
        try:
            return make(**answers)
        except InvalidInput as error:
            click.echo(error.words, err=True)
            answers |= {name: _ask(name) for name in names if name in error.faults}


def _ask(name: str) -> str:
    if name == "password":
        at_keyboard = sys.stdin.isatty()
        return click.prompt("A password for you", hide_input=at_keyboard, confirmation_prompt=at_keyboard)
    words, default = _QUESTIONS[name]
    return click.prompt(words, default=default)
