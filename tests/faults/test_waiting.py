"""How long the bench of faults waits before it judges: as long as something goes on, and not for ever."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

from bench.faults import gateways, messages
from bench.faults.world import World

NOBODY = World(None, [], {})  # type: ignore[arg-type]


class Clock:
    """Stands for the module `time`: whoever sleeps moves it on."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (gateways, messages):
        monkeypatch.setattr(module, "time", made)
    return made


def looks_at(monkeypatch: pytest.MonkeyPatch, waiting: Iterable[int]) -> None:
    """So many messages wait at each look."""
    states = ({("email", "queued"): count} if count else {("email", "sent"): 13} for count in waiting)
    monkeypatch.setattr(messages, "states", lambda _world: Counter(next(states)))


def test_a_long_queue_that_shrinks_is_waited_for_however_long_it_takes(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_at(monkeypatch, [count for count in range(13, -1, -1) for _look in range(100)])
    assert messages.left(NOBODY).wrong == []
    assert clock.now > 5 * messages.STANDSTILL_SECONDS


def test_a_queue_that_stands_still_is_judged(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    looks_at(monkeypatch, [5, 4, *[3, 4] * 1000])
    assert messages.left(NOBODY).wrong[0].endswith("of email are queued")
    assert clock.now < messages.STANDSTILL_SECONDS + 5


class Line:
    """Somebody calls it at a time."""

    def __init__(self, clock: Clock, called_at: float) -> None:
        self.clock, self.called_at = clock, called_at

    @property
    def calls(self) -> int:
        return 7 + (self.clock.now >= self.called_at)


@pytest.mark.parametrize(("called_at", "waited"), [(0.0, 0.0), (30.0, 30.0), (1e9, gateways.ASKED_AGAIN_SECONDS)])
def test_who_rests_from_the_round_before_is_waited_for_but_not_for_ever(
    clock: Clock, called_at: float, waited: float
) -> None:
    line: Any = Line(clock, called_at)
    gateways.wait_until_asked(line, 7)
    assert clock.now == pytest.approx(waited, abs=0.1)
