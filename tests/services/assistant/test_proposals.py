"""What the assistant proposes is done by its person's own word alone, once, whatever happens in between."""

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import AppointmentClosed, InvalidInput, MediMeetError, NotAllowed, NotFound, PatientBusy, SlotTaken
from medimeet.models import Appointment, AuditEntry, Clinic, Doctor, Notification, Patient, Proposal, Treatment
from medimeet.services import appointment_changes, booking, conversation, patients
from medimeet.services.access import Actor
from medimeet.services.assistant import proposals
from tests.factories import (
    actor_of,
    at,
    make_admin,
    make_appointment,
    make_doctor,
    make_patient,
    make_treatment,
    save,
    slot_at,
)

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
TUESDAY = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    return make_doctor(clinic, first_name="Amelia", last_name="Hart")


@pytest.fixture
def treatment(clinic: Clinic, doctor: Doctor) -> Treatment:
    return make_treatment(clinic, doctor, duration_minutes=60)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic)


@pytest.fixture
def me(clinic: Clinic, patient: Patient) -> Actor:
    return actor_of(patient, clinic)


@pytest.fixture
def offered(clinic: Clinic, doctor: Doctor, treatment: Treatment, me: Actor) -> Proposal:
    """A booking on Tuesday at 10, proposed to the patient."""
    slot_id = slot_at(doctor, clinic, TUESDAY, "10:00")
    return proposals.propose_booking(me, slot_id=slot_id, treatment_id=treatment.id)


def count(model: type, *conditions: object) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def deeds() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)))


def test_a_proposal_shows_exactly_what_would_be_booked_and_books_nothing(offered: Proposal) -> None:
    card = proposals.card(offered)
    assert (card.deed, card.doctor, card.treatment, str(card.price)) == (
        "book",
        "Dr Amelia Hart",
        "Consultation",
        "45.00",
    )
    assert (card.day, card.date, card.start_time, card.end_time, card.time_zone) == (
        "Tuesday 24 November 2026",
        "2026-11-24",
        "10:00",
        "11:00",
        "Europe/London",
    )
    assert (card.state, card.patient, card.was) == ("open", "", "")
    assert count(Appointment) == 0


def test_confirming_books_once_with_the_assistant_s_name_and_answers_the_same_again(
    me: Actor, offered: Proposal, doctor: Doctor
) -> None:
    first = proposals.confirm(me, offered.public_id)
    assert first.words == (
        "Booked: Consultation with Dr Amelia Hart on Tuesday 24 November 2026, 10:00 to 11:00 (Europe/London, GMT)."
    )
    assert first.appointment.channel == "assistant"
    appointment_changes.cancel(me, first.appointment.id)
    again = proposals.confirm(me, offered.public_id)
    assert (again.words, again.appointment.id) == (first.words, first.appointment.id)
    assert count(Appointment) == 1
    assert deeds() == ["booked", "confirmed", "canceled"]
    assert proposals.card(proposals.find(me, offered.public_id)).state == "confirmed"
    assert [(said.kind, said.source, said.text) for said in conversation.page(me).items] == [
        ("confirmed", "clinic", first.words)
    ]


