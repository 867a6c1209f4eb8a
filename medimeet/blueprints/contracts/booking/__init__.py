"""The booking front end (document 002): accounts, doctors and their schedules, patients, appointments."""

from medimeet.blueprints.contracts.booking import (
    accounts,
    appointments,
    doctors,
    lists,
    medical_history,
    patient_profile,
    schedules,
)
from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.web.contract import Contract

contract = Contract(
    name="booking",
    title="Booking",
    about="Patients find a doctor and a time, book and cancel. Doctors, their schedules, free times, specialties and "
    "languages are public; for all else sign in with `/api/auth/login/`. Days and times are those of the clinic's "
    "wall clock.",
    roots=("/api/auth", "/api/doctor", "/api/patient", "/api/appointment"),
    bp=bp,
    schemes=("Bearer", "Token"),
)

__all__ = [
    "accounts",
    "appointments",
    "contract",
    "doctors",
    "lists",
    "medical_history",
    "patient_profile",
    "schedules",
]
