"""A booking by hand: all of MediMeet's looks, its locks, the visit, two messages, a line of the audit log.

The words of a message, the sealing of a text and the digest of a line are no SQL: they are MediMeet's own, so that what
is written is the same to the letter (tests/speed/test_raw.py). Left out is what the bench never asks for: keys against
a second booking, staff who book for others, times without an id, people without an e-mail, holds to be ended.
"""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

from bench.speed.driver import Database
from bench.speed.raw import times
from bench.speed.raw.people import Asker, Person, Refused, full_name
from bench.speed.raw.times import DAY, EPOCH, MINUTE, MINUTE_BITS, OCCUPIES, Time
from medimeet.domain.references import new_reference
from medimeet.domain.statuses import AppointmentStatus
from medimeet.sealing import KeyRing
from medimeet.services import audit_chain, calendar_file, message_texts

HORIZON = timedelta(days=365)
DOCTOR_LOCK, PATIENT_LOCK = 2, 3  # as medimeet.writing numbers them
TAKEN = f"""
SELECT id FROM appointment WHERE clinic_id = ? AND doctor_id = ? AND starts_at <= ? AND starts_at > ? AND ends_at > ?
  AND {OCCUPIES} LIMIT 1
"""
WANTED = """
SELECT doctor.meet_link, account.id, account.first_name, account.last_name, account.username, account.email,
  treatment.id, EXISTS (SELECT 1 FROM doctor_treatment WHERE doctor_id = doctor.id AND treatment_id = treatment.id)
FROM doctor JOIN account ON account.id = doctor.account_id
LEFT JOIN treatment ON treatment.id = ? AND treatment.clinic_id = doctor.clinic_id AND treatment.is_active
WHERE doctor.id = ? AND doctor.clinic_id = ? AND doctor.verified_at IS NOT NULL AND account.is_active
"""
LAPSED = """starts_at > ? AND starts_at < ? AND status = 'pending' AND hold_expires_at IS NOT NULL
  AND hold_expires_at <= ?"""
STANDING = f"""
SELECT doctor.verified_at IS NOT NULL AND EXISTS (SELECT 1 FROM account WHERE id = doctor.account_id AND is_active),
  EXISTS (SELECT 1 FROM patient JOIN account ON account.id = patient.account_id
    WHERE patient.id = ? AND patient.closed_at IS NULL AND account.is_active),
  EXISTS (SELECT 1 FROM appointment WHERE doctor_id = doctor.id AND {LAPSED})
    OR EXISTS (SELECT 1 FROM appointment WHERE patient_id = ? AND {LAPSED}),
  treatment.price, treatment.duration_minutes, doctor.fee
FROM doctor LEFT JOIN treatment ON treatment.id = ? AND treatment.clinic_id = doctor.clinic_id AND treatment.is_active
  AND EXISTS (SELECT 1 FROM doctor_treatment WHERE doctor_id = doctor.id AND treatment_id = treatment.id)
WHERE doctor.id = ?
"""
CLASH = """
SELECT id FROM appointment WHERE patient_id = ? AND starts_at < ? AND starts_at > ? AND ends_at > ?
  AND status IN ('pending', 'scheduled')
  AND NOT (status = 'pending' AND hold_expires_at IS NOT NULL AND hold_expires_at <= ?) LIMIT 1
"""
VISIT = """
INSERT INTO appointment (public_id, reference, clinic_id, doctor_id, patient_id, treatment_id, starts_at, ends_at,
  status, reason, kind, price, channel, sequence, booked_by_id, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'scheduled', ?, 'Offline', ?, 'booking', 0, ?, ?, ?) RETURNING id
"""
MESSAGE = """
INSERT INTO notification (clinic_id, account_id, appointment_id, channel, kind, recipient, subject, body, calendar,
  holds_secret, dedupe_key, message_id, state, due_at, tries, last_error, created_at)
VALUES (?, ?, ?, 'email', 'appointment_booked', ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, '', ?)
ON CONFLICT (dedupe_key) DO NOTHING
"""
HEAD = "SELECT number, digest FROM audit_head WHERE chain = ?"
FIRST_HEAD = "INSERT INTO audit_head (chain, number, digest) VALUES (?, 0, '') ON CONFLICT DO NOTHING"
MOVE_HEAD = "UPDATE audit_head SET number = ?, digest = ? WHERE chain = ?"
LINE = """
INSERT INTO audit_entry (at, clinic_id, actor_id, deed, subject, subject_id, patient_id, detail, why, request_id, chain,
  number, key, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, '{}', '', ?, ?, ?, ?, ?)
"""


