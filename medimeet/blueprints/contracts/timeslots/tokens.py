"""Tokens: obtained by a password, looked at, refreshed."""

from flask import request

from medimeet.blueprints.contracts.timeslots import schemas
from medimeet.blueprints.contracts.timeslots.blueprint import bp
from medimeet.services import access, sign_in, tokens
from medimeet.services.tokens import TokenPair
from medimeet.web.guard import allow
from medimeet.web.signed_in import ONE_TIME_CODE_PARAMETER, asking_program, current_actor

_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl"


@bp.post("/api/api/token_obtain/")
@allow(access.newcomer)
@bp.parameter(ONE_TIME_CODE_PARAMETER)
@bp.arguments(
    schemas.Credentials, location="body", example={"username": "riverside-patient", "password": "medimeet-demo"}
)
@bp.response(200, schemas.TokenPair, example={"access": _TOKEN, "refresh": _TOKEN})
def obtain(sent: dict[str, str]) -> TokenPair:
    """POST /api/api/token_obtain/: tokens for a username and a password."""
    account = sign_in.check(current_actor(), sent["username"], sent["password"], request.remote_addr or "")
    return tokens.issue_pair(account, asking_program())


@bp.post("/api/api/token_verify/")
@allow(access.newcomer)
@bp.arguments(schemas.Token, location="body", example={"token": _TOKEN})
@bp.response(200, schemas.Nothing, example={})
def verify(sent: dict[str, str]) -> dict[str, str]:
    """POST /api/api/token_verify/: 200 while the token is good, 401 otherwise."""
    tokens.check(sent["token"])
    return {}


@bp.post("/api/api/token_refresh/")
@allow(access.newcomer)
@bp.arguments(schemas.Refresh, location="body", example={"refresh": _TOKEN})
@bp.response(200, schemas.Access, example={"access": _TOKEN})
def refresh(sent: dict[str, str]) -> dict[str, str]:
    """POST /api/api/token_refresh/: another access token for a refresh token."""
    return {"access": tokens.refresh(sent["refresh"])}
