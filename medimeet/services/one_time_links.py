"""Mailed links that work once. Only the hash of a link's token is kept, and looking at a link changes nothing."""

import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.errors import WrongCode
from medimeet.models import Account, Appointment, OneTimeLink
from medimeet.services.sessions import hash_of_token


class Purpose(StrEnum):
    """What a link is for."""

    VERIFY_EMAIL = "verify-email"
    SET_PASSWORD = "set-password"
    CONFIRM_BOOKING = "confirm-booking"
    SETUP = "setup"
    # These two are not mailed: the browser's own cookie holds them between two pages.
    SECOND_STEP = "second-step"
    SECOND_FACTOR = "second-factor"


PATHS = {
    Purpose.VERIFY_EMAIL: "/verify-email/{token}/",
    Purpose.SET_PASSWORD: "/reset-password/{token}/",
    Purpose.CONFIRM_BOOKING: "/confirm-booking/{token}/",
    Purpose.SETUP: "/setup/{token}/",
}


def add_link(
    purpose: Purpose,
    lifetime: timedelta,
    account: Account | None = None,
    appointment: Appointment | None = None,
) -> str:
    """The token of a new link, in the running command. Older links of the same account for the same purpose end."""
    if account is not None and appointment is None:
        _end(OneTimeLink.account_id == account.id, OneTimeLink.purpose == purpose)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        OneTimeLink(
            token_hash=hash_of_token(token),
            purpose=purpose,
            account_id=account.id if account is not None else None,
            appointment_id=appointment.id if appointment is not None else None,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def url(purpose: Purpose, token: str) -> str:
    """The whole address of a link, for a mail. It starts with BASE_URL, whatever host the request named."""
    return setting("BASE_URL") + PATHS[purpose].format(token=token)


def find(purpose: Purpose, token: str) -> OneTimeLink:
    """The link with this token. Raises WrongCode for one that is unknown, used, replaced or past its time."""
    link = find_even_dead(purpose, token)
    if not is_good(link):
        raise WrongCode(_DEAD)
    return link


def find_even_dead(purpose: Purpose, token: str) -> OneTimeLink:
    """As find, but one that was used, replaced or is past its time is found too, to say what became of it."""
    link = db.session.scalar(select(OneTimeLink).where(*_known(purpose, token)))
    if link is None or (link.account is not None and not link.account.is_active):
        raise WrongCode(_DEAD)
    return link


def is_good(link: OneTimeLink) -> bool:
    """Whether the link still does what it is for."""
    return link.used_at is None and link.expires_at > clock.now()


def spend(purpose: Purpose, token: str) -> OneTimeLink:
    """The link with this token, used up by this in the running command: of many at once, one gets it.

    Raises WrongCode.
    """
    find(purpose, token)
    is_good_still = (OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > clock.now())
    spent = update(OneTimeLink).where(*_known(purpose, token), *is_good_still).values(used_at=clock.now())
    link_id = db.session.scalar(spent.returning(OneTimeLink.id))
    if link_id is None:
        raise WrongCode(_DEAD)
    return db.session.get_one(OneTimeLink, link_id)


def end_all(account: Account, *purposes: Purpose) -> None:
    """Ends the account's links for these purposes, or all without any, in the running command."""
    _end(OneTimeLink.account_id == account.id, OneTimeLink.purpose.in_(purposes or Purpose))


def _known(purpose: Purpose, token: str) -> tuple[ColumnElement[bool], ...]:
    return OneTimeLink.token_hash == hash_of_token(token), OneTimeLink.purpose == purpose


def _end(*which: ColumnElement[bool]) -> None:
    db.session.execute(update(OneTimeLink).where(*which, OneTimeLink.used_at.is_(None)).values(used_at=clock.now()))


_DEAD = "This link no longer works: it was used, replaced by a newer one, or is too old. Ask for a new one."
