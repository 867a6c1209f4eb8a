"""What people declare about a doctor's time, read and checked, and the visits that it leaves outside."""

from collections.abc import Sequence
from datetime import date as calendar_date
from datetime import timedelta

from medimeet import clock
from medimeet.domain import slots as rules
from medimeet.domain.wall_clock import MINUTES_A_DAY, parse_minute, text_of
from medimeet.errors import InvalidInput
from medimeet.models import Appointment, Doctor, WorkingHours
from medimeet.services import appointments
from medimeet.services.answers import Answers

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORTEST_SLOT, LONGEST_SLOT = 5, 480
_FARTHEST = timedelta(days=3653)


def read_hours(
    doctor: Doctor,
    others: Sequence[rules.WorkingHours],
    *,
    day_of_week: int | None,
    date: calendar_date | None,
    start: str,
    end: str,
    slot_minutes: int,
) -> rules.WorkingHours:
    """The declaration in these words, if it overlaps none of the doctor's `others`. Raises InvalidInput."""
    answers = Answers()
    start_minute = read_minute("start_time", start, answers)
    end_minute = read_minute("end_time", end, answers) or MINUTES_A_DAY
    if (day_of_week is None) == (date is None):
        answers.fault("day_of_week", "Choose either a day of the week or a date.")
    if date is not None:
        _check_date(doctor, date, answers)
    answers.number(
        "slot_minutes",
        slot_minutes,
        SHORTEST_SLOT,
        LONGEST_SLOT,
        f"A slot lasts from {SHORTEST_SLOT} to {LONGEST_SLOT} minutes.",
    )
    answers.check()
    try:
        wanted = rules.WorkingHours(day_of_week, date, start_minute, end_minute, slot_minutes)
    except ValueError as error:
        raise InvalidInput({"end_time": str(error)}) from None
    clash = rules.find_overlap([wanted, *others])
    if clash is not None:
        other = clash[0] if clash[1] == wanted else clash[1]
        raise InvalidInput(
            {"start_time": f"This overlaps {described(other)}. Change those hours, or choose other times."}
        )
    return wanted


def read_exclusion(doctor: Doctor, date: calendar_date, start: str | None, end: str | None) -> rules.Exclusion:
    """The exclusion in these words: the whole day, or from start to end. Raises InvalidInput."""
    answers = Answers()
    _check_date(doctor, date, answers)
    if bool(start) != bool(end):
        answers.fault("end_time", "Give both a start and an end, or neither for the whole day.")
    start_minute = read_minute("start_time", start, answers) if start else None
    end_minute = (read_minute("end_time", end, answers) or MINUTES_A_DAY) if end else None
    answers.check()
    try:
        return rules.Exclusion(date, start_minute, end_minute)
    except ValueError as error:
        raise InvalidInput({"end_time": str(error)}) from None


def visits_outside(
    doctor: Doctor, hours: Sequence[rules.WorkingHours], exclusions: Sequence[rules.Exclusion]
) -> list[Appointment]:
    """The doctor's visits to come that do not stand inside these hours, by start."""
    return [
        visit
        for visit in appointments.upcoming_of(doctor=doctor)
        if not rules.stands_inside(rules.Busy(visit.starts_at, visit.ends_at), hours, exclusions, doctor.clinic.zone)
    ]


def described(hours: rules.WorkingHours | WorkingHours) -> str:
    """The declaration in words: "on Mondays, 09:00 to 17:00"."""
    day = f"on {WEEKDAYS[hours.day_of_week]}s" if hours.day_of_week is not None else f"on {hours.date:%-d %B %Y}"
    return f"{day}, {text_of(hours.start_minute)} to {text_of(hours.end_minute)}"


def read_minute(field: str, text: str, answers: Answers) -> int:
    """The minute of the day that a person wrote; 0, and a fault in `answers`, for what is no time."""
    try:
        return parse_minute(text)
    except ValueError as error:
        answers.fault(field, str(error))
        return 0


def _check_date(doctor: Doctor, date: calendar_date, answers: Answers) -> None:
    if date < clock.today(doctor.clinic.zone):
        answers.fault("date", "This date has passed. Choose today or a later day.")
    if date > clock.today(doctor.clinic.zone) + _FARTHEST:
        answers.fault("date", "This date is too far away. Choose a day within the next ten years.")
