"""The demo data: two clinics with their people and a few visits, the same on every install, dated around today."""

from sqlalchemy import select

from medimeet.db import db
from medimeet.demo_data import clinic_rows, credit_rows, visit_rows
from medimeet.demo_data.people import CLINICS, PASSWORD, SUPERUSER
from medimeet.domain.statuses import Role
from medimeet.errors import InstallationFault
from medimeet.models import Account, Clinic
from medimeet.services import passwords
from medimeet.writing import command, lock

__all__ = ["PASSWORD", "first_clinic_id", "is_loaded", "load"]


def is_loaded() -> bool:
    """Whether this database holds the demo data."""
    return (
        db.session.scalar(
            select(Account.id).where(
                Account.role == Role.SUPERUSER,
                Account.username == SUPERUSER.username,
                Account.email == clinic_rows.email_of(SUPERUSER),
            )
        )
        is not None
    )


def load() -> bool:
    """Writes the demo data once; says whether it did. Raises InstallationFault in a database of a real clinic."""
    if is_loaded():
        return False
    return _write(passwords.hashed(PASSWORD))


def first_clinic_id() -> int:
    """The id of the first demo clinic, Riverside."""
    return db.session.scalars(select(Clinic.id).order_by(Clinic.id).limit(1)).one()


@command
def _write(password_hash: str) -> bool:
    lock("clinic", 0)  # of two first starts at once, the second finds everything there
    if is_loaded():
        return False
    if db.session.scalar(select(Clinic.id).limit(1)) is not None:
        raise InstallationFault(
            "This database holds a clinic of your own, so no demo data goes in. Serve it with `flask serve`, "
            "or give the demo a folder of its own with MEDIMEET_DATA_DIR=..."
        )
    superuser = clinic_rows.add_account(SUPERUSER, None, password_hash)
    plan = credit_rows.add_plans()
    for described in CLINICS:
        people = clinic_rows.add_clinic(described, plan, superuser, password_hash)
        for visit in described.visits:
            visit_rows.add_visit(visit, people)
    return True
