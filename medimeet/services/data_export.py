"""Everything that is kept about one person, row by row, for that person to take along.

Each column of the database that leads to a person is either followed here or named in `NOT_FOLLOWED` with the reason;
a test holds the two against the database's own foreign keys, so that a new table has to be decided on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, inspect, literal, select, union_all
from sqlalchemy.orm import joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.gateways.conversation_store import Said
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    Appointment,
    AuditEntry,
    BrowserSession,
    ContactMessage,
    ConversationErasure,
    Credential,
    CreditEntry,
    CreditReservation,
    Doctor,
    EmergencyAccess,
    ExclusionDate,
    IdempotencyKey,
    IssuedToken,
    MedicalHistoryEntry,
    MedicalRecordVersion,
    Notification,
    OneTimeCode,
    OneTimeLink,
    Patient,
    Proposal,
    RecoveryCode,
    Review,
    SecondFactor,
    Treatment,
    WorkingHours,
)
from medimeet.services import audit, conversation, record_readers, records, rights_messages
from medimeet.services.access import Actor
from medimeet.services.record_readers import Deed
from medimeet.services.search import same_number
from medimeet.writing import command


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table that a column leads to, and which of its columns are not handed out."""

    model: type[Base]
    by: str
    without: tuple[str, ...] = ()
    name: str = ""

    @property
    def label(self) -> str:
        """The part's name in the file: the table's, unless the same table comes twice."""
        return self.name or self.model.__tablename__


# What proves who somebody is stays here: whoever finds the file shall not be able to sign in with it.
_SECRETS = ("password_hash", "secret", "last_step", "code_hash", "token_hash", "verification_id", "jti", "family")
# What leads from a member of staff to the people they work for is not the member's own.
_OF_PATIENTS = ("patient_id", "reason", "body", "appointment_id", "booked_by_id", "canceled_by_id")

PARTS = (
    Part(Account, "id"),
    Part(Patient, "account_id"),
    Part(MedicalHistoryEntry, "patient_id"),
    Part(Appointment, "patient_id", ("booked_by_id", "canceled_by_id")),
    Part(MedicalRecordVersion, "appointment_id"),
    Part(Review, "patient_id"),
    Part(EmergencyAccess, "patient_id"),
    Part(Notification, "account_id"),
    Part(Proposal, "account_id"),
    Part(IdempotencyKey, "account_id"),
    Part(ConversationErasure, "account_id"),
    Part(Credential, "account_id", _SECRETS),
    Part(SecondFactor, "account_id", _SECRETS),
    Part(RecoveryCode, "account_id", _SECRETS),
    Part(OneTimeCode, "account_id", _SECRETS),
    Part(OneTimeLink, "account_id", _SECRETS),
    Part(BrowserSession, "account_id", _SECRETS),
    Part(IssuedToken, "account_id", _SECRETS),
    Part(Doctor, "account_id"),
    Part(WorkingHours, "doctor_id"),
    Part(ExclusionDate, "doctor_id"),
    Part(CreditReservation, "account_id"),
    Part(CreditEntry, "account_id"),
    Part(Appointment, "doctor_id", _OF_PATIENTS, "visits_as_doctor"),
    Part(Review, "doctor_id", _OF_PATIENTS, "reviews_of_you"),
    Part(EmergencyAccess, "account_id", _OF_PATIENTS, "emergency_access_by_you"),
    Part(MedicalRecordVersion, "author_id", (*_OF_PATIENTS, *records.FIELDS), "records_by_you"),
    Part(AuditEntry, "actor_id", (*_OF_PATIENTS, "subject_id", "detail", "why", "digest"), "your_own_deeds"),
)  # fmt: skip

_ELSEWHERE = "read together with what MongoDB keeps, see `conversation`"
_WITH_THE_LOG = "read together with the lines about the account, see `who_saw`"
_WHO_PRESSED = "says who pressed the button for a visit that is somebody else's"
NOT_FOLLOWED = {
    ("appointment", "booked_by_id"): _WHO_PRESSED,
    ("appointment", "canceled_by_id"): _WHO_PRESSED,
    ("audit_entry", "patient_id"): _WITH_THE_LOG,
    ("conversation_message", "account_id"): _ELSEWHERE,
    ("conversation_message", "appointment_id"): "the doctor's own words to the assistant during a visit",
    ("doctor_designation", "doctor_id"): "words of the clinic's lists; the doctor's page shows them",
    ("doctor_language", "doctor_id"): "words of the clinic's lists; the doctor's page shows them",
    ("doctor_specialty", "doctor_id"): "words of the clinic's lists; the doctor's page shows them",
    ("doctor_treatment", "doctor_id"): "words of the clinic's lists; the doctor's page shows them",
    ("held_identity", "patient_id"): "made only when a person is erased, who has no account any more",
    ("idempotency_key", "appointment_id"): "another's key: the patient's own ones are found by their account",
    ("invoice", "marked_paid_by_id"): "the clinic's business with the installation",
    ("notification", "appointment_id"): "another's message: the patient's own ones are found by their account",
    ("one_time_link", "appointment_id"): "found by the account",
    ("proposal", "appointment_id"): "found by the account",
    ("proposal", "result_id"): "found by the account",
    ("review", "appointment_id"): "found by the patient",
}


