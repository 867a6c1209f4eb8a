"""Whether the machine has time for a bench."""

import os
import time
from pathlib import Path

QUIET, LOOK_SECONDS = 0.1, 2.0


def tell() -> None:
    """Prints what others take of the processors; warns where that is more than a tenth."""
    busy, cores = busy_share(), os.cpu_count() or 1
    loads = ", ".join(f"{load:.2f}" for load in os.getloadavg())
    print(f"{cores} processors, {busy:.0%} busy; load {loads} (1, 5, 15 minutes)")
    if busy > QUIET or os.getloadavg()[0] > cores / 2:
        print("WARNING: this machine is not quiet. Ratios may still be read, rates and milliseconds hardly.")


def busy_share(seconds: float = LOOK_SECONDS) -> float:
    """The share of all processors' time that is taken, over some seconds of doing nothing."""
    before = _times()
    time.sleep(seconds)
    busy, idle = (after - earlier for after, earlier in zip(_times(), before, strict=True))
    return busy / (busy + idle) if busy + idle else 0.0


def _times() -> tuple[int, int]:
    user, nice, system, idle, waiting, *others = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8])
    return user + nice + system + sum(others), idle + waiting
