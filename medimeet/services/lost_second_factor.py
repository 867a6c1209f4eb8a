"""Taking a second factor off somebody who has lost it: a clinic's admin for its members, a superuser for admins."""

from sqlalchemy import Select, select

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.errors import NotAllowed, NotFound
from medimeet.models import Account, SecondFactor
from medimeet.services import audit, second_factor_changes, sessions, tokens
from medimeet.services.access import Actor
from medimeet.writing import command

_OTHERS = "We can't find a second factor of theirs that you may take off."


def listed(actor: Actor) -> list[Account]:
    """Everybody whose second factor the actor may take off, by name. Raises NotAllowed."""
    people = _within_reach(actor).order_by(Account.last_name, Account.first_name, Account.id)
    return list(db.session.scalars(people))


def find(actor: Actor, account_id: int) -> Account:
    """One of them. Raises NotFound, NotAllowed."""
    account = db.session.scalar(_within_reach(actor).where(Account.id == account_id))
    if account is None:
        raise NotFound(_OTHERS)
    return account


@command
def take_off(actor: Actor, account_id: int) -> None:
    """Takes the second factor off for the actor, who has just shown the own password.

    Its person is signed out everywhere, and told. Raises NotFound, NotAllowed.
    """
    account = find(actor, account_id)
    second_factor_changes.take_off(account)
    _sign_out(account)
    audit.note(actor, "took off second factor", "account", account.id)


@command
def take_off_by_hand(username: str) -> Account:
    """The same at the machine itself, for whoever has nobody above them. Raises NotFound."""
    named = select(Account).join(SecondFactor, SecondFactor.account_id == Account.id).where(Account.is_active)
    found = list(db.session.scalars(named.where((Account.username == username) | (Account.email == username.lower()))))
    if len(found) != 1:
        raise NotFound(
            f"There is no account {username} with a second factor, or more than one. Try the e-mail address."
        )
    second_factor_changes.take_off(found[0])
    _sign_out(found[0])
    audit.note_upkeep("took off second factor", "account", account=found[0].id)
    return found[0]


def _sign_out(account: Account) -> None:
    sessions.end_all_sessions(account)
    tokens.revoke_all(account)


def _within_reach(actor: Actor) -> Select[Account]:
    if not actor.is_admin:
        raise NotAllowed
    has_one = select(Account).join(SecondFactor, SecondFactor.account_id == Account.id)
    others = has_one.where(SecondFactor.confirmed_at.is_not(None), Account.is_active, Account.id != actor.person.id)
    if actor.person.role == Role.SUPERUSER:
        return others
    return others.where(Account.clinic_id == actor.clinic.id, Account.role.in_((Role.DOCTOR, Role.PATIENT)))