class Wanted(NamedTuple):
    """With whom, and what for."""

    account: Person
    meet_link: str
    treatment_id: int | None


class Booked(NamedTuple):
    """What came of it."""

    id: int
    doctor_id: int
    patient_id: int
    treatment_id: int | None
    time: Time
    end: str
    reason: str


class Desk:
    """Where visits of one database are booked, their texts sealed with the keys of this ring."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._database = database
        self._ring = ring

    def book(self, asker: Asker, slot_id: int, treatment_id: int | None, reason: str, now: datetime) -> Booked:
        """A visit on a free slot, for the patient who asks. Raises Refused."""
        doctor_id, minutes = divmod(slot_id, 1 << MINUTE_BITS)
        starts_at = EPOCH + minutes * MINUTE
        self._refuse_taken(asker, doctor_id, starts_at, now)
        if asker.patient_id is None:
            raise Refused(403, "no patient")
        wanted = self._wanted(asker, doctor_id, treatment_id)
        with self._database.writing():
            self._lock(DOCTOR_LOCK, doctor_id)
            self._refuse_taken(asker, doctor_id, starts_at, now)
            self._lock(PATIENT_LOCK, asker.patient_id)
            price, minutes = self._terms(asker.patient_id, doctor_id, treatment_id, starts_at, now)
            time, ends_at = self._span(asker, doctor_id, starts_at, minutes * MINUTE, now)
            visit = self._add_visit(asker, wanted, doctor_id, time, ends_at, price, reason, now)
            self._add_messages(visit, now)
            self._add_line(asker, visit.id, now)
        end = ends_at.replace(tzinfo=UTC).astimezone(asker.clinic.zone)
        return Booked(visit.id, doctor_id, asker.patient_id, treatment_id, time, f"{end:%H:%M}", reason)

    def _refuse_taken(self, asker: Asker, doctor_id: int, starts_at: datetime, now: datetime) -> None:
        if starts_at <= now:
            raise Refused(409, "past")
        start, day_before, now_kept = map(self._database.kept, (starts_at, starts_at - DAY, now))
        if self._database.run(TAKEN, asker.clinic.id, doctor_id, start, day_before, start, now_kept).fetchone():
            raise Refused(409, "taken")

    def _wanted(self, asker: Asker, doctor_id: int, treatment_id: int | None) -> Wanted:
        found = self._database.run(WANTED, treatment_id, doctor_id, asker.clinic.id).fetchone()
        if found is None:
            raise Refused(404, "no doctor")
        meet_link, account_id, first_name, last_name, username, email, offered_id, is_given = found
        if treatment_id is not None and not (offered_id and is_given):
            raise Refused(404, "no treatment")
        return Wanted(Person(account_id, full_name(first_name, last_name, username), email), meet_link, offered_id)

    def _lock(self, subject: int, row_id: int) -> None:
        if not self._database.is_sqlite:
            self._database.run("SELECT pg_advisory_xact_lock(?, ?)", subject, row_id)

    def _terms(
        self, patient_id: int, doctor_id: int, treatment_id: int | None, starts_at: datetime, now: datetime
    ) -> tuple[Decimal, int]:
        around = tuple(map(self._database.kept, (starts_at - DAY, starts_at + DAY, now)))
        values = (patient_id, *around, patient_id, *around, treatment_id, doctor_id)
        takes_patients, is_open, has_holds, price, minutes, fee = self._database.run(STANDING, *values).fetchone()
        if not (takes_patients and is_open) or has_holds or (treatment_id is not None and minutes is None):
            raise Refused(409, "changed meanwhile")
        return (fee, 0) if treatment_id is None else (price, minutes)

    def _span(
        self, asker: Asker, doctor_id: int, starts_at: datetime, duration: timedelta, now: datetime
    ) -> tuple[Time, datetime]:
        zone = asker.clinic.zone
        day = starts_at.replace(tzinfo=UTC).astimezone(zone).date()
        if day > now.replace(tzinfo=UTC).astimezone(zone).date() + HORIZON:
            raise Refused(404, "out of reach")
        days = (day, day + DAY)
        declared = times.of_doctor(self._database, doctor_id, days, zone, now)
        free = {time.starts_at: time for time in declared.free(days, zone, now)}
        time = free.get(starts_at)
        if time is None:
            is_declared = any(starts_at == each.starts_at for each in declared.times(day, zone))
            raise Refused(409 if is_declared else 404, "taken or no slot")
        ends_at = max(time.ends_at, starts_at + duration)
        self._refuse_clash(asker.patient_id, starts_at, ends_at, now)
        free_until = time.ends_at
        while free_until < ends_at:
            if free_until not in free:
                raise Refused(409, "too short")
            free_until = free[free_until].ends_at
        return time, ends_at

    def _refuse_clash(self, patient_id: int | None, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
        start, end, day_before, now_kept = map(self._database.kept, (starts_at, ends_at, starts_at - DAY, now))
        if self._database.run(CLASH, patient_id, end, day_before, start, now_kept).fetchone():
            raise Refused(409, "patient busy")

    def _add_visit(
        self,
        asker: Asker,
        wanted: Wanted,
        doctor_id: int,
        time: Time,
        ends_at: datetime,
        price: Decimal,
        reason: str,
        now: datetime,
    ) -> Any:
        public_id, reference = uuid.uuid4(), new_reference()
        start, end, now_kept = map(self._database.kept, (time.starts_at, ends_at, now))
        who = (asker.clinic.id, doctor_id, asker.patient_id, wanted.treatment_id)
        sealed = self._ring.seal(reason, "appointment.reason") if reason else ""
        named = (public_id.hex if self._database.is_sqlite else public_id, reference)
        more = (sealed, price, asker.account.id, now_kept, now_kept)
        [visit_id] = self._database.run(VISIT, *named, *who, start, end, *more).fetchone()
        doctor = SimpleNamespace(
            name=f"Dr {wanted.account.full_name}", account=wanted.account, meet_link=wanted.meet_link
        )
        return SimpleNamespace(
            id=visit_id,
            public_id=public_id,
            reference=reference,
            sequence=0,
            kind="Offline",
            status=AppointmentStatus.SCHEDULED,
            starts_at=time.starts_at.replace(tzinfo=UTC),
            ends_at=ends_at.replace(tzinfo=UTC),
            clinic=asker.clinic,
            patient=SimpleNamespace(id=asker.patient_id, account=asker.account),
            doctor=doctor,
        )

    def _add_messages(self, visit: Any, now: datetime) -> None:
        key = f"appointment-{visit.id}-booked"
        calendar = self._ring.seal(calendar_file.of(visit, "REQUEST"), "notification.calendar")
        self._add_message(visit, visit.patient.account, message_texts.booked(visit), calendar, key, now)
        words = message_texts.for_doctor(visit, "booked")
        self._add_message(visit, visit.doctor.account, words, None, f"{key}-doctor", now)

    def _add_message(
        self, visit: Any, to: Person, words: message_texts.Words, calendar: str | None, key: str, now: datetime
    ) -> None:
        subject, body = message_texts.one_line(words.subject)[:200], self._ring.seal(words.body, "notification.body")
        message_id, now_kept = f"<{uuid.uuid4().hex}@medimeet.invalid>", self._database.kept(now)
        what = (to.email, subject, body, calendar, False, key, message_id, now_kept, now_kept)
        self._database.run(MESSAGE, visit.clinic.id, to.id, visit.id, *what)

    def _add_line(self, asker: Asker, visit_id: int, now: datetime) -> None:
        """A line of the audit log at the end of the clinic's chain, whose head stays locked until the commit."""
        chain, key = asker.clinic.id, self._ring.newest
        head = HEAD if self._database.is_sqlite else f"{HEAD} FOR UPDATE"
        found = self._database.run(head, chain).fetchone()
        if found is None:
            self._database.run(FIRST_HEAD, chain)
            found = self._database.run(head, chain).fetchone()
        number, before = found[0] + 1, found[1]
        line = {
            "at": now.replace(tzinfo=UTC),
            "clinic_id": chain,
            "actor_id": asker.account.id,
            "deed": "booked",
            "subject": "appointment",
            "subject_id": visit_id,
            "patient_id": asker.patient_id,
        }
        request_id = uuid.uuid4().hex
        whole = line | {"detail": {}, "why": "", "request_id": request_id, "chain": chain, "number": number, "key": key}
        digest = audit_chain.digest_of(whole, before, self._ring.audit_secret(key))
        values = (self._database.kept(now), *list(line.values())[1:])
        self._database.run(LINE, *values, request_id, chain, number, key, digest)
        self._database.run(MOVE_HEAD, number, digest, chain)
