"""Booking a visit: treatment, doctor, time, review; and a patient's own visits, to see, move and cancel."""

from medimeet.blueprints.patient_booking import (
    canceling,
    choosing_doctor,
    choosing_time,
    choosing_treatment,
    confirming,
    moving,
    reviewing,
    success,
    visits,
)
from medimeet.blueprints.patient_booking.blueprint import bp

__all__ = [
    "bp",
    "canceling",
    "choosing_doctor",
    "choosing_time",
    "choosing_treatment",
    "confirming",
    "moving",
    "reviewing",
    "success",
    "visits",
]
