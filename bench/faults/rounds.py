"""One round: clients work, something breaks, clients go on, everybody looks, and the judge decides."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.faults import clients, history, traces
from bench.faults.clients import Client, Log
from bench.faults.history import Deed, Operation, Outcome, Slot, Visit
from bench.faults.world import World

BEFORE_SECONDS, AFTER_SECONDS = 0.3, 0.5
LONGEST_SECONDS = 60


@dataclass
class Verdict:
    """What came of one or many rounds."""

    rounds: int = 0
    deeds: int = 0
    settled_late: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    back_seconds: list[float] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0  # what the rounds took, judging included
    booked: list[tuple[float, float]] = field(default_factory=list)  # from when to when each answered booking took
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """Takes the other's figures in."""
        self.rounds += other.rounds
        self.deeds += other.deeds
        self.settled_late += other.settled_late
        self.statuses += other.statuses
        self.back_seconds += other.back_seconds
        self.slowest = max(self.slowest, other.slowest)
        self.seconds += other.seconds
        self.booked += other.booked
        self.wrong += other.wrong

    @property
    def longest_back(self) -> float:
        """The longest time until everybody got plain answers again."""
        return max(self.back_seconds, default=0.0)


@dataclass
class Course:
    """Rounds one after the other in one world, served at one port."""

    world: World
    port: int
    seed: int
    clients: int = 12
    number: int = 0
    before: list[Visit] = field(default_factory=list)

    def round(self, strike: Callable[[], float | None], heal: Callable[[], None] = lambda: None) -> Verdict:
        """`strike` breaks something while clients work, and may answer since when it is whole again; `heal` mends it.

        The round goes on until answers are plain again.
        """
        self.number += 1
        log, began = Log(), time.monotonic()
        crowd = self._crowd(log)
        for client in crowd:
            client.start()
        time.sleep(BEFORE_SECONDS)
        struck_at = time.monotonic()
        whole_at = strike() or struck_at
        _wait_until_plain(log, whole_at)
        heal()
        for client in crowd:
            client.is_over.set()
        for client in crowd:
            client.join(clients.SETTLING_SECONDS + LONGEST_SECONDS)
        verdict = self._judged(log, whole_at)
        verdict.seconds = time.monotonic() - began
        return verdict

    def _crowd(self, log: Log) -> list[Client]:
        crowd = []
        for number in range(self.clients):
            person = self.world.people[number % len(self.world.people)]
            own: dict[int, Slot] = {
                visit.id: visit.slot for visit in self.before if visit.patient == person.id and visit.id is not None
            }
            seed = f"{self.seed} {self.number} {number}"
            crowd.append(Client(self.world, self.port, person, log, seed, own))
        return crowd

    def _judged(self, log: Log, whole_at: float) -> Verdict:
        seen = list(log.history)
        left = self._everybody_looks(log)
        verdict = Verdict(rounds=1, deeds=len(log.history), statuses=log.statuses)
        verdict.wrong += log.odd
        verdict.wrong += [f"{log.unsettled} deeds never settled"] if log.unsettled else []
        verdict.wrong += history.faults(log.history, self.before)
        verdict.wrong += traces.torn(self.world)
        verdict.back_seconds.append(max([0.0, *(moment - whole_at for moment in log.troubles + log.late)]))
        verdict.slowest = max(log.seconds, default=0.0)
        verdict.settled_late = sum(_was_in_doubt(each) for each in seen)
        verdict.booked = [(each.began, each.ended) for each in seen if each.deed == Deed.BOOK and _is_plain(each)]
        if left is None:
            verdict.wrong.append("nobody could look after the round")
        else:
            self.before = left
        return verdict

    def _everybody_looks(self, log: Log) -> list[Visit] | None:
        """What all patients see when all is quiet."""
        left: list[Visit] = []
        for person in self.world.people:
            visits = clients.look_at_own(self.world, self.port, person, log, lambda send: clients.tried(send, log))
            if visits is None:
                return None
            left += visits
        seen: set[tuple[int, int]] = set()
        for slot, place in self.world.places.items():
            if (slot.clinic, slot.doctor) not in seen:
                seen.add((slot.clinic, slot.doctor))
                person = next(one for one in self.world.people if one.clinic == slot.clinic)
                clients.look_at(self.world, self.port, person, place, log, lambda send: clients.tried(send, log))
        return left


def _wait_until_plain(log: Log, since: float) -> None:
    """Until for a while nothing but plain answers came, and some of them."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        time.sleep(0.05)
        last_trouble = max([since, *log.troubles[-50:]])
        is_quiet = time.monotonic() - last_trouble > AFTER_SECONDS
        if is_quiet and any(_is_plain(each) and each.began > last_trouble for each in log.history[-200:]):
            return


def _is_plain(operation: Operation) -> bool:
    return operation.outcome in {Outcome.DONE, Outcome.REFUSED}


def _was_in_doubt(operation: Operation) -> bool:
    return operation.outcome == Outcome.UNKNOWN
