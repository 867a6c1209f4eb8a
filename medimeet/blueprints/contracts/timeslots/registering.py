"""Doctors and patients, registered by whoever runs the clinic."""

from typing import Any

from medimeet.blueprints.contracts.timeslots import schemas
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.models import Doctor, Patient
from medimeet.services import access, registration
from medimeet.services.registration import NewPerson
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_PUBLISHED = {name: f"user.{name}" for name in ("username", "email", "password", "first_name", "last_name")}
_DOCTOR = {"user": {"username": "doctor1", "email": "doctor1@gmail.com", "password": "three quiet lakes"}}
_PATIENT = {"user": {"username": "patient1", "email": "patient1@gmail.com", "password": "three quiet lakes"}}


@bp.post("/api/register_doctor/")
@allow(access.clinic_admin)
@bp.arguments(schemas.Registration, location="body", example=_DOCTOR)
@bp.response(
    201,
    schemas.Registered,
    example={"id": 3, "user": {"id": 9, "username": "doctor1", "email": "doctor1@gmail.com"}},
)
def register_doctor(sent: dict[str, Any]) -> Doctor:
    """POST /api/register_doctor/: a new doctor of the clinic, who can sign in and be booked at once.

    For admins. Hours in which to be booked come from `/api/availabilities/`.
    """
    with renamed(**_PUBLISHED):
        return registration.enroll_doctor(current_actor(), NewPerson(**sent["user"]))


@bp.post("/api/register_patient/")
@allow(access.clinic_admin)
@bp.arguments(schemas.Registration, location="body", example=_PATIENT)
@bp.response(
    201,
    schemas.Registered,
    example={"id": 4, "user": {"id": 9, "username": "patient1", "email": "patient1@gmail.com"}},
)
def register_patient(sent: dict[str, Any]) -> Patient:
    """POST /api/register_patient/: a new patient of the clinic, who can sign in and book at once.

    For admins.
    """
    with renamed(**_PUBLISHED):
        return registration.enroll_patient(current_actor(), NewPerson(**sent["user"]))
