"""Second factors in tests: switched on, and the codes that a phone would show."""

import pyotp

from medimeet import clock
from medimeet.db import db
from medimeet.models import Account, SecondFactor
from medimeet.services import recovery_codes
from tests.factories import save


def give_second_factor(account: Account) -> str:
    """The secret of a second factor that is on."""
    secret = pyotp.random_base32()
    save(SecondFactor(account_id=account.id, secret=secret, confirmed_at=clock.now()))
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """What the phone shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30 + steps)


def wrong_code(secret: str) -> str:
    """Six digits that the phone does not show around now."""
    shown = {code_of(secret, steps) for steps in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in shown)


def give_recovery_codes(account: Account) -> list[str]:
    """Ten codes on paper."""
    codes = recovery_codes.replace_all(account)
    db.session.commit()
    return codes
