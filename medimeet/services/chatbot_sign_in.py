"""Patients who sign in to a clinic's chatbot. Staff use the portal, also for visits of their own."""

from medimeet.errors import NotAllowed, NotSignedIn, WrongCredentials
from medimeet.models import Account, Clinic
from medimeet.services import access, sign_in, tokens
from medimeet.services.tokens import TokenPair

_SIGN_IN_AGAIN = "This sign-in has ended. Sign in again."
_ELSEWHERE = "This sign-in is at another clinic. Sign in at this one."


def check(clinic: Clinic, email: str, password: str, address: str) -> Account:
    """The account of a patient of this very clinic who has verified the e-mail, tried from a network address.

    Raises WrongCredentials for everybody else, and never says why; TooManyTries.
    """
    account = sign_in.check_in(clinic, email, password, address)
    if not _may_sign_in(account):
        raise WrongCredentials
    return account


def resume(clinic: Clinic, refresh_token: str) -> tuple[Account, TokenPair]:
    """Whom a refresh token belongs to, and new tokens in its place. Raises NotSignedIn as `tokens.rotate` does,
    and for whoever may not sign in here; NotAllowed for a token of another clinic.
    """
    if not _may_sign_in(_holder(clinic, refresh_token)):
        raise NotSignedIn(_SIGN_IN_AGAIN)
    return tokens.rotate(refresh_token)


def sign_out(clinic: Clinic, refresh_token: str) -> None:
    """Ends every token of the sign-in that the refresh token is of.

    Raises NotSignedIn where it has ended already, NotAllowed for a token of another clinic.
    """
    _holder(clinic, refresh_token)
    if not tokens.revoke_family(refresh_token):
        raise NotSignedIn(_SIGN_IN_AGAIN)


def _holder(clinic: Clinic, refresh_token: str) -> Account:
    account = tokens.holder_of_refresh(refresh_token)
    if account.clinic_id != clinic.id:
        raise NotAllowed(_ELSEWHERE)
    return account


def _may_sign_in(account: Account) -> bool:
    patient = account.patient
    has_profile = patient is not None and patient.closed_at is None
    return access.patient(account) and has_profile and account.is_email_verified
