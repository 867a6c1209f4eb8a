from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medimeet.domain.wall_clock import (
    NonexistentTime,
    day_bounds,
    is_repeated,
    minute_of,
    occurrences,
    parse_minute,
    real_spans,
    text_of,
    time_of,
    to_instant,
    to_wall,
    zone_label,
)
from tests.domain.clock_changes import (
    KOLKATA,
    LONDON,
    LORD_HOWE,
    MINUTE,
    NEW_YORK,
    ODD_ZONES,
    ZONES,
    bounded,
    change_days,
    minutes_of,
    zoned_days,
)

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 6, 1), LONDON, 24),
        (SPRING, LONDON, 23),
        (AUTUMN, LONDON, 25),
        (date(2026, 3, 8), NEW_YORK, 23),
        (date(2026, 11, 1), NEW_YORK, 25),
        (date(2026, 10, 4), LORD_HOWE, 23.5),
        (date(2026, 4, 5), LORD_HOWE, 24.5),
        (SPRING, KOLKATA, 24),
    ],
)
def test_a_day_has_the_hours_that_people_there_live_through(day: date, zone: ZoneInfo, hours: float) -> None:
    starts_at, ends_at = day_bounds(day, zone)
    assert ends_at - starts_at == timedelta(hours=hours)
    assert starts_at.tzinfo is UTC and ends_at.tzinfo is UTC


def test_the_changes_of_ten_years_are_tested_in_each_zone_that_has_them() -> None:
    assert [len(change_days(zone)) for zone in ZONES] == [20, 20, 20, 0, 20]
    assert all(change_days(zone) for zone in ODD_ZONES)


@bounded
@given(zoned_days(ZONES + ODD_ZONES))
def test_a_day_begins_and_ends_where_the_calendar_on_the_wall_turns(day_zone: tuple[date, ZoneInfo]) -> None:
    minutes = minutes_of(*day_zone)
    assert day_bounds(*day_zone) == (minutes[0][0], minutes[-1][0] + MINUTE)


@bounded
@given(zoned_days(ZONES + ODD_ZONES), st.integers(0, 1439))
def test_a_wall_clock_time_stands_for_each_instant_at_which_the_clock_shows_it(
    day_zone: tuple[date, ZoneInfo], minute: int
) -> None:
    assert occurrences(day_zone[0], minute, day_zone[1]) == [
        at for at, shown in minutes_of(*day_zone) if shown == minute
    ]


