"""What can be said of any row of any table: its name, what it names, who names it, and why the database refuses it."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeDecorator, TypeEngine

from medimeet.database_faults import broken_rule
from medimeet.db import db
from medimeet.errors import InvalidInput
from medimeet.model_base import Base
from medimeet.models import Account
from medimeet.services.answers import Answers

LONGEST_TEXT = 20_000
LARGEST_AMOUNT = Decimal("99999999.99")
_NAMES = ("name", "full_name", "reference", "number", "subject", "key")
_WORDS = {
    "appointment_doctor_overlap": ("starts_at", "The doctor has another appointment at this time."),
    "appointment_patient_overlap": ("starts_at", "The patient has another appointment at this time."),
    "working_hours_overlap": ("start_minute", "These hours overlap others of the doctor on the same day."),
    "ck_appointment_span": ("ends_at", "The end must come after the start."),
    "ck_appointment_hold_is_pending": ("hold_expires_at", "Only a pending or a canceled appointment is a hold."),
    "ck_working_hours_one_kind_of_day": ("day_of_week", "Choose either a day of the week or a date."),
    "ck_working_hours_day_of_week": ("day_of_week", "Choose a day of the week."),
    "ck_working_hours_minutes": ("end_minute", "The end must come after the start, at 24:00 at the latest."),
    "ck_working_hours_slot_minutes": (
        "slot_minutes",
        "A slot takes 5 minutes or more, and fits between start and end.",
    ),
    "ck_exclusion_date_both_minutes": ("end_minute", "Write both times, or none for the whole day."),
    "ck_exclusion_date_minutes": ("end_minute", "The end must come after the start, at 24:00 at the latest."),
    "ck_review_rating": ("rating", "A rating is 1 to 5."),
    "ck_treatment_duration": ("duration_minutes", "A treatment takes 5 to 480 minutes."),
    "ck_treatment_price": ("price", "A price is not below zero."),
}


def key_of(row: Base) -> Any:
    """The primary key of a row that is kept."""
    identity = inspect(row).identity
    assert identity is not None
    return identity[0]


def name_of(row: Base) -> str:
    """What people call the row: "Dr Asha Shah", else its table and key."""
    for attribute in _NAMES:
        if name := getattr(row, attribute, None):
            return str(name)
    return f"{word_for(type(row)).capitalize()} {key_of(row)}"


def word_for(model: type[Base]) -> str:
    """What one row of the table is called: "working hours", "audit entry"."""
    return model.__tablename__.replace("_", " ")


def key_column(model: type[Base]) -> str:
    """The name of the column that holds the primary key."""
    return str(inspect(model).primary_key[0].name)


def columns(model: type[Base]) -> dict[str, Column[Any]]:
    """The table's columns by the names that rows have for them."""
    return {attribute.key: attribute.columns[0] for attribute in inspect(model).column_attrs}  # type: ignore[misc]


def kept_as(column: Column[Any]) -> TypeEngine[Any]:
    """The type in which the database itself keeps the column's values: a sealed text is a text."""
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type


def newest(model: type[Base], most: int) -> dict[int, str]:
    """The names of the table's newest rows by their id."""
    return {key_of(row): name_of(row) for row in _rows(model, most=most)}


def names(model: type[Base], ids: Collection[int]) -> dict[int, str]:
    """The names of the rows with these ids."""
    return {key_of(row): name_of(row) for row in _rows(model, ids)} if ids else {}


def of_clinic_of(row: Base, model: type[Base]) -> list[tuple[int, str]]:
    """Id and name of each row of a table that belongs to the clinic of `row`."""
    query = select(model).where(model.clinic_id == row.clinic_id)  # type: ignore[attr-defined]
    return sorted(
        ((key_of(found), name_of(found)) for found in db.session.scalars(query).unique()), key=lambda it: it[1]
    )


@cache
def references(model: type[Base]) -> dict[str, type[Base]]:
    """Which columns hold the id of a row of another table, and which table that is."""
    found = {}
    for constraint in model.__table__.foreign_key_constraints:  # type: ignore[attr-defined]
        for element in constraint.elements:
            if element.column.name == "id":
                found[element.parent.name] = _models()[element.column.table]
    return found


def check_references(row: Base, answers: Answers) -> None:
    """Puts a fault into `answers` for each row that it names and that is not there, or is another clinic's."""
    clinic_id = getattr(row, "clinic_id", None)
    for name, model in references(type(row)).items():
        row_id = getattr(row, name)
        if row_id is None:
            continue
        named = db.session.get(model, row_id)
        if named is None:
            answers.fault(name, f"There is no {word_for(model)} {row_id}.")
        elif clinic_id is not None and getattr(named, "clinic_id", None) not in {None, clinic_id}:
            answers.fault(name, f"This {word_for(model)} belongs to another clinic.")


def named_by(row: Base, ignored: Collection[type[Base]] = ()) -> list[str]:
    """How many rows of which tables name this one: ["3 appointments", "1 review"]."""
    row_id = key_of(row)
    found = []
    for model in _models().values():
        for name, named in references(model).items():
            if not isinstance(row, named) or model in ignored:
                continue
            column = getattr(model, name)
            count = db.session.scalar(select(func.count()).select_from(model).where(column == row_id))
            if count:
                found.append(_counted(model, count))
    return found


def refusal(error: IntegrityError) -> InvalidInput:
    """The database's refusal to keep a row, in words."""
    rule = broken_rule(error)
    for name, (field, words) in _WORDS.items():
        if rule.endswith(name):  # Alembic writes the convention's prefix twice
            return InvalidInput({field: words})
    unique = _unique_columns().get(rule)
    if unique:
        return InvalidInput({unique[-1]: "Another row has this already. Write another one."})
    if "." in rule:
        return InvalidInput({rule.rpartition(".")[2]: "Fill this in."})
    return InvalidInput({"": f"The database's own rules do not allow this row ({rule or 'a rule without a name'})."})


def _rows(model: type[Base], ids: Collection[int] | None = None, most: int | None = None) -> list[Base]:
    key = getattr(model, key_column(model))
    query = select(model).order_by(key.desc()).limit(most)
    return list(db.session.scalars(query if ids is None else query.where(key.in_(ids))).unique())


@cache
def _models() -> Mapping[Table, type[Base]]:
    return {mapper.local_table: mapper.class_ for mapper in Account.registry.mappers}  # type: ignore[misc]


def _counted(model: type[Base], count: int) -> str:
    word = word_for(model)
    if count > 1 and not word.endswith("s"):
        word = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{count} {word}"


def _unique_columns() -> dict[str, list[str]]:
    rules: list[UniqueConstraint | Index] = []
    for table in Base.metadata.tables.values():
        rules += [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        rules += [index for index in table.indexes if index.unique]
    return {str(rule.name): [column.name for column in rule.columns] for rule in rules}
