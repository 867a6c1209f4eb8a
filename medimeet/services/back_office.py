"""The superuser's back office: rows of any table, added, changed and deleted as they are.

It writes rows and nothing more: nothing is booked and, but for what ends with an account, nobody is told. What the
database, the tenancy of clinics or the accounts' own rules refuse is refused here too, in words. Each deed leaves a
line in the audit log, in its own transaction.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, String, Text, delete, inspect, select
from sqlalchemy.exc import IntegrityError

from medimeet.db import db
from medimeet.errors import Conflict, InvalidInput, NotAllowed, NotFound
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    BrowserSession,
    Clinic,
    Credential,
    DayGridTime,
    Designation,
    Doctor,
    IssuedToken,
    OneTimeCode,
    OneTimeLink,
    Patient,
    RecoveryCode,
    SecondFactor,
    Specialty,
    Subscription,
    Treatment,
)
from medimeet.services import (
    account_rows,
    audit,
    chatbot,
    contact_details,
    credits,
    day_grid,
    patient_of_row,
    table_rows,
    word_lists,
)
from medimeet.services.access import Actor, superuser
from medimeet.services.answers import Answers
from medimeet.services.table_rows import kept_as
from medimeet.writing import command

_NOT_BELOW_ZERO = ("credits", "monthly_credits")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
# What goes with a row: what proves who somebody is ends with the account, a clinic's day grid with the clinic.
_BELONGINGS: dict[type[Base], tuple[type[Base], ...]] = {
    Account: (Credential, SecondFactor, RecoveryCode, BrowserSession, IssuedToken, OneTimeCode, OneTimeLink),
    Clinic: (DayGridTime,),
}
_INSTEAD = {
    Account: "Edit it and untick “Is active” instead.",
    Doctor: "Untick “Is active” of the doctor’s account instead.",
    Patient: "Untick “Is active” of the patient’s account instead.",
    Treatment: "Edit it and untick “Is active” instead.",
    Clinic: "A clinic that has been used is kept. Untick “Is active” of its people’s accounts instead.",
}


def find(model: type[Base], key: int | str) -> Base:
    """The row with this primary key. Raises NotFound."""
    row = db.session.get(model, key)
    if row is None:
        raise NotFound(f"There is no {table_rows.word_for(model)} with this number. Perhaps it was deleted.")
    return row


def read(actor: Actor, model: type[Base], key: int | str) -> Base:
    """The row with this primary key, to be shown; that a row about a patient is read is noted. Raises NotFound."""
    row = find(model, key)
    patient_id = patient_of_row.find(row)
    if patient_id is not None:
        key = table_rows.key_of(row)
        audit.note_reading(_within(actor, row), model.__tablename__, key if isinstance(key, int) else None, patient_id)
    return row


def add(actor: Actor, model: type[Base], values: Mapping[str, Any]) -> Base:
    """A new row with these values; what is not named gets its default.

    Raises InvalidInput with a fault for each value that can't be taken, NotAllowed.
    """
    _refuse_others(actor)
    return _add(actor, model, *account_rows.with_hash(None, values))


def change(actor: Actor, model: type[Base], key: int | str, values: Mapping[str, Any]) -> Base:
    """The row with these values in place of its own; the others stay. Raises InvalidInput, NotFound, NotAllowed."""
    _refuse_others(actor)
    row = find(model, key)
    return _change(actor, model, key, *account_rows.with_hash(row if isinstance(row, Account) else None, values))


@command
def remove(actor: Actor, model: type[Base], key: int | str) -> str:
    """Deletes the row and what belongs to it alone, such as an account's sessions; gives its name.

    Raises Conflict, which tells what else names the row and what to do instead, NotFound, NotAllowed.
    """
    _refuse_others(actor)
    row = find(model, key)
    if isinstance(row, Account) and row.id == actor.person.id:
        raise NotAllowed("You can't delete your own account. Ask another superuser to do it.")
    if isinstance(row, Subscription) and credits.are_counted(row.clinic_id):
        raise Conflict(
            "The ledger counts this subscription's credits, so it stays. Edit it and set its last day instead."
        )
    name = table_rows.name_of(row)
    belongings = _BELONGINGS.get(model, ())
    users = table_rows.named_by(row, ignored=belongings)
    if users:
        instead = _INSTEAD.get(model, "Delete or change those first.")
        raise Conflict(f"{name} can't be deleted, because it is named by {', '.join(users)}. {instead}")
    for kind in belongings:
        db.session.execute(delete(kind).where(getattr(kind, f"{model.__tablename__}_id") == key))
    _note(actor, "deleted", row)
    try:
        db.session.execute(delete(model).where(getattr(model, table_rows.key_column(model)) == key))
    except IntegrityError as error:
        raise Conflict(table_rows.refusal(error).words) from None
    return name


@command
def _add(actor: Actor, model: type[Base], values: dict[str, Any], password_hash: str | None) -> Base:
    answers = Answers()
    if model is Account:
        row: Base = account_rows.add(actor, values, password_hash, answers)
    else:
        row = model()
    _write(row, values, answers)
    answers.check()
    db.session.add(row)
    _keep(row)
    _follow(row, {"verified_at"})
    if isinstance(row, Clinic):
        day_grid.add_missing(row.id)
    _note(actor, "added", row)
    return row


@command
def _change(actor: Actor, model: type[Base], key: int | str, values: dict[str, Any], password_hash: str | None) -> Base:
    row = db.session.get(model, key, with_for_update={"of": model})
    if row is None:
        raise NotFound
    fields = sorted(values)
    answers = Answers()
    with db.session.no_autoflush:
        if isinstance(row, Account):
            account_rows.change(_within(actor, row), row, values, password_hash, answers)
        _write(row, values, answers)
    answers.check()
    _keep(row)
    _follow(row, values)
    _note(actor, "changed", row, fields=fields)
    return row


def _write(row: Base, values: dict[str, Any], answers: Answers) -> None:
    """Sets the values, each in the one spelling of its column; faults go to `answers`."""
    relations, columns = inspect(type(row)).relationships, table_rows.columns(type(row))
    for name, value in values.items():
        if name in relations:
            value = _chosen(row, name, value, answers)
        else:
            value = _spelled(columns[name], name, value, answers)
        setattr(row, name, value)
    if isinstance(row, Specialty | Designation) and "name" in values:
        row.slug = word_lists.slug_of(row.name)[:120]
        if not row.slug:
            answers.fault("name", "Use letters or digits in the name.")
    with db.session.no_autoflush:
        table_rows.check_references(row, answers)


def _spelled(column: Column[Any], name: str, value: Any, answers: Answers) -> Any:
    if (column.table.name, name) == ("clinic", "chatbot_origins"):
        return _sites(name, value or [], answers)
    if value is None and not column.nullable:
        answers.fault(name, "Fill this in.")
    if name in _NOT_BELOW_ZERO:
        return answers.number(name, value, 0, credits.MOST, "Write a number from 0 to 1,000,000,000.")
    kind = kept_as(column)
    if not isinstance(value, str) or not isinstance(kind, String):
        return value
    if isinstance(kind, Text) or kind.length is None:
        text = answers.text(name, value, table_rows.LONGEST_TEXT)
    else:
        text = answers.line(name, value, kind.length)
    if not text and not column.nullable and column.default is None:
        answers.fault(name, "Fill this in.")
    return _as_others_use_it(column, name, text, answers) or (None if column.nullable else "")


def _as_others_use_it(column: Column[Any], name: str, text: str, answers: Answers) -> str:
    """The text as its readers rely on it: a link that is safe to follow, a domain as browsers send it."""
    where = (column.table.name, column.name)
    if where == ("doctor", "meet_link"):
        return answers.web_address(name, text)
    if where == ("clinic", "domain") and text and not _HOST.fullmatch(text := text.lower()):
        answers.fault(name, "Write the name of the host only, for example portal.clinic.example.")
    if where == ("clinic", "email") and text:
        try:
            return contact_details.email(text)
        except ValueError as fault:
            answers.fault(name, str(fault))
    return text


def _sites(name: str, lines: list[str], answers: Answers) -> list[str]:
    try:
        return chatbot.read_origins(lines)
    except InvalidInput as wrong:
        answers.fault(name, " ".join(wrong.faults["origins"]))
        return []


def _chosen(row: Base, name: str, ids: list[int], answers: Answers) -> list[Base]:
    """The rows of a list, such as a doctor's languages: of the row's own clinic only."""
    model = inspect(type(row)).relationships[name].mapper.class_
    of_clinic = select(model).where(model.id.in_(ids), model.clinic_id == row.clinic_id)  # type: ignore[attr-defined]
    found = list(db.session.scalars(of_clinic).unique()) if ids else []
    if len(found) != len(set(ids)):
        answers.fault(name, "Choose from the list.")
    return found


def _keep(row: Base) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise table_rows.refusal(error) from None


def _follow(row: Base, changed: Any) -> None:
    """A doctor who is verified gets a doctor's rights, one who no longer is loses them."""
    if isinstance(row, Doctor) and "verified_at" in changed:
        account_rows.follow_verification(row)


def _note(actor: Actor, deed: str, row: Base, **detail: Any) -> None:
    key = table_rows.key_of(row)
    patient_id = getattr(row, "patient_id", None)
    row_id = key if isinstance(key, int) else None
    audit.note(_within(actor, row), deed, type(row).__tablename__, row_id, patient_id, **detail)


def _within(actor: Actor, row: Base) -> Actor:
    """The actor in the clinic that the row belongs to, so that its own audit log tells of it."""
    clinic_id = getattr(row, "clinic_id", None)
    clinic = db.session.get(Clinic, clinic_id) if clinic_id is not None else None
    return Actor(actor.account, clinic or actor.clinic)


def _refuse_others(actor: Actor) -> None:
    if not superuser(actor.account):
        raise NotAllowed("Only a superuser can do this.")
