from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medimeet.domain.slots import Exclusion, Slot, WorkingHours, declared_slots, find_overlap, whole_slots, without
from medimeet.domain.wall_clock import day_bounds
from tests.domain.clock_changes import (
    KOLKATA,
    LONDON,
    LORD_HOWE,
    MINUTE,
    ODD_ZONES,
    ZONES,
    bounded,
    minutes_of,
    zoned_days,
)

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
MONDAY = date(2026, 6, 1)
A_DAY = timedelta(days=1)


def weekly(weekday: int, start: int, end: int, slot: int = 30) -> WorkingHours:
    return WorkingHours(weekday, None, start, end, slot)


def dated(day: date, start: int, end: int, slot: int = 30) -> WorkingHours:
    return WorkingHours(None, day, start, end, slot)


@st.composite
def declarations(draw: st.DrawFn, day: date) -> WorkingHours:
    start = draw(st.integers(0, 1439))
    slot = draw(st.one_of(st.sampled_from([15, 20, 30, 45, 60, 90]), st.integers(1, 300)))
    start = min(start, 1440 - slot)
    return dated(day, start, draw(st.integers(start + slot, 1440)), slot)


def expand(hours: list[WorkingHours], zone: ZoneInfo, day: date, *exclusions: Exclusion) -> list[Slot]:
    return declared_slots(7, hours, exclusions, zone, day, day)


def starts(slots: list[Slot], zone: ZoneInfo) -> list[str]:
    return [f"{slot.starts_at.astimezone(zone):%H:%M}" for slot in slots]


def shown(day: date, zone: ZoneInfo, hours: WorkingHours) -> list[datetime]:
    """Every real minute at which the wall clock shows a time of the declaration."""
    return [at for at, minute in minutes_of(day, zone) if hours.start_minute <= minute < hours.end_minute]


def test_a_doctor_who_works_mondays_has_slots_on_mondays_only() -> None:
    slots = declared_slots(7, [weekly(0, 540, 1020)], [], LONDON, MONDAY, MONDAY + 13 * A_DAY)
    assert {slot.starts_at.astimezone(LONDON).date() for slot in slots} == {MONDAY, MONDAY + 7 * A_DAY}
    assert len(slots) == 2 * whole_slots(weekly(0, 540, 1020)) == 32
    assert starts(slots[:16], LONDON)[:2] == ["09:00", "09:30"]
    assert all(slot.is_free and slot.doctor_id == 7 for slot in slots)


def test_the_last_day_counts_and_an_empty_span_of_days_has_no_slots() -> None:
    hours = [weekly(weekday, 540, 600) for weekday in range(7)]
    assert len(declared_slots(7, hours, [], LONDON, MONDAY, MONDAY + A_DAY)) == 4
    assert declared_slots(7, hours, [], LONDON, MONDAY + A_DAY, MONDAY) == []


def test_a_dated_declaration_adds_to_the_weekly_ones() -> None:
    slots = expand([weekly(0, 540, 600), dated(MONDAY, 480, 540, 20)], LONDON, MONDAY)
    assert starts(slots, LONDON) == ["08:00", "08:20", "08:40", "09:00", "09:30"]


def test_a_rest_too_short_for_a_slot_holds_none() -> None:
    assert starts(expand([dated(MONDAY, 540, 620, 30)], LONDON, MONDAY), LONDON) == ["09:00", "09:30"]


def test_an_excluded_day_has_no_slots_and_its_neighbours_keep_theirs() -> None:
    hours = [weekly(weekday, 540, 600) for weekday in range(7)]
    slots = declared_slots(7, hours, [Exclusion(MONDAY)], LONDON, MONDAY - A_DAY, MONDAY + A_DAY)
    assert {slot.starts_at.date() for slot in slots} == {MONDAY - A_DAY, MONDAY + A_DAY}


def test_an_exclusion_of_some_hours_removes_every_slot_that_it_touches() -> None:
    slots = expand([dated(MONDAY, 540, 720)], KOLKATA, MONDAY, Exclusion(MONDAY, 585, 630))
    assert starts(slots, KOLKATA) == ["09:00", "10:30", "11:00", "11:30"]


def test_in_spring_the_skipped_times_are_not_offered_and_the_rest_keep_their_hour() -> None:
    slots = expand([weekly(6, 0, 240)], LONDON, SPRING)
    assert starts(slots, LONDON) == ["00:00", "00:30", "02:00", "02:30", "03:00", "03:30"]


