"""Signs of life of what works beside the web server: the poller, the housekeeping, backups."""

from datetime import datetime, timedelta

from medimeet import clock
from medimeet.db import db
from medimeet.models import Heartbeat
from medimeet.writing import command, insert_into

BETWEEN_BEATS = timedelta(seconds=10)


def beat(name: str) -> None:
    """Notes that `name` is well now; where it did so less than ten seconds ago, nothing is written."""
    before = last(name)
    db.session.rollback()
    if before is None or not timedelta(0) <= clock.now() - before < BETWEEN_BEATS:
        _note(name)


def last(name: str) -> datetime | None:
    """When `name` was last well; None: never."""
    row = db.session.get(Heartbeat, name, populate_existing=True)
    return row.at if row is not None else None


@command
def _note(name: str) -> None:
    noted = insert_into(Heartbeat).values(name=name, at=clock.now())
    db.session.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"at": noted.excluded.at}))
