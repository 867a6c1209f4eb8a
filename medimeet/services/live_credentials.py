"""The look at a credential that every request of a signed-in person begins with: who holds it, in one statement."""

from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, bindparam

from medimeet import clock
from medimeet.model_base import InstantColumn
from medimeet.models import Account, BrowserSession, Clinic, IssuedToken, Patient
from medimeet.prepared_models import PreparedModels, relate

Row = TypeVar("Row", BrowserSession, IssuedToken)


class LiveCredential(Generic[Row]):
    """A kind of credential, and which of its rows is meant: by parameters, built once."""

    def __init__(self, kind: type[Row], *which: ColumnElement[bool]) -> None:
        self._models = PreparedModels(
            (Account, kind, Clinic, Patient),
            lambda asked: (
                asked.select_from(Account)
                .join(kind, kind.account_id == Account.id)
                .outerjoin(Clinic, Clinic.id == Account.clinic_id)
                .outerjoin(Patient, Patient.account_id == Account.id)
                .where(*which, kind.expires_at > bindparam("now", type_=InstantColumn()), Account.is_active)
            ),
        )

    def find(self, **values: Any) -> tuple[Account, Row] | None:
        """Whose it is, with their clinic and patient's profile, and the row; None where it is over, or the account."""
        found = self._models.first(**values, now=clock.now())
        if found is None:
            return None
        account, row, clinic, patient = found
        relate(account, "clinic", clinic)
        relate(account, "patient", patient)
        if patient is not None:
            relate(patient, "account", account)
        return account, row