def test_fifty_clicks_at_once_book_once_with_one_line_and_one_mail(app: Flask, me: Actor, offered: Proposal) -> None:
    account_id, clinic_id, public_id = me.person.id, me.clinic.id, offered.public_id
    said, start = [], threading.Barrier(50)

    def click() -> None:
        with app.app_context():
            from_row = Actor(db.session.get(type(me.person), account_id), db.session.get_one(Clinic, clinic_id))
            db.session.rollback()  # nobody holds a connection while waiting for the others
            start.wait()
            try:
                said.append(proposals.confirm(from_row, public_id).words)
            except MediMeetError as error:
                said.append(error.words)

    clicks = [threading.Thread(target=click) for _ in range(50)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(said) == 50 and len(set(said)) == 1 and said[0].startswith("Booked: ")
    assert count(Appointment) == 1
    assert deeds() == ["booked", "confirmed"]
    assert count(Notification, Notification.account_id == account_id) == 1


KILLED = """
import os, signal, sys, time_machine
from datetime import datetime, UTC
from medimeet.app import create_app
from medimeet.models import Account
from medimeet.db import db
from medimeet.services.access import Actor
from medimeet.services.assistant import proposals
key = "a secret key for tests, long enough"
app = create_app({"DATABASE_URL": sys.argv[1], "DATA_DIR": sys.argv[2], "SECRET_KEY": key})
proposals._settle = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
with app.app_context(), time_machine.travel(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), tick=False):
    account = db.session.get(Account, int(sys.argv[3]))
    proposals.confirm(Actor(account, account.clinic), sys.argv[4])
"""


@on_sqlite
def test_a_worker_killed_in_the_middle_of_it_has_booked_once_and_the_next_click_says_so(
    app: Flask, me: Actor, offered: Proposal, frozen_clock
) -> None:
    arguments = [app.config["DATABASE_URL"], app.config["DATA_DIR"], str(me.person.id), offered.public_id]
    ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, timeout=60, check=False)
    assert ended.returncode == -9, ended.stderr.decode()
    assert count(Appointment) == 1
    frozen_clock.shift(timedelta(hours=1))  # by now it would be too late for a new booking
    assert proposals.confirm(me, offered.public_id).words.startswith("Booked: ")
    assert count(Appointment) == 1
    assert deeds() == ["booked", "confirmed"]


def test_it_is_too_late_after_a_quarter_of_an_hour(me: Actor, offered: Proposal, frozen_clock) -> None:
    frozen_clock.shift(timedelta(minutes=15))
    with pytest.raises(AppointmentClosed, match="Nothing was changed. Ask the assistant again"):
        proposals.confirm(me, offered.public_id)
    assert proposals.card(offered).state == "expired"
    assert count(Appointment) == 0


def test_a_time_that_somebody_else_took_meanwhile_is_told_with_what_to_do(
    clinic: Clinic, me: Actor, offered: Proposal, treatment: Treatment
) -> None:
    booking.book(actor_of(make_patient(clinic), clinic), slot_id=offered.slot_id or 0, treatment_id=treatment.id)
    with pytest.raises(SlotTaken, match="Choose another"):
        proposals.confirm(me, offered.public_id)


@on_sqlite
def test_nobody_else_can_confirm_it(clinic: Clinic, doctor: Doctor, me: Actor, offered: Proposal) -> None:
    elsewhere = save(Clinic(name="Other", time_zone="Europe/London", country="GB"))
    others = [actor_of(make_patient(clinic), clinic), actor_of(doctor, clinic), actor_of(make_admin(clinic), clinic)]
    for other in [*others, replace(me, clinic=elsewhere)]:
        with pytest.raises(NotFound):
            proposals.confirm(other, offered.public_id)
    for unknown in ("", "x", "' OR 1=1", "0" * 500, "\x00", "\ud800", 7):
        with pytest.raises(NotFound):
            proposals.confirm(me, unknown)
    assert count(Appointment) == 0


@on_sqlite
def test_a_closed_account_confirms_nothing(clinic: Clinic, me: Actor, offered: Proposal) -> None:
    patients.remove(actor_of(make_admin(clinic), clinic), me.own_patient.id)
    with pytest.raises(MediMeetError):
        proposals.confirm(me, offered.public_id)
    assert count(Appointment) == 0


@on_sqlite
def test_a_newer_proposal_about_the_same_ends_the_older(
    clinic: Clinic, doctor: Doctor, treatment: Treatment, me: Actor, offered: Proposal
) -> None:
    later = proposals.propose_booking(me, slot_id=slot_at(doctor, clinic, TUESDAY, "11:00"), treatment_id=treatment.id)
    with pytest.raises(AppointmentClosed, match="something newer"):
        proposals.confirm(me, offered.public_id)
    visit = proposals.confirm(me, later.public_id).appointment
    canceling = proposals.propose_cancellation(me, appointment_id=visit.id)
    moving = proposals.propose_move(me, appointment_id=visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "14:00"))
    booked_too = proposals.propose_booking(
        me, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), treatment_id=treatment.id
    )
    states = [proposals.card(proposals.find(me, each.public_id)).state for each in (canceling, moving, booked_too)]
    assert states == ["expired", "open", "open"]


