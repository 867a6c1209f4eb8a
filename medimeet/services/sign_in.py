"""Signing in by password: finding whose it is, and counting what was wrong."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, false, func, or_, select, update

from medimeet.config import setting
from medimeet.db import command, db
from medimeet.domain.networks import network_of
from medimeet.errors import InvalidInput, TooManyTries, WrongCredentials
from medimeet.models import Account, Clinic, Credential
from medimeet.services import attempts, contact_details, passwords, refused_sign_ins
from medimeet.services.access import Actor

_NEEDS_LINK = (
    "There were very many wrong passwords for this account today, so it takes no password for now. "
    "Ask for a link by e-mail and set a new password. Then you can sign in at once."
)


def check(actor: Actor, name: str, password: str, address: str) -> Account:
    """The account that `name` (username or e-mail) and `password` belong to, tried from the network address `address`.

    Raises WrongCredentials, which never says what was wrong, and TooManyTries.
    """
    return _checked(find_account(actor.clinic, name), actor.clinic, name, password, address)


def check_in(clinic: Clinic, email: str, password: str, address: str) -> Account:
    """As `check`, but the account of this very clinic with this e-mail: no other one is looked for."""
    in_clinic = (Account.email == email.strip().lower()) & (Account.clinic_id == clinic.id)
    found = _active_accounts(in_clinic)
    return _checked(found[0] if found else None, clinic, email, password, address)


def check_password(account: Account | None, password: str, address: str, whom: str = "") -> str:
    """The kept hash, where the password is the account's. Without an account `whom` is counted, and it is never right.

    Of many guesses sent at once only as many are told apart as the limit allows: what decides is the count in the
    database, changed in one statement, before anything is answered. Raises WrongCredentials, TooManyTries.
    """
    limits = _limits(account, whom, address)
    _refuse_when_reached(limits)
    kept_hash = _password_hash(account)
    if not passwords.is_right(kept_hash, password):
        _refuse_when_reached(_count_wrong(account, limits))
        raise WrongCredentials
    if account is None or kept_hash is None:
        raise WrongCredentials
    new_hash = passwords.hashed(password) if passwords.is_outdated(kept_hash) else None
    _refuse_when_reached(_count_right(limits, account, kept_hash, new_hash))
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
    attempts.clear_all(_whom(account, ""))


def _checked(account: Account | None, clinic: Clinic, name: str, password: str, address: str) -> Account:
    """The account that was found by `name`, where the password is its own."""
    check_password(account, password, address, whom=f"{clinic.id} {name.strip().lower()}")
    assert account is not None
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


def _limits(account: Account | None, whom: str, address: str) -> tuple[attempts.Limit, attempts.Limit]:
    """How often from this address, and how often a day from anywhere. Unknown names are counted as known ones are."""
    counted = _whom(account, whom)
    return (
        attempts.Limit(attempts.key_of(counted, network_of(address)), setting("PASSWORD_TRIES"), timedelta(minutes=5)),
        attempts.Limit(attempts.key_of(counted), setting("PASSWORD_TRIES_A_DAY"), timedelta(days=1)),
    )


def _whom(account: Account | None, whom: str) -> str:
    return f"password:{account.id}" if account is not None else attempts.key_of("password:nobody", whom)


def _refuse_when_reached(limits: tuple[attempts.Limit, ...]) -> None:
    for limit in limits:
        if attempts.is_reached(limit):
            words = _NEEDS_LINK if limit.window >= timedelta(days=1) else None
            raise TooManyTries(attempts.seconds_left(limit), words)


@command
def _count_wrong(account: Account | None, limits: tuple[attempts.Limit, attempts.Limit]) -> tuple[attempts.Limit, ...]:
    """Counts a wrong password; the limit that was reached before it, or nothing."""
    for limit in limits:
        if not attempts.count_one(limit):
            return (limit,)
    refused_sign_ins.note_when_reached(account, limits, "password")
    return ()


@command
def _count_right(
    limits: tuple[attempts.Limit, attempts.Limit], account: Account, kept_hash: str, new_hash: str | None
) -> tuple[attempts.Limit, ...]:
    """Forgets this address's wrong tries; the limit that was reached meanwhile, or nothing."""
    from_address, a_day = limits
    if attempts.is_reached(a_day):
        return (a_day,)
    if not attempts.clear_below(from_address):
        return (from_address,)
    if new_hash is not None:
        db.session.execute(
            update(Credential)
            .where(Credential.account_id == account.id, Credential.password_hash == kept_hash)
            .values(password_hash=new_hash)
        )
    return ()
