"""Whose conversation it is: read once from what they came with, and looked at again at every turn."""

from dataclasses import dataclass

from medimeet.errors import NeedsSecondFactor, NotSignedIn
from medimeet.models import Account
from medimeet.services import clinics, second_factor, sessions, tokens
from medimeet.services.access import Actor

ENDED = "You are signed out, or signed in somewhere else now. Sign in again, then open the assistant once more."


@dataclass(frozen=True, slots=True)
class Caller:
    """A person in their clinic, and the credential that must stay good: a browser's session, or an access token."""

    account_id: int
    clinic_id: int
    host: str
    session_token: str | None = None
    access_token: str | None = None

    def actor(self) -> Actor:
        """The person as they are now, who has just done something. Raises NotSignedIn where that has ended."""
        return self._checked(_account(self.session_token, self.access_token))

    def check(self) -> None:
        """As `actor`, but it does not count as something that the person did."""
        if self.session_token is None:
            self.actor()
            return
        row = sessions.session_of(self.session_token)
        self._checked(row.account if row is not None else None)

    def _checked(self, account: Account | None) -> Actor:
        if account is None or account.id != self.account_id:
            raise NotSignedIn(ENDED)
        if second_factor.is_missing(account):
            raise NotSignedIn(NeedsSecondFactor.default_words)
        actor = Actor(account, clinics.of_request(account, self.host))
        if actor.clinic.id != self.clinic_id:
            raise NotSignedIn(ENDED)
        return actor


def caller_by(host: str, *, session_token: str | None = None, access_token: str | None = None) -> Caller:
    """Who comes with this session or this token. Raises NotSignedIn."""
    account = _account(session_token, access_token)
    if account is None:
        raise NotSignedIn(ENDED)
    clinic = clinics.of_request(account, host)
    caller = Caller(account.id, clinic.id, host, session_token, access_token)
    caller.check()
    return caller


def _account(session_token: str | None, access_token: str | None) -> Account | None:
    if session_token is not None:
        return sessions.account_of_session(session_token)
    return tokens.account_of_access(access_token or "")
