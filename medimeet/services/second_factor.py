"""The second factor: codes of an authenticator app (TOTP, RFC 6238), or a recovery code in their place.

A code is counted before it is compared, and none is taken twice. Sessions and tokens of an account that has a second
factor were all given out after such a code: those from before end when it is switched on.
"""

import hmac
from datetime import timedelta

import pyotp
from sqlalchemy import Integer, bindparam, exists, select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db, prepared_rows
from medimeet.domain.statuses import Role
from medimeet.errors import NeedsOneTimeCode, TooManyTries, WrongCode
from medimeet.models import Account, SecondFactor
from medimeet.prepared import Prepared
from medimeet.services import attempts, notifications, recovery_codes, refused_sign_ins
from medimeet.writing import command, lock

_SECONDS = 30
_IS_ON = Prepared(
    select(
        exists().where(
            SecondFactor.account_id == bindparam("account_id", type_=Integer()), SecondFactor.confirmed_at.is_not(None)
        )
    )
)
_TRIES, _TRIES_A_DAY = 5, 50
_WRONG = "This code is not right, or was used already. Wait for the app's next code and enter that one."
_WRONG_OFTEN = "There were several wrong codes. Wait a few minutes, then enter the app's newest code."
_WRONG_A_DAY = "There were very many wrong codes today. Try again tomorrow, or ask the clinic."


def is_on(account: Account) -> bool:
    """Whether signing in takes a code."""
    [(is_confirmed,)] = prepared_rows(_IS_ON, account_id=account.id)
    return bool(is_confirmed)


def is_missing(account: Account) -> bool:
    """Whether the installation asks this person for a second factor (SECOND_FACTOR=staff), and there is none yet."""
    return setting("SECOND_FACTOR") == "staff" and account.role != Role.PATIENT and not is_on(account)


def prove(account: Account, code: str) -> bool:
    """Whether it was a recovery code that has shown the account's second factor. Raises WrongCode, TooManyTries."""
    if _is_right(account, code):
        return False
    if not _spend_recovery_code(account, code):
        raise WrongCode(_WRONG)
    return True


def require(account: Account, code: str) -> bool:
    """Whether the code that came along has shown the second factor; False where the account has none.

    Raises NeedsOneTimeCode, TooManyTries.
    """
    if not is_on(account):
        return False
    if not code:
        raise NeedsOneTimeCode
    try:
        prove(account, code)
    except WrongCode as error:
        raise NeedsOneTimeCode(error.words) from None
    return True


def refuse_begun(account: Account) -> None:
    """Raises NeedsOneTimeCode where a second factor was switched on meanwhile, in the running command."""
    lock("account", account.id)
    if is_on(account):
        raise NeedsOneTimeCode


def check_first(account: Account, code: str) -> None:
    """Returns where it is a code of the app that is being set up. Raises WrongCode, TooManyTries."""
    if not _is_right(account, code, confirmed=False):
        raise WrongCode(_WRONG)


def _is_right(account: Account, code: str, *, confirmed: bool = True) -> bool:
    return _try_code(account.id, "".join(code.split()), confirmed)


@command
def _try_code(account_id: int, code: str, confirmed: bool) -> bool:
    """Whether it is a code of the app, of now or half a minute off. It is counted before anything is compared."""
    lock("account", account_id)
    row = db.session.get(SecondFactor, account_id)
    limits = _limits(account_id)
    _count(limits)
    if not _is_taken(row, account_id, code, confirmed):
        refused_sign_ins.note_when_reached(db.session.get(Account, account_id), limits, "one-time code")
        return False
    for limit in limits:
        attempts.give_back(limit)
    return True


def _is_taken(row: SecondFactor | None, account_id: int, code: str, confirmed: bool) -> bool:
    """Whether the code is one that the app shows about now, and newer than the last one: one statement decides."""
    if row is None or (row.confirmed_at is not None) != confirmed:
        return False
    totp, now = pyotp.TOTP(row.secret), int(clock.now().timestamp()) // _SECONDS
    matching = [step for step in (now - 1, now, now + 1) if _is_same(totp.generate_otp(step), code)]
    if not matching:
        return False
    newer = (SecondFactor.account_id == account_id, SecondFactor.last_step < max(matching))
    taken = update(SecondFactor).where(*newer).values(last_step=max(matching)).returning(SecondFactor.account_id)
    return db.session.execute(taken).first() is not None


@command
def _spend_recovery_code(account: Account, text: str) -> bool:
    """Whether it is one of the paper's codes; the try was counted with the app's."""
    lock("account", account.id)
    if not is_on(account) or not recovery_codes.spend(account, text):
        return False
    for limit in _limits(account.id):
        attempts.give_back(limit)
    left = recovery_codes.left(account)
    notifications.tell_second_factor(account, f"was opened with a recovery code; {left} are left")
    return True


def _is_same(expected: str, code: str) -> bool:
    return hmac.compare_digest(expected.encode(), code.encode("utf-8", "surrogatepass"))


def _limits(account_id: int) -> tuple[attempts.Limit, attempts.Limit]:
    key = f"second factor:{account_id}"
    return (
        attempts.Limit(attempts.key_of(key, "now"), _TRIES, timedelta(minutes=5)),
        attempts.Limit(attempts.key_of(key, "a day"), _TRIES_A_DAY, timedelta(days=1)),
    )


def _count(limits: tuple[attempts.Limit, attempts.Limit]) -> None:
    """Counts a try in both. Raises TooManyTries where one is reached; nothing is counted then."""
    for limit, words in zip(limits, (_WRONG_OFTEN, _WRONG_A_DAY), strict=True):
        if not attempts.count_one(limit):
            raise TooManyTries(attempts.seconds_left(limit), words)
