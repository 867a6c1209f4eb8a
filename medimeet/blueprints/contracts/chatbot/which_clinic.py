"""Which clinic a request means, and whether it came with the token of that clinic's chatbot, from a welcome site.

An unknown clinic is told before a bad token, and both before anything in the body.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import request

from medimeet.blueprints.contracts.chatbot import printed
from medimeet.blueprints.contracts.chatbot.errors import told_as
from medimeet.errors import NotFound, NotSignedIn
from medimeet.models import Clinic
from medimeet.services import chatbot
from medimeet.web.refusals import Printed
from medimeet.web.signed_in import act_in

View = TypeVar("View", bound=Callable[..., Any])


def named_clinic(unknown: Callable[[], Printed]) -> Callable[[View], View]:
    """Hands the view the clinic of its path, whose chatbot anybody may ask for; `unknown` tells that there is none."""

    def with_clinic(view: View) -> View:
        @wraps(view)
        def find_then_view(*, clinic_id: int, **rest: Any) -> Any:
            return view(_found(clinic_id, unknown), **rest)

        return find_then_view  # type: ignore[return-value]

    return with_clinic


def good_token_in_path(view: View) -> View:
    """Lets only requests reach the view whose path holds the token of the chatbot of the clinic that was found."""

    @wraps(view)
    def check_then_view(clinic: Clinic, *, chatbot_token: str, **rest: Any) -> Any:
        if not is_good(clinic, chatbot_token):
            raise printed.BAD_CHATBOT_TOKEN()
        return view(clinic, **rest)

    return check_then_view  # type: ignore[return-value]


def clinic_with_token(view: View) -> View:
    """Hands the view the clinic of its path, for requests with the token of its chatbot: `Authorization: Bearer …`."""

    @wraps(view)
    def check_then_view(*, clinic_id: int, **rest: Any) -> Any:
        clinic = _found(clinic_id, printed.CLINIC_NOT_FOUND)
        sent = request.authorization
        if sent is None or sent.type != "bearer" or not is_good(clinic, sent.token or ""):
            raise printed.BAD_CHATBOT_TOKEN()
        act_in(clinic)
        return view(clinic, **rest)

    check_then_view.needs_token = True  # type: ignore[attr-defined]
    return check_then_view  # type: ignore[return-value]


def clinic_of_token(view: View) -> View:
    """Hands the view the clinic whose chatbot's token stands in the path."""

    @wraps(view)
    def check_then_view(*, chatbot_token: str, **rest: Any) -> Any:
        with told_as({NotSignedIn: printed.AUTHENTICATION_FAILED}):
            clinic = chatbot.clinic_of_token(chatbot_token)
        if not is_welcome(clinic):
            raise printed.AUTHENTICATION_FAILED()
        return view(clinic, **rest)

    return check_then_view  # type: ignore[return-value]


def is_good(clinic: Clinic, token: str) -> bool:
    """Whether the token is one of this clinic's chatbot, and the request comes from a site that may show it."""
    try:
        return chatbot.clinic_of_token(token).id == clinic.id and is_welcome(clinic)
    except NotSignedIn:
        return False


def is_welcome(clinic: Clinic) -> bool:
    """Whether the request comes from a site that may show the clinic's chatbot, or from no site at all."""
    return chatbot.is_welcome(clinic, foreign_origin())


def foreign_origin() -> str | None:
    """The site whose page sends this request, where it is another one than ours."""
    origin = request.headers.get("Origin")
    return None if origin in _own_origins() else origin


def _own_origins() -> set[str]:
    return {request.host_url.rstrip("/"), chatbot.own_origin()}


def _found(clinic_id: int, unknown: Callable[[], Printed]) -> Clinic:
    with told_as({NotFound: unknown}):
        return chatbot.find_clinic(clinic_id)
