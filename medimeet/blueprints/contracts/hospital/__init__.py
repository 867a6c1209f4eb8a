"""The hospital front end (document 003): people, doctors, reviews, appointments, services and contact messages."""

from medimeet.blueprints.contracts.hospital import (
    appointments,
    available_times,
    contacts,
    doctors,
    lists,
    patients,
    profiles,
    registering,
    reviews,
    services,
    tokens,
)
from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.web.contract import Contract

contract = Contract(
    name="hospital",
    title="Hospital",
    about="People register, find a doctor, book and review. Sign in with `/api/user/login/`.",
    roots=(
        "/api/user",
        "/patients",
        "/doctors",
        "/designations",
        "/specialisations",
        "/available-time",
        "/reviews",
        "/appointments",
        "/services",
        "/contacts",
    ),
    bp=bp,
)

__all__ = [
    "appointments",
    "available_times",
    "contacts",
    "contract",
    "doctors",
    "lists",
    "patients",
    "profiles",
    "registering",
    "reviews",
    "services",
    "tokens",
]
