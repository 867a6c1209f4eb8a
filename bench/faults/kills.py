"""kill -9 of a worker, of gunicorn's master, of the poller; and a reload, which nobody should notice."""

import os
import random
import signal
from contextlib import suppress
from functools import partial

from bench.faults.rounds import Course, Verdict
from bench.faults.servers import Service

TARGETS = ("worker", "master", "worker", "poller")


def run(course: Course, web: Service, poller: Service | None, rounds: int) -> dict[str, Verdict]:
    """So many rounds with a kill in each; a verdict for each kind of process."""
    verdicts = {f"kill -9 of a {target}": Verdict() for target in dict.fromkeys(TARGETS)}
    chance = random.Random(course.seed)
    for number in range(rounds):
        target = TARGETS[number % len(TARGETS)]
        verdicts[f"kill -9 of a {target}"].add(course.round(partial(_kill, target, web, poller, chance)))
    return verdicts


def reload(course: Course, web: Service, rounds: int) -> dict[str, Verdict]:
    """So many rounds with a SIGHUP in each: new workers, while the old ones finish what they have begun."""
    verdict = Verdict()
    for _round in range(rounds):
        verdict.add(course.round(lambda: os.kill(web.main.pid, signal.SIGHUP)))
    unserved = sum(verdict.statuses[name] for name in ("503", "line broke", "no server"))
    verdict.wrong += [f"{unserved} noticed"] if unserved else []
    return {"reloaded (SIGHUP)": verdict}


def _kill(target: str, web: Service, poller: Service | None, chance: random.Random) -> None:
    process = web.main.pid
    if target == "worker":
        process = chance.choice(web.children or [process])
    elif target == "poller" and poller is not None:
        process = poller.main.pid
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
