"""Who tried to see or change a patient's data and was refused: it stands in the log of that patient's clinic."""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Select, or_, select

from medimeet.db import db
from medimeet.models import Account, Appointment, MedicalHistoryEntry, Notification, Patient
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.writing import command


def _of_visit_told(notification_id: int) -> ColumnElement[bool]:
    visits = select(Appointment.patient_id).join(Notification, Notification.appointment_id == Appointment.id)
    return Patient.id.in_(visits.where(Notification.id == notification_id))


def _told(notification_id: int) -> ColumnElement[bool]:
    return Patient.account_id.in_(select(Notification.account_id).where(Notification.id == notification_id))


_WHOSE: Mapping[str, Callable[[int], Select[Patient]]] = {
    "appointment": lambda key: (
        select(Patient).join(Appointment, Appointment.patient_id == Patient.id).where(Appointment.id == key)
    ),
    "patient": lambda key: select(Patient).where(Patient.id == key),
    "account": lambda key: select(Patient).where(Patient.account_id == key),
    "medical history": lambda key: select(Patient).join(Patient.medical_history).where(MedicalHistoryEntry.id == key),
    "notification": lambda key: select(Patient).where(or_(_of_visit_told(key), _told(key))),
}


def note(account_id: int, subject: str, row_id: int) -> None:
    """Adds a line that the account was refused the row, where there is such a row and it is another person's.

    To be called once the answer is out: whether it takes a moment longer must not tell that the row exists.
    """
    patient = db.session.scalar(_WHOSE[subject](row_id).limit(1))
    account = db.session.get(Account, account_id)
    if patient is not None and account is not None and patient.account_id != account_id:
        _note(Actor(account, patient.clinic), subject, row_id, patient.id)


@command
def _note(actor: Actor, subject: str, row_id: int, patient_id: int) -> None:
    audit.note(actor, "was refused", subject, row_id, patient_id, "may not see it")
