"""Registering as a patient."""

from typing import Any

from flask import request

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import people as schemas
from medimeet.services import access, registration, tokens
from medimeet.services.registration import NewPerson
from medimeet.web.guard import allow
from medimeet.web.signed_in import asking_program, current_actor

_NEW = {
    "username": "anna.lee",
    "first_name": "Anna",
    "last_name": "Lee",
    "email": "anna.lee@example.com",
}
_SENT = {**_NEW, "password": "nine calm rivers", "confirm_password": "nine calm rivers"}


@bp.post("/api/user/register/")
@allow(access.newcomer)
@bp.arguments(schemas.Registration, location="body", example=_SENT)
@bp.response(
    201,
    schemas.Registered,
    example={
        "message": "Welcome! You can sign in and book at once.",
        "tokens": {"refresh": "your_refresh_token", "access": "your_access_token"},
        "user": {
            "id": 12,
            **_NEW,
            "is_staff": False,
            "is_active": True,
            "date_joined": "2026-01-01T00:00:00Z",
        },
    },
)
def register(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /api/user/register/: a new patient, signed in at once."""
    account = registration.register_by_username(current_actor(), NewPerson(**sent), request.remote_addr or "")
    return {
        "message": "Welcome! You can sign in and book at once.",
        "tokens": tokens.issue_pair(account, asking_program()),
        "user": account,
    }
