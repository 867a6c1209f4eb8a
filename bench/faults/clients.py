"""Clients that book, cancel, move and look all the time, and write down what they were told."""

import json
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.faults import doors
from bench.faults.doors import Lost, NotSent, Reply
from bench.faults.history import Deed, Operation, Outcome, Slot, Visit
from bench.faults.world import Person, Place, World

SETTLING_SECONDS = 40
PAUSE_SECONDS = 0.25  # sooner than Retry-After asks for, so that the first possible moment is seen
LATE_SECONDS = 5.0  # until an answer that took longer came, all was not well again


@dataclass
class Log:
    """What all clients saw in one round; every list may be added to by many threads."""

    history: list[Operation] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    troubles: list[float] = field(default_factory=list)  # when something but a plain answer came
    late: list[float] = field(default_factory=list)  # when an answer came that was long in coming
    seconds: list[float] = field(default_factory=list)  # how long each answered deed took
    odd: list[str] = field(default_factory=list)
    unsettled: int = 0


class Client(threading.Thread):
    """One browser or program of one patient."""

    def __init__(self, world: World, port: int, person: Person, log: Log, seed: str, visits: dict[int, Slot]) -> None:
        super().__init__(daemon=True)
        self.world, self.port, self.person, self.log = world, port, person, log
        self.chance = random.Random(seed)
        self.visits = visits  # this patient's, as this client knows them
        self.is_over = threading.Event()

    def run(self) -> None:
        """Does one deed after the other until told to end; what is in doubt is settled first."""
        while not self.is_over.is_set():
            deeds: list[Callable[[], None]] = [self._book] * 5 + [self._look, self._own]
            deeds += [self._cancel, self._cancel, self._move, self._move] if self.visits else []
            self.chance.choice(deeds)()

    def _book(self) -> None:
        place = self.chance.choice(self.world.places_of(self.person.clinic))
        door, key = self.chance.choice(doors.DOORS), uuid.uuid4().hex
        outcome, began, reply = self._settled(lambda: doors.book(self.port, door, self.person, place, key))
        number = doors.number_in(reply) if reply and outcome == Outcome.DONE else None
        if number is not None:
            self.visits[number] = place.slot
        self._note(Deed.BOOK, outcome, began, slot=place.slot, visit=number, repeats=door == "portal")

    def _cancel(self) -> None:
        number = self.chance.choice(sorted(self.visits))
        door = self.chance.choice(doors.DOORS[:3])
        outcome, began, _ = self._settled(lambda: doors.cancel(self.port, door, self.person, number))
        if outcome == Outcome.DONE:
            self.visits.pop(number, None)
        self._note(Deed.CANCEL, outcome, began, visit=number)

    def _move(self) -> None:
        """A move has no key: each try is a deed of its own, and what is in doubt stays so."""
        number = self.chance.choice(sorted(self.visits))
        place = self.world.near(self.visits[number], self.chance)
        door, began = self.chance.choice(doors.DOORS[:2]), time.monotonic()
        outcome, _ = self._tried(lambda: doors.move(self.port, door, self.person, number, place))
        if outcome == Outcome.DONE:
            self.visits[number] = place.slot
        self._note(Deed.MOVE, outcome, began, slot=place.slot, visit=number)
        if outcome in {Outcome.UNKNOWN, Outcome.UNTOUCHED}:
            self.is_over.wait(PAUSE_SECONDS)

    def _look(self) -> None:
        place = self.chance.choice(self.world.places_of(self.person.clinic))
        look_at(self.world, self.port, self.person, place, self.log, self._tried)

    def _own(self) -> None:
        look_at_own(self.world, self.port, self.person, self.log, self._tried)

    def _settled(self, send: doors.Send) -> tuple[Outcome, float, Reply | None]:
        """Sends until the answer says what happened: what it says, since when it can have happened, the answer."""
        first, deadline = time.monotonic(), time.monotonic() + SETTLING_SECONDS
        while True:
            began = time.monotonic()
            outcome, reply = self._tried(send)
            if outcome == Outcome.DONE:
                return outcome, first, reply
            if outcome == Outcome.REFUSED:
                return outcome, began, reply
            if time.monotonic() > deadline:
                self.log.unsettled += 1
                return Outcome.UNKNOWN, first, None
            time.sleep(PAUSE_SECONDS)

    def _tried(self, send: doors.Send) -> tuple[Outcome, Reply | None]:
        return tried(send, self.log)

    def _note(self, deed: Deed, outcome: Outcome, began: float, **more: object) -> None:
        ended = time.monotonic()
        if outcome in {Outcome.DONE, Outcome.REFUSED}:
            self.log.seconds.append(ended - began)
        self.log.history.append(Operation(deed, outcome, began, ended, self.person.id, **more))  # type: ignore[arg-type]


Try = Callable[[doors.Send], tuple[Outcome, Reply | None]]


def tried(send: doors.Send, log: Log) -> tuple[Outcome, Reply | None]:
    """One try: what came of it."""
    began = time.monotonic()
    try:
        reply = send()
    except NotSent:
        log.statuses["no server"] += 1
        log.troubles.append(time.monotonic())
        return Outcome.UNTOUCHED, None
    except Lost:
        log.statuses["line broke"] += 1
        log.troubles.append(time.monotonic())
        return Outcome.UNKNOWN, None
    log.statuses[str(reply.status)] += 1
    if reply.status >= 500:
        log.troubles.append(time.monotonic())
    if time.monotonic() - began > LATE_SECONDS:
        log.late.append(time.monotonic())
    if reply.is_odd:
        log.odd.append(f"{reply.status} {reply.headers.get('retry-after', '')} {reply.body[:300]!r}")
    return reply.outcome, reply


def look_at(world: World, port: int, person: Person, place: Place, log: Log, trying: Try) -> bool:
    """Notes which of a doctor's slots are shown as free; whether there was an answer."""
    began = time.monotonic()
    outcome, reply = trying(lambda: doors.free_times(port, person, place.slot.doctor, place))
    if reply is None or outcome != Outcome.DONE:
        return False
    shown = {slot["slot"] for slot in json.loads(reply.body)}
    places = [other for other in world.places_of(person.clinic) if other.slot.doctor == place.slot.doctor]
    free = tuple((other.slot, other.slot_id in shown) for other in places)
    log.history.append(Operation(Deed.LOOK, outcome, began, time.monotonic(), person.id, free=free))
    return True


def look_at_own(world: World, port: int, person: Person, log: Log, trying: Try) -> list[Visit] | None:
    """Notes the patient's own visits, and answers them; None where there was no answer."""
    began = time.monotonic()
    outcome, reply = trying(lambda: doors.own_visits(port, person))
    if reply is None or outcome != Outcome.DONE:
        return None
    own = [
        (int(visit["id"]), slot)
        for visit in json.loads(reply.body)
        if visit["status"] == "scheduled"
        and (slot := world.slot_at(person.clinic, visit["doctor"], visit["start_time"][:5])) is not None
    ]
    among = tuple(place.slot for place in world.places_of(person.clinic))
    more = {"own": tuple(own), "among": among}
    log.history.append(Operation(Deed.OWN, outcome, began, time.monotonic(), person.id, **more))  # type: ignore[arg-type]
    return [Visit(number, person.id, slot) for number, slot in own]
