"""One-time codes by SMS: six digits that live for a minute, are tried five times at most, and are right once.

Only a keyed hash of a code is kept, bound to its verification id and number. A newer code for a number kills the older.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from sqlalchemy import select, update

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.errors import NotRegistered, TooManyTries, WrongCode
from medimeet.models import Account, OneTimeCode
from medimeet.services import attempts, contact_details, notifications, sign_in
from medimeet.services.access import Actor
from medimeet.writing import command, lock

LIFETIME = notifications.CODE_LIFETIME
TRIES = 5
_DIGITS = 6
_CODES_A_NUMBER = 3
_WRONG_A_DAY = 50
_WRONG = "This code is not right, or no longer. Ask for a new one."
_ASKED_OFTEN = "Your address has asked for very many codes. Try again in an hour."
_WRONG_OFTEN = "There were very many wrong codes for this number. Sign in with a password, or try again tomorrow."
_NONE_LEFT = "No more codes can be sent today. Sign in with a password, or call the clinic."


def send(actor: Actor, mobile: str, address: str) -> str:
    """Sends a code to the mobile number, in any usual spelling; answers the verification id that goes with it.

    `address` is the network address that asks. Raises InvalidInput (mobile), NotRegistered, and TooManyTries: three
    codes in ten minutes a number, CODES an hour an address whether the number is known or not, CODES_A_DAY in all.
    A refused code leaves the last one alive.
    """
    asked = attempts.by_the_hour("codes", address, setting("CODES"))
    if not _count(asked):
        raise TooManyTries(attempts.seconds_left(asked), _ASKED_OFTEN)
    account = sign_in.find_by_mobile(actor.clinic, mobile)
    if account is None:
        raise NotRegistered
    return _add(account.id)


def verify(mobile: str, verification_id: str, code: str) -> Account:
    """The account whose number is shown by this to be theirs.

    Raises WrongCode for whatever is wrong, expired, used or replaced, TooManyTries after 50 wrong ones in a day.
    """
    account = _try(mobile, verification_id, code)
    if account is None:
        raise WrongCode(_WRONG)
    return account


@command
def _count(limit: attempts.Limit) -> bool:
    return attempts.count_one(limit)


@command
def _add(account_id: int) -> str:
    """The verification id of a new code, which is on its way to the account's number."""
    lock("account", account_id)
    account = db.session.get_one(Account, account_id)
    number = account.mobile or ""
    a_number = attempts.Limit(attempts.key_of("codes to", number), _CODES_A_NUMBER, timedelta(minutes=10))
    if not attempts.count_one(a_number):
        raise TooManyTries(attempts.seconds_left(a_number), "We have sent several codes already. Use the last one.")
    in_all = attempts.Limit("codes in all", setting("CODES_A_DAY"), timedelta(days=1))
    if not attempts.count_one(in_all):
        raise TooManyTries(attempts.seconds_left(in_all), _NONE_LEFT)
    now = clock.now()
    older = update(OneTimeCode).where(OneTimeCode.number == number, OneTimeCode.ended_at.is_(None))
    db.session.execute(older.values(ended_at=now))
    verification_id = str(secrets.randbelow(9 * 10**14) + 10**14)  # as many digits as JavaScript keeps in a number
    code = str(secrets.randbelow(10**_DIGITS)).zfill(_DIGITS)
    db.session.add(
        OneTimeCode(
            verification_id=verification_id,
            account_id=account.id,
            number=number,
            code_hash=_hash(verification_id, number, code),
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    notifications.tell_code(account, code)
    return verification_id


@command
def _try(mobile: str, verification_id: str, code: str) -> Account | None:
    """Whose code it is, None for a wrong one. The try is counted before anything is compared."""
    sent = db.session.scalar(select(OneTimeCode).where(OneTimeCode.verification_id == verification_id))
    if sent is None:
        return None
    lock("account", sent.account_id)
    account = db.session.get_one(Account, sent.account_id)
    wrong = attempts.Limit(attempts.key_of(f"wrong code:{account.id}"), _WRONG_A_DAY, timedelta(days=1))
    if attempts.is_reached(wrong):
        raise TooManyTries(attempts.seconds_left(wrong), _WRONG_OFTEN)
    is_theirs = account.is_active and account.mobile == sent.number and _is_spelling_of(mobile, account)
    if not is_theirs or not _count_try(sent.id):
        return None
    tried = code.strip().zfill(_DIGITS)  # programs that send it as a number lose its first zeros
    if not hmac.compare_digest(sent.code_hash, _hash(verification_id, sent.number, tried)):
        attempts.count_one(wrong)
        return None
    now = clock.now()
    db.session.execute(update(OneTimeCode).where(OneTimeCode.id == sent.id).values(ended_at=now))
    account.mobile_verified_at = account.mobile_verified_at or now
    return account


def _count_try(code_id: int) -> bool:
    """Whether the code may be tried once more: one statement decides, however many try at once."""
    alive = (OneTimeCode.id == code_id, OneTimeCode.ended_at.is_(None), OneTimeCode.expires_at > clock.now())
    counted = update(OneTimeCode).where(*alive, OneTimeCode.tries < TRIES).values(tries=OneTimeCode.tries + 1)
    return db.session.execute(counted.returning(OneTimeCode.id)).first() is not None


def _is_spelling_of(mobile: str, account: Account) -> bool:
    try:
        return contact_details.mobile(mobile, account.clinic.country if account.clinic else None) == account.mobile
    except ValueError:
        return False


def _hash(verification_id: str, number: str, code: str) -> str:
    key = hashlib.sha256(b"medimeet codes " + setting("SECRET_KEY").encode()).digest()
    told = f"{verification_id} {number} {code}".encode("utf-8", "surrogatepass")
    return hmac.new(key, told, hashlib.sha256).hexdigest()
