"""Signing in by password: finding whose it is, and counting what was wrong."""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import ColumnElement, false, func, or_, select, update

from medimeet.db import db
from medimeet.errors import InvalidInput, WrongCredentials
from medimeet.models import Account, Clinic, Credential
from medimeet.services import attempts, contact_details, password_limits, passwords, refused_sign_ins, shown_passwords
from medimeet.services.access import Actor
from medimeet.writing import command


def check(
    actor: Actor, name: str, password: str, address: str, knows: Callable[[Account], bool] | None = None
) -> Account:
    """The account that `name` (username or e-mail) and `password` belong to, tried from the network address `address`.

    `knows` says whether an account has signed in with this very browser before. Raises WrongCredentials, which never
    says what was wrong, and TooManyTries.
    """
    account = find_account(actor.clinic, name)
    is_known = account is not None and knows is not None and knows(account)
    return _checked(account, actor.clinic, name, password, address, is_known=is_known)


def check_in(clinic: Clinic, email: str, password: str, address: str) -> Account:
    """As `check`, but the account of this very clinic with this e-mail: no other one is looked for."""
    in_clinic = (Account.email == email.strip().lower()) & (Account.clinic_id == clinic.id)
    found = _active_accounts(in_clinic)
    return _checked(found[0] if found else None, clinic, email, password, address)


def check_password(
    account: Account | None, password: str, address: str, whom: str = "", *, is_known: bool = False
) -> str:
    """The kept hash, where the password is the account's. Without an account `whom` is counted, and it is never right.

    Of many guesses sent at once only as many are told apart as the limit allows: what decides is the count in the
    database, changed in one statement, before anything is answered. Raises WrongCredentials, TooManyTries.
    """
    limits = password_limits.of(account, whom, address, is_known=is_known)
    password_limits.refuse_when_reached(limits)
    kept_hash = _password_hash(account)
    if not passwords.is_right(kept_hash, password):
        password_limits.refuse_when_reached(_count_wrong(account, limits))
        raise WrongCredentials
    if account is None or kept_hash is None:
        raise WrongCredentials
    new_hash = passwords.hashed(password) if passwords.is_outdated(kept_hash) else None
    password_limits.refuse_when_reached(_count_right(limits, account, kept_hash, new_hash))
    return new_hash or kept_hash


def find_account(clinic: Clinic, name: str) -> Account | None:
    """The active account that a person means by a username or e-mail: this clinic's, else a superuser's,
    else the only one of the installation; None where two other clinics have one.
    """
    name = name.strip().lower()
    if not name or "\x00" in name:
        return None
    found = _active_accounts((func.lower(Account.username) == name) | (Account.email == name))
    return _meant(clinic, sorted(found, key=lambda account: account.email != name))


def find_by_mobile(clinic: Clinic, text: str) -> Account | None:
    """The active account that a person means by a mobile number in any spelling, by the rule of `find_account`.

    A number without a country code is read in the country of each account's own clinic. Raises InvalidInput for
    `mobile` where it is no number in any of them.
    """
    matches = []
    for country in {clinic.country, *db.session.scalars(select(Clinic.country).distinct())}:
        with suppress(ValueError):
            of_country = Account.clinic_id.in_(select(Clinic.id).where(Clinic.country == country))
            has_no_clinic = Account.clinic_id.is_(None) if country == clinic.country else false()
            matches.append((of_country | has_no_clinic) & (Account.mobile == contact_details.mobile(text, country)))
    if not matches:
        raise InvalidInput({"mobile": contact_details.advice(clinic.country)})
    return _meant(clinic, _active_accounts(or_(*matches)))


def forget_wrong_tries(account: Account) -> None:
    """Lets the account take passwords from anywhere again, after a new one was set, in the running command."""
    attempts.clear_all(password_limits.subject_of(account))


def _checked(
    account: Account | None, clinic: Clinic, name: str, password: str, address: str, *, is_known: bool = False
) -> Account:
    """The account that was found by `name`, where the password is its own."""
    since = shown_passwords.set_at(account)
    check_password(account, password, address, whom=f"{clinic.id} {name.strip().lower()}", is_known=is_known)
    assert account is not None
    shown_passwords.note(account, since)
    return account


def _meant(clinic: Clinic, found: list[Account]) -> Account | None:
    """Of the accounts that match: this clinic's, else a superuser's, else the only one."""
    for clinic_id in (clinic.id, None):
        for account in found:
            if account.clinic_id == clinic_id:
                return account
    return found[0] if len(found) == 1 else None


def _active_accounts(matches: ColumnElement[bool]) -> list[Account]:
    return list(db.session.scalars(select(Account).where(matches, Account.is_active).order_by(Account.id)))


def _password_hash(account: Account | None) -> str | None:
    account_id = account.id if account is not None else None
    return db.session.scalar(select(Credential.password_hash).where(Credential.account_id == account_id))


@command
def _count_wrong(account: Account | None, limits: tuple[attempts.Limit, ...]) -> tuple[attempts.Limit, ...]:
    """Counts a wrong password; the limit that was reached before it, or nothing."""
    for limit in limits:
        if not attempts.count_one(limit):
            return (limit,)
    refused_sign_ins.note_when_reached(account, limits, "password")
    return ()


@command
def _count_right(
    limits: tuple[attempts.Limit, ...], account: Account, kept_hash: str, new_hash: str | None
) -> tuple[attempts.Limit, ...]:
    """Forgets this address's wrong tries; the limit that was reached meanwhile, or nothing."""
    here, *others = limits
    for limit in others:
        if attempts.is_reached(limit):
            return (limit,)
    if not attempts.clear_below(here):
        return (here,)
    if new_hash is not None:
        db.session.execute(
            update(Credential)
            .where(Credential.account_id == account.id, Credential.password_hash == kept_hash)
            .values(password_hash=new_hash)
        )
    return ()
