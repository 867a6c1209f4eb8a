"""Accounts as the superuser's back office writes them: with the spelling, the keys and the end that accounts have."""

from collections.abc import Mapping
from typing import Any

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic, Doctor
from medimeet.services import accounts, password_changes, people, sessions, tokens
from medimeet.services.access import Actor
from medimeet.services.answers import Answers

_OWN_ROLE = "You can't change your own role. Ask another superuser to do it."
_OWN_END = "You can't end your own account. Ask another superuser to do it."


def with_hash(account: Account | None, values: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The values without `new_password`, and its hash; hashing takes long, so it stays outside every command.

    Raises InvalidInput for a password that the rules refuse.
    """
    values = dict(values)
    password = values.pop("new_password", None)
    if not password:
        return values, None
    names = [values.get(name) or getattr(account, name, None) or "" for name in ("first_name", "last_name")]
    words = [values.get(name) or getattr(account, name, None) or "" for name in ("username", "email")]
    answers = Answers()
    password_hash = password_changes.hashed_when_sound(
        password, [*words, *password_changes.own_names(*names)], answers, "new_password"
    )
    answers.check()
    return values, password_hash


def add(actor: Actor, values: dict[str, Any], password_hash: str | None, answers: Answers) -> Account:
    """A new account, in the running command; takes what it has used out of `values`.

    Without a password a link to set one is mailed. Raises InvalidInput.
    """
    clinic_id, role = values.pop("clinic_id", None), values.pop("role")
    clinic = db.session.get(Clinic, clinic_id) if clinic_id is not None else None
    _check_clinic(role, clinic_id, answers)
    values.pop("ends_sign_ins", None)
    with people.in_staff_words():
        account = accounts.add_account(
            clinic,
            role,
            answers,
            first_name=values.pop("first_name", None) or "",
            last_name=values.pop("last_name", None) or "",
            email=values.pop("email", None),
            mobile=values.pop("mobile", None),
            username=values.pop("username", None),
            password_hash=password_hash,
        )
    if password_hash is None and account.email:
        accounts.mail_first_password(account)
    return account


def change(actor: Actor, account: Account, values: dict[str, Any], password_hash: str | None, answers: Answers) -> None:
    """Writes what accounts have rules for, in the running command, and takes it out of `values`."""
    _refuse_own_end(actor, account, values, answers)
    _check_clinic(values.get("role", account.role), account.clinic_id, answers)
    if "username" in values:
        if not values["username"]:
            answers.fault("username", "Write a username.")
        accounts.write_username(account, values.pop("username") or "", answers)
    if "email" in values:
        accounts.write_email(account, values.pop("email"), answers)
    if "mobile" in values:
        accounts.write_mobile(
            account, values.pop("mobile"), account.clinic.country if account.clinic else None, answers
        )
    has_new_role = values.get("role", account.role) != account.role
    ends_sign_ins = values.pop("ends_sign_ins", False) or has_new_role
    with people.in_staff_words():
        answers.check()
        accounts.keep(account)
    if password_hash is not None:
        password_changes.keep_password(account, password_hash)
    if ends_sign_ins:
        sessions.end_all_sessions(account)
        tokens.revoke_all(account)
    if values.get("is_active") is False:
        del values["is_active"]
        accounts.deactivate(actor, account)


def follow_verification(doctor: Doctor) -> None:
    """Gives a verified doctor's account the doctor's role, an unverified one's the patient's, in the running command.

    They sign in afresh, as after an accepted application.
    """
    account = db.session.get_one(Account, doctor.account_id)
    if account.is_staff:
        return
    account.role = Role.DOCTOR if doctor.is_verified else Role.PATIENT
    sessions.end_all_sessions(account)


def _check_clinic(role: Role, clinic_id: int | None, answers: Answers) -> None:
    if role == Role.SUPERUSER and clinic_id is not None:
        answers.fault("role", "A superuser belongs to no clinic. Make a new account without a clinic instead.")
    if role != Role.SUPERUSER and clinic_id is None:
        answers.fault("role", "Only a superuser belongs to no clinic. Make a new account in a clinic instead.")


def _refuse_own_end(actor: Actor, account: Account, values: Mapping[str, Any], answers: Answers) -> None:
    if account.id != actor.person.id:
        return
    if values.get("role", account.role) != account.role:
        answers.fault("role", _OWN_ROLE)
    if values.get("is_active") is False:
        answers.fault("is_active", _OWN_END)