@dataclass(frozen=True, slots=True)
class Export:
    """What is kept about a person. `rows` has a list for each part; `conversation` is None where it is left out."""

    person: Account
    made_at: datetime
    rows: dict[str, list[dict[str, Any]]]
    conversation: list[Said] | None
    who_saw: list[Deed]


def of_own(actor: Actor) -> Export:
    """Everything about the actor. Raises LogAway while a part of the conversation can't be read."""
    return _collected(actor, conversation.export(actor))


def of_patient(actor: Actor, patient: Patient) -> Export:
    """Everything about a patient, for the clinic's desk to hand over; the conversation stays theirs alone."""
    return _collected(Actor(patient.account, actor.clinic), None)


@command
def note(actor: Actor, person: Account) -> None:
    """Adds a line to the audit log that the data was taken along; a patient whom the desk did it for is told."""
    audit.note(actor, "exported", "personal data", person.id, person.patient.id if person.patient else None)
    if person.id != actor.person.id:
        rights_messages.tell_exported(person, clock.now())


def counts(person: Account) -> dict[str, int]:
    """How many rows of each part there are about a person."""
    each = (
        select(literal(part.label), func.count()).select_from(part.model.__table__).where(_leads_to(part, person))
        for part in PARTS
    )
    return dict(db.session.execute(union_all(*each)).all())


def _collected(person: Actor, said: list[Said] | None) -> Export:
    account = person.person
    rows = {part.label: list(_rows(part, account)) for part in PARTS}
    _add_names(rows["appointment"])
    rows["contact_message"] = [_plain(row) for row in db.session.execute(_enquiries(account)).mappings()]
    rows["audit_entry"] = [_plain(row) for row in db.session.execute(_lines(account)).mappings()]
    lines = record_readers.by_others(account).order_by(AuditEntry.at, AuditEntry.id)
    deeds = record_readers.in_words(account, list(db.session.scalars(lines)))
    return Export(account, clock.now(), rows, said, deeds)


def _add_names(visits: list[dict[str, Any]]) -> None:
    """With whom each visit is, and what for, in words: numbers say nothing outside this house."""
    theirs = select(Doctor).where(Doctor.id.in_({visit["doctor_id"] for visit in visits}))
    doctors = {doctor.id: doctor.name for doctor in db.session.scalars(theirs.options(joinedload(Doctor.account)))}
    of_visits = select(Treatment.id, Treatment.name).where(
        Treatment.id.in_({visit["treatment_id"] for visit in visits})
    )
    treatments = dict(db.session.execute(of_visits).all())
    for visit in visits:
        visit["doctor"] = doctors[visit["doctor_id"]]
        visit["treatment"] = treatments.get(visit["treatment_id"], "")


def _rows(part: Part, person: Account) -> Iterator[dict[str, Any]]:
    for found in db.session.execute(_found(part, person)).mappings():
        row = _plain(found)
        if row.get("holds_secret"):  # a link or code that has not left yet is for its reader's mailbox alone
            row["body"] = ""
        yield row


def _found(part: Part, person: Account) -> Select[Any]:
    columns = [column for column in part.model.__table__.columns if column.name not in part.without]
    query = select(*columns).where(_leads_to(part, person))
    return query.order_by(*inspect(part.model).primary_key)


def _leads_to(part: Part, person: Account) -> ColumnElement[bool]:
    column = part.model.__table__.columns[part.by]
    targets = {key.column.table.name for key in column.foreign_keys}
    if part.model is Account or "account" in targets:
        return column == person.id
    if "patient" in targets:
        return column == (person.patient.id if person.patient is not None else None)
    if "doctor" in targets:
        return column == (person.doctor.id if person.doctor is not None else None)
    own = person.patient.id if person.patient is not None else None
    return column.in_(select(Appointment.id).where(Appointment.patient_id == own))


def _lines(person: Account) -> Select[Any]:
    """The lines of the audit log about the person, without the actor's number: who it was stands in `who_saw`."""
    columns = [column for column in AuditEntry.__table__.columns if column.name not in {"actor_id", "digest"}]
    return select(*columns).where(record_readers.about(person)).order_by(AuditEntry.id)


def _enquiries(person: Account) -> Select[Any]:
    """Messages to the clinic that were left with the person's own mobile number."""
    return select(*ContactMessage.__table__.columns).where(enquiries_of(person)).order_by(ContactMessage.id)


def enquiries_of(person: Account) -> ColumnElement[bool]:
    """The condition for messages to the clinic that were left with the person's own mobile number.

    Nothing else tells whose they are, and a number counts only once a code sent there came back: anybody can enter
    somebody else's, and would read, or erase, what that person wrote.
    """
    if not person.mobile or person.mobile_verified_at is None:
        return false()
    country = person.clinic.country if person.clinic is not None else None
    return same_number(person.mobile, country, ContactMessage.phone) & (ContactMessage.clinic_id == person.clinic_id)


def _plain(row: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
