from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medimeet.domain.slots import Busy, Slot, bookable_spans, mark_taken, still_to_come
from medimeet.domain.stretches import stretch_from
from tests.domain.clock_changes import bounded

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
LONG_AGO = NINE - timedelta(days=1)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def slot(start: int, end: int, is_free: bool = True, doctor_id: int = 1) -> Slot:
    return Slot(doctor_id, at(start), at(end), is_free)


def half_hours(number: int, taken: set[int] = frozenset()) -> list[Slot]:  # type: ignore[assignment]
    return [slot(30 * index, 30 * index + 30, index not in taken) for index in range(number)]


def busy(start: int, end: int) -> Busy:
    return Busy(at(start), at(end))


def spans(slots: list[Slot]) -> list[tuple[int, int]]:
    return [((span.starts_at - NINE) // minutes(1), (span.ends_at - NINE) // minutes(1)) for span in slots]


def free_starts(slots: list[Slot], duration: timedelta, now: datetime) -> list[Slot]:
    """What is offered at that moment."""
    return still_to_come(bookable_spans(slots, duration), now)


def taken(slots: list[Slot]) -> list[int]:
    return [index for index, each in enumerate(slots) if not each.is_free]


def fitting(slots: list[Slot], starts_at: datetime, duration: timedelta) -> Slot | None:
    """What a booking makes of the declared time from that start, and of the first visit that is in the way."""
    found = stretch_from(slots, starts_at, duration)
    in_the_way = next((each.starts_at for each in slots if not each.is_free and each.ends_at > starts_at), None)
    if found is None or found.covered_until is None or (in_the_way and in_the_way < found.covered_until):
        return None
    return Slot(found.slot.doctor_id, starts_at, found.ends_at)


@st.composite
def days(draw: st.DrawFn) -> list[Slot]:
    """Slots of one doctor, of any lengths, some apart, some taken."""
    slots, start = [], 0
    for _ in range(draw(st.integers(0, 12))):
        start += draw(st.sampled_from([0, 0, 0, 10]))
        end = start + draw(st.sampled_from([15, 30, 45]))
        slots.append(slot(start, end, draw(st.booleans()) or draw(st.booleans())))
        start = end
    return slots


busy_times = st.lists(st.tuples(st.integers(-30, 400), st.integers(0, 120)).map(lambda t: busy(t[0], t[0] + t[1])))


def test_an_appointment_takes_every_slot_that_it_touches_and_no_other() -> None:
    assert taken(mark_taken(half_hours(4), [busy(30, 60)])) == [1]
    assert taken(mark_taken(half_hours(4), [busy(45, 61)])) == [1, 2]
    assert taken(mark_taken(half_hours(4), [busy(-60, 1)])) == [0]
    assert taken(mark_taken(half_hours(4), [busy(90, 91), busy(-60, 0)])) == [3]


def test_a_time_of_no_length_takes_nothing() -> None:
    assert taken(mark_taken(half_hours(2), [busy(15, 15)])) == []


def test_a_long_appointment_takes_slots_behind_a_short_one() -> None:
    assert taken(mark_taken(half_hours(6), [busy(0, 120), busy(10, 20), busy(30, 40)])) == [0, 1, 2, 3]


def test_a_slot_that_was_taken_stays_taken() -> None:
    assert taken(mark_taken(half_hours(3, {1}), [])) == [1]


@bounded
@given(days(), busy_times)
def test_slots_are_taken_exactly_where_a_busy_time_overlaps(slots: list[Slot], times: list[Busy]) -> None:
    def overlapped(each: Slot) -> bool:
        return any(
            time.starts_at < each.ends_at and each.starts_at < time.ends_at and time.starts_at < time.ends_at
            for time in times
        )

    marked = mark_taken(slots, times)
    assert [each.is_free for each in marked] == [each.is_free and not overlapped(each) for each in slots]
    assert [each.id for each in marked] == [each.id for each in slots]


def test_a_short_treatment_takes_one_whole_slot() -> None:
    assert spans(free_starts(half_hours(2), minutes(10), LONG_AGO)) == [(0, 30), (30, 60)]


def test_a_long_treatment_takes_the_slots_that_follow() -> None:
    assert spans(free_starts(half_hours(4, {2}), minutes(60), LONG_AGO)) == [(0, 60)]
    assert spans(free_starts(half_hours(4), minutes(45), LONG_AGO)) == [(0, 45), (30, 75), (60, 105)]


def test_a_long_treatment_does_not_run_over_a_break_nor_to_another_doctor() -> None:
    assert free_starts([slot(0, 30), slot(40, 70)], minutes(60), LONG_AGO) == []
    assert free_starts([slot(0, 30), slot(30, 60, doctor_id=2)], minutes(60), LONG_AGO) == []


def test_doctors_in_one_list_do_not_break_each_others_run() -> None:
    slots = [slot(0, 30), slot(0, 30, doctor_id=2), slot(30, 60), slot(30, 60, is_free=False, doctor_id=2)]
    assert [span.doctor_id for span in free_starts(slots, minutes(60), LONG_AGO)] == [1]


def test_only_times_to_come_are_offered() -> None:
    assert spans(free_starts(half_hours(3), minutes(30), at(30))) == [(60, 90)]
    assert spans(free_starts(half_hours(3), minutes(30), at(29))) == [(30, 60), (60, 90)]


def test_a_booking_fits_only_at_the_very_start_of_a_free_slot() -> None:
    slots = half_hours(3, {2})
    assert fitting(slots, at(0), minutes(60)) == slot(0, 60)
    assert fitting(slots, at(30), minutes(30)) == slot(30, 60)
    assert fitting(slots, at(30), minutes(60)) is None
    assert fitting(slots, at(15), minutes(10)) is None
    assert fitting(slots, at(60), minutes(10)) is None


@bounded
@given(days(), st.integers(1, 150))
def test_what_is_offered_can_be_booked_and_lies_in_free_slots_alone(slots: list[Slot], length: int) -> None:
    offered = free_starts(slots, minutes(length), LONG_AGO)
    free_minutes = {
        each.starts_at + minutes(number)
        for each in slots
        if each.is_free
        for number in range((each.ends_at - each.starts_at) // minutes(1))
    }
    expected = []
    for each in slots:
        ends_at = each.starts_at + max(each.ends_at - each.starts_at, minutes(length))
        real = range((ends_at - each.starts_at) // minutes(1))
        if all(each.starts_at + minutes(number) in free_minutes for number in real):
            expected.append(Slot(each.doctor_id, each.starts_at, ends_at))
    assert offered == expected
    fits = [fitting(slots, each.starts_at, minutes(length)) for each in slots]
    assert [each for each in fits if each is not None] == offered


@bounded
@given(days(), st.integers(1, 150))
def test_what_is_booked_is_not_offered_again(slots: list[Slot], length: int) -> None:
    for booked in free_starts(slots, minutes(length), LONG_AGO):
        after = mark_taken(slots, [Busy(booked.starts_at, booked.ends_at)])
        assert all(
            span.ends_at <= booked.starts_at or booked.ends_at <= span.starts_at
            for span in free_starts(after, minutes(length), LONG_AGO)
        )
