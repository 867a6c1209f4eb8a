"""Whom we have erased, in a file beside the database: so that a backup from before brings nobody back.

A line is the random id that programs knew the person by, which the person no longer has, and says nothing else.
"""

import uuid

from sqlalchemy import select

from medimeet.config import owner_only, shared_path
from medimeet.db import db
from medimeet.models import Account

_NAME = "erased-people"


def remember(public_id: uuid.UUID) -> None:
    """Adds a person who was erased just now."""
    with open(shared_path(_NAME), "a", opener=owner_only, encoding="ascii") as file:
        file.write(f"{public_id}\n")


def brought_back() -> list[Account]:
    """Those of the list whom a backup has brought back since."""
    file = shared_path(_NAME)
    if not file.exists():
        return []
    ids = [uuid.UUID(line) for line in file.read_text(encoding="ascii").split()]
    query = select(Account).where(Account.public_id.in_(ids), Account.erased_at.is_(None), Account.is_active)
    return list(db.session.scalars(query))
