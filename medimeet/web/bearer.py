"""Who a program acts for: the token in its contract's header, and nothing else (RFC 6750)."""

from flask import request

from medimeet.errors import NotSignedIn
from medimeet.models import Account
from medimeet.services import tokens
from medimeet.web.contract import Contract

_LONGEST = 4096


def account_of_header(contract: Contract) -> Account | None:
    """Whom the request's token belongs to; None where none is sent.

    Raises NotSignedIn for a token that is not good, or comes by a scheme that the contract does not know.
    """
    token = token_of_header(contract)
    if token is None:
        return None
    try:
        return tokens.account_of_access(token)
    except NotSignedIn:
        raise NotSignedIn(_advice(contract)) from None


def token_of_header(contract: Contract) -> str | None:
    """The token of this request, good or not; None where none is sent.

    Raises NotSignedIn for one that comes by a scheme that the contract does not know.
    """
    header = request.headers.get(contract.token_header, "").strip()
    if not header:
        return None
    scheme, _, token = header.partition(" ") if contract.schemes else ("", "", header)
    is_known = not contract.schemes or scheme.lower() in {each.lower() for each in contract.schemes}
    if not is_known or len(token) > _LONGEST:
        raise NotSignedIn(_advice(contract))
    return token.strip()


def _advice(contract: Contract) -> str:
    value = "Bearer <token>" if contract.schemes else "<token>"
    return f"This token is not good here, or no longer. Sign in again, and send `{contract.token_header}: {value}`."
