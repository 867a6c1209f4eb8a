"""How many wrong passwords are looked at: of one account from one address, of one account in a day, from one address.

A browser that the account has signed in with before is counted by itself: strangers who guess lock nobody out there.
"""

from datetime import timedelta

from medimeet.config import setting
from medimeet.domain.networks import network_of
from medimeet.errors import TooManyTries
from medimeet.models import Account
from medimeet.services import attempts
from medimeet.services.attempts import Limit

_MINUTES, _HOUR, _DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
_WORDS = {
    _HOUR: "There were very many wrong passwords from your network, so it takes none for now. Try again in an hour, "
    "or with a browser in which you have signed in before.",
    _DAY: "There were very many wrong passwords for this account today, so it takes no password for now. "
    "Ask for a link by e-mail and set a new password. Then you can sign in at once.",
}


def of(account: Account | None, whom: str, address: str, *, is_known: bool = False) -> tuple[Limit, ...]:
    """The limits that a try counts against, the one of this place first. Unknown names are counted as known ones are.

    `whom` stands for a name that nobody has; `is_known` where the browser is one of the account's.
    """
    counted, network = subject_of(account, whom), network_of(address)
    if is_known:
        return (
            Limit(attempts.key_of(counted, "known browsers"), setting("PASSWORD_TRIES"), _MINUTES),
            Limit(attempts.key_of(counted, "known browsers", "a day"), setting("PASSWORD_TRIES_A_DAY"), _DAY),
        )
    return (
        Limit(attempts.key_of(counted, network), setting("PASSWORD_TRIES"), _MINUTES),
        Limit(attempts.key_of(counted), setting("PASSWORD_TRIES_A_DAY"), _DAY),
        Limit(attempts.key_of("passwords from", network), setting("PASSWORD_TRIES_AN_ADDRESS"), _HOUR),
    )


def subject_of(account: Account | None, whom: str = "") -> str:
    """What the keys of an account's counts begin with."""
    return f"password:{account.id}" if account is not None else attempts.key_of("password:nobody", whom)


def refuse_when_reached(limits: tuple[Limit, ...]) -> None:
    """Raises TooManyTries where one of the limits is reached."""
    for limit in limits:
        if attempts.is_reached(limit):
            raise TooManyTries(attempts.seconds_left(limit), _WORDS.get(limit.window))
