"""Tokens: obtained by a password, refreshed, ended."""

from flask import request

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import people as schemas
from medimeet.services import access, sign_in, tokens
from medimeet.services.tokens import TokenPair
from medimeet.web.guard import allow
from medimeet.web.signed_in import ONE_TIME_CODE_PARAMETER, asking_program, current_actor


@bp.post("/api/user/login/")
@allow(access.newcomer)
@bp.parameter(ONE_TIME_CODE_PARAMETER)
@bp.arguments(
    schemas.Credentials, location="body", example={"username": "riverside-patient", "password": "medimeet-demo"}
)
@bp.response(200, schemas.TokenPair, example={"refresh": "your_refresh_token", "access": "your_access_token"})
def login(sent: dict[str, str]) -> TokenPair:
    """POST /api/user/login/: tokens for a username (or an e-mail) and a password."""
    account = sign_in.check(current_actor(), sent["username"], sent["password"], request.remote_addr or "")
    return tokens.issue_pair(account, asking_program())


@bp.post("/api/user/logout/")
@allow(access.newcomer)
@bp.arguments(schemas.Refresh, location="body", example={"refresh": "your_refresh_token"})
@bp.response(200, schemas.Message, example={"message": "You are signed out."})
def logout(sent: dict[str, str]) -> dict[str, str]:
    """POST /api/user/logout/: ends the refresh token and the access tokens of the same sign-in, at once."""
    tokens.revoke_family(sent["refresh"])
    return {"message": "You are signed out."}


@bp.post("/api/user/token/refresh/")
@allow(access.newcomer)
@bp.arguments(schemas.Refresh, location="body", example={"refresh": "your_refresh_token"})
@bp.response(200, schemas.Access, example={"access": "new_access_token"})
def refresh(sent: dict[str, str]) -> dict[str, str]:
    """POST /api/user/token/refresh/: another access token for a refresh token."""
    return {"access": tokens.refresh(sent["refresh"])}
