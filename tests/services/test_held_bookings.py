"""Booking by e-mail alone: the time is held, the patient's own button books it, and a stranger learns nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import (
    AppointmentClosed,
    InvalidInput,
    KeyReused,
    MediMeetError,
    NoSuchSlot,
    NotFound,
    NotRegistered,
    PatientBusy,
    SlotTaken,
    TooManyTries,
    WrongCode,
)
from medimeet.models import (
    Account,
    Appointment,
    AuditEntry,
    Clinic,
    Doctor,
    MedicalRecordVersion,
    Notification,
    Patient,
    Treatment,
)
from medimeet.services import (
    appointment_changes,
    appointments,
    booking,
    chatbot,
    held_bookings,
    patients,
    profiles,
    records,
    slots,
    treatments,
)
from tests import factories
from tests.factories import actor_of, slot_at

TUESDAY = date(2026, 11, 24)
HOME, SITE = "192.0.2.1", "https://clinic.example"

pytestmark = pytest.mark.usefixtures("frozen_clock")
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


@dataclass(frozen=True)
class Practice:
    """A clinic with Dr Shah, who gives one treatment, and Grace Moss, who may book by e-mail."""

    clinic: Clinic
    doctor: Doctor
    treatment: Treatment
    grace: Patient

    def hold(self, wall_time: str = "09:00", email: str = "grace@people.example", **given: Any) -> Appointment:
        """What anybody may ask for who knows the e-mail."""
        order: dict[str, Any] = {
            "patient_email": email,
            "doctor_id": self.doctor.id,
            "slot_id": self.slot(wall_time),
            "treatment_id": self.treatment.id,
            "address": HOME,
            "origin": SITE,
        }
        return held_bookings.hold(self.clinic, **order | given)

    def slot(self, wall_time: str) -> int:
        return slot_at(self.doctor, self.clinic, TUESDAY, wall_time)


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    doctor = factories.make_doctor(clinic, first_name="Asha", last_name="Shah")
    treatment = factories.make_treatment(clinic, doctor, name="HIV test")
    grace = factories.make_patient(clinic, first_name="Grace", last_name="Moss", email="grace@people.example")
    return Practice(clinic, doctor, treatment, grace)


def told(account: Account) -> list[Notification]:
    rows = select(Notification).where(Notification.account_id == account.id).order_by(Notification.id)
    return list(db.session.scalars(rows))


def token_of(visit: Appointment) -> str:
    mail = next(row for row in told(visit.patient.account) if row.appointment_id == visit.id)
    found = re.search(r"http://localhost/confirm-booking/([\w-]+)/", mail.body)
    assert found is not None
    return found[1]


def is_free(practice: Practice, wall_time: str = "09:00") -> bool:
    free = slots.free([practice.doctor], None, TUESDAY, TUESDAY)
    return practice.slot(wall_time) in [slot.id for slot in free]


def deeds(visit: Appointment) -> list[str]:
    lines = select(AuditEntry.deed).where(AuditEntry.subject_id == visit.id, AuditEntry.subject == "appointment")
    return list(db.session.scalars(lines.order_by(AuditEntry.id)))


def test_a_time_asked_for_by_e_mail_is_held_and_the_patient_is_asked_and_the_doctor_not_told(
    practice: Practice,
) -> None:
    visit = practice.hold(email=" Grace@People.Example ")
    assert (visit.status, visit.channel, visit.booked_by_id) == (AppointmentStatus.PENDING, "chatbot", None)
    assert (visit.patient_id, visit.price) == (practice.grace.id, practice.treatment.price)
    assert not is_free(practice)
    [mail] = told(practice.grace.account)
    assert (mail.channel, mail.recipient, mail.holds_secret) == ("email", "grace@people.example", True)
    assert mail.subject == "Please confirm your visit: Tuesday 24 November 2026, 09:00 (Europe/London, GMT)"
    for words in ("It is not booked yet.", "With: Dr Asha Shah", "When: Tuesday 24 November 2026, 09:00", "do nothing"):
        assert words in mail.body
    assert "until Monday 23 November 2026, 08:30 (Europe/London, GMT)" in mail.body
    assert "HIV" not in mail.subject + mail.body
    assert told(practice.doctor.account) == []


def test_the_mailed_link_books_once_and_then_the_doctor_is_told(practice: Practice) -> None:
    visit = practice.hold()
    token = token_of(visit)
    assert held_bookings.find(token).status == AppointmentStatus.PENDING
    for _click in range(2):
        booked = held_bookings.confirm(token)
        assert (booked.status, booked.hold_expires_at) == (AppointmentStatus.SCHEDULED, None)
    assert [mail.kind for mail in told(practice.grace.account)] == ["booking_to_confirm", "appointment_booked"]
    assert [mail.kind for mail in told(practice.doctor.account)] == ["appointment_booked"]
    assert deeds(visit) == ["held", "confirmed"]


def test_a_hold_that_nobody_confirms_ends_by_itself_and_nobody_is_told(
    practice: Practice, frozen_clock: time_machine.Traveller
) -> None:
    visit = practice.hold()
    token, asked = token_of(visit), len(told(practice.grace.account))
    frozen_clock.shift(timedelta(minutes=30))
    assert is_free(practice)
    grace = actor_of(practice.grace, practice.clinic)
    assert appointments.find(grace, visit.id).present_status == AppointmentStatus.CANCELED
    assert appointments.listed(grace, period="upcoming").total == 0
    assert treatments.visits_to_come(grace, practice.treatment.id) == 0
    for refused in (lambda: held_bookings.confirm(token), lambda: held_bookings.confirm_own(grace, visit.id)):
        with pytest.raises(AppointmentClosed, match="given free again"):
            refused()
    other = factories.make_patient(practice.clinic)
    booking.book(actor_of(other, practice.clinic), slot_id=practice.slot("09:00"))
    assert db.session.get_one(Appointment, visit.id).status == AppointmentStatus.CANCELED
    with pytest.raises(AppointmentClosed, match="given free again"):
        held_bookings.find(token)
    assert len(told(practice.grace.account)) == asked


@on_sqlite
def test_a_hold_ends_when_its_visit_would_begin(practice: Practice, frozen_clock: time_machine.Traveller) -> None:
    frozen_clock.move_to(factories.at(practice.clinic, TUESDAY, "08:50"))
    visit = practice.hold("09:00")
    assert visit.hold_expires_at == visit.starts_at


@on_sqlite
def test_only_a_patient_of_this_clinic_with_a_confirmed_e_mail_may_book_so(practice: Practice) -> None:
    hillside = factories.make_clinic(name="Hillside")
    factories.make_patient(practice.clinic, email="unconfirmed@people.example", email_verified_at=None)
    factories.make_patient(practice.clinic, email="gone@people.example", is_active=False)
    factories.make_patient(hillside, email="far@people.example")
    factories.make_admin(practice.clinic, email="desk@people.example")
    closed = factories.make_patient(practice.clinic, email="closed@people.example")
    patients.close_own(actor_of(closed, practice.clinic))
    for name in ("unconfirmed", "gone", "far", "desk", "closed", "nobody", "not an address"):
        with pytest.raises(NotRegistered):
            practice.hold(email=f"{name}@people.example")
    assert is_free(practice)


@on_sqlite
def test_what_nobody_can_have_is_refused_before_anybody_is_looked_for_and_counts_as_no_try(
    practice: Practice, app: Flask
) -> None:
    app.config["CHATBOT_BOOKINGS_A_PATIENT"] = 1
    lee = factories.make_doctor(practice.clinic)
    far = factories.make_doctor(factories.make_clinic(name="Hillside"))
    refusals: list[tuple[type[MediMeetError], dict[str, int]]] = [
        (NotFound, {"doctor_id": far.id}),
        (NotFound, {"treatment_id": 10**6}),
        (NotFound, {"doctor_id": lee.id, "slot_id": slot_at(lee, practice.clinic, TUESDAY, "09:00")}),
        (NoSuchSlot, {"slot_id": slot_at(lee, practice.clinic, TUESDAY, "09:00")}),
    ]
    for error, wrong in refusals:
        with pytest.raises(error):
            practice.hold(**wrong)
    assert practice.hold().status == AppointmentStatus.PENDING


@on_sqlite
def test_a_stranger_learns_nothing_of_the_patients_other_visit(practice: Practice) -> None:
    other = factories.make_doctor(practice.clinic, first_name="Bruce", last_name="Lee")
    factories.make_appointment(other, practice.grace, factories.at(practice.clinic, TUESDAY, "09:00"))
    with pytest.raises(PatientBusy) as refused:
        practice.hold("09:00")
    assert (refused.value.words, refused.value.appointment_id) == (
        "This time can't be booked with this e-mail. Choose another time.",
        None,
    )


@on_sqlite
def test_tries_are_counted_for_known_and_unknown_e_mails_alike_also_where_nothing_is_held(practice: Practice) -> None:
    refusals = []
    for email, error in (("grace@people.example", NoSuchSlot), ("nobody@people.example", NotRegistered)):
        for _try in range(5):
            with pytest.raises(error):
                practice.hold("18:00", email)
        with pytest.raises(TooManyTries) as refused:
            practice.hold("09:00", email.upper())
        refusals.append((refused.value.words, refused.value.retry_after))
    assert refusals[0] == refusals[1]
    assert refusals[0][1] in (3600, 3601)


@on_sqlite
def test_an_address_and_a_site_have_their_limits_which_can_be_lifted(practice: Practice, app: Flask) -> None:
    app.config.update(RATELIMIT_ENABLED=True, CHATBOT_BOOKINGS=2, CHATBOT_BOOKINGS_A_SITE=3)
    chatbot.list_sites(actor_of(factories.make_admin(practice.clinic), practice.clinic), ["https://listed.example"])

    def ask(name: str, **given: Any) -> None:
        practice.hold(email=f"{name}@people.example", **given)

    for name, address in (("a", HOME), ("b", HOME), ("c", "192.0.2.2")):
        with pytest.raises(NotRegistered):
            ask(name, address=address)
    for full in ({"address": HOME, "origin": None}, {"address": "192.0.2.3", "origin": SITE}):
        with pytest.raises(TooManyTries, match="sign in to book"):
            ask("d", **full)
    for invented in ("https://another.example", "null", None):  # a program may name any: all count as one
        with pytest.raises(TooManyTries):
            ask("d", address="192.0.2.4", origin=invented)
    for name, known in (("d", "https://listed.example"), ("e", app.config["BASE_URL"])):
        with pytest.raises(NotRegistered):
            ask(name, address="192.0.2.5", origin=known)
    app.config["RATELIMIT_ENABLED"] = False
    with pytest.raises(NotRegistered):
        ask("d", address=HOME)


def test_a_patient_has_three_unconfirmed_visits_at_most(
    practice: Practice, frozen_clock: time_machine.Traveller
) -> None:
    held = [practice.hold(wall_time) for wall_time in ("09:00", "10:00", "11:00")]
    frozen_clock.shift(timedelta(minutes=10))
    with pytest.raises(TooManyTries) as refused:
        practice.hold("12:00")
    assert refused.value.retry_after in (1200, 1201)
    held_bookings.confirm(token_of(held[0]))
    assert practice.hold("12:00").status == AppointmentStatus.PENDING


def test_strangers_can_hold_half_of_a_doctors_day_and_the_rest_stays_free_for_those_who_sign_in(
    practice: Practice, frozen_clock: time_machine.Traveller
) -> None:
    an_hour = {"treatment_id": factories.make_treatment(practice.clinic, practice.doctor, duration_minutes=60).id}
    lee = factories.make_patient(practice.clinic, email="lee@people.example")
    held = [practice.hold(f"{hour:02}:00", **an_hour) for hour in (9, 10, 11)]
    assert practice.hold("12:00", "lee@people.example", **an_hour).status == AppointmentStatus.PENDING
    for email in ("lee@people.example", "nobody@people.example"):
        with pytest.raises(TooManyTries, match="Choose another day"):
            practice.hold("13:00", email)
    friday = slot_at(practice.doctor, practice.clinic, date(2026, 11, 27), "13:00")
    assert practice.hold(email="lee@people.example", slot_id=friday).status == AppointmentStatus.PENDING
    other = actor_of(factories.make_patient(practice.clinic), practice.clinic)
    assert booking.book(other, slot_id=practice.slot("13:00")).status == AppointmentStatus.SCHEDULED
    held_bookings.confirm(token_of(held[0]))
    assert practice.hold("14:00", "lee@people.example").patient_id == lee.id
    frozen_clock.shift(timedelta(minutes=30))
    assert practice.hold("15:00").status == AppointmentStatus.PENDING


def test_a_visitors_key_books_once_and_is_apart_from_the_keys_of_those_who_are_signed_in(practice: Practice) -> None:
    held = practice.hold(idempotency_key="one")
    assert practice.hold(idempotency_key="one").id == held.id
    for other in ({"wall_time": "10:00"}, {"email": "nobody@people.example"}):
        with pytest.raises(KeyReused):
            practice.hold(idempotency_key="one", **other)
    own = booking.book(actor_of(practice.grace, practice.clinic), slot_id=practice.slot("11:00"), idempotency_key="one")
    assert own.id != held.id
    hers = booking.book(
        actor_of(practice.grace, practice.clinic), slot_id=practice.slot("14:00"), idempotency_key="hers"
    )
    with pytest.raises(SlotTaken):
        practice.hold("14:00", idempotency_key="hers")
    assert hers.status == AppointmentStatus.SCHEDULED
    assert len(told(practice.grace.account)) == 3


def test_a_signed_in_patient_confirms_the_own_visit_and_nobody_elses(practice: Practice) -> None:
    visit, other = practice.hold(), factories.make_patient(practice.clinic)
    for stranger in (other, practice.doctor, factories.make_admin(practice.clinic)):
        with pytest.raises(NotFound):
            held_bookings.confirm_own(actor_of(stranger, practice.clinic), visit.id)
    grace = actor_of(practice.grace, practice.clinic)
    assert held_bookings.confirm_own(grace, visit.id).status == AppointmentStatus.SCHEDULED
    with pytest.raises(AppointmentClosed, match="booked already"):
        held_bookings.confirm_own(grace, visit.id)
    assert held_bookings.confirm(token_of(visit)).status == AppointmentStatus.SCHEDULED
    assert len(told(practice.doctor.account)) == 1


def test_an_unconfirmed_visit_is_canceled_without_a_word_to_the_doctor(practice: Practice) -> None:
    visit = practice.hold()
    appointment_changes.cancel(actor_of(practice.grace, practice.clinic), visit.id)
    assert is_free(practice)
    assert told(practice.doctor.account) == []
    assert [(mail.kind, mail.calendar) for mail in told(practice.grace.account)][1:] == [("appointment_canceled", None)]
    with pytest.raises(AppointmentClosed, match="was canceled"):
        held_bookings.confirm(token_of(visit))


@on_sqlite
def test_nobody_confirms_a_visit_to_a_doctor_who_can_not_be_booked_any_more(practice: Practice) -> None:
    visit = practice.hold()
    token, grace = token_of(visit), actor_of(practice.grace, practice.clinic)
    practice.doctor.verified_at = None
    db.session.commit()
    for refused in (
        lambda: held_bookings.find(token),
        lambda: held_bookings.confirm(token),
        lambda: held_bookings.confirm_own(grace, visit.id),
    ):
        with pytest.raises(AppointmentClosed, match="takes no visits at present"):
            refused()


@on_sqlite
def test_a_doctor_may_read_of_a_patient_only_once_the_patient_has_confirmed(practice: Practice) -> None:
    other = factories.make_doctor(practice.clinic)
    seen = factories.make_appointment(other, practice.grace, factories.at(practice.clinic, date(2026, 11, 20), "09:00"))
    note = MedicalRecordVersion(
        clinic_id=practice.clinic.id, appointment_id=seen.id, number=1, author_id=other.account_id, diagnosis="Flu"
    )
    factories.save(note)
    visit, shah = practice.hold(), actor_of(practice.doctor, practice.clinic)
    with pytest.raises(NotFound):
        records.latest(shah, seen.id)
    with pytest.raises(NotFound):
        patients.find(shah, practice.grace.id)
    held_bookings.confirm(token_of(visit))
    assert records.latest(shah, seen.id) is not None
    assert patients.find(shah, practice.grace.id).id == practice.grace.id


@on_sqlite
def test_an_unconfirmed_visit_is_neither_moved_nor_changed_nor_marked(practice: Practice) -> None:
    visit = practice.hold()
    doctor, grace = (actor_of(person, practice.clinic) for person in (practice.doctor, practice.grace))
    changes: list[Callable[[], object]] = [
        lambda: appointment_changes.move(grace, visit.id, slot_id=practice.slot("10:00")),
        lambda: appointment_changes.change(grace, visit.id, reason="a cough"),
    ]
    for change in changes:
        with pytest.raises(AppointmentClosed, match="Confirm it first"):
            change()
    for status in (AppointmentStatus.SCHEDULED, AppointmentStatus.COMPLETED):
        with pytest.raises(InvalidInput, match="waits for the patient to confirm it"):
            appointment_changes.mark(doctor, visit.id, status)


@on_sqlite
def test_a_link_does_nothing_once_the_mailbox_is_another_ones_or_the_visit_was_changed(practice: Practice) -> None:
    held, moved = practice.hold("09:00"), practice.hold("11:00")
    tokens = [token_of(held), token_of(moved), "no-such-token"]
    grace = actor_of(practice.grace, practice.clinic)
    held_bookings.confirm_own(grace, moved.id)
    appointment_changes.move(grace, moved.id, slot_id=practice.slot("12:00"))
    profiles.change(grace, grace.person.id, {"email": "new@people.example"})
    for token in tokens:
        with pytest.raises(WrongCode, match="This link does nothing any more"):
            held_bookings.find(token)
        with pytest.raises(WrongCode):
            held_bookings.confirm(token)
