"""What messages say: plain English, times always with their zone, links only to this site's own address.

Never a diagnosis, the treatment or the reason of a visit: mail and SMS are read on locked screens and by others.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from medimeet.config import setting
from medimeet.domain.wall_clock import to_wall, zone_in_words
from medimeet.models import Account, Appointment, Clinic, Doctor, Invoice
from medimeet.services.contact_details import readable_phone


@dataclass(frozen=True, slots=True)
class Words:
    """One message in its two forms: a mail's subject and body, and the same in one short text."""

    subject: str
    body: str
    short: str


def booked(appointment: Appointment) -> Words:
    """To the patient: the visit is booked."""
    when = when_of(appointment.starts_at, appointment.clinic)
    return Words(
        f"Your visit is booked: {when}",
        _letter(
            appointment.patient.account,
            appointment.clinic,
            "Your visit is booked.",
            facts_of(appointment),
            _how_to_change(appointment),
        ),
        _short(appointment, f"Your visit with {_doctor(appointment)} is booked for {when}."),
    )


def held(appointment: Appointment, url: str) -> Words:
    """To the patient: somebody asked for a visit with this e-mail; a link that books it, and until when."""
    patient, clinic = appointment.patient.account, appointment.clinic
    when = when_of(appointment.starts_at, clinic)
    until = when_of(appointment.hold_expires_at or appointment.starts_at, clinic)
    opening = f"Somebody, most likely you, asked {_name(clinic)} for this visit. It is not booked yet."
    ask = f"To book it, open this page and press the button:\n{url}"
    late = f"The time is kept for you until {until}. After that others can have it."
    other = "If it was not you, do nothing. Nothing is booked then."
    return Words(
        f"Please confirm your visit: {when}",
        _letter(patient, clinic, opening, facts_of(appointment), ask, late, other),
        f"{_name(clinic)}: {opening} {when}. To book it: {url}",
    )


def moved(appointment: Appointment, was_at: datetime) -> Words:
    """To the patient: the visit has another time or another doctor."""
    clinic = appointment.clinic
    when, before = when_of(appointment.starts_at, clinic), when_of(was_at, clinic)
    return Words(
        f"Your visit has moved: {when}",
        _letter(
            appointment.patient.account,
            clinic,
            "Your visit has changed. What holds now is below; the old time is no longer yours.",
            facts_of(appointment, was_at),
            _how_to_change(appointment),
        ),
        _short(appointment, f"Your visit with {_doctor(appointment)} has moved to {when}. It was {before}."),
    )


def canceled(appointment: Appointment) -> Words:
    """To the patient: the visit will not happen."""
    patient, clinic = appointment.patient.account, appointment.clinic
    when = when_of(appointment.starts_at, clinic)
    by_patient = appointment.canceled_by_id == patient.id
    opening = "You have canceled your visit." if by_patient else f"{_name(clinic)} has canceled your visit."
    again = f"To book another visit, open this page:\n{site_address('/treatment-list/')}"
    return Words(
        f"Your visit is canceled: {when}",
        _letter(patient, clinic, f"{opening} You need not come.", facts_of(appointment), again),
        _short(appointment, f"Your visit with {_doctor(appointment)}, {when}, is canceled. You need not come.", False),
    )


def for_doctor(appointment: Appointment, event: str, was_at: datetime | None = None) -> Words:
    """To the doctor, short: a visit was booked, moved or canceled (`event`). Names no patient."""
    when = when_of(appointment.starts_at, appointment.clinic)
    body = _letter(
        appointment.doctor.account,
        appointment.clinic,
        f"A visit with you was {event}.",
        facts_of(appointment, was_at, for_doctor=True),
        f"Sign in to see more:\n{page_of(appointment)}",
    )
    return Words(f"Visit {event}: {when}", body, f"{_name(appointment.clinic)}: visit {event}, {when}.")


def lost_by_doctor(appointment: Appointment, doctor: Doctor, was_at: datetime) -> Words:
    """To the doctor whom the visit was with before it went to another one."""
    when = when_of(was_at, appointment.clinic)
    facts = f"Reference: {appointment.reference}\nBefore: {when}"
    body = _letter(doctor.account, appointment.clinic, "A visit with you has gone to another doctor.", facts)
    return Words(f"Visit canceled: {when}", body, f"{_name(appointment.clinic)}: visit canceled, {when}.")


def verification(account: Account, url: str) -> Words:
    """To a new account: show that the e-mail is yours."""
    opening = "Somebody, most likely you, gave this e-mail address to us."
    ask = f"To confirm that it is yours, open this page and press the button:\n{url}"
    other = "If it was not you, do nothing. Without your confirmation we don't rely on this address."
    return _about_account(account, "Confirm your e-mail address", opening, ask, other)


def reset(account: Account, url: str) -> Words:
    """To somebody who forgot the password: a link that sets a new one, and how long it works."""
    opening = "Somebody, most likely you, asked for a new password for your account."
    ask = f"To choose one, open this page. It works once, within {_minutes(setting('RESET_LINK_MINUTES'))}:\n{url}"
    other = "If it was not you, do nothing. Your password stays as it is."
    return _about_account(account, "Choose a new password", opening, ask, other)


