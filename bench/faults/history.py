"""Judges what clients saw: is there an order of their deeds, one after the other, in which every answer is right?

A deed takes effect at one moment between its beginning and its end. Slots of different times have nothing to do with
each other unless a visit was moved between them, so each such group is judged by itself: first deeds that change
nothing are put where they fit, then those that change something are tried in every order that the clock allows.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Deed(StrEnum):
    """What a client did."""

    BOOK = "book"
    CANCEL = "cancel"
    MOVE = "move"
    LOOK = "look"  # which slots are free
    OWN = "own"  # which visits the patient has


class Outcome(StrEnum):
    """What the client knows. `untouched`: it was told that nothing was changed, or nothing was ever sent."""

    DONE = "done"
    REFUSED = "refused"
    UNTOUCHED = "untouched"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One doctor's time; `time` is the same number for all slots that overlap."""

    clinic: int
    doctor: int
    time: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that is to happen. `id` is None where nobody was told its number."""

    id: int | None
    patient: int
    slot: Slot


@dataclass(frozen=True, slots=True)
class Operation:
    """One deed of one client and what came of it; moments in seconds of one clock.

    `slot` is what was wanted, `visit` the number that was given or named. `free` says of slots whether they were shown
    as free, `own` lists the patient's visits among the slots in `among`. `repeats`: the door answers a patient who has
    this very slot already as if it were booked now.
    """

    deed: Deed
    outcome: Outcome
    began: float
    ended: float
    patient: int = 0
    slot: Slot | None = None
    visit: int | None = None
    free: tuple[tuple[Slot, bool], ...] = ()
    own: tuple[tuple[int, Slot], ...] = ()
    among: tuple[Slot, ...] = ()
    repeats: bool = False

    def __str__(self) -> str:
        where = f" {self.slot.clinic}/{self.slot.doctor}/{self.slot.time}" if self.slot else ""
        what = f" visit {self.visit}" if self.visit is not None else ""
        seen = f" free {self.free}" if self.free else ""
        seen += f" own {self.own}" if self.deed == Deed.OWN else ""
        who = f"patient {self.patient}"
        return f"[{self.began:.3f}–{self.ended:.3f}] {who} {self.deed}{where}{what}: {self.outcome}{seen}"


State = frozenset[Visit]
_CHANGING = {Deed.BOOK, Deed.CANCEL, Deed.MOVE}


def faults(operations: Iterable[Operation], before: Iterable[Visit] = ()) -> list[str]:
    """What no order of the operations explains, a line for each group of slots; empty where all is well.

    `before` are the visits that were there when it began.
    """
    known = [each for each in operations if each.outcome != Outcome.UNTOUCHED]
    visits = list(before)
    places = _places(known, visits)
    wrong = [f"booked across clinics: {each}" for each in known if _is_across_clinics(each)]
    groups = _groups(known, visits, places)
    for among in groups:
        own = [narrowed for each in known if (narrowed := _narrowed(each, among, places)) is not None]
        stuck = _first_misfit(own, frozenset(visit for visit in visits if visit.slot in among))
        if stuck is not None:
            wrong.append(f"no order explains {stuck}")
    return wrong


def _is_across_clinics(operation: Operation) -> bool:
    """Whether a patient saw visits of two clinics as their own: each patient has one."""
    return len({slot.clinic for _visit, slot in operation.own} | {slot.clinic for slot in operation.among}) > 1


def _places(operations: Sequence[Operation], before: Sequence[Visit]) -> dict[int, set[Slot]]:
    """The slots where each visit may ever have been."""
    places: dict[int, set[Slot]] = {}
    for visit in before:
        if visit.id is not None:
            places.setdefault(visit.id, set()).add(visit.slot)
    for each in operations:
        if each.visit is not None and each.slot is not None:
            places.setdefault(each.visit, set()).add(each.slot)
        for number, slot in each.own:
            places.setdefault(number, set()).add(slot)
    return places


def _groups(
    operations: Sequence[Operation], before: Sequence[Visit], places: dict[int, set[Slot]]
) -> list[frozenset[Slot]]:
    """The slots that have to do with each other: those of one time in one clinic, and those a visit moved between."""
    slots = {visit.slot for visit in before} | {each.slot for each in operations if each.slot is not None}
    slots |= {slot for each in operations for slot, _is_free in each.free}
    slots |= {slot for each in operations for slot in each.among}
    slots |= {slot for several in places.values() for slot in several}
    leader = {(slot.clinic, slot.time): (slot.clinic, slot.time) for slot in slots}

    def find(time: tuple[int, int]) -> tuple[int, int]:
        while leader[time] != time:
            time = leader[time]
        return time

    for several in places.values():
        first, *others = [find((slot.clinic, slot.time)) for slot in sorted(several)]
        for other in others:
            leader[find(other)] = find(first)
    groups: dict[tuple[int, int], set[Slot]] = {}
    for slot in sorted(slots):
        groups.setdefault(find((slot.clinic, slot.time)), set()).add(slot)
    return [frozenset(group) for group in groups.values()]


def _narrowed(operation: Operation, among: frozenset[Slot], places: dict[int, set[Slot]]) -> Operation | None:
    """What of the operation has to do with these slots, or None."""
    if operation.deed == Deed.LOOK:
        free = tuple(each for each in operation.free if each[0] in among)
        return replace(operation, free=free) if free else None
    if operation.deed == Deed.OWN:
        asked = tuple(slot for slot in operation.among if slot in among)
        own = tuple(each for each in operation.own if each[1] in among)
        return replace(operation, among=asked, own=own) if asked or own else None
    touched = {operation.slot} if operation.slot is not None else places.get(operation.visit or 0, set())
    return operation if touched & among else None


def _first_misfit(operations: Sequence[Operation], before: State) -> Operation | None:
    """None where a legal order exists, else the operation at which the best try came to its end."""
    ordered = sorted(operations, key=lambda each: (each.began, each.ended))
    ends = [math.inf if each.outcome == Outcome.UNKNOWN else each.ended for each in ordered]
    start = _with_readers(ordered, ends, 0, before)
    tried = {(start, before)}
    ways = [(start, before)]
    best, misfit = -1, None
    while ways:
        placed, state = ways.pop()
        first_end, first = _first_end(ordered, ends, placed)
        if first is None:
            return None
        if (depth := placed.bit_count()) > best:
            best, misfit = depth, first
        for number in _open(ordered, placed, first_end):
            after = _after(ordered[number], number, state)
            if after is None:
                continue
            way = (_with_readers(ordered, ends, placed | 1 << number, after), after)
            if way not in tried:
                tried.add(way)
                ways.append(way)
    return misfit


def _first_end(ordered: Sequence[Operation], ends: Sequence[float], placed: int) -> tuple[float, Operation | None]:
    """The earliest end of those that must still be placed; what is unknown need not be."""
    first_end, first = math.inf, None
    for number, end in enumerate(ends):
        if ordered[number].began > first_end:
            break
        if end < first_end and not placed >> number & 1:
            first_end, first = end, ordered[number]
    return first_end, first


def _open(ordered: Sequence[Operation], placed: int, first_end: float) -> Iterator[int]:
    """Those that may come next: they began before any other that is left has ended. The likeliest is tried last."""
    for number, each in enumerate(ordered):
        if each.began > first_end:
            return
        if not placed >> number & 1:
            yield number


def _with_readers(ordered: Sequence[Operation], ends: Sequence[float], placed: int, state: State) -> int:
    """Places what changes nothing and fits as it stands: to wait with it never helps."""
    while True:
        first_end, _first = _first_end(ordered, ends, placed)
        more = 0
        for number in _open(ordered, placed, first_end):
            each = ordered[number]
            changes = each.deed in _CHANGING and each.outcome != Outcome.REFUSED
            if not changes and _after(each, number, state) is not None:
                more |= 1 << number
        if not more:
            return placed
        placed |= more


def _after(operation: Operation, number: int, state: State) -> State | None:
    """The visits after the operation, or None where its answer would be wrong now."""
    if operation.deed == Deed.LOOK:
        taken = {visit.slot for visit in state}
        return state if all((slot not in taken) == is_free for slot, is_free in operation.free) else None
    if operation.deed == Deed.OWN:
        return state if _shows(operation, state) else None
    if operation.deed == Deed.BOOK:
        return _booked(operation, state)
    return _moved(operation, state) if operation.deed == Deed.MOVE else _canceled(operation, state)


def _shows(operation: Operation, state: State) -> bool:
    mine = {visit.slot: visit.id for visit in state if visit.patient == operation.patient}
    if {slot for _number, slot in operation.own} != {slot for slot in mine if slot in operation.among}:
        return False
    return all(mine[slot] in {None, number} for number, slot in operation.own)


def _booked(operation: Operation, state: State) -> State | None:
    assert operation.slot is not None
    visit = Visit(operation.visit, operation.patient, operation.slot)
    in_the_way = _in_the_way(operation.slot, operation.patient, state)
    if operation.outcome == Outcome.REFUSED:
        return state if in_the_way else None
    if in_the_way:
        return state if operation.repeats and visit in state else None
    if visit.id is not None and any(other.id == visit.id for other in state):
        return None
    return state | {visit}


def _moved(operation: Operation, state: State) -> State | None:
    assert operation.slot is not None
    visit = _live(operation.visit, state)
    others = state - {visit} if visit is not None else state
    can_be = visit is not None and not _in_the_way(operation.slot, operation.patient, others)
    if operation.outcome == Outcome.REFUSED:
        return None if can_be else state
    return others | {replace(visit, slot=operation.slot)} if can_be and visit is not None else None


def _canceled(operation: Operation, state: State) -> State | None:
    if operation.outcome == Outcome.REFUSED:
        return None  # a visit to come can always be canceled, also twice
    visit = _live(operation.visit, state)
    return state - {visit} if visit is not None else state


def _live(number: int | None, state: State) -> Visit | None:
    return next((visit for visit in state if visit.id == number and number is not None), None)


def _in_the_way(slot: Slot, patient: int, state: State) -> bool:
    """Whether the doctor, or the patient, has a visit at that time."""
    return any(visit.slot == slot or (visit.patient == patient and visit.slot.time == slot.time) for visit in state)
