"""A doctor's time: working hours, exclusion dates, the day and the week, the visits and their medical records."""

from medimeet.blueprints.doctor_schedule import (
    day,
    exclusion_dates,
    medical_records,
    previews,
    statuses,
    visits,
    week,
    working_hours,
)
from medimeet.blueprints.doctor_schedule.blueprint import bp

__all__ = [
    "bp",
    "day",
    "exclusion_dates",
    "medical_records",
    "previews",
    "statuses",
    "visits",
    "week",
    "working_hours",
]
