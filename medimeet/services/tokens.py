"""Tokens of JSON clients: signed by us, and rows by their `jti`, so that ending one works at once on every worker."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt
from sqlalchemy import Update, bindparam, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.errors import Busy, NotSignedIn
from medimeet.models import Account, Clinic, IssuedToken
from medimeet.services import audit, second_factor, shown_passwords
from medimeet.services.access import Actor
from medimeet.services.live_credentials import LiveCredential
from medimeet.writing import command, lock

ISSUER = "medimeet"
AUDIENCE = "medimeet"
ACCESS, REFRESH = "access", "refresh"
_ALGORITHM = "HS256"
_DEAD = "This token is not good, or no longer. Sign in again."
_LIVE = LiveCredential(
    IssuedToken,
    IssuedToken.jti == bindparam("jti"),
    IssuedToken.kind == bindparam("kind"),
    IssuedToken.revoked_at.is_(None),
)
_CLAIMS = ["iss", "aud", "exp", "iat", "jti", "sub", "typ"]


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token, and the refresh token that gives another one."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Asking:
    """The program that signs in: from which network address, its name (User-Agent), and the one-time code it sent."""

    address: str = ""
    program: str = ""
    code: str = ""
    clinic: Clinic | None = None


NOBODY = Asking()
_TOUCH_EVERY = timedelta(minutes=10)


def issue_pair(account: Account, asking: Asking = NOBODY) -> TokenPair:
    """New tokens for one sign-in: REFRESH_TOKEN_DAYS in all, each access token ACCESS_TOKEN_MINUTES.

    Raises NeedsOneTimeCode, TooManyTries where the account has a second factor.
    """
    has_code = second_factor.require(account, asking.code)
    return _issue_pair(account, asking, has_code)


def issue_lasting(account: Account, asking: Asking = NOBODY, *, is_proven: bool = False) -> str:
    """A new access token for interfaces that have no refresh; it works for LASTING_TOKEN_DAYS.

    `is_proven` where another token has just shown the second factor. Else raises as `issue_pair`.
    """
    has_code = is_proven or second_factor.require(account, asking.code)
    return _issue_lasting(account, asking, has_code)


@command
def refresh(token: str) -> str:
    """A new access token for a refresh token, of the same sign-in. Raises NotSignedIn."""
    claims = _claims(token, REFRESH)
    lock("account", int(claims["sub"]))  # so that nobody signs out in between
    account = _live_account(claims)
    row = db.session.get_one(IssuedToken, claims["jti"])
    return _add_access(account, row.family, _asked(row))


def rotate(token: str) -> tuple[Account, TokenPair]:
    """Whom a refresh token belongs to, and new tokens of the same sign-in in its place.

    One that comes a second time was stolen, or its thief was first: the whole sign-in ends. Raises NotSignedIn.
    """
    claims = _claims(token, REFRESH)
    account, pair = _rotate(claims)
    if pair is None:
        raise NotSignedIn(_DEAD)
    return account, pair


def holder_of_refresh(token: str) -> Account:
    """Whom a refresh token of ours was given to, also one that has ended. Raises NotSignedIn for any other."""
    account = db.session.get(Account, int(_claims(token, REFRESH, may_be_expired=True)["sub"]))
    if account is None:
        raise NotSignedIn(_DEAD)
    return account


def check(token: str) -> None:
    """Returns where the token, access or refresh, is good. Raises NotSignedIn."""
    _live_account(_claims(token))


@command
def issue_access(account: Account, asking: Asking = NOBODY) -> str:
    """A new access token for `account`, who is signed in already; it works for ACCESS_TOKEN_MINUTES."""
    return _add_access(account, secrets.token_urlsafe(24), asking)


def add_token(account: Account, kind: str, family: str, lifetime: timedelta, asking: Asking = NOBODY) -> str:
    """A new token in the running command; tokens of one sign-in share a `family`."""
    now = clock.now()
    row = IssuedToken(
        jti=secrets.token_urlsafe(24),
        kind=kind,
        family=family,
        account_id=account.id,
        clinic_id=account.clinic_id,
        created_at=now,
        expires_at=now + lifetime,
        address=asking.address[:64],
        program=asking.program[:300],
    )
    db.session.add(row)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": kind,
        "sub": str(account.id),
        "jti": row.jti,
        "iat": now,
        "exp": row.expires_at,
    }
    return jwt.encode(claims, signing_key(), _ALGORITHM)


def account_of_access(token: str) -> Account:
    """Whom an access token belongs to. Raises NotSignedIn for one that is forged, expired or revoked."""
    account, row = _live(_claims(token, ACCESS))
    if (row.last_used_at or row.created_at) <= clock.now() - _TOUCH_EVERY:
        with suppress(Busy):
            _note_used(row.jti)
    return account


def spend_for_session(token: str) -> Account:
    """Whom an access token belongs to, once: the token is revoked by this. Raises NotSignedIn."""
    claims = _claims(token, ACCESS)
    account = _live_account(claims)
    if not _revoke_unspent(claims["jti"]):
        raise NotSignedIn(_DEAD)
    return account


@command
def revoke_family(token: str) -> bool:
    """Ends a token, also an expired one, and all others of its sign-in; whether there was any left to end.

    Raises NotSignedIn for one that we have not made.
    """
    claims = _claims(token, may_be_expired=True)
    lock("account", int(claims["sub"]))
    family = select(IssuedToken.family).where(IssuedToken.jti == claims["jti"]).scalar_subquery()
    ended = unrevoked().where(IssuedToken.family == family).values(revoked_at=clock.now())
    return db.session.execute(ended.returning(IssuedToken.jti)).first() is not None


def unrevoked() -> Update:
    """A change of tokens that nobody has ended yet, in the running command."""
    return update(IssuedToken).where(IssuedToken.revoked_at.is_(None))


def revoke_all(account: Account) -> None:
    """Ends every token of the account, in the running command."""
    lock("account", account.id)
    db.session.execute(unrevoked().where(IssuedToken.account_id == account.id).values(revoked_at=clock.now()))


def signing_key() -> bytes:
    """The key that signs tokens: made of SECRET_KEY, but not the one that signs cookies."""
    return hashlib.sha256(b"medimeet tokens " + setting("SECRET_KEY").encode()).digest()


@command
def _rotate(claims: dict[str, Any]) -> tuple[Account, TokenPair | None]:
    lock("account", int(claims["sub"]))
    row = db.session.scalar(select(IssuedToken).where(IssuedToken.jti == claims["jti"]))
    account = db.session.get(Account, int(claims["sub"]))
    if row is None or account is None or not account.is_active:
        raise NotSignedIn(_DEAD)
    now = clock.now()
    if row.revoked_at is not None or row.expires_at <= now:
        db.session.execute(unrevoked().where(IssuedToken.family == row.family).values(revoked_at=now))
        return account, None  # not raised: the end of the sign-in must be kept
    db.session.execute(unrevoked().where(IssuedToken.jti == row.jti).values(revoked_at=now))
    asking = _asked(row)
    return account, TokenPair(
        _add_access(account, row.family, asking), add_token(account, REFRESH, row.family, row.expires_at - now, asking)
    )


@command
def _issue_pair(account: Account, asking: Asking, has_code: bool) -> TokenPair:
    _refuse_outrun(account, has_code)
    _note(account, asking)
    family = secrets.token_urlsafe(24)
    lifetime = timedelta(days=setting("REFRESH_TOKEN_DAYS"))
    return TokenPair(_add_access(account, family, asking), add_token(account, REFRESH, family, lifetime, asking))


@command
def _issue_lasting(account: Account, asking: Asking, has_code: bool) -> str:
    _refuse_outrun(account, has_code)
    _note(account, asking)
    lifetime = timedelta(days=setting("LASTING_TOKEN_DAYS"))
    return add_token(account, ACCESS, secrets.token_urlsafe(24), lifetime, asking)


def _refuse_outrun(account: Account, has_code: bool) -> None:
    """Raises WrongCredentials, NeedsOneTimeCode where what was shown is not enough any more."""
    shown_passwords.refuse_replaced(account)
    if not has_code:
        second_factor.refuse_begun(account)


def _note(account: Account, asking: Asking) -> None:
    if asking.clinic is not None:
        audit.note(Actor(account, asking.clinic), "signed in", "account", account.id, by="program")


def _asked(row: IssuedToken) -> Asking:
    """Where the sign-in began that the token is of."""
    return Asking(row.address, row.program)


def _add_access(account: Account, family: str, asking: Asking) -> str:
    return add_token(account, ACCESS, family, timedelta(minutes=setting("ACCESS_TOKEN_MINUTES")), asking)


def _claims(token: str, kind: str | None = None, *, may_be_expired: bool = False) -> dict[str, Any]:
    try:
        claims = _signed_claims(token, signing_key())
    except (jwt.InvalidTokenError, UnicodeError):
        raise NotSignedIn(_DEAD) from None
    is_over = not may_be_expired and claims["exp"] <= clock.now().timestamp()
    if is_over or (kind is not None and claims["typ"] != kind):
        raise NotSignedIn(_DEAD)
    return dict(claims)


# Kept: what a token says never changes. Whether its time is over, and whether it was ended, is asked each time.
@lru_cache(maxsize=4096)
def _signed_claims(token: str, key: bytes) -> dict[str, Any]:
    return jwt.decode(
        token,
        key,
        algorithms=[_ALGORITHM],
        audience=AUDIENCE,
        issuer=ISSUER,
        options={"require": _CLAIMS, "verify_exp": False},
    )


def _live_account(claims: dict[str, Any]) -> Account:
    return _live(claims)[0]


def _live(claims: dict[str, Any]) -> tuple[Account, IssuedToken]:
    found = _LIVE.find(jti=claims["jti"], kind=claims["typ"])
    if found is None:
        raise NotSignedIn(_DEAD)
    return found


@command
def _note_used(jti: str) -> None:
    db.session.execute(update(IssuedToken).where(IssuedToken.jti == jti).values(last_used_at=clock.now()))


@command
def _revoke_unspent(jti: str) -> bool:
    unspent = unrevoked().where(IssuedToken.jti == jti).values(revoked_at=clock.now())
    return db.session.execute(unspent.returning(IssuedToken.jti)).first() is not None
