"""Medical records: what a doctor wrote about a visit, kept as versions.

Who writes and who reads them: docs/decisions/0004-who-reads-records.md. Reading is a command, so that nobody but the
patient reads a record without leaving a line in the audit log.
"""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, contains_eager, joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AGREED, AppointmentStatus
from medimeet.errors import AppointmentClosed, Conflict, InvalidInput, NotAllowed, NotFound
from medimeet.models import Appointment, EmergencyAccess, MedicalRecordVersion
from medimeet.services import appointments, audit, reasons
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.writing import command, lock

FIELDS = ("complaint", "diagnosis", "prescription", "notes")
LONGEST = 10_000
CHANGED_MEANWHILE = (
    "This record was changed since you opened it. What you wrote is below, not yet saved. "
    "Compare it with the newest version, then save again."
)


@command
def write(
    actor: Actor,
    appointment_id: int,
    complaint: str = "",
    diagnosis: str = "",
    prescription: str = "",
    notes: str = "",
    based_on: int | None = None,
) -> MedicalRecordVersion:
    """The newest version of the visit's record, with these words; the same words again add none.

    `based_on` is the number of the version that the writer saw, 0 for none. Raises NotFound, NotAllowed for anybody but
    the doctor of the visit, AppointmentClosed, InvalidInput, Conflict where somebody wrote meanwhile.
    """
    appointment = writable(actor, appointment_id)
    words = _read(complaint=complaint, diagnosis=diagnosis, prescription=prescription, notes=notes)
    lock("patient", appointment.patient_id)
    newest = _newest(appointment_id)
    if newest is not None and all(getattr(newest, field) == words[field] for field in FIELDS):
        return newest
    number = newest.number if newest is not None else 0
    if based_on is not None and based_on != number:
        raise Conflict(CHANGED_MEANWHILE)
    version = MedicalRecordVersion(
        clinic_id=appointment.clinic_id,
        appointment_id=appointment.id,
        number=number + 1,
        author_id=actor.person.id,
        **words,
    )
    db.session.add(version)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(CHANGED_MEANWHILE) from None
    why = reasons.of_reading(actor, appointment.patient_id)
    audit.note(actor, "wrote", "medical_record", appointment.id, appointment.patient_id, why, version=version.number)
    return version


def writable(actor: Actor, appointment_id: int) -> Appointment:
    """The visit, if the actor may write its record now. Raises NotFound, NotAllowed, AppointmentClosed."""
    appointment = appointments.find(actor, appointment_id)
    doctor = actor.person.doctor
    if doctor is None or not doctor.is_verified or doctor.id != appointment.doctor_id:
        raise NotAllowed("Only the doctor of this visit writes its medical record.")
    if not may_be_written(appointment):
        raise AppointmentClosed(
            "A medical record is written once the visit has begun, and not for a visit that fell out."
        )
    return appointment


def may_be_written(appointment: Appointment) -> bool:
    """Whether the visit took place, as far as we know: it is completed, or it has begun."""
    if appointment.status == AppointmentStatus.COMPLETED:
        return True
    return appointment.status == AppointmentStatus.SCHEDULED and appointment.starts_at <= clock.now()


@command
def versions_of(actor: Actor, appointment_id: int) -> list[MedicalRecordVersion]:
    """Every version of the visit's record, the newest first; none where nothing was written. Raises NotFound."""
    appointment = _readable(actor, appointment_id)
    versions = list(
        db.session.scalars(
            select(MedicalRecordVersion)
            .where(MedicalRecordVersion.appointment_id == appointment.id)
            .options(joinedload(MedicalRecordVersion.author))
            .order_by(MedicalRecordVersion.number.desc())
        )
    )
    if versions:
        _note_reading(actor, appointment.patient_id, [appointment.id])
    return versions


@command
def latest(actor: Actor, appointment_id: int) -> MedicalRecordVersion | None:
    """The version of the visit's record that holds, or None. Raises NotFound."""
    appointment = _readable(actor, appointment_id)
    version = _newest(appointment.id)
    if version is not None:
        _note_reading(actor, appointment.patient_id, [appointment.id])
    return version


