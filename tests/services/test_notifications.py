"""What people are told when something happens to their visits and accounts, on both databases."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.errors import SlotTaken
from medimeet.models import Account, Appointment, Clinic, Doctor, Notification
from medimeet.services import appointment_changes, booking, calendar_file, notifications
from medimeet.writing import command
from tests.factories import (
    actor_of,
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_superuser,
    make_treatment,
    slot_at,
)

TUESDAY = date(2026, 11, 24)
LINK = "http://localhost/reset-password/a-secret-token/"

pytestmark = pytest.mark.usefixtures("frozen_clock")


def told(account: Account) -> list[Notification]:
    rows = select(Notification).where(Notification.account_id == account.id).order_by(Notification.id)
    return list(db.session.scalars(rows))


def event_of(text: str | None) -> Any:
    calendar = icalendar.Calendar.from_ical(text or "")
    [event] = calendar.walk("VEVENT")
    return event


def method_of(text: str | None) -> str:
    return str(icalendar.Calendar.from_ical(text or "")["METHOD"])


@command
def tell(what: Any, *about: Any) -> None:
    what(*about)


def accept_again(doctor: Doctor) -> None:
    doctor.verified_at = datetime(2026, 12, 1, tzinfo=UTC)
    notifications.tell_verified(doctor)


def booked(clinic: Clinic, patient: Any = None, **given: Any) -> Appointment:
    doctor = make_doctor(clinic, first_name="Asha", last_name="Shah")
    patient = patient or make_patient(clinic, first_name="Pat", last_name="Person")
    actor = actor_of(patient, clinic)
    return booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), **given)


def test_a_patient_who_books_is_told_who_when_where_and_how_to_change_it(clinic: Clinic) -> None:
    visit = booked(clinic)
    [mail] = told(visit.patient.account)
    assert (mail.channel, mail.recipient, mail.state) == ("email", visit.patient.account.email, "queued")
    assert mail.subject == "Your visit is booked: Tuesday 24 November 2026, 09:00 (Europe/London, GMT)"
    for words in (
        "Hello Pat Person,",
        f"Reference: {visit.reference}",
        "With: Dr Asha Shah",
        "When: Tuesday 24 November 2026, 09:00 (Europe/London, GMT), until 09:30",
        "Where: Riverside Clinic, 1 River Street, London",
        f"http://localhost/appointment-details/{visit.id}/",
        "+44 20 7946 0000",
    ):
        assert words in mail.body


def test_the_doctor_is_told_shortly_and_learns_the_patients_name_only_after_signing_in(clinic: Clinic) -> None:
    visit = booked(clinic)
    [mail] = told(visit.doctor.account)
    assert mail.subject.startswith("Visit booked: Tuesday 24 November 2026, 09:00")
    assert visit.reference in mail.body
    assert "Pat Person" not in mail.body
    assert mail.calendar is None


def test_no_message_and_no_calendar_names_the_treatment_or_the_reason(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    treatment = make_treatment(clinic, doctor, name="HIV test")
    actor = actor_of(patient, clinic)
    visit = booking.book(
        actor,
        slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"),
        treatment_id=treatment.id,
        reason="a rash that itches",
    )
    appointment_changes.move(actor, visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "10:00"))
    appointment_changes.cancel(actor, visit.id)
    rows = db.session.scalars(select(Notification)).all()
    assert len(rows) == 6
    for row in rows:
        everything = f"{row.subject} {row.body} {row.calendar}"
        assert "HIV" not in everything
        assert "rash" not in everything


def test_somebody_with_only_a_mobile_number_gets_a_short_text_message(clinic: Clinic) -> None:
    visit = booked(clinic, make_patient(clinic, email=None, mobile="+447400123456"))
    [text] = told(visit.patient.account)
    assert (text.channel, text.recipient, text.subject, text.calendar) == ("sms", "+447400123456", "", None)
    assert text.body.startswith("Riverside Clinic: Your visit with Dr Asha Shah is booked for Tuesday 24 November 2026")
    assert "Europe/London, GMT" in text.body
    assert "\n" not in text.body


def test_somebody_with_neither_e_mail_nor_mobile_gets_nothing_and_books_all_the_same(clinic: Clinic) -> None:
    visit = booked(clinic, make_patient(clinic, email=None, mobile=None))
    assert told(visit.patient.account) == []


def test_times_are_told_in_the_zone_of_a_clinic_far_away(app: Flask) -> None:
    clinic = make_clinic(name="Island Clinic", time_zone="Australia/Lord_Howe", country="AU")
    visit = booked(clinic)
    [mail] = told(visit.patient.account)
    assert "Tuesday 24 November 2026, 09:00 (Australia/Lord_Howe, UTC+11:00)" in mail.body


def test_a_booking_that_fails_tells_nobody(clinic: Clinic) -> None:
    visit = booked(clinic)
    other = make_patient(clinic)
    with pytest.raises(SlotTaken):
        booking.book(actor_of(other, clinic), slot_id=slot_at(visit.doctor, clinic, TUESDAY, "09:00"))
    assert told(other.account) == []


def test_a_calendar_program_adds_updates_and_takes_out_one_and_the_same_entry(clinic: Clinic) -> None:
    visit = booked(clinic)
    actor = actor_of(visit.patient, clinic)
    appointment_changes.move(actor, visit.id, slot_id=slot_at(visit.doctor, clinic, TUESDAY, "10:00"))
    appointment_changes.move(actor, visit.id, slot_id=slot_at(visit.doctor, clinic, TUESDAY, "11:00"))
    appointment_changes.cancel(actor, visit.id)
    mails = told(visit.patient.account)
    files = [mail.calendar for mail in mails]
    assert [method_of(file) for file in files] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    events = [event_of(file) for file in files]
    assert {str(event["UID"]) for event in events} == {f"{visit.public_id}@medimeet"}
    sequences = [int(event["SEQUENCE"]) for event in events]
    assert sequences == sorted(set(sequences))
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    starts = [event["DTSTART"].dt.astimezone(UTC) for event in events]
    assert starts == [at(clinic, TUESDAY, hour) for hour in ("09:00", "10:00", "11:00", "11:00")]
    assert "11:00 (Europe/London, GMT)" in mails[2].body
    assert "Before: Tuesday 24 November 2026, 10:00" in mails[2].body
    assert mails[3].body.count("You have canceled your visit.") == 1


def test_the_calendar_file_brings_its_time_zone_and_says_who_and_where(clinic: Clinic) -> None:
    visit = booked(clinic)
    [mail] = told(visit.patient.account)
    calendar = icalendar.Calendar.from_ical(mail.calendar or "")
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    event = event_of(mail.calendar)
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
    assert str(event["SUMMARY"]) == "Dr Asha Shah, Riverside Clinic"
    assert str(event["LOCATION"]) == "Riverside Clinic, 1 River Street, London"
    assert str(event["ORGANIZER"]) == "mailto:desk@riverside.example"
    assert str(event["ATTENDEE"]) == f"mailto:{visit.patient.account.email}"


def test_the_file_to_download_invites_nobody_and_a_canceled_one_says_so(clinic: Clinic) -> None:
    visit = booked(clinic)
    event = event_of(calendar_file.of(visit))
    assert method_of(calendar_file.of(visit)) == "PUBLISH"
    assert "ATTENDEE" not in event
    appointment_changes.cancel(actor_of(visit.patient, clinic), visit.id)
    assert str(event_of(calendar_file.of(visit))["STATUS"]) == "CANCELLED"


@pytest.mark.parametrize("hour", [0, 1])
def test_both_passes_of_an_hour_that_exists_twice_stand_at_the_right_instant_in_calendars(
    clinic: Clinic, hour: int
) -> None:
    starts_at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)  # 01:30 in London, before and after the clocks go back
    visit = make_appointment(make_doctor(clinic), make_patient(clinic), starts_at)
    event = event_of(calendar_file.of(visit))
    assert event["DTSTART"].dt.astimezone(UTC) == starts_at
    assert event["DTEND"].dt.astimezone(UTC) == visit.ends_at


def test_a_patient_whose_clinic_cancels_is_told_who_did_it(clinic: Clinic) -> None:
    visit = booked(clinic)
    appointment_changes.cancel(actor_of(make_admin(clinic), clinic), visit.id)
    mail = told(visit.patient.account)[-1]
    assert "Riverside Clinic has canceled your visit." in mail.body


def test_a_doctor_who_loses_a_visit_to_another_is_told_and_so_is_the_other(clinic: Clinic) -> None:
    visit = booked(clinic)
    before, after = visit.doctor, make_doctor(clinic)
    actor = actor_of(visit.patient, clinic)
    appointment_changes.move(actor, visit.id, slot_id=slot_at(after, clinic, TUESDAY, "09:00"))
    assert [row.kind for row in told(before.account)] == ["appointment_booked", "appointment_canceled"]
    assert [row.kind for row in told(after.account)] == ["appointment_booked"]


def test_canceling_twice_tells_once(clinic: Clinic) -> None:
    visit = booked(clinic)
    for _ in range(2):
        appointment_changes.cancel(actor_of(visit.patient, clinic), visit.id)
    assert [row.kind for row in told(visit.patient.account)] == ["appointment_booked", "appointment_canceled"]


def test_links_to_verify_to_reset_and_to_start_are_told_once_and_marked_as_secret(clinic: Clinic) -> None:
    account = make_patient(clinic).account
    for what in (notifications.tell_verification, notifications.tell_reset, notifications.tell_account_made):
        tell(what, account, LINK)
    rows = told(account)
    assert [row.kind for row in rows] == ["verification", "password_reset", "account_made"]
    assert all(row.holds_secret and LINK in row.body for row in rows)
    assert len({row.dedupe_key for row in rows} | {row.message_id for row in rows}) == 6


def test_a_superuser_who_belongs_to_no_clinic_can_be_told_too(clinic: Clinic) -> None:
    account = make_superuser()
    tell(notifications.tell_reset, account, LINK)
    [mail] = told(account)
    assert mail.clinic_id is None
    assert mail.body.endswith("MediMeet\n")


def test_every_admin_of_the_clinic_hears_of_an_application_and_no_other_clinics(clinic: Clinic) -> None:
    admins = [make_admin(clinic), make_admin(clinic)]
    stranger = make_admin(make_clinic(name="Elsewhere"))
    make_admin(clinic, is_active=False)
    doctor = make_doctor(clinic, verified=False, first_name="New", last_name="Doctor")
    tell(notifications.tell_application, clinic, doctor)
    assert [len(told(admin)) for admin in admins] == [1, 1]
    assert told(stranger) == []
    assert "Dr New Doctor has applied" in told(admins[0])[0].body
    assert db.session.scalar(select(func.count(Notification.id))) == 2


def test_a_doctor_is_told_once_for_each_acceptance(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    tell(notifications.tell_verified, doctor)
    tell(notifications.tell_verified, doctor)
    assert len(told(doctor.account)) == 1
    tell(accept_again, doctor)
    assert len(told(doctor.account)) == 2


@pytest.mark.parametrize(
    "name",
    ["Pat\r\nBcc: thief@evil.example", "Pat\nReference: FAKE", "Pat\x00\x1b[2J", "Pat\u2028Bcc: x", "Pat\x85Bcc: x"],
)
def test_a_name_with_line_breaks_adds_neither_a_line_nor_a_header(clinic: Clinic, name: str) -> None:
    patient = make_patient(clinic, first_name=name.replace("\x00", ""))
    visit = booked(clinic, patient)
    [mail] = told(patient.account)
    plain = booked_lines(visit)
    assert len(mail.body.splitlines()) == plain
    assert all(len(part.splitlines()) == 1 for part in (mail.subject, mail.recipient))
    assert str(event_of(mail.calendar)["ATTENDEE"]) == f"mailto:{patient.account.email}"


def booked_lines(visit: Appointment) -> int:
    """How many lines the letter to somebody with a plain name has."""
    visit.patient.account.first_name = "Pat"
    return len(notifications.message_texts.booked(visit).body.splitlines())


@pytest.mark.parametrize("name", ["Win at https://evil.example now", "www.evil.example", "a@evil.example"])
def test_a_name_that_is_an_advertisement_is_not_mailed_to_anybody(clinic: Clinic, name: str) -> None:
    patient = make_patient(clinic, first_name=name)
    booked(clinic, patient)
    [mail] = told(patient.account)
    assert mail.body.startswith("Hello,\n")
    assert "evil" not in mail.body + mail.subject


def test_links_come_from_the_setting_and_not_from_the_address_a_request_named(app: Flask, clinic: Clinic) -> None:
    app.config["BASE_URL"] = "https://clinic.example"
    with app.test_request_context("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}):
        visit = booked(clinic)
    for row in db.session.scalars(select(Notification)):
        assert "evil.example" not in f"{row.body}{row.calendar}{row.message_id}"
    assert f"https://clinic.example/appointment-details/{visit.id}/" in told(visit.patient.account)[0].body


def test_every_link_in_a_message_leads_to_a_page_that_its_reader_may_open(app: Flask, clinic: Clinic, as_: Any) -> None:
    visit = booked(clinic)
    actor = actor_of(visit.patient, clinic)
    appointment_changes.move(actor, visit.id, slot_id=slot_at(visit.doctor, clinic, TUESDAY, "10:00"))
    appointment_changes.cancel(actor, visit.id)
    make_admin(clinic)
    tell(notifications.tell_application, clinic, make_doctor(clinic, verified=False))
    tell(notifications.tell_verified, visit.doctor)
    rows = db.session.scalars(select(Notification).order_by(Notification.id)).all()
    links = [(row.account_id, link) for row in rows for link in re.findall(r"http://localhost(/\S*)", row.body)]
    assert len(links) == 8
    for account_id, link in links:
        account = db.session.get(Account, account_id)
        assert account is not None
        assert as_(account).get(link).status_code == 200, link


def test_messages_write_the_clinics_number_as_people_read_it(app: Flask) -> None:
    clinic = make_clinic(phone="+442079460123")
    [mail] = told(booked(clinic).patient.account)
    assert "+44 20 7946 0123" in mail.body
    assert "+442079460123" not in mail.body


def test_the_subject_of_a_mail_about_a_second_factor_says_what_happened(app: Flask, clinic: Clinic) -> None:
    account = make_patient(clinic).account
    tell = command(notifications.tell_second_factor)
    tell(account, "was opened with a recovery code; 9 are left")
    tell(account, "no longer asks for a second factor when you sign in")
    assert [told_one.subject for told_one in told(account)] == [
        "Your account was opened with a recovery code; 9 are left",
        "Your account no longer asks for a second factor when you sign in",
    ]
