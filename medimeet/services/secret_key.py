"""Whether all hosts of this installation sign with one secret key: each notes a print of its own when it starts.

What one host signs (cookies, tokens, codes), one with another key refuses: people seem signed out now and then.
"""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from medimeet.config import setting
from medimeet.db import db
from medimeet.errors import Busy
from medimeet.models import Heartbeat
from medimeet.services import backup_archive, heartbeats
from medimeet.services.invariants import Check

NOTED = "secret key "
"""What the names of these signs of life begin with; the print tells nothing of the key."""
_MEND = "Give every host, and this command, the same MEDIMEET_SECRET_KEY, then restart the hosts."


def note() -> None:
    """Notes that a host has begun to work with this secret key."""
    with suppress(Busy, DBAPIError):  # a database that is full, away or not made yet keeps nobody from starting
        heartbeats.beat(_own())


def fault() -> str:
    """That a host has begun with another key since the last one began with ours, in words; empty where none has.

    So a key that is changed on purpose is right again once every host was restarted with it.
    """
    query = select(Heartbeat).where(Heartbeat.name.startswith(NOTED)).order_by(Heartbeat.at.desc()).limit(1)
    newest = db.session.scalar(query.execution_options(populate_existing=True))
    if newest is None or newest.name == _own():
        return ""
    return f"a host that started at {newest.at:%Y-%m-%d %H:%M} UTC has another one, and refuses what is signed here"


def look() -> Check:
    """The same for `flask doctor`."""
    return Check("one secret key on every host", fault(), _MEND)


def _own() -> str:
    return NOTED + backup_archive.print_of(setting("SECRET_KEY"))[:24]
