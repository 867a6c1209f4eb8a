"""Telling people: each function adds message rows to the running command: deed and message stand or fall together.

None of them is a command itself; the poller (`services.delivery`) sends the rows afterwards. Somebody with an e-mail
gets a mail, with a mobile number only an SMS, with neither nothing. Call them after the rows they tell of are flushed.
"""

import hashlib
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import select, update

from medimeet.config import setting
from medimeet.db import connection, db
from medimeet.domain.statuses import Role
from medimeet.models import Account, Appointment, Clinic, Doctor, Invoice, Notification
from medimeet.prepared_writes import PreparedInsert
from medimeet.services import calendar_file, message_texts
from medimeet.services.message_texts import Words

CODE = "one_time_code"
CODE_LIFETIME = timedelta(seconds=60)
TO_CONFIRM = "booking_to_confirm"
Message = dict[str, Any]
_ADD_UNLESS_TOLD = PreparedInsert(Notification.__table__, unless_known="dedupe_key")  # type: ignore[arg-type]


def worthless_after(kind: str) -> timedelta | None:
    """The age at which messages of a kind are not sent any more; None for those that are always worth reading."""
    if kind == TO_CONFIRM:
        return timedelta(minutes=setting("CHATBOT_HOLD_MINUTES"))
    return CODE_LIFETIME if kind == CODE else None


def tell_booked(appointment: Appointment) -> None:
    """The visit is booked: to the patient with a calendar file, and shortly to the doctor."""
    kind, key = "appointment_booked", f"appointment-{appointment.id}-booked"
    _write(
        _to_patient(appointment, kind, message_texts.booked(appointment), key, "REQUEST"),
        _to_doctor(appointment, kind, message_texts.for_doctor(appointment, "booked"), key),
    )


def tell_moved(appointment: Appointment, was_at: datetime, was_with: Doctor | None = None) -> None:
    """The visit was at `was_at` (and with another doctor, `was_with`): to the patient with the new calendar file,
    and shortly to the doctor; a doctor who lost it is told that it is canceled.

    `appointment.sequence` must have grown, or calendar programs ignore the new time.
    """
    kind, key = "appointment_moved", f"appointment-{appointment.id}-moved-{appointment.sequence}"
    to_patient = _to_patient(appointment, kind, message_texts.moved(appointment, was_at), key, "REQUEST")
    if was_with is None or was_with is appointment.doctor:
        _write(to_patient, _to_doctor(appointment, kind, message_texts.for_doctor(appointment, "moved", was_at), key))
        return
    words = message_texts.lost_by_doctor(appointment, was_with, was_at)
    _write(
        to_patient,
        _to_doctor(appointment, "appointment_booked", message_texts.for_doctor(appointment, "booked"), key),
        _by_mail(was_with.account, "appointment_canceled", words, f"{key}-doctor-before", appointment.id),
    )


def tell_canceled(appointment: Appointment) -> None:
    """The visit will not happen: to the patient with a calendar file that takes it out again, and to the doctor."""
    kind, key = "appointment_canceled", f"appointment-{appointment.id}-canceled"
    _write(
        _to_patient(appointment, kind, message_texts.canceled(appointment), key, "CANCEL"),
        _to_doctor(appointment, kind, message_texts.for_doctor(appointment, "canceled"), key),
    )


def tell_held(appointment: Appointment, url: str) -> None:
    """The time is held until the patient confirms it: to the patient, with the link that does so."""
    key = f"appointment-{appointment.id}-held"
    words = message_texts.held(appointment, url)
    account, about = appointment.patient.account, appointment.id
    _tell(account, TO_CONFIRM, words, key, appointment_id=about, holds_secret=True, channel="email")


def tell_not_booked(appointment: Appointment) -> None:
    """A visit that was never confirmed is canceled: to the patient alone. No doctor, no calendar has heard of it."""
    words, key = message_texts.canceled(appointment), f"appointment-{appointment.id}-canceled"
    _tell(appointment.patient.account, "appointment_canceled", words, key, appointment_id=appointment.id)


def tell_verification(account: Account, url: str) -> None:
    """A link that shows that the e-mail is theirs. An account without an e-mail gets nothing."""
    if account.email:
        _tell_secret(account, "verification", message_texts.verification(account, url), url)


def tell_reset(account: Account, url: str) -> None:
    """A link to set a new password."""
    _tell_secret(account, "password_reset", message_texts.reset(account, url), url)


def tell_code(account: Account, digits: str) -> None:
    """A one-time code, always by SMS to the account's number. One before it that still waits is not sent any more."""
    waits = (Notification.state == "queued", Notification.lease_until.is_(None))
    before = update(Notification).where(Notification.account_id == account.id, Notification.kind == CODE, *waits)
    db.session.execute(before.values(state="canceled", body=""))
    words = message_texts.code(account, digits, int(CODE_LIFETIME.total_seconds()))
    _tell(account, CODE, words, f"{CODE}-{uuid.uuid4().hex}", channel="sms", holds_secret=True)


def tell_new_sign_in(account: Account, at: datetime, browser: str, address: str) -> None:
    """Somebody has signed in with a browser that the account has not been seen with."""
    words = message_texts.new_sign_in(account, at, browser, address)
    _tell(account, "new_sign_in", words, f"new-sign-in-{account.id}-{uuid.uuid4().hex}")


