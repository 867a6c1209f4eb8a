"""Erasing a person: at once, all that the law does not make a clinic keep (docs/decisions/0013)."""

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from medimeet import clock
from medimeet.config import setting, shared_path
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.errors import NotAllowed, NotFound
from medimeet.gateways import pictures
from medimeet.gateways.conversation_store import StoreAway
from medimeet.gateways.outbox import OutboxFolder
from medimeet.model_base import Base
from medimeet.models import (
    Account,
    Appointment,
    BrowserSession,
    ContactMessage,
    Credential,
    EmergencyAccess,
    HeldIdentity,
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
)
from medimeet.services import (
    accounts,
    appointments,
    audit,
    conversation_transfer,
    data_export,
    erased_list,
    erased_traces,
    people,
    rights_messages,
    sign_in,
)
from medimeet.services.access import Actor
from medimeet.services.new_picture import UPLOADS
from medimeet.writing import command, lock

WORKS_HERE = (
    "You work here, so your name stays beside what you wrote and did: the law asks who treated somebody. Your "
    "conversation with the assistant can be erased at any time. When you leave, the clinic ends your account."
)
# What proves who they are, where they signed in, what they were told and had in mind: nothing of it is needed any more.
_GONE: tuple[type[Base], ...] = (
    Credential,
    SecondFactor,
    RecoveryCode,
    OneTimeCode,
    OneTimeLink,
    BrowserSession,
    IssuedToken,
    IdempotencyKey,
    Proposal,
    Notification,
)
_TOOK_PLACE = (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What erasing a person would mean: visits canceled, records that must stay, and until when (None: for ever)."""

    to_come: int
    records: int
    held_visits: int
    until: datetime | None

    @property
    def is_held(self) -> bool:
        """Whether anything has to be kept."""
        return bool(self.records or self.held_visits)


def outlook(person: Account) -> Outlook:
    """What erasing this person would cancel, and what it would leave."""
    patient = person.patient
    if patient is None:
        return Outlook(0, 0, 0, None)
    mine = Appointment.patient_id == patient.id
    written = select(MedicalRecordVersion.appointment_id).join(MedicalRecordVersion.appointment).where(mine)
    took_place = select(Appointment.id).where(mine, Appointment.status.in_(_TOOK_PLACE))
    held = select(Appointment.starts_at).where(Appointment.id.in_(written.union(took_place)))
    visits, latest = db.session.execute(select(func.count(), func.max(held.subquery().c.starts_at))).one()
    records = db.session.scalar(select(func.count()).select_from(written.distinct().subquery())) or 0
    return Outlook(len(appointments.upcoming_of(patient=patient)), records, visits, _until(latest))


def refusal(person: Account) -> str:
    """Why this person can't be erased, in words for themselves; empty where they can."""
    return "" if person.role == Role.PATIENT else WORKS_HERE


def erase(actor: Actor, account_id: int) -> str:
    """Erases a person, for good: oneself, or for its admin a patient of the clinic, be it of before.

    Answers with the name they are listed by now. Raises NotFound, NotAllowed for those who work here.
    """
    traces = _erase(actor, account_id)
    erased_list.remember(traces.public_id)
    pictures.remove(traces.picture, shared_path(UPLOADS))
    outbox = OutboxFolder(shared_path("outbox"))
    for message_id, at in traces.messages:
        outbox.forget(message_id, at)
    with suppress(StoreAway):  # then the poller does it as soon as MongoDB is there
        conversation_transfer.bring_over(lambda: True)
    erased_traces.empty_write_ahead_log()
    return traces.name


def repeat_what_was_lost() -> int:
    """Erases again whom a backup from before has brought back; how many."""
    erased_list.remember_what_was_done()
    back = [(person.id, person.clinic) for person in erased_list.brought_back()]
    for account_id, clinic in back:
        person = db.session.get_one(Account, account_id)
        if clinic is not None:
            erase(Actor(person, clinic), account_id)
    return len(back)


@dataclass(frozen=True, slots=True)
class _Traces:
    """What lies outside the database of somebody who is erased there."""

    name: str
    public_id: uuid.UUID
    picture: str | None
    messages: list[tuple[str, datetime]]


@command
def _erase(actor: Actor, account_id: int) -> _Traces:
    person = _erasable(actor, account_id)
    lock("account", person.id)
    now, patient, own = clock.now(), person.patient, person.id == actor.person.id
    if patient is not None:
        _hold_identity(person, patient)
        patient.closed_at = patient.closed_at or now
    picture, public_id = person.picture, person.public_id
    erased_list.begin(public_id)
    accounts.deactivate(actor, person)  # which cancels what is to come, and tells the doctors
    sign_in.forget_wrong_tries(person)
    db.session.flush()
    messages = _messages_of(person)
    db.session.execute(delete(ContactMessage).where(data_export.enquiries_of(person)))
    for model in _GONE:
        db.session.execute(delete(model).where(model.account_id == person.id))  # type: ignore[attr-defined]
    if patient is not None:
        _erase_patient(patient)
    rights_messages.tell_erased(person, now, by_clinic=not own)
    _erase_account(person, now)
    audit.note(actor, "erased", "personal data", person.id, patient.id if patient is not None else None)
    db.session.flush()
    db.session.expire(person)  # its password is gone from the database, and must not be written back
    return _Traces(person.full_name, public_id, picture, messages)


def _erasable(actor: Actor, account_id: int) -> Account:
    person = db.session.get(Account, account_id)
    if person is None or person.erased_at is not None:
        raise NotFound("We can't find this person.")
    if person.id != actor.person.id:
        people.refuse_non_admin(actor)
        if person.clinic_id != actor.clinic.id or person.patient is None:
            raise NotFound("We can't find this person.")
    if person.role != Role.PATIENT:
        raise NotAllowed(WORKS_HERE)
    return person


def _hold_identity(person: Account, patient: Patient) -> None:
    """Keeps, sealed, whose the records are that the law makes the clinic keep; nothing where there are none."""
    found = outlook(person)
    if not found.is_held:
        return
    identity = {
        "name": person.full_name,
        "born": person.date_of_birth.isoformat() if person.date_of_birth else None,
        "gender": person.gender,
    }
    held = HeldIdentity(patient_id=patient.id, clinic_id=patient.clinic_id, until=found.until)
    held.identity = json.dumps(identity, ensure_ascii=False)
    db.session.add(held)


def _until(latest: datetime | None) -> datetime | None:
    years = setting("RECORD_YEARS")
    if latest is None or not years:
        return None
    try:
        return latest.replace(year=latest.year + years)
    except ValueError:  # the 29th of February
        return latest.replace(year=latest.year + years, month=3, day=1)


def _erase_patient(patient: Patient) -> None:
    mine = Appointment.patient_id == patient.id
    written = select(MedicalRecordVersion.appointment_id).join(MedicalRecordVersion.appointment).where(mine)
    has_record = db.session.scalar(written.limit(1)) is not None
    db.session.execute(update(Appointment).where(mine, Appointment.id.not_in(written)).values(reason=""))
    if not has_record:  # what somebody told of their health belongs to a record, where there is one
        db.session.execute(delete(MedicalHistoryEntry).where(MedicalHistoryEntry.patient_id == patient.id))
    shown = func.coalesce(Review.deleted_at, clock.now())
    db.session.execute(update(Review).where(Review.patient_id == patient.id).values(body="", deleted_at=shown))
    # Who looked and when stays: here, in the audit log and with the clinic's admins, who were told at once.
    db.session.execute(update(EmergencyAccess).where(EmergencyAccess.patient_id == patient.id).values(reason=""))
    patient.phone = patient.blood_group = patient.emergency_contact = ""


def _erase_account(person: Account, now: datetime) -> None:
    person.public_id = uuid.uuid4()
    person.username = f"erased-{person.id}"
    person.first_name, person.last_name = "Erased", f"person {person.id}"
    person.email = person.email_verified_at = None
    person.mobile = person.mobile_as_sent = person.mobile_verified_at = None
    person.date_of_birth = person.stated_age = person.picture = None
    person.gender = person.address = person.bio = ""
    person.erased_at = now
    if person.doctor is not None:  # somebody whose application was not accepted yet
        person.doctor.meet_link, person.doctor.years_of_experience, person.doctor.shows_contact = "", None, False


def _messages_of(person: Account) -> list[tuple[str, datetime]]:
    query = select(Notification.message_id, Notification.created_at).where(Notification.account_id == person.id)
    return [(message_id, at) for message_id, at in db.session.execute(query)]
