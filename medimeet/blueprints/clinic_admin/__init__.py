"""The clinic and its people: profiles, doctors, patients, details, what it offers, and the dashboard."""

from medimeet.blueprints.clinic_admin import (
    applications,
    appointments,
    assistant,
    chatbot,
    clinic,
    contact,
    dashboard,
    doctors,
    history,
    lists,
    patients,
    pictures,
    profile,
    reviews,
    services,
)
from medimeet.blueprints.clinic_admin.blueprint import bp

__all__ = [
    "applications",
    "appointments",
    "assistant",
    "bp",
    "chatbot",
    "clinic",
    "contact",
    "dashboard",
    "doctors",
    "history",
    "lists",
    "patients",
    "pictures",
    "profile",
    "reviews",
    "services",
]