def test_a_visit_is_moved_and_canceled_once_and_the_old_time_is_shown_before(
    clinic: Clinic, doctor: Doctor, treatment: Treatment, me: Actor, patient: Patient
) -> None:
    visit = make_appointment(doctor, patient, at(clinic, TUESDAY, "10:00"), treatment_id=treatment.id, price=45)
    moving = proposals.propose_move(me, appointment_id=visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "14:00"))
    assert proposals.card(moving).was == "Tuesday 24 November 2026, 10:00 (Europe/London, GMT)"
    words = {proposals.confirm(me, moving.public_id).words for _ in range(2)}
    assert words == {
        "Moved: Consultation with Dr Amelia Hart is now on "
        "Tuesday 24 November 2026, 14:00 to 15:00 (Europe/London, GMT)."
    }
    canceling = proposals.propose_cancellation(me, appointment_id=visit.id)
    canceled = [proposals.confirm(me, canceling.public_id) for _ in range(2)]
    assert {each.words.split(":")[0] for each in canceled} == {"Canceled"}
    assert canceled[0].appointment.status == AppointmentStatus.CANCELED
    assert deeds() == ["moved", "confirmed", "canceled", "confirmed"]


@on_sqlite
def test_a_visit_that_changed_since_is_not_touched(
    clinic: Clinic, doctor: Doctor, treatment: Treatment, me: Actor, patient: Patient, frozen_clock
) -> None:
    visit = make_appointment(doctor, patient, at(clinic, TUESDAY, "10:00"), treatment_id=treatment.id)
    canceling = proposals.propose_cancellation(me, appointment_id=visit.id)
    frozen_clock.shift(timedelta(minutes=1))
    appointment_changes.move(actor_of(doctor, clinic), visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "15:00"))
    with pytest.raises(AppointmentClosed, match="has changed since"):
        proposals.confirm(me, canceling.public_id)


@on_sqlite
def test_doctors_move_and_cancel_their_own_visits_and_book_for_nobody(
    clinic: Clinic, doctor: Doctor, treatment: Treatment, patient: Patient
) -> None:
    visit = make_appointment(doctor, patient, at(clinic, TUESDAY, "10:00"), treatment_id=treatment.id)
    other = make_doctor(clinic)
    mine, theirs = actor_of(doctor, clinic), actor_of(other, clinic)
    with pytest.raises(NotAllowed, match="patients only"):
        proposals.propose_booking(mine, slot_id=slot_at(doctor, clinic, TUESDAY, "11:00"), treatment_id=treatment.id)
    with pytest.raises(NotFound):
        proposals.propose_cancellation(theirs, appointment_id=visit.id)
    with pytest.raises(NotFound):
        proposals.propose_cancellation(actor_of(make_admin(clinic), clinic), appointment_id=visit.id)
    with pytest.raises(NotFound):
        proposals.propose_move(mine, appointment_id=visit.id, slot_id=slot_at(other, clinic, TUESDAY, "11:00"))
    moving = proposals.propose_move(mine, appointment_id=visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "11:00"))
    assert proposals.card(moving).patient == patient.name
    words = proposals.confirm(mine, moving.public_id).words
    assert words.startswith("Moved: ") and patient.name not in words


@on_sqlite
def test_what_could_not_be_confirmed_now_is_not_proposed(
    clinic: Clinic, doctor: Doctor, treatment: Treatment, me: Actor, patient: Patient
) -> None:
    visit = make_appointment(doctor, patient, at(clinic, TUESDAY, "10:00"), treatment_id=treatment.id)
    over = make_appointment(doctor, patient, clock.now() - timedelta(days=3))
    with pytest.raises(PatientBusy):
        proposals.propose_booking(me, slot_id=slot_at(doctor, clinic, TUESDAY, "10:00"), treatment_id=treatment.id)
    with pytest.raises(InvalidInput, match="at this time already"):
        proposals.propose_move(me, appointment_id=visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "10:00"))
    with pytest.raises(AppointmentClosed):
        proposals.propose_cancellation(me, appointment_id=over.id)
    assert count(Proposal) == 0
