"""The clock of the machine steps by an hour, forward and back, while people book."""

import time
from pathlib import Path

from bench.faults.moving_clock import set_ahead
from bench.faults.rounds import Course, Verdict

HOUR = 3600.0
SECONDS_BETWEEN = 1.5


def run(course: Course, folder: Path, rounds: int) -> dict[str, Verdict]:
    """So many rounds with a step each way, from the right time and to it. Nobody should notice."""
    verdicts = {f"clock an hour {way}": Verdict() for way in ("forward", "back")}
    for _round in range(rounds):
        _step(verdicts["clock an hour forward"], course, folder, HOUR)
        _step(verdicts["clock an hour back"], course, folder, 0.0)
        _step(verdicts["clock an hour back"], course, folder, -HOUR)
        _step(verdicts["clock an hour forward"], course, folder, 0.0)
    return verdicts


def _step(verdict: Verdict, course: Course, folder: Path, ahead: float) -> None:
    def strike() -> float:
        stepped_at = time.monotonic()
        set_ahead(folder, ahead)
        time.sleep(SECONDS_BETWEEN)
        return stepped_at

    found = course.round(strike)
    # By a clock that was an hour behind or is an hour ahead, each message that waits a second has waited an hour.
    found.wrong = [fault for fault in found.wrong if not fault.startswith("no message waits too long")]
    verdict.add(found)
    if verdict.statuses["503"]:
        verdict.wrong.append("somebody was sent away")