@bounded
@given(zoned_days(ZONES + ODD_ZONES), st.integers(0, 1439), st.integers(1, 1440))
def test_a_span_of_the_wall_clock_covers_each_real_minute_that_it_shows(
    day_zone: tuple[date, ZoneInfo], start: int, length: int
) -> None:
    end = min(start + length, 1440)
    covered = [
        earliest + number * MINUTE
        for earliest, latest in real_spans(day_zone[0], start, end, day_zone[1])
        for number in range((latest - earliest) // MINUTE)
    ]
    assert covered == [at for at, shown in minutes_of(*day_zone) if start <= shown < end]


@bounded
@given(zoned_days(), st.integers(0, 1439))
def test_a_time_goes_to_utc_and_comes_back_as_it_was(day_zone: tuple[date, ZoneInfo], minute: int) -> None:
    day, zone = day_zone
    for at in occurrences(day, minute, zone):
        local = to_wall(at, zone)
        assert (local.date(), minute_of(local.time())) == (day, minute)


def test_a_time_that_exists_twice_is_the_first() -> None:
    assert to_instant(AUTUMN, 90, LONDON) == instant("2026-10-25T01:30:00+01:00")
    assert occurrences(AUTUMN, 90, LONDON) == [
        instant("2026-10-25T01:30:00+01:00"),
        instant("2026-10-25T01:30:00+00:00"),
    ]


def test_a_time_that_the_clocks_jump_over_is_refused_in_plain_words() -> None:
    with pytest.raises(NonexistentTime, match="01:30 does not exist on that day. Choose"):
        to_instant(SPRING, 90, LONDON)
    assert occurrences(SPRING, 90, LONDON) == []


def test_minute_1440_is_the_next_midnight_also_where_the_clocks_jump_over_it() -> None:
    assert to_instant(date(2026, 6, 1), 1440, LONDON) == instant("2026-06-02T00:00:00+01:00")
    day_before_jump = date(2026, 4, 23)
    assert to_instant(day_before_jump, 1440, ZoneInfo("Africa/Cairo")) == instant("2026-04-24T01:00:00+03:00")


def test_a_day_whose_midnight_is_skipped_begins_at_the_jump() -> None:
    in_toronto = ZoneInfo("America/Toronto")
    assert day_bounds(date(1919, 3, 31), in_toronto)[0] == instant("1919-03-30T23:30:00-05:00")
    assert day_bounds(date(1919, 3, 30), in_toronto)[1] == instant("1919-03-31T00:30:00-04:00")


def test_a_day_that_an_island_skipped_has_no_times() -> None:
    skipped, apia = date(2011, 12, 30), ZoneInfo("Pacific/Apia")
    starts_at, ends_at = day_bounds(skipped, apia)
    assert starts_at == ends_at == day_bounds(date(2011, 12, 29), apia)[1]
    assert occurrences(skipped, 600, apia) == []
    assert real_spans(skipped, 0, 1440, apia) == []


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_at_the_end_of_the_calendar_is_refused_in_words(day: date) -> None:
    with pytest.raises(ValueError, match="Choose a date between"):
        day_bounds(day, KOLKATA)


@pytest.mark.parametrize(
    ("zone", "at", "label"),
    [
        ("Europe/London", "2026-07-01T12:00+00:00", "BST"),
        ("Europe/London", "2026-12-01T12:00+00:00", "GMT"),
        ("Asia/Kolkata", "2026-07-01T12:00+00:00", "IST"),
        ("Australia/Lord_Howe", "2026-07-01T12:00+00:00", "UTC+10:30"),
        ("Australia/Lord_Howe", "2026-12-01T12:00+00:00", "UTC+11:00"),
        ("America/Sao_Paulo", "2026-07-01T12:00+00:00", "UTC-03:00"),
        ("Asia/Kathmandu", "2026-07-01T12:00+00:00", "UTC+05:45"),
        ("Antarctica/Troll", "2026-12-01T12:00+00:00", "UTC"),
        ("UTC", "2026-12-01T12:00+00:00", "UTC"),
    ],
)
def test_a_zone_is_named_as_people_there_name_it(zone: str, at: str, label: str) -> None:
    assert zone_label(instant(at), ZoneInfo(zone)) == label


@given(zoned_days(ZONES + ODD_ZONES), st.integers(0, 1439))
def test_a_time_that_clocks_show_twice_is_known_by_either_of_its_instants(
    zoned_day: tuple[date, ZoneInfo], minute: int
) -> None:
    found = occurrences(zoned_day[0], minute, zoned_day[1])
    assert [is_repeated(to_wall(each, zoned_day[1])) for each in found] == [len(found) == 2] * len(found)


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        to_wall(datetime(2026, 1, 1), LONDON)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("09:00", 540),
        ("9:00", 540),
        (" 09:00 ", 540),
        ("09:00:00", 540),
        ("09:00:00.000", 540),
        ("09:00 AM", 540),
        ("9:05am", 545),
        ("9 am", 540),
        ("2:30 p.m.", 870),
        ("12:00 AM", 0),
        ("12:30 PM", 750),
        ("00:00", 0),
        ("23:59", 1439),
        ("24:00", 1440),
        ("24:00:00", 1440),
    ],
)
def test_a_time_is_read_however_a_person_writes_it(text: str, minute: int) -> None:
    assert parse_minute(text) == minute


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "hours and minutes"),
        ("9", "hours and minutes"),
        ("noon", "hours and minutes"),
        ("09-00", "hours and minutes"),
        ("9:0", "hours and minutes"),
        ("-1:00", "hours and minutes"),
        ("٠٩:٠٠", "hours and minutes"),
        ("09:00\n10:00", "hours and minutes"),
        ("24:01", "0 to 23"),
        ("25:00", "0 to 23"),
        ("09:60", "0 to 59"),
        ("09:00:30", "without seconds"),
        ("13:00 PM", "1 to 12"),
        ("0:30 AM", "1 to 12"),
    ],
)
def test_a_time_that_cannot_be_read_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        parse_minute(text)


def test_what_is_not_text_is_no_time() -> None:
    with pytest.raises(ValueError, match="hours and minutes"):
        parse_minute(900)  # type: ignore[arg-type]


@given(st.integers(0, 1440))
def test_every_minute_is_written_so_that_it_can_be_read_again(minute: int) -> None:
    assert parse_minute(text_of(minute)) == minute
    assert minute_of(time_of(minute)) == minute % 1440


def test_the_end_of_the_day_is_written_24_00_and_shown_as_midnight() -> None:
    assert text_of(1440) == "24:00"
    assert time_of(1440) == time(0)


@pytest.mark.parametrize("minute", [-1, 1441])
def test_a_minute_outside_the_day_is_refused(minute: int) -> None:
    for reading in (text_of, time_of):
        with pytest.raises(ValueError, match="0 to 1440"):
            reading(minute)
    with pytest.raises(ValueError, match="0 to 1440"):
        occurrences(SPRING, minute, LONDON)
