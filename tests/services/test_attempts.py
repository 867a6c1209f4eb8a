"""Counts that guard accounts: one statement decides, however many try at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import time_machine
from flask import Flask

from medimeet.db import db
from medimeet.models import AttemptCount
from medimeet.services import attempts
from medimeet.writing import command

LIMIT = attempts.Limit("a door", 5, timedelta(minutes=5))


@command
def knock() -> bool:
    return attempts.count_one(LIMIT)


def test_of_many_at_once_only_as_many_as_the_limit_are_counted(app: Flask) -> None:
    def knock_there(_number: int) -> bool:
        with app.app_context():
            return knock()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(knock_there, range(50))) == 5
    assert db.session.get_one(AttemptCount, "a door").count == 5


def test_the_window_begins_with_the_first_try_and_is_not_drawn_out(
    app: Flask, frozen_clock: time_machine.Traveller
) -> None:
    assert knock()
    frozen_clock.shift(299)
    assert [knock() for _ in range(5)] == [True] * 4 + [False]
    assert attempts.is_reached(LIMIT)
    assert attempts.seconds_left(LIMIT) in {1, 2}
    frozen_clock.shift(2)
    assert not attempts.is_reached(LIMIT)
    assert knock()


def test_a_limit_of_none_lets_nobody_in_and_says_so(app: Flask) -> None:
    closed = attempts.Limit("a closed door", 0, timedelta(minutes=5))

    @command
    def knock_in_vain() -> tuple[bool, bool]:
        return attempts.count_one(closed), attempts.clear_below(closed)

    assert attempts.is_reached(closed)
    assert knock_in_vain() == (False, False)
    assert 299 <= attempts.seconds_left(closed) <= 301
    assert db.session.get(AttemptCount, "a closed door") is None


def test_forgetting_one_subject_leaves_the_others(app: Flask) -> None:
    limits = [attempts.Limit(attempts.key_of(subject), 5, timedelta(1)) for subject in ("door:1", "door:12", "door:_")]

    @command
    def knock_at_each() -> None:
        for limit in limits:
            attempts.count_one(limit)

    @command
    def forget() -> None:
        attempts.clear_all("door:1")
        attempts.clear_all("door:%")

    knock_at_each()
    forget()
    kept = set(db.session.scalars(db.select(AttemptCount.key)))
    assert kept == {limits[1].key, limits[2].key}


def test_what_people_typed_is_not_in_the_key() -> None:
    assert "anna" not in attempts.key_of("password", "anna@people.example", "192.0.2.1")
    assert attempts.key_of("x", "a", "bc") != attempts.key_of("x", "ab", "c")
