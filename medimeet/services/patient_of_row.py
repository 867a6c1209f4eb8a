"""The patient whom a row of any table is about."""

from sqlalchemy import select

from medimeet.db import db
from medimeet.model_base import Base
from medimeet.models import Account, Appointment, AuditEntry, Doctor, Patient


def find(row: Base) -> int | None:
    """The id of the patient whom the row is about, by whichever of its columns leads there; None where it is nobody.

    A line of the audit log is about nobody here: it tells that something was read, and nothing of it.
    """
    if isinstance(row, Patient):
        return row.id
    if isinstance(row, AuditEntry | Doctor):
        return None
    patient_id: int | None = getattr(row, "patient_id", None)
    if patient_id is not None:
        return patient_id
    appointment_id = getattr(row, "appointment_id", None)
    if appointment_id is not None:
        return db.session.scalar(select(Appointment.patient_id).where(Appointment.id == appointment_id))
    account_id = row.id if isinstance(row, Account) else getattr(row, "account_id", None)
    if account_id is None:
        return None
    return db.session.scalar(select(Patient.id).where(Patient.account_id == account_id))
