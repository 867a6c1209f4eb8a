"""The cookie that brings a sign-in back after the page was left: only for pages of ours, such as the chat's frame."""

from datetime import timedelta

from flask import Response, after_this_request, request

from medimeet.blueprints.contracts.chatbot.which_clinic import foreign_origin
from medimeet.config import setting

NAME = "refresh_token"
PATH = "/chatbot/token/"
# The clinic's number, no secret: it tells the frame's scripts that the other one, which they can't read, is there.
SIGN = "chat_signed_in"
SIGN_PATH = "/widget/"
PARAMETER = {
    "in": "cookie",
    "name": NAME,
    "required": False,
    "schema": {"type": "string"},
    "description": "As `/chatbot/login/` has set it. It counts only where no other site's page sends the request.",
}


def sent_refresh_token() -> str | None:
    """The refresh token of this request; None where there is none, or a page of another site sends it."""
    return request.cookies.get(NAME) if foreign_origin() is None else None


def keep(refresh_token: str, clinic_id: int) -> None:
    """Sets the cookies with the answer to this request; pages of other sites get none, so they sign nobody in here."""
    if foreign_origin() is None:
        _set(refresh_token, str(clinic_id), timedelta(days=setting("REFRESH_TOKEN_DAYS")))


def forget() -> None:
    """Takes the cookies away with the answer to this request."""
    if foreign_origin() is None:
        _set("", "", timedelta(0))


def _set(refresh_token: str, clinic_id: str, lifetime: timedelta) -> None:
    @after_this_request
    def with_cookies(answer: Response) -> Response:
        for name, value, path in ((NAME, refresh_token, PATH), (SIGN, clinic_id, SIGN_PATH)):
            answer.set_cookie(
                name,
                value,
                max_age=lifetime,
                expires=0 if not lifetime else None,
                path=path,
                secure=True,
                httponly=name == NAME,
                samesite="None",
                partitioned=True,
            )
        return answer
