"""Two clinics in memory whose clients do things at the same time, in which a bug can be planted."""

import random
from dataclasses import dataclass, field
from enum import StrEnum

from bench.faults.history import Deed, Operation, Outcome, Slot, Visit


class Bug(StrEnum):
    """What may be wrong with the clinics' computer."""

    NAIVE_CHECK = "looks whether a slot is free, and books a moment later without looking again"
    LOST_CANCEL = "now and then says canceled, and forgets it"
    DOUBLE_CONFIRM = "books a second visit where an order is sent again"
    STALE_READ = "shows slots as they were a while ago"
    MIXED_CLINICS = "now and then books the slot of the other clinic's doctor"


@dataclass
class Clinics:
    """Carries out the deeds of `clients` patients one step after the other, in an order that chance decides."""

    chance: random.Random
    bug: Bug | None = None
    clients: int = 6
    doctors: int = 2
    times: int = 3
    taken: frozenset[Visit] = frozenset()
    history: list[Operation] = field(default_factory=list)
    earlier: list[frozenset[Slot]] = field(default_factory=list)
    now: float = 0.0
    visits: int = 0

    def run(self, deeds: int) -> list[Operation]:
        """What the clients saw: so many deeds, then everybody looks at everything."""
        left = [deeds // self.clients] * self.clients
        steps = {client: self._next_deed(client) for client in range(self.clients)}
        while steps:
            client = self.chance.choice(sorted(steps))
            self.now += 1
            try:
                next(steps[client])
            except StopIteration:
                left[client] -= 1
                if left[client] > 0:
                    steps[client] = self._next_deed(client)
                else:
                    del steps[client]
        for clinic in (1, 2):
            self.now += 2
            self._note(Deed.LOOK, Outcome.DONE, self.now - 1, free=self._free(clinic, self._occupied()))
        return self.history

    def _next_deed(self, client: int):
        clinic, patient = client % 2 + 1, client + 1
        mine = sorted(visit.id or 0 for visit in self.taken if visit.patient == patient)
        kind = self.chance.choice(["book", "book", "look", "cancel", "move"] if mine else ["book", "book", "look"])
        wanted = Slot(clinic, self.chance.randrange(self.doctors), self.chance.randrange(self.times))
        if kind == "look":
            return self._look(clinic)
        if kind == "book":
            return self._book(patient, wanted)
        number = self.chance.choice(mine)
        return self._cancel(patient, number) if kind == "cancel" else self._move(patient, number, wanted)

    def _book(self, patient: int, slot: Slot):
        began, is_lost = self.now, self.chance.random() < 0.2
        yield
        if self.bug == Bug.MIXED_CLINICS and self.chance.random() < 0.3:
            slot_kept = Slot(3 - slot.clinic, slot.doctor, slot.time)
        else:
            slot_kept = slot
        can_be = self._can_be(patient, slot_kept, self.taken)
        if self.bug == Bug.NAIVE_CHECK:
            yield
        visit = self._keep(patient, slot_kept) if can_be else None
        if is_lost:  # the answer was lost, and the same order is sent again
            yield
            if self.bug == Bug.DOUBLE_CONFIRM and visit is not None:
                visit = self._keep(patient, slot_kept)
        yield
        self._note(Deed.BOOK, _outcome(visit is not None), began, patient=patient, slot=slot, visit=visit)

    def _cancel(self, patient: int, visit: int):
        began = self.now
        yield
        if not (self.bug == Bug.LOST_CANCEL and self.chance.random() < 0.5):
            self._change(self._without(visit))
        yield
        self._note(Deed.CANCEL, Outcome.DONE, began, patient=patient, visit=visit)

    def _move(self, patient: int, visit: int, slot: Slot):
        began, is_lost = self.now, self.chance.random() < 0.2
        yield
        others = self._without(visit)
        if others != self.taken and self._can_be(patient, slot, others):
            self._change(others | {Visit(visit, patient, slot)})
            outcome = Outcome.DONE
        else:
            outcome = Outcome.REFUSED
        yield
        outcome = Outcome.UNKNOWN if is_lost else outcome
        self._note(Deed.MOVE, outcome, began, patient=patient, slot=slot, visit=visit)

    def _look(self, clinic: int):
        began = self.now
        yield
        occupied = self._occupied()
        if self.bug == Bug.STALE_READ and self.earlier:
            occupied = self.earlier[max(0, len(self.earlier) - 4)]
        yield
        self._note(Deed.LOOK, Outcome.DONE, began, free=self._free(clinic, occupied))

    def _can_be(self, patient: int, slot: Slot, taken: frozenset[Visit]) -> bool:
        is_elsewhere = any(visit.patient == patient and visit.slot.time == slot.time for visit in taken)
        return not is_elsewhere and all(visit.slot != slot for visit in taken)

    def _without(self, number: int) -> frozenset[Visit]:
        return frozenset(visit for visit in self.taken if visit.id != number)

    def _keep(self, patient: int, slot: Slot) -> int:
        self.visits += 1
        self._change(self.taken | {Visit(self.visits, patient, slot)})
        return self.visits

    def _change(self, taken: frozenset[Visit]) -> None:
        self.earlier.append(self._occupied())
        self.taken = taken

    def _occupied(self) -> frozenset[Slot]:
        return frozenset(visit.slot for visit in self.taken)

    def _free(self, clinic: int, occupied: frozenset[Slot]) -> tuple[tuple[Slot, bool], ...]:
        slots = [Slot(clinic, doctor, time) for doctor in range(self.doctors) for time in range(self.times)]
        return tuple((slot, slot not in occupied) for slot in slots)

    def _note(self, deed: Deed, outcome: Outcome, began: float, **more: object) -> None:
        self.history.append(Operation(deed, outcome, began, self.now, **more))  # type: ignore[arg-type]


def _outcome(is_done: bool) -> Outcome:
    return Outcome.DONE if is_done else Outcome.REFUSED