def code(account: Account, digits: str, seconds: int) -> Words:
    """To somebody who signs in by phone: the code, and how long it works."""
    short = f"{_name(account.clinic)}: your code is {digits}. It works for {seconds} seconds. Tell it to nobody."
    return Words("Your code", f"{short}\n", short)


def new_sign_in(account: Account, at: datetime, browser: str, address: str) -> Words:
    """To somebody whose account was signed in to with an unknown browser: which, from where, and what to do."""
    when = when_of(at, account.clinic) if account.clinic is not None else f"{at:%Y-%m-%d %H:%M} UTC"
    opening = f"Somebody, most likely you, signed in to your account with a browser that is new to us: {browser}."
    facts = f"When: {when}\nFrom the network address: {address}"
    other = f"If it was not you, set a new password at once:\n{site_address('/patient/forgot-password/')}"
    body = _letter(account, account.clinic, opening, facts, other)
    return Words("A new sign-in to your account", body, f"{_name(account.clinic)}: {opening} {' '.join(other.split())}")


def second_factor(account: Account, what: str) -> Words:
    """To somebody whose second factor was switched on or off, or stood in for: what happened, in words."""
    opening = f"Your account {what}."
    other = f"If it was not you, set a new password at once:\n{site_address('/patient/forgot-password/')}"
    words = _about_account(account, opening.removesuffix("."), opening, other)
    return Words(words.subject, words.body, f"{_name(account.clinic)}: {opening} {' '.join(other.split())}")


def reached_otherwise(account: Account) -> Words:
    """To somebody whose e-mail or mobile number was changed, at the old e-mail: what to do if it was not them."""
    opening = "The e-mail or the mobile number of your account was changed."
    other = "If this was neither you nor the clinic at your wish, call the clinic at once."
    return _about_account(account, "How we reach you was changed", opening, other)


def account_made(account: Account, url: str) -> Words:
    """To somebody for whom the clinic has made an account: a link that sets the first password."""
    opening = f"{_name(account.clinic)} has made an account for you. Your username is {one_line(account.username)}."
    ask = f"To choose a password, open this page. It works once:\n{url}"
    late = f"If the link no longer works, ask for a new one here:\n{site_address('/patient/forgot-password/')}"
    return _about_account(account, "Your new account", opening, ask, late)


def application(admin: Account, clinic: Clinic, doctor: Doctor) -> Words:
    """To a clinic's admin: somebody wants to work here as a doctor."""
    name = doctor.name if _is_plain(doctor.account.full_name) else "Somebody"
    opening = f"{name} has applied to work as a doctor at {_name(clinic)}."
    ask = f"Nobody can book with them until you accept. To decide, open this page:\n{site_address('/applications/')}"
    body = _letter(admin, clinic, opening, ask)
    return Words("A doctor has applied", body, f"{_name(clinic)}: {opening}")


def verified(doctor: Doctor) -> Words:
    """To a doctor: the clinic has accepted the application."""
    clinic = doctor.account.clinic
    opening = f"{_name(clinic)} has accepted you as a doctor. Patients can book with you at the hours you declare."
    ask = f"To set your hours, sign in here:\n{site_address('/slots-and-excluded-dates/')}"
    return _about_account(doctor.account, "You can now be booked", opening, ask)


def declined(account: Account) -> Words:
    """To somebody whose application as a doctor the clinic has not accepted: what stays, and whom to ask."""
    clinic = account.clinic
    opening = f"{_name(clinic)} has looked at your application as a doctor and has not accepted it."
    ask = f"Your account as a patient stays as it is. For questions, write to us here:\n{site_address('/contact/')}"
    return _about_account(account, "Your application as a doctor", opening, ask)


def invoice_paid(admin: Account, invoice: Invoice) -> Words:
    """To a clinic's admin: an invoice is marked as paid, and the credits it brought are there."""
    name, amount = one_line(invoice.description), f"{invoice.amount:.2f} {invoice.clinic.currency}"
    opening = f"Invoice {invoice.number} is paid: {name}, {amount}."
    brought = f" Your clinic has {invoice.credits} more credits for the assistant." if invoice.credits else ""
    ask = f"To see or print it, open this page:\n{site_address(f'/clinic/subscription/invoices/{invoice.id}/')}"
    body = _letter(admin, invoice.clinic, f"{opening}{brought}", ask)
    return Words(f"Invoice {invoice.number} is paid", body, f"{_name(invoice.clinic)}: {opening}")


def to_person(account: Account, subject: str, opening: str, more: str) -> Words:
    """To somebody, about what is kept of them; as SMS the opening alone."""
    return Words(subject, _letter(account, account.clinic, opening, more), f"{_name(account.clinic)}: {opening}")


def when_of(instant: datetime, clinic: Clinic) -> str:
    """An instant as people say it there: 'Tuesday 24 November 2026, 09:00 (Europe/London, GMT)'."""
    return _when(instant, clinic.zone)


