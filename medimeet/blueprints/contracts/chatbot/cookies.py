"""The cookie that brings a sign-in back after the page was left: only for pages of ours, such as the chat's frame."""

from datetime import timedelta

from flask import Response, after_this_request, request

from medimeet.blueprints.contracts.chatbot.which_clinic import foreign_origin
from medimeet.config import setting

NAME = "refresh_token"
PATH = "/chatbot/token/"
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


def keep(refresh_token: str) -> None:
    """Sets the cookie with the answer to this request; pages of other sites get none, so they sign nobody in here."""
    if foreign_origin() is None:
        _set(refresh_token, timedelta(days=setting("REFRESH_TOKEN_DAYS")))


def forget() -> None:
    """Takes the cookie away with the answer to this request."""
    _set("", timedelta(0))


def _set(value: str, lifetime: timedelta) -> None:
    @after_this_request
    def with_cookie(answer: Response) -> Response:
        answer.set_cookie(
            NAME,
            value,
            max_age=lifetime,
            expires=0 if not lifetime else None,
            path=PATH,
            secure=True,
            httponly=True,
            samesite="None",
            partitioned=True,
        )
        return answer
