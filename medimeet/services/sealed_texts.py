"""Every text that is kept sealed, wherever it is kept: how many with which key, and sealing them anew."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from medimeet.config import setting
from medimeet.db import db
from medimeet.gateways import conversation_store
from medimeet.model_base import Base
from medimeet.sealing import PREFIX, UNSEALED, SealedText, key_ring
from medimeet.writing import command

UNKNOWN = "unknown key"
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Use:
    """How many texts of one place each key seals, by its name; UNSEALED and UNKNOWN: what no key of ours seals."""

    place: str
    texts: dict[str, int]


def uses() -> list[Use]:
    """For every place that keeps sealed texts, the keys in use there. Raises StoreAway."""
    with db.engine.connect() as connection:
        found = [
            Use(f"{table.name}.{column.name}", _counted(connection, column))
            for table, columns in _tables()
            for column in columns
        ]
    store = conversation_store.store_at(setting("MONGODB_URI"))
    return [*found, Use("conversations in MongoDB", store.count_by_key())] if store is not None else found


def stale() -> int:
    """How many texts the newest key does not seal. Raises StoreAway."""
    newest = key_ring().newest
    return sum(number for use in uses() for name, number in use.texts.items() if name != newest)


def seal_anew(tell: Callable[[str], None] = lambda words: None) -> int:
    """Seals with the newest key what another sealed, or none; how many texts. Small steps, while people work.

    It may be ended at any moment and called again: what is done is done. What somebody is changing at that moment is
    left out. Raises StoreAway.
    """
    total = seal_rows(tell)
    store = conversation_store.store_at(setting("MONGODB_URI"))
    if store is not None and (done := store.seal_anew()):
        tell(f"conversations in MongoDB: {done}")
        total += done
    return total


def seal_rows(tell: Callable[[str], None] = lambda words: None) -> int:
    """As `seal_anew`, but only what the database keeps itself; how many rows."""
    newest = key_ring().newest
    total = 0
    for table, columns in _tables():
        total += (done := sum(_batches(table, columns, newest)))
        if done:
            tell(f"{table.name}: {done} rows")
    return total


def _tables() -> Iterator[tuple[Table, list[Column[Any]]]]:
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, SealedText)]
        if columns:
            yield table, columns


def _counted(connection: Connection, column: Column[Any]) -> dict[str, int]:
    kept = type_coerce(column, Text)
    kinds = [(kept.startswith(_prefix(name), autoescape=True), name) for name in key_ring().names]
    kinds.append((kept.startswith(PREFIX, autoescape=True), UNKNOWN))
    kind = case(*kinds, else_=UNSEALED)
    counted = select(kind, func.count()).select_from(column.table).where(kept != "").group_by(kind)
    return dict(connection.execute(counted).all())


def _batches(table: Table, columns: list[Column[Any]], newest: str) -> Iterator[int]:
    """How many rows each step did. What needs sealing is looked for between them, so that nobody waits for that."""
    (key,) = table.primary_key.columns
    looked_for = select(key).where(_is_stale(columns, newest)).order_by(key).limit(_BATCH)
    after: Any = None
    while True:
        with db.engine.connect() as connection:
            keys = connection.scalars(looked_for if after is None else looked_for.where(key > after)).all()
        if not keys:
            return
        yield _seal_rows(table, columns, newest, keys)
        after = keys[-1]


@command
def _seal_rows(table: Table, columns: list[Column[Any]], newest: str, keys: Sequence[Any]) -> int:
    """Seals the texts of these rows anew; how many rows."""
    (key,) = table.primary_key.columns
    kept = [type_coerce(column, Text).label(column.name) for column in columns]
    rows = select(key.label("row_key"), *kept).where(key.in_(keys), _is_stale(columns, newest))
    # Rows that somebody is changing are left for the next round: who never waits for a row is in nobody's way.
    rows = rows.order_by(key).with_for_update(skip_locked=True, key_share=True)
    found = db.session.execute(rows).mappings().all()
    if not found:
        return 0
    sealed = [
        {"row_key": row["row_key"]} | {f"new_{column.name}": _sealed(row[column.name], column) for column in columns}
        for row in found
    ]
    values: dict[str, Any] = {column.name: type_coerce(bindparam(f"new_{column.name}"), Text) for column in columns}
    values |= {column.name: column for column in table.columns if column.onupdate is not None}  # nobody changed it
    db.session.connection().execute(update(table).where(key == bindparam("row_key")).values(values), sealed)
    return len(found)


def _is_stale(columns: list[Column[Any]], newest: str) -> ColumnElement[bool]:
    kept = [type_coerce(column, Text) for column in columns]
    return or_(*(and_(each != "", ~each.startswith(_prefix(newest), autoescape=True)) for each in kept))


def _sealed(kept: str | None, column: Column[Any]) -> str | None:
    ring, bound_to = key_ring(), f"{column.table.name}.{column.name}"
    return ring.seal(ring.open(kept, bound_to), bound_to) if kept else kept


def _prefix(name: str) -> str:
    return f"{PREFIX}{name}:"
