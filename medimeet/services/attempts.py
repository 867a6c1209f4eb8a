"""Counts that guard accounts and numbers. They live in the database, so they hold on every worker and over restarts.

Each change is one statement, and the statement itself decides whether the limit is reached.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, literal, or_, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.networks import network_of
from medimeet.model_base import InstantColumn
from medimeet.models import AttemptCount
from medimeet.writing import insert_into

_NO_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries under `key` within `window`; none at all where `most` is 0."""

    key: str
    most: int
    window: timedelta


def key_of(subject: str, *parts: object) -> str:
    """A key that is short whatever people typed, and tells no reader of the database what they typed."""
    told = "\x1f".join(str(part) for part in parts)
    return f"{subject}:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


def by_the_hour(subject: str, address: str, most: int) -> Limit:
    """At most `most` an hour from one network address, or from one site.

    A rate of requests, so it is lifted without RATELIMIT_ENABLED.
    """
    is_on = setting("RATELIMIT_ENABLED")
    return Limit(key_of(subject, network_of(address)), most if is_on else _NO_LIMIT, timedelta(hours=1))


def count_one(limit: Limit) -> bool:
    """Counts one try in the running command; False where the limit was reached before, and nothing is counted then."""
    if limit.most < 1:  # the statement decides by the row that is there, and lets the first one in
        return False
    now = clock.now()
    is_over = AttemptCount.window_ends_at <= now
    ends_at = literal(now + limit.window, InstantColumn())
    statement = (
        insert_into(AttemptCount)
        .values(key=limit.key, count=1, window_ends_at=ends_at)
        .on_conflict_do_update(
            index_elements=[AttemptCount.key],
            set_={
                "count": case((is_over, 1), else_=AttemptCount.count + 1),
                "window_ends_at": case((is_over, ends_at), else_=AttemptCount.window_ends_at),
            },
            where=or_(is_over, AttemptCount.count < limit.most),
        )
        .returning(AttemptCount.count)
    )
    return db.session.execute(statement).first() is not None


def give_back(limit: Limit) -> None:
    """Takes one try back that turned out to be right, in the running command."""
    db.session.execute(
        update(AttemptCount)
        .where(AttemptCount.key == limit.key, AttemptCount.count > 0)
        .values(count=AttemptCount.count - 1)
    )


def clear_below(limit: Limit) -> bool:
    """Forgets the tries in the running command; False where the limit is reached, and nothing is forgotten then."""
    statement = delete(AttemptCount).where(
        AttemptCount.key == limit.key, or_(AttemptCount.count < limit.most, AttemptCount.window_ends_at <= clock.now())
    )
    db.session.execute(statement)
    return not is_reached(limit)


def clear_all(subject: str) -> None:
    """Forgets every try whose key was made of the subject, in the running command."""
    db.session.execute(delete(AttemptCount).where(AttemptCount.key.startswith(f"{subject}:", autoescape=True)))


def is_reached(limit: Limit) -> bool:
    """Whether one more try would be over the limit."""
    return _reached_until(limit) is not None


def seconds_left(limit: Limit) -> int:
    """In how many seconds a reached limit opens again; at least 1."""
    return seconds_until(_reached_until(limit) or clock.now())


def seconds_until(instant: datetime) -> int:
    """In how many whole seconds it is then; at least 1."""
    return max(1, int((instant - clock.now()).total_seconds()) + 1)


def _reached_until(limit: Limit) -> datetime | None:
    if limit.most < 1:
        return clock.now() + limit.window
    return db.session.scalar(
        select(AttemptCount.window_ends_at).where(
            AttemptCount.key == limit.key,
            AttemptCount.count >= limit.most,
            AttemptCount.window_ends_at > clock.now(),
        )
    )
