"""Codes on paper that stand in for a lost authenticator app, each once. Only their keyed hashes are kept."""

import hashlib
import hmac
import secrets

from sqlalchemy import delete, func, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.models import Account, RecoveryCode

COUNT = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like another
_LENGTH = 10  # 49 bits; guesses are limited as those of the app's codes are


def replace_all(account: Account) -> list[str]:
    """Ten new codes in place of all others, in the running command. They can't be told a second time."""
    forget_all(account)
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    db.session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash(account.id, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def forget_all(account: Account) -> None:
    """Removes the account's codes, in the running command."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def spend(account: Account, text: str) -> bool:
    """Whether the text is an unused code of the account; it is used up by this, in the running command."""
    code = "".join(sign for sign in text.lower() if sign in _LETTERS)
    unused = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    spent = update(RecoveryCode).where(*unused, RecoveryCode.code_hash == _hash(account.id, code))
    return db.session.execute(spent.values(used_at=clock.now()).returning(RecoveryCode.id)).first() is not None


def left(account: Account) -> int:
    """How many codes are not used yet."""
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def _hash(account_id: int, code: str) -> str:
    key = hashlib.sha256(b"medimeet recovery codes " + setting("SECRET_KEY").encode()).digest()
    return hmac.new(key, f"{account_id} {code}".encode(), hashlib.sha256).hexdigest()
