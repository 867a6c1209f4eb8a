"""The programs in which somebody is signed in, as their owner sees and ends them; each is a family of tokens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from medimeet import clock
from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import Account, IssuedToken
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.tokens import unrevoked
from medimeet.writing import command, lock


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is signed in: the name of its tokens' family, what it calls itself, from where and since when."""

    family: str
    program: str
    address: str
    created_at: datetime
    last_used_at: datetime


def of_account(account: Account) -> list[Program]:
    """Every program that is signed in to the account, the last used first."""
    is_good = case(((IssuedToken.revoked_at.is_(None)) & (IssuedToken.expires_at > clock.now()), 1), else_=0)
    last_used = func.max(func.coalesce(IssuedToken.last_used_at, IssuedToken.created_at))
    columns = (
        IssuedToken.family,
        func.max(IssuedToken.program),
        func.max(IssuedToken.address),
        func.min(IssuedToken.created_at),
        last_used,
    )
    found = select(*columns).where(IssuedToken.account_id == account.id).group_by(IssuedToken.family)
    return [
        Program(*row) for row in db.session.execute(found.having(func.max(is_good) == 1).order_by(last_used.desc()))
    ]


@command
def end(actor: Actor, family: str) -> None:
    """Signs one of the actor's programs out. Raises NotFound for somebody else's, or one that has ended."""
    lock("account", actor.person.id)
    ended = unrevoked().where(IssuedToken.family == family, IssuedToken.account_id == actor.person.id)
    if db.session.execute(ended.values(revoked_at=clock.now()).returning(IssuedToken.jti)).first() is None:
        raise NotFound("This sign-in has ended already.")
    audit.note(actor, "signed out", "account", actor.person.id, by="program")