def page_of(appointment: Appointment) -> str:
    """The appointment's own page, where it is moved and canceled."""
    return site_address(f"/appointment-details/{appointment.id}/")


def place_of(appointment: Appointment) -> str:
    """Where to be: the clinic and its address, or the video call."""
    if appointment.kind == "Online" and appointment.doctor.meet_link:
        return one_line(appointment.doctor.meet_link)
    return _address(appointment.clinic.name, appointment.clinic.address)


def calendar_note(appointment: Appointment) -> str:
    """What a calendar entry says beside time and place."""
    lines = [f"Reference: {appointment.reference}", f"Move or cancel: {page_of(appointment)}"]
    if appointment.clinic.phone:
        lines.append(f"Telephone: {one_line(readable_phone(appointment.clinic.phone))}")
    return "\n".join(lines)


def facts_of(appointment: Appointment, was_at: datetime | None = None, for_doctor: bool = False) -> str:
    """Reference, with whom, when and where, one a line."""
    clinic = appointment.clinic
    lines = [f"Reference: {appointment.reference}"]
    if not for_doctor:
        lines.append(f"With: {_doctor(appointment)}")
    lines.append(f"When: {_when(appointment.starts_at, clinic.zone)}, until {_time(appointment.ends_at, clinic.zone)}")
    if was_at is not None:
        lines.append(f"Before: {when_of(was_at, clinic)}")
    lines.append(f"Where: {place_of(appointment)}")
    return "\n".join(lines)


def site_address(path: str) -> str:
    """The absolute address of a path of this site; from the setting BASE_URL, never from a request."""
    return f"{setting('BASE_URL')}{path}"


def sender_of(clinic: Clinic | None) -> str:
    """The address that messages come from: the setting MAIL_FROM, else the clinic's own, else no-reply at this site."""
    return _sender(setting("MAIL_FROM"), clinic.email if clinic is not None else "", setting("BASE_URL"))


def one_line(text: str) -> str:
    """The text without line breaks and control characters, so that it can't pose as a header or a line of ours."""
    if text.isprintable() and "  " not in text:
        return text.strip()  # as nearly all are
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


# Kept, for each of them stands several times in the letters about one visit, and in those about the next.
@lru_cache(maxsize=4096)
def _when(instant: datetime, zone: ZoneInfo) -> str:
    local = to_wall(instant, zone)
    return f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M} ({zone_in_words(instant, zone)})"


@lru_cache(maxsize=4096)
def _time(instant: datetime, zone: ZoneInfo) -> str:
    return f"{to_wall(instant, zone):%H:%M}"


@lru_cache(maxsize=256)
def _address(name: str, address: str) -> str:
    return ", ".join(one_line(line).rstrip(",") for line in [name, *address.splitlines()] if line.strip())


@lru_cache(maxsize=256)
def _sender(mail_from: str, own: str, base_url: str) -> str:
    return parseaddr(mail_from)[1] or own or f"no-reply@{urlsplit(base_url).hostname or 'localhost'}"


def _letter(to: Account, clinic: Clinic | None, *paragraphs: str) -> str:
    greeting = f"Hello {one_line(to.full_name)}," if _is_plain(to.full_name) else "Hello,"
    phone = f"\nTelephone: {one_line(readable_phone(clinic.phone))}" if clinic is not None and clinic.phone else ""
    return "\n\n".join([greeting, *paragraphs, f"{_name(clinic)}{phone}"]) + "\n"


def _about_account(account: Account, subject: str, *paragraphs: str) -> Words:
    """A message about the account itself; as SMS it is the middle paragraph, which asks for something."""
    short = f"{_name(account.clinic)}: {' '.join(paragraphs[1].split())}"
    return Words(subject, _letter(account, account.clinic, *paragraphs), short)


def _how_to_change(appointment: Appointment) -> str:
    by_phone = f"\nOr call us: {one_line(readable_phone(appointment.clinic.phone))}" if appointment.clinic.phone else ""
    return f"To move or cancel it, open this page and sign in:\n{page_of(appointment)}{by_phone}"


def _short(appointment: Appointment, sentence: str, with_link: bool = True) -> str:
    change = f" To move or cancel: {page_of(appointment)}" if with_link else ""
    return f"{_name(appointment.clinic)}: {sentence} Reference {appointment.reference}.{change}"


def _doctor(appointment: Appointment) -> str:
    return one_line(appointment.doctor.name)


def _name(clinic: Clinic | None) -> str:
    return one_line(clinic.name) if clinic is not None else "MediMeet"


def _is_plain(name: str) -> bool:
    """Whether a name that anybody may have typed carries no advertisement to somebody else's mailbox."""
    return len(name) <= 80 and not any(mark in name.lower() for mark in ("://", "www.", "@", "/"))


def _minutes(count: int) -> str:
    if count % 60 == 0:
        return "one hour" if count == 60 else f"{count // 60} hours"
    return f"{count} minutes"
