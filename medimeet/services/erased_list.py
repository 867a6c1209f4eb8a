"""Whom we have erased, in a file beside the database: so that a backup from before brings nobody back.

A line is the random id that programs knew the person by, which the person no longer has, and says nothing else. It is
written twice: as begun, before the database forgets the id, and as done. Whoever is killed in between is found by that.
"""

import os
import uuid
from contextlib import suppress

from sqlalchemy import select

from medimeet.config import owner_only, shared_path
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account

_NAME = "erased-people"
_BEGUN = "?"
_AT_ONCE = 1_000  # a statement takes only so many values


def begin(public_id: uuid.UUID) -> None:
    """Notes that this person is about to be erased; what comes of it, the database knows."""
    _add(f"{_BEGUN}{public_id}")


def remember(public_id: uuid.UUID) -> None:
    """Adds a person who was erased just now."""
    _add(str(public_id))


def remember_what_was_done() -> None:
    """Adds those who were erased by a process that was killed before it could say so."""
    done, begun = _read()
    left = list(begun - done)
    not_erased = {person.public_id for person in _people_of(left)}
    for public_id in left:
        if public_id not in not_erased:
            remember(public_id)


def brought_back() -> list[Account]:
    """Those of the list whom a backup has brought back since, as the patients that they were."""
    done, _begun = _read()
    back = _people_of(list(done))
    return [person for person in back if person.erased_at is None and person.role == Role.PATIENT]


def _add(line: str) -> None:
    with open(shared_path(_NAME), "a", opener=owner_only, encoding="ascii") as file:
        # An empty line before it: where a full disk broke off the one before, that one alone is lost.
        file.write(f"\n{line}\n")
        file.flush()
        os.fsync(file.fileno())


def _read() -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Those who were erased, and those whose erasure was begun."""
    done: set[uuid.UUID] = set()
    begun: set[uuid.UUID] = set()
    file = shared_path(_NAME)
    lines = file.read_text(encoding="ascii", errors="replace").split() if file.exists() else []
    for line in lines:
        with suppress(ValueError):
            (begun if line.startswith(_BEGUN) else done).add(uuid.UUID(line.removeprefix(_BEGUN)))
    return done, begun


def _people_of(ids: list[uuid.UUID]) -> list[Account]:
    found: list[Account] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += db.session.scalars(select(Account).where(Account.public_id.in_(ids[start : start + _AT_ONCE])))
    return found
