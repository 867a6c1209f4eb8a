"""Whom we have erased, in a file beside the database: so that a backup from before brings nobody back.

A line is the random id that programs knew the person by, which the person no longer has, and says nothing else.
"""

import uuid
from contextlib import suppress

from sqlalchemy import select

from medimeet.config import owner_only, shared_path
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account

_NAME = "erased-people"
_AT_ONCE = 1_000  # a statement takes only so many values


def remember(public_id: uuid.UUID) -> None:
    """Adds a person who was erased just now."""
    with open(shared_path(_NAME), "a", opener=owner_only, encoding="ascii") as file:
        # An empty line before it: where a full disk broke off the one before, that one alone is lost.
        file.write(f"\n{public_id}\n")


def brought_back() -> list[Account]:
    """Those of the list whom a backup has brought back since, as the patients that they were."""
    file = shared_path(_NAME)
    if not file.exists():
        return []
    ids = []
    for line in file.read_text(encoding="ascii", errors="replace").split():
        with suppress(ValueError):
            ids.append(uuid.UUID(line))
    back = (Account.erased_at.is_(None), Account.is_active, Account.role == Role.PATIENT)
    found: list[Account] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += db.session.scalars(select(Account).where(Account.public_id.in_(ids[start : start + _AT_ONCE]), *back))
    return found
