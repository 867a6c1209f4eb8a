"""When credits run low, and to which day a paid month reaches."""

from datetime import date

import pytest

from medimeet.domain.credits import is_low, month_later


@pytest.mark.parametrize(
    ("left", "had", "low"), [(200, 200, False), (41, 200, False), (40, 200, True), (1, 4, False), (0, 0, True)]
)
def test_credits_are_low_from_a_fifth_downwards(left: int, had: int, low: bool) -> None:
    assert is_low(left, had) is low


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 21), date(2026, 12, 21)),
        (date(2026, 12, 5), date(2027, 1, 5)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2027, 4, 30), date(2027, 5, 30)),
        (date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_shorter_months_last(day: date, later: date) -> None:
    assert month_later(day) == later


def test_a_year_paid_month_by_month_comes_back_to_the_31st() -> None:
    began = date(2027, 1, 31)
    days = [began]
    for _month in range(12):
        days.append(month_later(days[-1], began))
    assert [day.day for day in days] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    assert days[-1] == date(2028, 1, 31)


def test_an_end_that_somebody_set_by_hand_moves_by_a_whole_month() -> None:
    assert month_later(date(2027, 3, 15), date(2027, 1, 31)) == date(2027, 4, 15)
