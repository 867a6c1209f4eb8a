"""What every template may use: the clinic, the person, the menu, and dates and money as people write them."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency
from flask import Flask, current_app, request
from sqlalchemy.exc import DBAPIError

from medimeet import clock
from medimeet.domain.wall_clock import to_wall, zone_in_words
from medimeet.errors import MediMeetError
from medimeet.models.clinic import EMERGENCY_NUMBER
from medimeet.services.access import Actor
from medimeet.services.contact_details import readable_phone
from medimeet.services.sessions import idle_seconds
from medimeet.web.menu import menu_of
from medimeet.web.signed_in import current_actor

THEMES = ("light", "dark")


def start(app: Flask) -> None:
    """Gives every template of `app` its values and filters."""
    app.context_processor(values)
    app.jinja_env.filters.update(day=day, date=calendar_date, clock=clock_time, when=when, zone=zone_name)
    app.jinja_env.filters.update(money=money, phone=readable_phone)


def values() -> dict[str, Any]:
    """`clinic`, `account`, `navigation()`, `theme`, `is_demo`, `emergency_number`.

    Actor, clinic and account are None where no clinic is set up or the database is away: error pages never fail.
    """
    return _values(_actor())


def values_without_people() -> dict[str, Any]:
    """The same for a page that asks nothing of the database."""
    return _values(None)


def _values(actor: Actor | None) -> dict[str, Any]:
    theme = request.cookies.get("theme")
    return {
        "actor": actor,
        "clinic": actor.clinic if actor else None,
        "account": actor.account if actor else None,
        "navigation": partial(menu_of, actor.account if actor else None),  # a fragment shows none
        "emergency_number": actor.clinic.number_in_danger if actor else EMERGENCY_NUMBER,
        "theme": theme if theme in THEMES else None,
        "is_demo": current_app.config["DEMO"],
        "idle_seconds": idle_seconds,
    }


def day(value: datetime | date, short: bool = False) -> str:
    """'Tuesday 24 November 2026' of an instant in the clinic's zone, or of a date.

    Short: 'Tue 24 Nov', and 'Fri 24 Nov 2023' of another year than this one.
    """
    local = _local(value) if isinstance(value, datetime) else value
    if not short:
        return f"{local:%A} {local.day} {local:%B} {local.year}"
    year = "" if local.year == clock.today(_zone()).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}"


def calendar_date(value: date) -> str:
    """'24 November 1960' of a date that is long past, whose weekday nobody asks for."""
    return f"{value.day} {value:%B} {value.year}"


def clock_time(value: datetime | time) -> str:
    """'09:00' of an instant in the clinic's zone, or of a wall-clock time."""
    return f"{_local(value) if isinstance(value, datetime) else value:%H:%M}"


def when(value: datetime) -> str:
    """'Tuesday 24 November 2026, 09:00 (Europe/London, GMT)' of an instant."""
    return f"{day(value)}, {clock_time(value)} ({zone_name(value)})"


def zone_name(value: datetime) -> str:
    """'Europe/London, GMT': the clinic's zone, and what its time is called at that instant."""
    return zone_in_words(value, _zone())


def money(amount: Decimal | int, currency: str | None = None) -> str:
    """'£45.00': an amount in the clinic's currency, or in another clinic's."""
    return format_currency(amount, currency or current_actor().clinic.currency, locale="en_GB")


def _local(value: datetime) -> datetime:
    return to_wall(value, _zone())


def _zone() -> ZoneInfo:
    return current_actor().clinic.zone


def _actor() -> Actor | None:
    try:
        return current_actor()
    except (MediMeetError, DBAPIError):
        return None
