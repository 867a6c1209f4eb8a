"""The judge of histories: it finds each of five bugs, and nothing where all is well."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.faults.history import Deed, Operation, Outcome, Slot, Visit, faults
from tests.faults.simulated_clinics import Bug, Clinics

TEN, ELEVEN = Slot(1, 1, 10), Slot(1, 1, 11)
ANNA, BEN = 1, 2


def did(deed: Deed, patient: int, began: float, ended: float, outcome: Outcome = Outcome.DONE, **more) -> Operation:
    return Operation(deed, outcome, began, ended, patient, **more)


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(2, 10), st.integers(10, 80))
def test_nothing_is_found_where_the_clinics_computer_does_its_work(
    chance: random.Random, clients: int, deeds: int
) -> None:
    assert faults(Clinics(chance, clients=clients).run(deeds)) == []


@pytest.mark.parametrize("bug", Bug)
def test_each_planted_bug_is_found(bug: Bug) -> None:
    found = [bool(faults(Clinics(random.Random(seed), bug).run(100))) for seed in range(8)]
    assert sum(found) >= 6


def test_two_who_are_both_told_that_the_slot_is_theirs() -> None:
    history = [did(Deed.BOOK, ANNA, 0, 3, slot=TEN, visit=1), did(Deed.BOOK, BEN, 1, 2, slot=TEN, visit=2)]
    assert len(faults(history)) == 1


def test_a_visit_that_nobody_canceled_may_not_vanish() -> None:
    before = [Visit(1, ANNA, TEN)]
    assert faults([did(Deed.LOOK, 0, 1, 2, free=((TEN, True),))], before)
    canceled = did(Deed.CANCEL, ANNA, 0, 5, Outcome.UNKNOWN, visit=1)
    assert faults([canceled, did(Deed.LOOK, 0, 1, 2, free=((TEN, True),))], before) == []


def test_what_was_said_to_be_untouched_must_be() -> None:
    said = did(Deed.BOOK, ANNA, 0, 1, Outcome.UNTOUCHED, slot=TEN)
    assert faults([said, did(Deed.LOOK, 0, 2, 3, free=((TEN, True),))]) == []
    assert faults([said, did(Deed.LOOK, 0, 2, 3, free=((TEN, False),))])


def test_what_is_in_doubt_may_have_happened_or_not_but_not_both() -> None:
    doubtful = did(Deed.BOOK, ANNA, 0, 1, Outcome.UNKNOWN, slot=TEN)
    free, taken = ((TEN, True),), ((TEN, False),)
    assert faults([doubtful, did(Deed.LOOK, 0, 2, 3, free=free), did(Deed.LOOK, 0, 4, 5, free=taken)]) == []
    assert faults([doubtful, did(Deed.LOOK, 0, 2, 3, free=taken), did(Deed.LOOK, 0, 4, 5, free=free)])


def test_a_moved_visit_is_at_one_of_both_times_and_never_at_both() -> None:
    before = [Visit(1, ANNA, TEN)]
    moved = did(Deed.MOVE, ANNA, 0, 9, slot=ELEVEN, visit=1)
    for at_ten, at_eleven, is_good in [(True, False, True), (False, True, True), (True, True, False)]:
        look = did(Deed.LOOK, 0, 1, 2, free=((TEN, not at_ten), (ELEVEN, not at_eleven)))
        assert (faults([moved, look], before) == []) is is_good


def test_a_patient_sees_what_was_booked_before_and_nothing_of_another_clinic() -> None:
    booked = did(Deed.BOOK, ANNA, 0, 1, slot=TEN, visit=1)
    shown = did(Deed.OWN, ANNA, 2, 3, own=((1, TEN),), among=(TEN, ELEVEN))
    assert faults([booked, shown]) == []
    assert faults([booked, did(Deed.OWN, ANNA, 2, 3, among=(TEN, ELEVEN))])
    foreign = did(Deed.OWN, ANNA, 2, 3, own=((1, TEN), (7, Slot(2, 5, 10))), among=(TEN,))
    assert any("across clinics" in fault for fault in faults([booked, foreign]))


def test_a_visit_to_come_can_always_be_canceled() -> None:
    assert faults([did(Deed.CANCEL, ANNA, 0, 1, Outcome.REFUSED, visit=1)], [Visit(1, ANNA, TEN)])
