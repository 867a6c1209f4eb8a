"""The rows behind signed-in browsers, and when they end by themselves.

A browser holds a random token, its row the token's hash. Ending the row signs the browser out at once, everywhere.
"""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.browsers import browser_name
from medimeet.domain.statuses import Role
from medimeet.errors import Busy, NotFound
from medimeet.models import Account, BrowserSession, Clinic
from medimeet.prepared_models import relate
from medimeet.services import audit, notifications, second_factor, shown_passwords, tokens
from medimeet.services.access import Actor
from medimeet.services.live_credentials import LiveCredential
from medimeet.writing import command

_TOUCH_EVERY = timedelta(seconds=30)
_SIGNED_IN = LiveCredential(
    BrowserSession, BrowserSession.token_hash == bindparam("token_hash"), BrowserSession.ended_at.is_(None)
)


@command
def start_session(
    account: Account,
    address: str,
    browser: str,
    clinic: Clinic | None = None,
    *,
    is_known: bool = True,
    has_code: bool = True,
) -> str:
    """The token of a new row for a browser in which `account` has just signed in; only its hash is kept.

    The person is told of one that they have never signed in with (`is_known` false), but for their very first one.
    `has_code` is false for who has shown a password alone. Raises WrongCredentials, NeedsOneTimeCode where it was
    replaced meanwhile, or a second factor set up.
    """
    shown_passwords.refuse_replaced(account)
    if not has_code:
        second_factor.refuse_begun(account)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    if not is_known and not setting("DEMO") and _has_signed_in_before(account):
        notifications.tell_new_sign_in(account, now, browser_name(browser), address)
    row = BrowserSession(
        token_hash=hash_of_token(token),
        account_id=account.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=setting(_of_role(account, "SESSION_HOURS"))),
        address=address[:64],
        browser=browser[:300],
    )
    db.session.add(row)
    if clinic is not None:
        audit.note(Actor(account, clinic), "signed in", "account", account.id, by="browser")
    return token


def account_of_session(token: str) -> Account | None:
    """Whom the browser with this token belongs to, who has just done something there; None when it was signed out,
    timed out, or the account ended.
    """
    row = session_of(token)
    if row is None:
        return None
    if row.last_seen_at <= clock.now() - _TOUCH_EVERY:
        with suppress(Busy):  # the person is here all the same; the next request notes it
            _note_seen(row.id)
    return row.account


def session_of(token: str) -> BrowserSession | None:
    """The row of a browser that is signed in, or None. It does not count as something that the person did."""
    found = _SIGNED_IN.find(token_hash=hash_of_token(token))
    if found is None:
        return None
    account, row = found
    relate(row, "account", account)
    return row if _is_live(row) else None


def ends_at(row: BrowserSession) -> datetime:
    """When the browser is signed out if nobody does anything there from now on."""
    return min(row.last_seen_at + timedelta(seconds=idle_seconds(row.account)), row.expires_at)


def seconds_left(row: BrowserSession) -> int:
    """How many whole seconds that is from now."""
    return max(0, int((ends_at(row) - clock.now()).total_seconds()))


def idle_seconds(account: Account) -> int:
    """How long a browser of this account may do nothing."""
    minutes: int = setting(_of_role(account, "SESSION_IDLE_MINUTES"))
    return minutes * 60


def sessions_of(account: Account) -> list[BrowserSession]:
    """Every browser in which the account is signed in, the last used first."""
    rows = select(BrowserSession).where(BrowserSession.account_id == account.id, BrowserSession.ended_at.is_(None))
    newest_first = rows.order_by(BrowserSession.last_seen_at.desc(), BrowserSession.id.desc())
    return [row for row in db.session.scalars(newest_first) if _is_live(row)]


@command
def end_session(token: str, actor: Actor | None = None) -> None:
    """Signs one browser out, as its person asks; does nothing where it already is."""
    if _end(BrowserSession.token_hash == hash_of_token(token)) and actor is not None and actor.account is not None:
        audit.note(actor, "signed out", "account", actor.account.id)


@command
def end_one(actor: Actor, session_id: int) -> None:
    """Signs one of the actor's browsers out. Raises NotFound for somebody else's, or one that has ended."""
    if not _end(BrowserSession.id == session_id, BrowserSession.account_id == actor.person.id):
        raise NotFound("This sign-in has ended already.")
    audit.note(actor, "signed out", "account", actor.person.id)


@command
def sign_out_everywhere(actor: Actor, except_token: str | None = None) -> None:
    """Signs every browser and program of the actor's account out, but for the browser with `except_token`."""
    end_all_sessions(actor.person, except_token)
    tokens.revoke_all(actor.person)
    audit.note(actor, "signed out everywhere", "account", actor.person.id)


def end_all_sessions(account: Account, except_token: str | None = None) -> None:
    """Signs every browser of the account out, in the running command, but for the one with `except_token`."""
    rows = update(BrowserSession).where(BrowserSession.account_id == account.id, BrowserSession.ended_at.is_(None))
    if except_token is not None:
        rows = rows.where(BrowserSession.token_hash != hash_of_token(except_token))
    db.session.execute(rows.values(ended_at=clock.now()))


def hash_of_token(token: str) -> str:
    """What is kept of a random token. It has 256 bits of its own, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _end(*which: ColumnElement[bool]) -> bool:
    """Whether there was a browser to sign out."""
    rows = update(BrowserSession).where(*which, BrowserSession.ended_at.is_(None)).values(ended_at=clock.now())
    return db.session.execute(rows.returning(BrowserSession.id)).first() is not None


def _has_signed_in_before(account: Account) -> bool:
    return (
        db.session.scalar(select(BrowserSession.id).where(BrowserSession.account_id == account.id).limit(1)) is not None
    )


def _is_live(row: BrowserSession) -> bool:
    return row.account.is_active and ends_at(row) > clock.now()


def _of_role(account: Account, name: str) -> str:
    """The setting for patients, or the stricter one for those who see other people's health data."""
    return name if account.role == Role.PATIENT else f"STAFF_{name}"


@command
def _note_seen(session_id: int) -> None:
    db.session.execute(update(BrowserSession).where(BrowserSession.id == session_id).values(last_seen_at=clock.now()))
