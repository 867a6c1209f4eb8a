"""Rounds of one side and the other in turn, so that whatever else the machine does slows both alike; and the table."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bench.speed.load import Load, Request, run
from bench.speed.places import Server

Requests = Callable[[], Iterable[Request]]
HEAD = (
    f"{'':44} {'MediMeet/s':>10} {'other/s':>8} {'ratio (min to max)':>20} {'wanted':>11} {'p50 ms':>7} {'p99 ms':>7} "
    f"{'CPU ms':>12}"
)


@dataclass(frozen=True)
class Side:
    """A server, and what it is asked."""

    server: Server
    requests: Requests


@dataclass(frozen=True)
class Pace:
    """How many rounds, how long each, and how many clients ask at once."""

    rounds: int = 3
    seconds: float = 1.5
    clients: int = 8


def duel(name: str, ours: Side, other: Side, pace: Pace, wanted: str = "") -> float:
    """Prints one line of the table; the median of the rounds' ratios. Raises AssertionError for a wrong answer."""
    our_loads, other_loads, our_costs, other_costs = [], [], [], []
    for turn in range(pace.rounds):
        sides = [(ours, our_loads, our_costs), (other, other_loads, other_costs)]
        for side, loads, costs in sides if turn % 2 == 0 else sides[::-1]:
            load, cost = _round(side, pace)
            loads.append(load)
            costs.append(cost)
    ratios = [mine.rate / theirs.rate for mine, theirs in zip(our_loads, other_loads, strict=True)]
    waits = [(load.wait(0.5), load.wait(0.99)) for load in our_loads]
    print(
        f"{name:44} {_median(our_loads):10.0f} {_median(other_loads):8.0f} "
        f"{f'{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})':>20} {wanted:>11} "
        f"{statistics.median(wait[0] for wait in waits):7.1f} {statistics.median(wait[1] for wait in waits):7.1f} "
        f"{statistics.median(our_costs):5.2f} / {statistics.median(other_costs):4.2f}",
        flush=True,
    )
    return statistics.median(ratios)


def cost(name: str, side: Side, pace: Pace, wanted: str = "") -> None:
    """Prints what one answer takes, asked one after the other: milliseconds till it is there, and of processor time."""
    found = [_round(side, replace(pace, clients=1)) for _ in range(pace.rounds)]
    half, most = (statistics.median(load.wait(share) for load, _cost in found) for share in (0.5, 0.99))
    costs = statistics.median(milliseconds for _load, milliseconds in found)
    rate = _median([load for load, _cost in found])
    print(f"{name:44} {rate:10.1f} {'':29} {wanted:>11} {half:7.1f} {most:7.1f} {costs:5.2f}", flush=True)


def _round(side: Side, pace: Pace) -> tuple[Load, float]:
    """What came of one round, and the milliseconds of processor time that each answer took."""
    before = side.server.processor_seconds()
    load = run(side.server.port, side.requests(), pace.seconds, pace.clients)
    if load.wrong:
        raise AssertionError(f"{side.server.name} answered:\n" + "\n".join(load.wrong))
    return load, (side.server.processor_seconds() - before) * 1000 / max(1, load.answers)


def _median(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)
