"""Which browsers somebody has signed in with before: each carries a mark for each such account.

We keep nothing of it. A new password makes every mark worthless, so that a thief's browser is a stranger again.
"""

import hashlib
import hmac

from flask import Response, after_this_request, current_app, request

from medimeet.config import setting
from medimeet.models import Account

_MOST = 8  # people who share a browser
_LIFETIME = 400 * 24 * 3600  # browsers keep no cookie longer


def has_seen(account: Account) -> bool:
    """Whether the account has signed in with this browser before."""
    mark = _mark_of(account)
    return any(hmac.compare_digest(mark, each) for each in _marks())


def remember(account: Account) -> None:
    """Marks this browser as one of the account's, with the answer to this request."""
    marks = [_mark_of(account), *(each for each in _marks() if each != _mark_of(account))][:_MOST]

    @after_this_request
    def keep(answer: Response) -> Response:
        answer.set_cookie(
            _name(),
            ".".join(marks),
            max_age=_LIFETIME,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return answer


def _marks() -> list[str]:
    sent = request.cookies.get(_name(), "")
    return [mark for mark in sent[:1000].split(".") if mark.isascii() and mark]


def _mark_of(account: Account) -> str:
    key = hashlib.sha256(b"medimeet known browsers " + setting("SECRET_KEY").encode()).digest()
    since = account.credential.changed_at.isoformat() if account.credential is not None else ""
    return hmac.new(key, f"{account.public_id} {since}".encode(), hashlib.sha256).hexdigest()[:32]


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"
