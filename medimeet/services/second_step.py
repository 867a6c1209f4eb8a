"""Between a right password and a right code: a browser that has shown the first of the two, for five minutes."""

from dataclasses import dataclass
from datetime import timedelta

from medimeet.errors import WrongCode
from medimeet.models import Account
from medimeet.services import one_time_links, recovery_codes, second_factor
from medimeet.services.one_time_links import Purpose
from medimeet.writing import command

LIFETIME = timedelta(minutes=5)


class TooLate(WrongCode):
    """The password must be given again."""


@dataclass(frozen=True, slots=True)
class Done:
    """Who has shown both; with a recovery code, how many of them are left."""

    account: Account
    recovery_codes_left: int | None


@command
def begin(account: Account) -> str:
    """The token of a browser in which the account's password was right. A newer one ends it."""
    return one_time_links.add_link(Purpose.SECOND_STEP, LIFETIME, account)


def find(token: str) -> Account:
    """Whose password was right. Raises TooLate where that is more than five minutes ago, or is used up."""
    try:
        account = one_time_links.find(Purpose.SECOND_STEP, token).account
    except WrongCode:
        raise TooLate from None
    assert account is not None
    return account


def finish(token: str, code: str) -> Done:
    """Who may be signed in now. Raises TooLate, WrongCode, TooManyTries."""
    account = find(token)
    with_recovery_code = second_factor.prove(account, code)
    _spend(token)
    return Done(account, recovery_codes.left(account) if with_recovery_code else None)


@command
def _spend(token: str) -> None:
    try:
        one_time_links.spend(Purpose.SECOND_STEP, token)
    except WrongCode:
        raise TooLate from None
