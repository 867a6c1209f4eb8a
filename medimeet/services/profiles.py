"""People as accounts with a profile: one's own, and to the clinic's admin everybody's of the clinic."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, or_, select

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Account, Patient
from medimeet.services import accounts, audit, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.new_picture import NewPicture
from medimeet.services.people import PersonDetails
from medimeet.services.search import any_part
from medimeet.writing import command

_NEEDED = {
    "username": "Choose a username.",
    "email": "Write the e-mail address. The link to set a password goes there.",
}


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the people whom the actor may see, in the order in which they came.

    `search` is any part of a username, an e-mail or a name.
    """
    found = any_part(search, Account.username, Account.email, Account.first_name, Account.last_name)
    query = _seen_by(actor).where(found).order_by(Account.id)
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def find(actor: Actor, account_id: int) -> Account:
    """Oneself, or for the clinic's admin anybody of the clinic. Raises NotFound."""
    account = db.session.scalar(_seen_by(actor).where(Account.id == account_id))
    if account is None:
        raise NotFound("We can't find this profile.")
    return account


def read(actor: Actor, account_id: int) -> Account:
    """As `find`, to show the profile: that somebody else reads a patient's goes into the audit log."""
    account = find(actor, account_id)
    if account.patient is not None and account.id != actor.person.id:
        audit.note_reading(actor, "account", account.id, account.patient.id)
    return account


@command
def add(actor: Actor, details: PersonDetails, picture: NewPicture | None = None) -> Account:
    """A new patient of the clinic, made by its admin; a link to set a password is mailed.

    Raises InvalidInput, also for everybody else: who is signed in has a profile.
    """
    if not actor.is_admin:
        raise InvalidInput({"": "You have a profile already. Change that one."})
    answers = Answers()
    for field, words in _NEEDED.items():
        if not (getattr(details, field) or "").strip():
            answers.fault(field, words)
    shown = picture or NewPicture()
    if shown.fault is not None:
        answers.fault("picture", shown.fault)
    with people.in_staff_words():
        account = people.add(actor.clinic, Role.PATIENT, details, answers)
    account.picture = shown.name
    account.patient = Patient(clinic_id=actor.clinic.id)
    db.session.flush()
    accounts.mail_first_password(account)
    audit.note(actor, "added", "account", account.id, account.patient.id)
    return account


@command
def change(actor: Actor, account_id: int, changes: Mapping[str, Any], picture: NewPicture | None = None) -> Account:
    """The profile with the given fields of PersonDetails changed. Raises InvalidInput, NotFound."""
    account = find(actor, account_id)
    answers = Answers()
    if "username" in changes and not changes["username"].strip():
        answers.fault("username", _NEEDED["username"])
    if picture is not None:
        picture.show(account, answers)
    details = replace(people.details_of(account), **changes)
    if account.id == actor.person.id:
        people.change(account, actor.clinic, details, answers)
    else:
        with people.in_staff_words():
            people.change(account, actor.clinic, details, answers)
    audit.note(actor, "changed", "account", account.id)
    return account


@command
def remove(actor: Actor, account_id: int) -> None:
    """Ends the account and cancels what is to come; the row stays.

    Raises NotFound, NotAllowed for who runs the clinic.
    """
    account = find(actor, account_id)
    people.refuse_to_remove(actor, account)
    accounts.deactivate(actor, account)


def _seen_by(actor: Actor) -> Select[Account]:
    is_own = Account.id == actor.person.id
    theirs = or_(is_own, Account.clinic_id == actor.clinic.id) if actor.is_admin else is_own
    return select(Account).where(Account.is_active, theirs)
