"""Accounts: making one, its names and contact details, proving an e-mail, and its end.

Functions that add or write belong inside a command; `people`, `doctors`, `patients` and `registration` use them.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from medimeet import clock
from medimeet.database_faults import broken_rule
from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.errors import InvalidInput, TooManyTries
from medimeet.models import Account, Clinic, Credential
from medimeet.services import (
    appointment_changes,
    attempts,
    audit,
    contact_details,
    conversation_rows,
    notifications,
    one_time_links,
    sessions,
    tokens,
)
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.assistant import prompts
from medimeet.services.one_time_links import Purpose
from medimeet.writing import command, lock

MAILED_LINK_LIFETIME = timedelta(days=7)
TAKEN = {
    "username": "Somebody already has this username. Choose another one.",
    "email": "There is already an account with this e-mail. Sign in or ask for a new password.",
    "mobile": "There is already an account with this mobile number. Sign in with it, or give another number.",
}
_RULES = {
    "uq_account_username": "username",
    "uq_account_superuser": "username",
    "uq_account_email": "email",
    "uq_account_mobile": "mobile",
}


def add_account(
    clinic: Clinic | None,
    role: Role,
    answers: Answers,
    *,
    first_name: str = "",
    last_name: str = "",
    email: str | None = None,
    mobile: str | None = None,
    username: str | None = None,
    password_hash: str | None = None,
) -> Account:
    """A new account in the running command; no existing one is ever touched. Without a username one is made up.

    Raises InvalidInput with all faults of `answers`, those noted before included.
    """
    if clinic is not None:
        lock("clinic", clinic.id)  # so that two at once don't make up the same username
    account = Account(clinic_id=clinic.id if clinic else None, role=role, username="")
    account.first_name = answers.line("first_name", first_name, 100)
    account.last_name = answers.line("last_name", last_name, 100)
    write_email(account, email, answers)
    write_mobile(account, mobile, clinic.country if clinic else None, answers)
    write_username(account, username or _free_username(account), answers)
    answers.check()
    if password_hash is not None:
        account.credential = Credential(password_hash=password_hash)
    db.session.add(account)
    keep(account)
    return account


def write_username(account: Account, text: str, answers: Answers) -> None:
    """Sets the username, in the running command; a fault goes to `answers`."""
    name = _spelled("username", text, contact_details.username, answers)
    if name and name != account.username:
        if _is_taken(account, "username", name):
            answers.fault("username", TAKEN["username"])
        account.username = name


def write_email(account: Account, text: str | None, answers: Answers) -> None:
    """Sets or empties the e-mail, in the running command; a new one is not verified, and old links end."""
    address = _spelled("email", text, contact_details.email, answers)
    if address == account.email or "email" in answers.faults:
        return
    if address and _is_taken(account, "email", address):
        answers.fault("email", TAKEN["email"])
        return
    account.email, account.email_verified_at = address, None
    if account.id is not None:
        one_time_links.end_all(account)


def write_mobile(account: Account, text: str | None, country: str | None, answers: Answers) -> None:
    """Sets or empties the mobile number, in the running command, with the spelling it came in beside it."""
    number = _spelled("mobile", text, lambda written: contact_details.mobile(written, country), answers)
    if "mobile" in answers.faults:
        return
    if number != account.mobile:
        if number and _is_taken(account, "mobile", number):
            answers.fault("mobile", TAKEN["mobile"])
            return
        account.mobile, account.mobile_verified_at = number, None
    account.mobile_as_sent = (text or "").strip()[:40] or None


def keep(account: Account) -> None:
    """Sends the account to the database. Raises InvalidInput where somebody took its name or number meanwhile."""
    try:
        db.session.flush()
    except IntegrityError as error:
        field = _RULES.get(broken_rule(error))
        if field is None:
            raise
        raise InvalidInput({field: TAKEN[field]}) from None


def mail_verification(account: Account) -> None:
    """Mails a link that shows that the e-mail is theirs, in the running command."""
    if account.email and not account.is_email_verified:
        token = one_time_links.add_link(Purpose.VERIFY_EMAIL, MAILED_LINK_LIFETIME, account)
        notifications.tell_verification(account, one_time_links.url(Purpose.VERIFY_EMAIL, token))


def mail_first_password(account: Account) -> None:
    """Mails a link to set the first password of an account that the clinic has made, in the running command."""
    token = one_time_links.add_link(Purpose.SET_PASSWORD, MAILED_LINK_LIFETIME, account)
    notifications.tell_account_made(account, one_time_links.url(Purpose.SET_PASSWORD, token))


@command
def send_verification(actor: Actor) -> None:
    """Mails the actor another link to verify the e-mail. Raises TooManyTries after five in an hour."""
    limit = attempts.Limit(attempts.key_of("verification", actor.person.id), 5, timedelta(hours=1))
    if not attempts.count_one(limit):
        raise TooManyTries(
            attempts.seconds_left(limit),
            "We have sent several mails already. Look into your mailbox, also where unwanted mail goes.",
        )
    mail_verification(actor.person)


@command
def verify_email(token: str) -> Account:
    """The account whose e-mail is verified by this. Raises WrongCode."""
    account = one_time_links.spend(Purpose.VERIFY_EMAIL, token).account
    assert account is not None
    account.email_verified_at = clock.now()
    return account


def deactivate(actor: Actor, account: Account) -> None:
    """Ends an account, in the running command: its sign-ins and links, its visits to come, its conversation log."""
    account.is_active = False
    sessions.end_all_sessions(account)
    tokens.revoke_all(account)
    one_time_links.end_all(account)
    conversation_rows.erase_log(account.id)
    prompts.forget(account.id)  # one file removed; should the command fail, the next conversation writes it again
    if account.doctor is not None:
        appointment_changes.cancel_all_of(actor, doctor=account.doctor)
    if account.patient is not None:
        appointment_changes.cancel_all_of(actor, patient=account.patient)
    audit.note(actor, "deactivated", "account", account.id, account.patient.id if account.patient else None)


def _spelled(field: str, text: str | None, spelled: Callable[[str], str], answers: Answers) -> str | None:
    """The text in its one spelling, None where there is none or where it is wrong."""
    if not (text or "").strip():
        return None
    try:
        return spelled(text or "")
    except ValueError as fault:
        answers.fault(field, str(fault))
        return None


def _is_taken(account: Account, field: str, value: str) -> bool:
    """Whether somebody of the clinic, or a superuser, has the value; for a superuser: whether anybody has it.

    Usernames and e-mails share one pool, because people sign in with either.
    """
    if field == "mobile":
        matches = Account.mobile == value
    else:
        matches = or_(func.lower(Account.username) == value.lower(), Account.email == value.lower())
    query = select(Account.id).where(matches)
    if account.clinic_id is not None:
        query = query.where(or_(Account.clinic_id == account.clinic_id, Account.clinic_id.is_(None)))
    if account.id is not None:
        query = query.where(Account.id != account.id)
    with db.session.no_autoflush:
        return db.session.scalar(query.limit(1)) is not None


def _free_username(account: Account) -> str:
    """A username that nobody has yet, made of the e-mail or the name."""
    wanted = (account.email or f"{account.first_name}.{account.last_name}").partition("@")[0]
    stem = "".join(sign for sign in wanted.lower() if sign in _PLAIN)[:100].strip(".") or "person"
    number = 1
    while _is_taken(account, "username", name := stem if number == 1 else f"{stem}{number}"):
        number += 1
    return name


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
