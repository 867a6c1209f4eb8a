"""Signing in by e-mail and password, coming back by the cookie, signing out."""

from typing import Any

from flask import Response, after_this_request, request

from medimeet.blueprints.contracts.chatbot import cookies, examples, items, printed, schemas
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.errors import told_as
from medimeet.blueprints.contracts.chatbot.prompts import appointment_prompt
from medimeet.blueprints.contracts.chatbot.which_clinic import clinic_of_token, good_token_in_path, named_clinic
from medimeet.errors import NotAllowed, NotSignedIn, WrongCredentials
from medimeet.models import Account, Clinic
from medimeet.services import access, chatbot_sign_in, chatbot_visits, tokens
from medimeet.services.tokens import TokenPair
from medimeet.web.guard import allow
from medimeet.web.signed_in import ONE_TIME_CODE_PARAMETER, asking_program

_RESUMED = {"api_key": examples.TOKEN, "user_data": examples.USER}
_SIGNED_IN = {
    "api_key": examples.TOKEN,
    "recent_appointment": examples.RECENT,
    "appointment_prompt": examples.PROMPT,
    "user_data": examples.USER,
}
_SIGNED_OUT = {"message": "logout successfully"}
_COOKIE_REFUSED = {NotAllowed: printed.AUTHENTICATION_FAILED, NotSignedIn: printed.LOGIN_REQUIRED}


@bp.post("/chatbot/login/<int:clinic_id>/<chatbot_token>/")
@allow(access.newcomer)
@named_clinic(printed.INVALID_TENANT)
@good_token_in_path
@bp.parameter(ONE_TIME_CODE_PARAMETER)
@bp.arguments(schemas.Credentials, location="body", example=examples.CREDENTIALS)
@bp.response(200, schemas.SignedIn, example=_SIGNED_IN)
def login(clinic: Clinic, sent: dict[str, str]) -> dict[str, Any]:
    """POST /chatbot/login/{clinic_id}/{token}/: signs a patient of this clinic in, and sets the cookie `refresh_token`.

    It is set for requests of programs and of this site's own pages.
    """
    with told_as({WrongCredentials: printed.INVALID_CREDENTIALS}):
        account = chatbot_sign_in.check(clinic, sent["email"], sent["password"], request.remote_addr or "")
    told = _told(account, tokens.issue_pair(account, asking_program()), clinic)
    visit = chatbot_visits.recent(account.patient) if account.patient else None
    return told | {
        "recent_appointment": items.recent_appointment(visit, clinic),
        "appointment_prompt": appointment_prompt(account, visit, clinic),
    }


@bp.post("/chatbot/token/login/<chatbot_token>/")
@allow(access.newcomer)
@clinic_of_token
@bp.parameter(cookies.PARAMETER)
@bp.response(200, schemas.Resumed, example=_RESUMED)
def resume(clinic: Clinic) -> dict[str, Any]:
    """POST /chatbot/token/login/{token}/: a new `api_key` for the cookie `refresh_token`, which is replaced.

    A cookie that comes a second time was copied: its whole sign-in ends. One that has ended is taken away.
    """
    with told_as(_COOKIE_REFUSED):
        try:
            return _told(*chatbot_sign_in.resume(clinic, _refresh_token()), clinic)
        except NotSignedIn:
            cookies.forget()
            raise


@bp.post("/chatbot/token/logout/<chatbot_token>/")
@allow(access.newcomer)
@clinic_of_token
@bp.parameter(cookies.PARAMETER)
@bp.response(200, schemas.Message, example=_SIGNED_OUT)
def logout(clinic: Clinic) -> dict[str, str]:
    """POST /chatbot/token/logout/{token}/: ends the sign-in of the cookie at once, with its `api_key`."""
    with told_as(_COOKIE_REFUSED):
        chatbot_sign_in.sign_out(clinic, _refresh_token())
    cookies.forget()
    return _SIGNED_OUT


def _told(account: Account, pair: TokenPair, clinic: Clinic) -> dict[str, Any]:
    """The new key and whose it is; the cookie goes with the answer, which no cache may keep."""
    cookies.keep(pair.refresh, clinic.id)
    after_this_request(_keep_in_no_cache)
    return {"api_key": pair.access, "user_data": items.user_data(account, clinic)}


def _keep_in_no_cache(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refresh_token() -> str:
    token = cookies.sent_refresh_token()
    if not token:
        raise NotSignedIn
    return token
