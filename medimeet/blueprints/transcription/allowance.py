"""How much may come in: so much at once, and so much a second."""

import time


class Allowance:
    """Fills up by `a_second` until there is `at_once`; what comes in is taken from it."""

    def __init__(self, a_second: float, at_once: float) -> None:
        self._a_second = a_second
        self._at_once = self._left = float(at_once)
        self._counted_at = time.monotonic()

    @property
    def is_spent(self) -> bool:
        """Whether there is nothing left for the moment."""
        return self._count() <= 0

    @property
    def is_low(self) -> bool:
        """Whether less than half is left."""
        return self._count() < self._at_once / 2

    def spend(self, amount: float) -> None:
        """Takes what came in; more than there is makes the wait longer."""
        self._left = self._count() - amount

    def seconds_left(self) -> float:
        """How long until there is something again; 0 where there is."""
        return max(0.0, -self._count() / self._a_second)

    def _count(self) -> float:
        now = time.monotonic()
        self._left = min(self._at_once, self._left + (now - self._counted_at) * self._a_second)
        self._counted_at = now
        return self._left
