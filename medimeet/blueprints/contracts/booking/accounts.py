"""Accounts: registering, signing in and out, one's own details and password."""

from typing import Any

from flask import request

from medimeet.blueprints.contracts.booking.blueprint import bp
from medimeet.blueprints.contracts.booking.schemas import accounts as schemas
from medimeet.models import Account
from medimeet.services import access, password_changes, profiles, registration, sign_in, tokens
from medimeet.services.registration import NewPerson
from medimeet.web.guard import allow
from medimeet.web.signed_in import ONE_TIME_CODE_PARAMETER, asking_program, current_actor, token_of_request

_GRACE = {
    "id": 5,
    "username": "riverside-patient",
    "email": "riverside-patient@clinic.example",
    "first_name": "Grace",
    "last_name": "Whitfield",
}
_NEWCOMER = {"username": "anna.moss", "email": "anna.moss@people.example", "first_name": "Anna", "last_name": "Moss"}
_DETAILS = {name: value for name, value in _GRACE.items() if name != "id"}
_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl"
_CREDENTIALS = {"username": "riverside-patient", "password": "medimeet-demo"}
_PASSWORDS = {"old_password": "medimeet-demo", "new_password": "a quiet green evening"}


@bp.post("/api/auth/register/")
@allow(access.newcomer)
@bp.arguments(schemas.Registration, location="body", example=_NEWCOMER | {"password": "a calm blue morning"})
@bp.response(201, schemas.SignedIn, example={"user": {"id": 9} | _NEWCOMER, "token": _TOKEN})
def register(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /api/auth/register/: a new patient, who is signed in at once."""
    account = registration.register_by_username(current_actor(), NewPerson(**sent), request.remote_addr or "")
    return {"user": account, "token": tokens.issue_lasting(account, asking_program())}


@bp.post("/api/auth/login/")
@allow(access.newcomer)
@bp.parameter(ONE_TIME_CODE_PARAMETER)
@bp.arguments(schemas.Credentials, location="body", example=_CREDENTIALS)
@bp.response(200, schemas.SignedIn, example={"user": _GRACE, "token": _TOKEN})
def login(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /api/auth/login/: a token for a username or an e-mail, and the password."""
    account = sign_in.check(current_actor(), sent["username"], sent["password"], request.remote_addr or "")
    return {"user": account, "token": tokens.issue_lasting(account, asking_program())}


@bp.post("/api/auth/logout/")
@allow(access.signed_in)
@bp.response(200, schemas.Told, example={"detail": "You are signed out."})
def logout() -> dict[str, str]:
    """POST /api/auth/logout/: ends the token that this request was sent with, at once and everywhere."""
    tokens.revoke_family(token_of_request())
    return {"detail": "You are signed out."}


@bp.get("/api/auth/profile/")
@allow(access.signed_in)
@bp.response(200, schemas.Account, example=_GRACE)
def show_account() -> Account:
    """GET /api/auth/profile/: one's own account."""
    return current_actor().person


@bp.put("/api/auth/profile/")
@allow(access.signed_in)
@bp.arguments(schemas.AccountDetails, location="body", example=_DETAILS)
@bp.response(200, schemas.Account, example=_GRACE)
def replace_account(sent: dict[str, Any]) -> Account:
    """PUT /api/auth/profile/: one's own account with new details; names that are not sent stay."""
    return _changed(sent)


@bp.patch("/api/auth/profile/")
@allow(access.signed_in)
@bp.arguments(schemas.AccountDetails(partial=True), location="body", example={"first_name": "Grace"})
@bp.response(200, schemas.Account, example=_GRACE)
def change_account(sent: dict[str, Any]) -> Account:
    """PATCH /api/auth/profile/: one's own account with some new details."""
    return _changed(sent)


@bp.post("/api/auth/change-password/")
@allow(access.signed_in)
@bp.arguments(schemas.NewPassword, location="body", example=_PASSWORDS)
@bp.response(200, schemas.NewToken, example={"token": _TOKEN})
def change_password(sent: dict[str, Any]) -> dict[str, str]:
    """POST /api/auth/change-password/: a new password and a new token; all tokens from before end."""
    actor = current_actor()
    password_changes.change_password(
        actor, sent["old_password"], sent["new_password"], address=request.remote_addr or ""
    )
    return {"token": tokens.issue_lasting(actor.person, asking_program(), is_proven=True)}


def _changed(sent: dict[str, Any]) -> Account:
    actor = current_actor()
    return profiles.change(actor, actor.person.id, sent)
