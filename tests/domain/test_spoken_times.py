"""Days and times are read as people say them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medimeet.domain import spoken_times
from medimeet.domain.spoken_times import SpokenTime

MONDAY = date(2026, 11, 23)


def on(month: int, day: int, year: int = 2026) -> dict[str, date]:
    return {"first_day": date(year, month, day), "last_day": date(year, month, day)}


SAID = {
    "today": on(11, 23),
    "tomorrow": on(11, 24),
    "tommorow morning please": on(11, 24) | {"earliest": 0, "latest": 719},
    "the day after tomorrow": on(11, 25),
    "Tuesday": on(11, 24),
    "on Tuesday at 10": on(11, 24) | {"minute": 600},
    "tues at 10.30": on(11, 24) | {"minute": 630},
    "Wensday? I mean Wednesdy": on(11, 25),
    "next Tuesday": on(12, 1),
    "this Friday afternoon": on(11, 27) | {"earliest": 720, "latest": 1019},
    "next week": {"first_day": date(2026, 11, 30), "last_day": date(2026, 12, 6)},
    "Tuesday next week": on(12, 1),
    "next week on Friday at 9": on(12, 4) | {"minute": 540},
    "Monday in two weeks": on(12, 7),
    "in 3 weeks monday morning": on(12, 14) | {"earliest": 0, "latest": 719},
    "this week": {"first_day": MONDAY, "last_day": date(2026, 11, 29)},
    "next month": {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 31)},
    "24 November": on(11, 24),
    "24th of november at 3pm": on(11, 24) | {"minute": 900},
    "the twenty fourth of November": on(11, 24),
    "Nov 24": on(11, 24),
    "November the 24th, 2027": on(11, 24, 2027),
    "24/11": on(11, 24),
    "24/11/2026 at 9": on(11, 24) | {"minute": 540},
    "11/24": on(11, 24),
    "24.11.2026": on(11, 24),
    "2026-12-01": on(12, 1),
    "1 March": on(3, 1, 2027),
    "29 February": on(2, 29, 2028),
    "the 5th": on(12, 5),
    "in two weeks": {"first_day": date(2026, 12, 7), "last_day": date(2026, 12, 13)},
    "in 3 days": on(11, 26),
    "31 November": {"no_such_day": "31 november"},
    "30/2": {"no_such_day": "30/2"},
    "after 4pm": {"earliest": 960},
    "tomorrow after four": on(11, 24) | {"earliest": 960},
    "before 11": {"latest": 660},
    "between 2 and 4": {"earliest": 840, "latest": 960},
    "at 10 past 9": {"minute": 550},
    "twenty to three": {"minute": 880},
    "half past ten": {"minute": 630},
    "quarter to three": {"minute": 885},
    "quarter past 9": {"minute": 555},
    "ten thirty": {"minute": 630},
    "at noon": {"minute": 720},
    "at 3": {"minute": 900},
    "at 8": {"minute": 480},
    "10 o'clock on Friday": on(11, 27) | {"minute": 600},
    "at ten o’clock on Friday": on(11, 27) | {"minute": 600},
    "the first free time": {"is_first": True},
    "as soon as possible": {"is_first": True},
    "tonight": on(11, 23) | {"earliest": 1020, "latest": 1439},
    "a visit of 30 minutes": {},
    "book a consultation": {},
    "3": {},
    "yesterday": on(11, 22),
}


@pytest.mark.parametrize("said", SAID)
def test_what_people_say_is_read(said: str) -> None:
    assert spoken_times.read(said, MONDAY) == SpokenTime(**SAID[said])


@given(st.text(max_size=80), st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_any_text_is_read_without_a_fault(said: str, today: date) -> None:
    found = spoken_times.read(said, today)
    assert found.minute is None or 0 <= found.minute < 1440
    assert (found.first_day is None) == (found.last_day is None)


@given(st.dates(date(2020, 1, 1), date(2090, 12, 31)), st.sampled_from(spoken_times.WEEKDAYS))
def test_a_weekday_is_the_next_of_its_name(today: date, weekday: str) -> None:
    day = spoken_times.read(f"on {weekday}", today).first_day
    assert day is not None and today <= day < today + timedelta(days=7)
    assert spoken_times.WEEKDAYS[day.weekday()] == weekday
