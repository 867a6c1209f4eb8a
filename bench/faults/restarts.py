"""PostgreSQL restarted as after a power cut, one of its backends killed, all of it frozen."""

import time

from bench.faults.own_postgresql import OwnPostgresql
from bench.faults.rounds import Course, Verdict

FROZEN_SECONDS = 30.0


def run(
    course: Course, server: OwnPostgresql, restarts: int, kills: int, frosts: int, frozen: float = FROZEN_SECONDS
) -> dict[str, Verdict]:
    """So many rounds of each; a verdict for each kind."""

    def restart() -> float:
        server.restart()
        return time.monotonic()

    def kill() -> float:
        server.kill_a_backend()
        return time.monotonic()

    def freeze() -> float:
        server.freeze(frozen)
        return time.monotonic()

    strikes = {
        "PostgreSQL restarted (immediate)": (restarts, restart),
        "PostgreSQL backend killed": (kills, kill),
        f"PostgreSQL frozen for {frozen:g} s": (frosts, freeze),
    }
    verdicts = {}
    for name, (rounds, strike) in strikes.items():
        verdicts[name] = Verdict()
        for _round in range(rounds):
            verdicts[name].add(course.round(strike))
    return verdicts
