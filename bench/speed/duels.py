"""Rounds of one side and the others in turn, so that whatever else the machine does slows all alike."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.speed.load import Load, Request, run
from bench.speed.places import Server

Requests = Callable[[], Iterable[Request]]


@dataclass(frozen=True)
class Side:
    """A server, and what it is asked."""

    server: Server
    requests: Requests


@dataclass(frozen=True)
class Pace:
    """How many rounds, how long each, and how many clients ask at once."""

    rounds: int = 5
    seconds: float = 1.5
    clients: int = 8


@dataclass
class Rounds:
    """What came of one side's rounds: the load of each, and the milliseconds of processor time that an answer took."""

    loads: list[Load] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second in the median round."""
        return statistics.median(load.rate for load in self.loads)

    @property
    def cost(self) -> float:
        """Milliseconds of processor time in the median round."""
        return statistics.median(self.costs)

    def wait(self, share: float) -> float:
        """Milliseconds within which this share of the answers came, in the median round."""
        return statistics.median(load.wait(share) for load in self.loads)

    def ratios(self, other: "Rounds") -> list[float]:
        """How many times as fast it was as the other side, round by round."""
        return [mine.rate / theirs.rate for mine, theirs in zip(self.loads, other.loads, strict=True)]


def duel(ours: Side, others: Mapping[str, Side], pace: Pace) -> tuple[Rounds, dict[str, Rounds]]:
    """The rounds of our side and of each other one. Raises AssertionError for a wrong answer."""
    sides = [ours, *others.values()]
    found = [Rounds() for _side in sides]
    for side in sides:
        _round(side, replace(pace, seconds=pace.seconds / 5))  # statements are compiled, pages come into memory
    for turn in range(pace.rounds):
        for place in _in_turn(len(sides), turn):
            load, cost = _round(sides[place], pace)
            found[place].loads.append(load)
            found[place].costs.append(cost)
    return found[0], dict(zip(others, found[1:], strict=True))


def alone(side: Side, pace: Pace) -> float:
    """Milliseconds until an answer is there in the median, where one client asks one after the other."""
    return statistics.median(_round(side, replace(pace, clients=1))[0].wait(0.5) for _ in range(pace.rounds))


def _in_turn(sides: int, turn: int) -> Sequence[int]:
    """Each side begins in its turn, and every other round goes the other way about."""
    order = [(turn + place) % sides for place in range(sides)]
    return order if turn % 2 == 0 else order[::-1]


def _round(side: Side, pace: Pace) -> tuple[Load, float]:
    """What came of one round, and the milliseconds of processor time that each answer took."""
    before = side.server.processor_seconds()
    load = run(side.server.port, side.requests(), pace.seconds, pace.clients)
    if load.wrong:
        raise AssertionError(f"{side.server.name} answered:\n" + "\n".join(load.wrong))
    return load, (side.server.processor_seconds() - before) * 1000 / max(1, load.answers)
