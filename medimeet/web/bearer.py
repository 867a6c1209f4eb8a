"""Who a program acts for: the token in the `Authorization` header, and nothing else (RFC 6750)."""

from collections.abc import Sequence

from flask import request

from medimeet.errors import NotSignedIn
from medimeet.models import Account
from medimeet.services import tokens

_LONGEST = 4096


def account_of_header(schemes: Sequence[str]) -> Account | None:
    """Whom the request's token belongs to; None where no `Authorization` is sent.

    Raises NotSignedIn for a token that is not good, or comes by another scheme than `schemes` name.
    """
    token = token_of_header(schemes)
    if token is None:
        return None
    try:
        return tokens.account_of_access(token)
    except NotSignedIn:
        raise NotSignedIn(_ADVICE) from None


def token_of_header(schemes: Sequence[str]) -> str | None:
    """The token of this request, good or not; None where no `Authorization` is sent.

    Raises NotSignedIn for one that comes by another scheme than `schemes` name.
    """
    header = request.headers.get("Authorization", "").strip()
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() not in {each.lower() for each in schemes} or len(token) > _LONGEST:
        raise NotSignedIn(_ADVICE)
    return token.strip()


_ADVICE = "This token is not good here, or no longer. Sign in again, and send `Authorization: Bearer <token>`."
