"""The forms of one table: to add a row, to change one, and to narrow the list."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, PasswordField

from medimeet.blueprints.back_office.fields import MINUTES, RowsField, field_for, filter_for
from medimeet.model_base import Base
from medimeet.models import Account
from medimeet.services import table_rows
from medimeet.services.people import GENDERS

# The server's to set; a picture, which is uploaded on its own page; credits, which change with a line of the ledger.
SET_BY_SERVER = frozenset(
    {
        "id",
        "public_id",
        "created_at",
        "updated_at",
        "reference",
        "sequence",
        "credits_left",
        "channel",
        "slug",
        "picture",
        "mobile_as_sent",
    }
)
# What reading the database or a log must not give away: hashes, the names of codes and tokens, and what people and the
# assistant said to each other.
SECRET = frozenset(
    {
        *("password_hash", "token_hash", "code_hash", "verification_id", "jti", "family", "fingerprint", "text"),
        *("secret", "audit_secret", "proof"),
    }
)
_TERRITORIES = Locale("en", "GB").territories
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CHOICES: dict[str, Any] = {
    "account.gender": GENDERS,
    "clinic.time_zone": lambda: {name: name.replace("_", " ") for name in sorted(available_timezones())},
    "clinic.country": {code: name for code, name in sorted(_TERRITORIES.items()) if len(code) == 2},
    "clinic.currency": {code: f"{code}, {name}" for code, name in sorted(Locale("en", "GB").currencies.items())},
    "working_hours.day_of_week": dict(enumerate(_DAYS)),
}
_PASSWORD = "On a new account, leave it empty to mail a link instead. A new password ends every sign-in."


def label_of(model: type[Base], name: str) -> str:
    """The name of a column in words: 'Booked by', 'Start time'."""
    if name in table_rows.references(model):
        name = name.removesuffix("_id")
    if name in MINUTES:
        name = name.replace("minute", "time")
    return name.replace("_", " ").capitalize().replace("Email", "E-mail")


def add_form(model: type[Base]) -> type[FlaskForm]:
    """The form of a new row."""
    return _form(model, _written(model), ())


def change_form(model: type[Base], lists: Iterable[str]) -> type[FlaskForm]:
    """The form of a row that is there; it stays with its clinic. `lists` are relations whose rows are ticked."""
    return _form(model, [name for name in _written(model) if name != "clinic_id"], lists)


def filter_form(model: type[Base], names: Iterable[str]) -> type[Form]:
    """The form that narrows the list by these columns."""
    return type("FilterForm", (Form,), {name: filter_for(*_facts(model, name)) for name in names})


def _form(model: type[Base], names: Iterable[str], lists: Iterable[str]) -> type[FlaskForm]:
    fields = {name: field_for(*_facts(model, name)) for name in names}
    fields |= {name: RowsField(label_of(model, name)) for name in lists}
    if model is Account:
        fields["new_password"] = PasswordField("New password", description=_PASSWORD)
        fields["ends_sign_ins"] = BooleanField("Sign out everywhere and end all tokens")
    return type("RowForm", (FlaskForm,), fields)


def _written(model: type[Base]) -> list[str]:
    return [name for name in table_rows.columns(model) if name not in SET_BY_SERVER]


def _facts(model: type[Base], name: str) -> tuple[Any, str, Any, Any]:
    column = table_rows.columns(model)[name]
    choices = _CHOICES.get(f"{model.__tablename__}.{name}")
    return column, label_of(model, name), choices, table_rows.references(model).get(name)
