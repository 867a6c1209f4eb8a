"""Switching the second factor on and off, and new recovery codes."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from medimeet import clock
from medimeet.db import db
from medimeet.errors import WrongCode
from medimeet.models import Account, SecondFactor
from medimeet.services import audit, notifications, one_time_links, recovery_codes, second_factor, sessions, tokens
from medimeet.services.access import Actor
from medimeet.services.one_time_links import Purpose
from medimeet.writing import command, lock

_SET_UP_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Secret:
    """What an authenticator app and we share: as text to type, and as the address in the QR code."""

    text: str
    address: str


@command
def begin(actor: Actor) -> str:
    """The token with which the actor, who has just shown the password, sees a new secret and confirms it."""
    account = actor.person
    lock("account", account.id)
    if not second_factor.is_on(account):
        _forget(account)
        db.session.add(SecondFactor(account_id=account.id, secret=pyotp.random_base32()))
    return one_time_links.add_link(Purpose.SECOND_FACTOR, _SET_UP_LIFETIME, account)


def waiting_secret(actor: Actor, token: str) -> Secret:
    """The secret that waits for its first right code. Raises WrongCode where none does."""
    account = actor.person
    row = db.session.get(SecondFactor, account.id)
    link = one_time_links.find(Purpose.SECOND_FACTOR, token)
    if row is None or row.confirmed_at is not None or link.account_id != account.id:
        raise WrongCode
    address = pyotp.TOTP(row.secret).provisioning_uri(name=account.username, issuer_name=actor.clinic.name)
    return Secret(row.secret, address)


def confirm(actor: Actor, token: str, code: str, except_session: str) -> list[str]:
    """Switches the second factor on by its first code; the recovery codes, which nobody can show again.

    Every other browser and program is signed out. Raises WrongCode, TooManyTries.
    """
    waiting_secret(actor, token)
    second_factor.check_first(actor.person, code)
    return _switch_on(actor, token, except_session)


@command
def switch_off(actor: Actor) -> None:
    """Takes the second factor off the actor's account, who has just shown both the password and a code."""
    take_off(actor.person)
    audit.note(actor, "switched off second factor", "account", actor.person.id)


@command
def replace_recovery_codes(actor: Actor) -> list[str]:
    """New recovery codes for the actor, who has just shown both the password and a code."""
    account = actor.person
    lock("account", account.id)
    codes = recovery_codes.replace_all(account)
    audit.note(actor, "replaced recovery codes", "account", account.id)
    notifications.tell_second_factor(account, "has new recovery codes; the old ones no longer work")
    return codes


def take_off(account: Account) -> None:
    """Takes the second factor off an account, in the running command, and tells its person."""
    lock("account", account.id)
    _forget(account)
    notifications.tell_second_factor(account, "no longer asks for a second factor when you sign in")


@command
def _switch_on(actor: Actor, token: str, except_session: str) -> list[str]:
    account = actor.person
    lock("account", account.id)
    one_time_links.spend(Purpose.SECOND_FACTOR, token)
    row = db.session.get_one(SecondFactor, account.id)
    row.confirmed_at = clock.now()
    sessions.end_all_sessions(account, except_session)
    tokens.revoke_all(account)
    audit.note(actor, "switched on second factor", "account", account.id)
    notifications.tell_second_factor(account, "now asks for a code of your authenticator app when you sign in")
    return recovery_codes.replace_all(account)


def _forget(account: Account) -> None:
    recovery_codes.forget_all(account)
    row = db.session.get(SecondFactor, account.id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()