def test_in_autumn_the_repeated_times_are_offered_twice() -> None:
    slots = expand([weekly(6, 0, 180)], LONDON, AUTUMN)
    assert starts(slots, LONDON) == ["00:00", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00", "02:30"]


def test_lord_howe_moves_its_clocks_by_half_an_hour() -> None:
    spring, autumn = date(2026, 10, 4), date(2026, 4, 5)
    assert starts(expand([weekly(6, 60, 210)], LORD_HOWE, spring), LORD_HOWE) == ["01:00", "01:30", "02:30", "03:00"]
    assert starts(expand([weekly(6, 60, 180)], LORD_HOWE, autumn), LORD_HOWE) == [
        "01:00",
        "01:30",
        "01:30",
        "02:00",
        "02:30",
    ]


def test_a_long_slot_into_the_change_lasts_its_real_time_and_the_next_waits_for_its_usual_hour() -> None:
    slots = expand([weekly(6, 0, 300, 45)], LONDON, SPRING)
    assert starts(slots, LONDON) == ["00:00", "00:45", "03:00", "03:45"]
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=45) for slot in slots)


def test_no_slot_runs_past_an_end_that_the_clocks_skip() -> None:
    assert expand([weekly(6, 30, 90, 60)], LONDON, SPRING) == []


def test_an_exclusion_covers_both_passes_of_a_repeated_time() -> None:
    slots = expand([weekly(6, 0, 180)], LONDON, AUTUMN, Exclusion(AUTUMN, 60, 90))
    assert starts(slots, LONDON) == ["00:00", "00:30", "01:30", "01:30", "02:00", "02:30"]


@bounded
@given(zoned_days(ZONES + ODD_ZONES))
def test_half_hours_round_the_clock_tile_the_real_day_exactly(day_zone: tuple[date, ZoneInfo]) -> None:
    day, zone = day_zone
    slots = expand([dated(day, 0, 1440)], zone, day)
    assert (slots[0].starts_at, slots[-1].ends_at) == day_bounds(day, zone)
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(slots))


@bounded
@given(st.data(), zoned_days(ZONES + ODD_ZONES))
def test_slots_lie_within_the_declared_time_and_leave_less_than_a_slot_idle_between_them(
    data: st.DataObject, day_zone: tuple[date, ZoneInfo]
) -> None:
    day, zone = day_zone
    hours = data.draw(declarations(day))
    slots, declared = expand([hours], zone, day), shown(day, zone, hours)
    length = timedelta(minutes=hours.slot_minutes)
    starting_minutes = dict(minutes_of(day, zone))
    for slot in slots:
        assert slot.ends_at - slot.starts_at == length
        assert (starting_minutes[slot.starts_at] - hours.start_minute) % hours.slot_minutes == 0
        assert declared[0] <= slot.starts_at and slot.ends_at <= declared[-1] + MINUTE
    for earlier, later in pairwise(slots):
        assert earlier.ends_at <= later.starts_at
        idle = sum(earlier.ends_at <= at < later.starts_at for at in declared)
        assert idle < hours.slot_minutes
        if len(minutes_of(day, zone)) == 1440:
            assert earlier.ends_at == later.starts_at


@bounded
@given(st.data(), zoned_days(ZONES + ODD_ZONES))
def test_on_an_ordinary_day_a_declaration_gives_all_its_whole_slots(
    data: st.DataObject, day_zone: tuple[date, ZoneInfo]
) -> None:
    day, zone = day_zone
    hours = data.draw(declarations(day))
    if len(minutes_of(day, zone)) == 1440:
        assert len(expand([hours], zone, day)) == whole_slots(hours)


@bounded
@given(st.data(), zoned_days(ZONES + ODD_ZONES))
def test_whatever_is_declared_and_excluded_slots_are_in_order_unique_apart_and_not_excluded(
    data: st.DataObject, day_zone: tuple[date, ZoneInfo]
) -> None:
    day, zone = day_zone
    days = [day - A_DAY, day, day + A_DAY]
    hours = [data.draw(declarations(data.draw(st.sampled_from(days)))) for _ in range(data.draw(st.integers(0, 5)))]
    excluded = data.draw(declarations(day))
    exclusion = Exclusion(day, excluded.start_minute, excluded.end_minute)
    slots = declared_slots(7, hours, [exclusion], zone, days[0], days[-1])
    assert slots == sorted(slots, key=lambda slot: slot.starts_at)
    assert len({slot.id for slot in slots}) == len(slots)
    assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(slots))
    unavailable = shown(day, zone, excluded)
    assert not any(slot.starts_at <= at < slot.ends_at for slot in slots for at in unavailable)


