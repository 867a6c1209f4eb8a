"""New passwords: changed by their owner, or set through a mailed link. What hashes stays outside every command."""

from collections.abc import Iterable
from datetime import timedelta

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.networks import network_of
from medimeet.domain.passwords import password_fault
from medimeet.errors import InvalidInput, TooManyTries, WrongCode, WrongCredentials
from medimeet.models import Account, Credential
from medimeet.services import attempts, audit, notifications, one_time_links, passwords, sessions, sign_in, tokens
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.one_time_links import Purpose
from medimeet.writing import command, lock

_LINKS_A_NAME, _LINKS_AN_ADDRESS = 5, 60  # an hour
_NOT_YOURS = "That is not the password you have now."
_MANY_LINKS = "We have sent several links already. Look into your mailbox, also where unwanted mail goes."


def hashed_when_sound(password: str, own_words: Iterable[str], answers: Answers, field: str = "password") -> str | None:
    """The hash of a new password; None, and a fault in `answers`, where the rules refuse it."""
    fault = password_fault(password, [word for word in own_words if word])
    if fault is None:
        return passwords.hashed(password)
    answers.fault(field, fault)
    return None


def own_names(first_name: str, last_name: str) -> list[str]:
    """A person's names, alone and together, which are no part of a good password."""
    return [first_name, last_name, f"{first_name} {last_name}", f"{first_name}{last_name}"]


def change_password(actor: Actor, old: str, new: str, *, address: str = "", except_session: str | None = None) -> None:
    """Gives the actor's account a new password, and ends its tokens and its sessions but the one with `except_session`.

    Raises InvalidInput (fields old_password, new_password), TooManyTries.
    """
    account = actor.person
    answers, old_hash = Answers(), ""
    try:
        old_hash = sign_in.check_password(account, old, address)
    except WrongCredentials:
        answers.fault("old_password", _NOT_YOURS)
    else:
        if old == new:
            answers.fault("new_password", "That is the password you have now. Choose another one.")
    password_hash = hashed_when_sound(new, _own_words(account), answers, "new_password")
    answers.check()
    assert password_hash is not None
    _keep_changed(actor, account, old_hash, password_hash, except_session)


@command
def mail_link(actor: Actor, name: str, address: str) -> None:
    """Mails a link to set a new password to whoever has this username or e-mail; does and takes the same for nobody.

    Raises TooManyTries, for known and unknown names alike.
    """
    for limit in _link_limits(actor, name, address):
        if not attempts.count_one(limit):
            raise TooManyTries(attempts.seconds_left(limit), _MANY_LINKS)
    account = sign_in.find_account(actor.clinic, name)
    if account is not None:
        token = one_time_links.add_link(Purpose.SET_PASSWORD, timedelta(minutes=setting("RESET_LINK_MINUTES")), account)
        notifications.tell_reset(account, one_time_links.url(Purpose.SET_PASSWORD, token))


def set_password(token: str, new: str) -> Account:
    """The account whose password is set by a mailed link. Its sessions and tokens end, and it is not signed in.

    Raises WrongCode, InvalidInput (field new_password).
    """
    account = one_time_links.find(Purpose.SET_PASSWORD, token).account
    if account is None:
        raise WrongCode
    answers = Answers()
    password_hash = hashed_when_sound(new, _own_words(account), answers, "new_password")
    answers.check()
    assert password_hash is not None
    return _keep_set(token, password_hash)


def keep_password(account: Account, password_hash: str, except_session: str | None = None) -> None:
    """Writes the hash, in the running command, and ends whatever the old password had opened."""
    if account.credential is None:
        account.credential = Credential(account_id=account.id, password_hash=password_hash)
    account.credential.password_hash = password_hash
    account.credential.changed_at = clock.now()
    sessions.end_all_sessions(account, except_session)
    sign_in.forget_wrong_tries(account)
    tokens.revoke_all(account)
    one_time_links.end_all(account, Purpose.SET_PASSWORD, Purpose.SECOND_STEP, Purpose.SECOND_FACTOR)


@command
def _keep_changed(
    actor: Actor, account: Account, old_hash: str, password_hash: str, except_session: str | None
) -> None:
    lock("account", account.id)
    if account.credential is None or account.credential.password_hash != old_hash:
        raise InvalidInput({"old_password": _NOT_YOURS})  # it was changed meanwhile
    keep_password(account, password_hash, except_session)
    audit.note(actor, "changed password", "account", account.id)


@command
def _keep_set(token: str, password_hash: str) -> Account:
    account = one_time_links.spend(Purpose.SET_PASSWORD, token).account
    assert account is not None
    keep_password(account, password_hash)
    if account.email:
        account.email_verified_at = account.email_verified_at or clock.now()
    db.session.flush()
    return account


def _link_limits(actor: Actor, name: str, address: str) -> tuple[attempts.Limit, attempts.Limit]:
    named = attempts.key_of("reset", actor.clinic.id, name.strip().lower())
    return (
        attempts.Limit(named, _LINKS_A_NAME, timedelta(hours=1)),
        attempts.Limit(attempts.key_of("reset-address", network_of(address)), _LINKS_AN_ADDRESS, timedelta(hours=1)),
    )


def _own_words(account: Account) -> list[str]:
    clinic_name = account.clinic.name if account.clinic is not None else ""
    names = own_names(account.first_name, account.last_name)
    return [account.username, account.email or "", clinic_name, *names]