@command
def of_patient(actor: Actor, patient_id: int, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of what holds of a patient's records, the latest visit first; empty for those who may not read them."""
    newer = aliased(MedicalRecordVersion)
    found = db.paginate(
        select(MedicalRecordVersion)
        .join(MedicalRecordVersion.appointment)
        .where(
            Appointment.patient_id == patient_id,
            readable_by(actor),
            MedicalRecordVersion.number
            == select(func.max(newer.number))
            .where(newer.appointment_id == MedicalRecordVersion.appointment_id)
            .scalar_subquery(),
        )
        .options(
            contains_eager(MedicalRecordVersion.appointment).joinedload(Appointment.doctor),
            contains_eager(MedicalRecordVersion.appointment).joinedload(Appointment.treatment),
            joinedload(MedicalRecordVersion.author),
        )
        .order_by(Appointment.starts_at.desc()),
        page=page,
        per_page=per_page,
        error_out=False,
    )
    _note_reading(actor, patient_id, [version.appointment_id for version in found.items])
    return found


def written_for(visits: list[Appointment]) -> set[int]:
    """The ids of those visits that have a record; says nothing of what is in it."""
    ids = [visit.id for visit in visits]
    query = select(MedicalRecordVersion.appointment_id).where(MedicalRecordVersion.appointment_id.in_(ids)).distinct()
    return set(db.session.scalars(query)) if ids else set()


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """The condition for the visits whose records the actor may read: one's own as a patient, and as a doctor those of
    every patient whom one sees or has seen, and in an emergency of one more for an hour. Running the clinic does not
    open them.
    """
    person = actor.person
    may: list[ColumnElement[bool]] = []
    if person.patient is not None:
        may.append(Appointment.patient_id == person.patient.id)
    if person.doctor is not None and person.doctor.is_verified:
        own = aliased(Appointment)
        may.append(
            Appointment.patient_id.in_(
                select(own.patient_id).where(own.doctor_id == person.doctor.id, own.status.in_(AGREED))
            )
        )
        may.append(Appointment.patient_id.in_(_in_an_emergency(actor)))
    return and_(Appointment.clinic_id == actor.clinic.id, or_(false(), *may))


def treats(actor: Actor, patient_id: int) -> bool:
    """Whether the doctor sees or has seen the patient."""
    own = (Appointment.doctor_id == actor.own_doctor.id, Appointment.status.in_(AGREED))
    return (
        db.session.scalar(select(Appointment.id).where(Appointment.patient_id == patient_id, *own).limit(1)) is not None
    )


def _in_an_emergency(actor: Actor) -> Select[int]:
    """The patients whose records the doctor has opened in an emergency, while the hour lasts."""
    mine = (EmergencyAccess.account_id == actor.person.id, EmergencyAccess.expires_at > clock.now())
    return select(EmergencyAccess.patient_id).where(*mine)


def _readable(actor: Actor, appointment_id: int) -> Appointment:
    appointment = db.session.scalar(select(Appointment).where(Appointment.id == appointment_id, readable_by(actor)))
    if appointment is None:
        raise NotFound("We can't find this medical record.")
    return appointment


def _newest(appointment_id: int) -> MedicalRecordVersion | None:
    return db.session.scalar(
        select(MedicalRecordVersion)
        .where(MedicalRecordVersion.appointment_id == appointment_id)
        .options(joinedload(MedicalRecordVersion.author))
        .order_by(MedicalRecordVersion.number.desc())
        .limit(1)
    )


def _note_reading(actor: Actor, patient_id: int, appointment_ids: list[int]) -> None:
    own = actor.person.patient
    if not appointment_ids or (own is not None and own.id == patient_id):
        return
    why = reasons.of_reading(actor, patient_id)
    for appointment_id in appointment_ids:
        audit.note(actor, "read", "medical_record", appointment_id, patient_id, why)


def _read(**words: str) -> dict[str, str]:
    answers = Answers()
    read = {field: answers.text(field, said, LONGEST) for field, said in words.items()}
    answers.check()
    if not any(read.values()):
        raise InvalidInput({"complaint": "Write at least one of the four, then save."})
    return read