def tell_second_factor(account: Account, what: str) -> None:
    """The account's second factor changed, in words that go on from 'Your account'; once for each change."""
    words = message_texts.second_factor(account, what)
    _tell(account, "second_factor", words, f"second-factor-{account.id}-{uuid.uuid4().hex}")


def tell_reached_otherwise(account: Account, old_email: str | None) -> None:
    """The account's e-mail or number was changed: told where the person was reached until now, by mail."""
    if old_email:
        words = message_texts.reached_otherwise(account)
        _tell(account, "reached_otherwise", words, f"reached-{account.id}-{uuid.uuid4().hex}", to_email=old_email)


def tell_account_made(account: Account, url: str) -> None:
    """A link to set the first password of an account that the clinic has made."""
    _tell_secret(account, "account_made", message_texts.account_made(account, url), url)


def tell_application(clinic: Clinic, doctor: Doctor) -> None:
    """Somebody has applied as a doctor: to each of the clinic's admins."""
    since = doctor.created_at.isoformat()  # a declined applicant's number may be given to the next one
    for admin in admins_of(clinic):
        words = message_texts.application(admin, clinic, doctor)
        _tell(admin, "doctor_application", words, f"doctor-{doctor.id}-applied-{since}-{admin.id}")


def tell_declined(account: Account) -> None:
    """The clinic has not accepted the application of a person, once for each application."""
    _tell(
        account, "doctor_declined", message_texts.declined(account), f"account-{account.id}-declined-{uuid.uuid4().hex}"
    )


def tell_verified(doctor: Doctor) -> None:
    """The clinic has accepted a doctor: to the doctor, once for each acceptance."""
    since = doctor.verified_at.isoformat() if doctor.verified_at else ""
    _tell(doctor.account, "doctor_verified", message_texts.verified(doctor), f"doctor-{doctor.id}-verified-{since}")


def tell_invoice_paid(invoice: Invoice) -> None:
    """The invoice is marked as paid: to each of the clinic's admins."""
    for admin in admins_of(invoice.clinic):
        words = message_texts.invoice_paid(admin, invoice)
        _tell(admin, "invoice_paid", words, f"invoice-{invoice.id}-paid-{admin.id}")


def tell_of_data(account: Account, kind: str, words: Words, key: str) -> None:
    """Something happened to what is kept of a person, see `rights_messages`."""
    _tell(account, kind, words, key)


def admins_of(clinic: Clinic) -> list[Account]:
    """The clinic's admins of today."""
    admins = select(Account).where(Account.clinic_id == clinic.id, Account.role == Role.ADMIN, Account.is_active)
    return list(db.session.scalars(admins.order_by(Account.id)))


def _to_patient(appointment: Appointment, kind: str, words: Words, key: str, method: str) -> Message | None:
    account = appointment.patient.account
    calendar = calendar_file.of(appointment, method) if account.email else None
    return _message(account, kind, words, key, appointment_id=appointment.id, calendar=calendar)


def _to_doctor(appointment: Appointment, kind: str, words: Words, key: str) -> Message | None:
    return _by_mail(appointment.doctor.account, kind, words, f"{key}-doctor", appointment.id)


def _by_mail(to: Account, kind: str, words: Words, key: str, appointment_id: int) -> Message | None:
    """None to somebody without an e-mail: this is worth no SMS."""
    return _message(to, kind, words, key, appointment_id=appointment_id) if to.email else None


def _tell_secret(account: Account, kind: str, words: Words, url: str) -> None:
    """A message that holds a link only its reader may see; each link is told once."""
    told = hashlib.sha256(url.encode()).hexdigest()[:24]
    _tell(account, kind, words, f"{kind}-{account.id}-{told}", holds_secret=True)


def _tell(to: Account, kind: str, words: Words, key: str, **more: Any) -> None:
    _write(_message(to, kind, words, key, **more))


def _message(
    to: Account,
    kind: str,
    words: Words,
    key: str,
    *,
    appointment_id: int | None = None,
    calendar: str | None = None,
    holds_secret: bool = False,
    channel: Literal["email", "sms"] | None = None,
    to_email: str | None = None,
) -> Message | None:
    """The row to write; None where the person can't be reached."""
    email = to_email or to.email
    channel = channel or ("email" if email else "sms")
    is_mail = channel == "email"
    recipient = email if is_mail else to.mobile
    if not recipient:
        return None
    return {
        "clinic_id": to.clinic_id,
        "account_id": to.id,
        "appointment_id": appointment_id,
        "channel": channel,
        "kind": kind,
        "recipient": recipient,
        "subject": message_texts.one_line(words.subject)[:200] if is_mail else "",
        "body": words.body if is_mail else words.short,
        "calendar": calendar,
        "holds_secret": holds_secret,
        "dedupe_key": key,
        "message_id": f"<{uuid.uuid4().hex}@{_own_host(setting('BASE_URL'))}>",
    }


def _write(*messages: Message | None) -> None:
    to_write = [message for message in messages if message is not None]
    if to_write:
        db.session.flush()  # what they tell of, before the messages themselves
        _ADD_UNLESS_TOLD.add_all(connection(), to_write)


@lru_cache(maxsize=16)
def _own_host(base_url: str) -> str:
    """The right half of what receivers know messages by, the same at every try to send one."""
    host = urlsplit(base_url).hostname or ""
    return host if host.strip("0123456789.:") and len(host) <= 80 else "medimeet.invalid"