@bounded
@given(st.data(), zoned_days())
def test_an_exclusion_removes_only_what_it_touches(data: st.DataObject, day_zone: tuple[date, ZoneInfo]) -> None:
    day, zone = day_zone
    hours, excluded = data.draw(declarations(day)), data.draw(declarations(day))
    before = expand([hours], zone, day)
    after = expand([hours], zone, day, Exclusion(day, excluded.start_minute, excluded.end_minute))
    unavailable = shown(day, zone, excluded)
    assert after == [slot for slot in before if not any(slot.starts_at <= at < slot.ends_at for at in unavailable)]


@bounded
@given(st.data(), zoned_days())
def test_declarations_of_one_day_overlap_exactly_when_they_share_a_minute(
    data: st.DataObject, day_zone: tuple[date, ZoneInfo]
) -> None:
    hours = [data.draw(declarations(day_zone[0])) for _ in range(data.draw(st.integers(0, 4)))]
    minutes = [minute for declaration in hours for minute in range(declaration.start_minute, declaration.end_minute)]
    assert (find_overlap(hours) is None) == (len(minutes) == len(set(minutes)))


def test_neighbouring_declarations_do_not_overlap() -> None:
    assert find_overlap([weekly(0, 540, 720), weekly(0, 720, 1020), weekly(1, 600, 660)]) is None


def test_two_declarations_of_one_weekday_may_not_share_time() -> None:
    morning, late_morning = weekly(0, 540, 720), weekly(0, 690, 780)
    assert find_overlap([late_morning, morning]) == (morning, late_morning)


def test_a_dated_declaration_may_not_share_time_with_its_weekday() -> None:
    usual, extra = weekly(0, 540, 720), dated(MONDAY, 700, 780)
    assert find_overlap([usual, extra]) == (usual, extra)
    assert find_overlap([usual, dated(MONDAY + A_DAY, 700, 780)]) is None


def test_a_short_declaration_inside_a_long_one_is_found_behind_another() -> None:
    whole_day, inside = weekly(0, 0, 1440), weekly(0, 900, 960)
    assert find_overlap([whole_day, weekly(1, 0, 60), inside]) == (whole_day, inside)


@pytest.mark.parametrize(
    ("weekday", "day", "start", "end", "slot", "advice"),
    [
        (None, None, 540, 600, 30, "either a day of the week or a date"),
        (0, MONDAY, 540, 600, 30, "either a day of the week or a date"),
        (7, None, 540, 600, 30, "0 \\(Monday\\) to 6"),
        (0, None, 600, 540, 30, "before the end"),
        (0, None, 540, 540, 30, "before the end"),
        (0, None, 540, 1441, 30, "before the end"),
        (0, None, -1, 540, 30, "before the end"),
        (0, None, 540, 600, 0, "at least one minute"),
        (0, None, 540, 600, 90, "shorter slots"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_advice(
    weekday: int | None, day: date | None, start: int, end: int, slot: int, advice: str
) -> None:
    with pytest.raises(ValueError, match=advice):
        WorkingHours(weekday, day, start, end, slot)


def test_half_an_exclusion_is_refused_with_advice() -> None:
    with pytest.raises(ValueError, match="both a start and an end"):
        Exclusion(MONDAY, 540, None)
    with pytest.raises(ValueError, match="before the end"):
        Exclusion(MONDAY, 600, 540)


@pytest.mark.parametrize(
    ("excluded", "left"),
    [
        ((None, None), [(0, 600), (630, 1440)]),
        ((600, 630), []),
        ((540, 630), [(540, 600)]),
        ((600, 700), [(630, 700)]),
        ((610, 620), []),
        ((540, 600), [(540, 600)]),
        ((630, 700), [(630, 700)]),
    ],
)
def test_a_half_hour_taken_out_of_an_exclusion_leaves_the_rest(
    excluded: tuple[int | None, int | None], left: list[tuple[int, int]]
) -> None:
    found = without(Exclusion(MONDAY, *excluded), 600, 630)
    assert [(each.start_minute, each.end_minute) for each in found] == left
    assert {each.date for each in found} <= {MONDAY}
