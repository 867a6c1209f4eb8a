"""Between a right password and what it opens: whether the password is still the one that was shown.

Hashing takes its time. Whoever knows an old password and signs in without a pause would else slip in while its owner
changes it, and stay.
"""

from datetime import datetime

from sqlalchemy import select

from medimeet.db import db
from medimeet.errors import WrongCredentials
from medimeet.models import Account, Credential
from medimeet.writing import lock

_SHOWN = "passwords shown"


def set_at(account: Account | None) -> datetime | None:
    """When the password that the account has now was set."""
    account_id = account.id if account is not None else None
    return db.session.scalar(select(Credential.changed_at).where(Credential.account_id == account_id))


def note(account: Account, since: datetime | None) -> None:
    """Remembers, for this request, that the account's password was shown, which was set at `since`."""
    db.session.info.setdefault(_SHOWN, {})[account.id] = since


def refuse_replaced(account: Account) -> None:
    """Raises WrongCredentials where the password was replaced after this request has shown it, in the running command.

    Nobody replaces it from here to the command's end.
    """
    shown = db.session.info.get(_SHOWN, {})
    if account.id not in shown:
        return
    lock("account", account.id)
    if set_at(account) != shown[account.id]:
        raise WrongCredentials
