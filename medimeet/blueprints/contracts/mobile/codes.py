"""Signing in by a code that comes by SMS."""

from typing import Any

from flask import request

from medimeet.blueprints.contracts.mobile import examples, items, schemas
from medimeet.blueprints.contracts.mobile.blueprint import bp
from medimeet.blueprints.contracts.mobile.envelope import envelope, envelope_of
from medimeet.errors import NotRegistered
from medimeet.services import access, one_time_codes, tokens
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import ONE_TIME_CODE_PARAMETER, asking_program, current_actor

_SENT = "OTP sent to your mobile number."
_UNKNOWN = "User not registered"
_TIMEOUT = str(one_time_codes.LIFETIME.total_seconds())


@bp.post("/send-otp/")
@allow(access.newcomer)
@bp.arguments(schemas.MobileNumber, location="body", example={"mobile_number": "07400 123456"})
@bp.response(
    201,
    envelope_of(schemas.SentCode),
    example=envelope(201, _SENT, {"verification_id": "1525010", "mobile_number": "07400 123456", "timeout": _TIMEOUT}),
)
def send_otp(sent: dict[str, str]) -> dict[str, Any]:
    """POST /send-otp/: sends a code to the number of somebody who is registered.

    It works for a minute. Another code ends it. A number gets at most three in ten minutes.
    """
    number = sent["mobile_number"]
    try:
        with renamed(mobile="mobile_number"):
            verification_id = one_time_codes.send(current_actor(), number, request.remote_addr or "")
    except NotRegistered:
        raise NotRegistered(_UNKNOWN) from None
    answer = {"verification_id": verification_id, "mobile_number": number, "timeout": _TIMEOUT}
    return envelope(201, _SENT, answer)


@bp.post("/verify-otp/")
@allow(access.newcomer)
@bp.parameter(ONE_TIME_CODE_PARAMETER)
@bp.arguments(
    schemas.Code,
    location="body",
    example={"mobile_number": "07400 123456", "otp": "123456", "verification_id": "1525010"},
)
@bp.response(
    200,
    envelope_of(schemas.SignedIn),
    example=envelope(200, "Success", {"user": examples.USER, "token": "YOUR_JWT_TOKEN"}),
)
def verify_otp(sent: dict[str, str]) -> dict[str, Any]:
    """POST /verify-otp/: the person and a token, for the code that was sent to the number.

    A wrong, used or expired code is a 400 that never says which; five wrong ones end it.
    """
    account = one_time_codes.verify(sent["mobile_number"], sent["verification_id"], sent["otp"])
    token = tokens.issue_lasting(account, asking_program())
    return envelope(200, "Success", {"user": items.user(account), "token": token})
