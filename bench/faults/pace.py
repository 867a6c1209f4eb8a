"""How quickly people were served in a stretch of time."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST_SHARE = 1 / 3  # of the rate without a fault; less is no accident of a busy machine
LEAST_SERVED = 10


@dataclass(frozen=True)
class Pace:
    """How many were served a second, within how many milliseconds 95 of 100 (nan: nobody was), and how many in all."""

    rate: float
    p95: float
    served: int

    def __str__(self) -> str:
        return f"{self.rate:5.1f}/s {self.p95:5.0f} ms"


def pace(served: Iterable[tuple[float, float]], since: float, until: float) -> Pace:
    """The pace of those who were answered between two moments; `served` says from when to when each took."""
    taken = sorted(ended - began for began, ended in served if since <= ended < until)
    return Pace(len(taken) / (until - since), _p95(taken) * 1000, len(taken))


def slowed(before: Pace, meanwhile: Pace) -> bool:
    """Whether far fewer were served than before; where there were few before, that is chance."""
    return before.served >= LEAST_SERVED and meanwhile.rate < before.rate * LEAST_SHARE


def _p95(ordered: Sequence[float]) -> float:
    return ordered[math.ceil(len(ordered) * 0.95) - 1] if ordered else math.nan
