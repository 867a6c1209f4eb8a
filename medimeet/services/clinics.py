"""Clinics: which one a request means, and what is told of it."""

from sqlalchemy import select

from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import Account, Clinic


def of_request(account: Account | None, host: str) -> Clinic:
    """The account's clinic; else the one whose domain is `host`; else the first.

    Raises NotFound while the installation has no clinic.
    """
    if account is not None and account.clinic is not None:
        return account.clinic
    domain = host.rsplit(":", 1)[0].lower()
    clinic = db.session.scalar(select(Clinic).where(Clinic.domain == domain))
    clinic = clinic or db.session.scalar(select(Clinic).order_by(Clinic.id).limit(1))
    if clinic is None:
        raise NotFound("No clinic is set up here yet. Run `flask init` to make the first one.")
    return clinic
