"""Lines in the audit log of guesses that were stopped: one for each time that a limit is reached, not one a guess."""

from medimeet.models import Account
from medimeet.services import attempts, audit
from medimeet.services.access import Actor
from medimeet.services.attempts import Limit


def note_when_reached(account: Account | None, limits: tuple[Limit, ...], by: str) -> None:
    """Adds a line, in the running command, where the try just counted was the last that a limit allows.

    Who guesses is not known, and of a name that nobody has nothing is told but that somebody guesses.
    """
    if not any(attempts.is_reached(limit) for limit in limits):
        return
    if account is None or account.clinic is None:
        audit.note_upkeep("stopped wrong sign-ins", "account", account=account.id if account else None, by=by)
    else:
        audit.note(Actor(None, account.clinic), "stopped wrong sign-ins", "account", account.id, by=by)
