"""When a clinic's credits run low, and to which day a paid month of a plan reaches."""

from calendar import monthrange
from datetime import date

_LOW = 5  # a fifth
_LAST_MONTH = date(9999, 12, 1)


def is_low(left: int, had: int) -> bool:
    """Whether a fifth or less is left of what there was after credits were last added."""
    return left * _LOW <= had


def month_later(day: date, began_on: date | None = None) -> date:
    """The same day of the next month, or that month's last day where it is shorter: 31 January, 28 February.

    A period that `began_on` the 31st goes back to the 31st after a shorter month: 28 February, 31 March.
    """
    if day >= _LAST_MONTH:
        return day
    years, month = divmod(day.year * 12 + day.month, 12)
    wanted = max(day.day, began_on.day) if began_on is not None and _is_last_of_month(day) else day.day
    return date(years, month + 1, min(wanted, monthrange(years, month + 1)[1]))


def _is_last_of_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]
