"""Booking, moving, canceling and closing appointments, through the service, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.slot_ids import encode_slot
from medimeet.domain.statuses import AppointmentStatus
from medimeet.errors import (
    AppointmentClosed,
    InvalidInput,
    KeyReused,
    NoSuchSlot,
    NotFound,
    PastSlot,
    PatientBusy,
    SlotTaken,
)
from medimeet.models import Account, Appointment, AuditEntry, Clinic, Notification, Patient
from medimeet.services import appointment_changes, appointments, booking, holds, patients, slots
from medimeet.services.access import Actor
from medimeet.writing import lock_all
from tests.factories import (
    actor_of,
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_exclusion,
    make_hours,
    make_patient,
    make_treatment,
    slot_at,
)

TUESDAY = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("frozen_clock")


def starts(clinic: Clinic, day: date, wall_time: str) -> datetime:
    return at(clinic, day, wall_time)


def close_profile(patient_id: int) -> None:
    """The patient closes the own profile."""
    patient = db.session.get_one(Patient, patient_id)
    patients.close_own(actor_of(patient, patient.clinic))


def end_account(patient_id: int) -> None:
    """The clinic's admin removes the patient."""
    clinic = db.session.get_one(Patient, patient_id).clinic
    patients.remove(actor_of(make_admin(clinic), clinic), patient_id)


def in_own_session(app: Flask, deed: Callable[[int], None], row_id: int) -> None:
    """Does the deed as another request would, beside what runs."""
    with app.app_context():
        deed(row_id)


def test_a_patient_books_a_free_slot(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), reason=" Cough ")
    assert visit.status == AppointmentStatus.SCHEDULED
    assert (visit.starts_at, visit.ends_at) == (starts(clinic, TUESDAY, "09:00"), starts(clinic, TUESDAY, "09:30"))
    assert (visit.doctor_id, visit.patient_id, visit.reason) == (doctor.id, patient.id, "Cough")


def test_a_booking_leaves_a_message_and_an_audit_line_in_the_same_transaction(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"))
    told = db.session.scalars(select(Notification).where(Notification.appointment_id == visit.id)).all()
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == visit.id)).all()
    assert patient.account.email in [message.recipient for message in told]
    assert [(line.deed, line.patient_id) for line in noted] == [("booked", patient.id)]


def test_a_slot_is_given_to_the_first_patient_only(clinic: Clinic) -> None:
    doctor, first, second = make_doctor(clinic), make_patient(clinic), make_patient(clinic)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    booking.book(actor_of(first, clinic), slot_id=slot_id)
    with pytest.raises(SlotTaken):
        booking.book(actor_of(second, clinic), slot_id=slot_id)


def test_a_refused_booking_leaves_nothing_behind(clinic: Clinic) -> None:
    doctor, first, second = make_doctor(clinic), make_patient(clinic), make_patient(clinic)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    booking.book(actor_of(first, clinic), slot_id=slot_id)
    with pytest.raises(SlotTaken):
        booking.book(actor_of(second, clinic), slot_id=slot_id)
    assert db.session.scalars(select(Notification).where(Notification.account_id == second.account_id)).all() == []
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.patient_id == second.id)).all() == []


def test_a_patient_is_not_in_two_places_at_once_and_is_told_which_visit_is_in_the_way(clinic: Clinic) -> None:
    patient, one, other = make_patient(clinic), make_doctor(clinic, last_name="Shah"), make_doctor(clinic)
    visit = booking.book(actor_of(patient, clinic), slot_id=slot_at(one, clinic, TUESDAY, "09:00"))
    with pytest.raises(PatientBusy, match="Dr Pat Shah on Tuesday 24 November at 09:00") as refused:
        booking.book(actor_of(patient, clinic), slot_id=slot_at(other, clinic, TUESDAY, "09:00"))
    assert refused.value.appointment_id == visit.id


def test_a_long_treatment_takes_the_slots_that_follow(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    hour = make_treatment(clinic, doctor, duration_minutes=60)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    visit = booking.book(actor_of(patient, clinic), slot_id=slot_id, treatment_id=hour.id)
    assert visit.ends_at == starts(clinic, TUESDAY, "10:00")
    with pytest.raises(SlotTaken):
        booking.book(actor_of(make_patient(clinic), clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:30"))


def test_a_long_treatment_is_refused_where_the_next_slot_is_taken(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    hour = make_treatment(clinic, doctor, duration_minutes=60)
    make_appointment(doctor, make_patient(clinic), starts(clinic, TUESDAY, "09:30"))
    with pytest.raises(SlotTaken, match="takes 60 minutes"):
        booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), treatment_id=hour.id)


def test_a_treatment_that_the_doctor_does_not_give_is_not_found(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    with pytest.raises(NotFound):
        booking.book(
            actor_of(patient, clinic),
            slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"),
            treatment_id=make_treatment(clinic).id,
        )


def test_a_time_that_has_passed_is_refused(clinic: Clinic, frozen_clock) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    frozen_clock.move_to(starts(clinic, TUESDAY, "09:00"))
    with pytest.raises(PastSlot):
        booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"))


@pytest.mark.parametrize("wall_time", ["08:30", "09:10", "17:00"])
def test_a_time_that_no_declaration_offers_does_not_exist(clinic: Clinic, wall_time: str) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    with pytest.raises(NoSuchSlot):
        booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, wall_time))


def test_an_exclusion_date_takes_the_slots_of_that_day(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    make_exclusion(doctor, TUESDAY)
    with pytest.raises(NoSuchSlot):
        booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"))


def test_more_than_a_year_ahead_nothing_can_be_booked(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    with pytest.raises(NoSuchSlot):
        booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, date(2027, 11, 24), "09:00"))


def test_a_doctor_who_is_not_verified_or_of_another_clinic_has_no_slots(clinic: Clinic) -> None:
    patient = make_patient(clinic)
    for doctor in (make_doctor(clinic, verified=False), make_doctor(make_clinic(name="Hillside"))):
        with pytest.raises(NoSuchSlot):
            booking.book(actor_of(patient, clinic), slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"))


def test_another_clinics_slot_does_not_exist_whether_it_is_taken_or_free(clinic: Clinic) -> None:
    elsewhere = make_clinic(name="Hillside")
    doctor = make_doctor(elsewhere)
    make_appointment(doctor, make_patient(elsewhere), starts(elsewhere, TUESDAY, "09:00"))
    for wall_time in ("09:00", "09:30"):
        with pytest.raises(NoSuchSlot):
            booking.book(actor_of(make_patient(clinic), clinic), slot_id=slot_at(doctor, clinic, TUESDAY, wall_time))


def test_a_number_that_is_no_slot_does_not_exist(clinic: Clinic) -> None:
    patient = make_patient(clinic)
    for slot_id in (0, 7, 2**53 - 1):
        with pytest.raises(NoSuchSlot):
            booking.book(actor_of(patient, clinic), slot_id=slot_id)


def test_the_same_key_gives_the_same_appointment_and_books_once(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    order = {"slot_id": slot_at(doctor, clinic, TUESDAY, "09:00"), "idempotency_key": "one"}
    first = booking.book(actor_of(patient, clinic), **order)
    again = booking.book(actor_of(patient, clinic), **order)
    assert again.id == first.id


def test_a_key_that_comes_with_another_request_is_refused(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    actor = actor_of(patient, clinic)
    booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), idempotency_key="one")
    with pytest.raises(KeyReused):
        booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "10:00"), idempotency_key="one")


def test_a_key_of_one_person_says_nothing_about_another(clinic: Clinic) -> None:
    doctor, first, second = make_doctor(clinic), make_patient(clinic), make_patient(clinic)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    booking.book(actor_of(first, clinic), slot_id=slot_id, idempotency_key="one")
    with pytest.raises(SlotTaken):
        booking.book(actor_of(second, clinic), slot_id=slot_id, idempotency_key="one")


def test_the_clinics_admin_books_for_a_patient_and_has_to_name_one(clinic: Clinic) -> None:
    doctor, patient, admin = make_doctor(clinic), make_patient(clinic), make_admin(clinic)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    with pytest.raises(InvalidInput, match="Choose the patient"):
        booking.book(actor_of(admin, clinic), slot_id=slot_id)
    visit = booking.book(actor_of(admin, clinic), slot_id=slot_id, patient_id=patient.id)
    assert (visit.patient_id, visit.booked_by_id) == (patient.id, admin.id)


def test_a_patient_who_names_somebody_else_still_books_for_themselves(clinic: Clinic) -> None:
    doctor, patient, other = make_doctor(clinic), make_patient(clinic), make_patient(clinic)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    visit = booking.book(actor_of(patient, clinic), slot_id=slot_id, patient_id=other.id)
    assert visit.patient_id == patient.id


def test_a_canceled_time_is_free_for_others_at_once(clinic: Clinic) -> None:
    doctor, first, second = make_doctor(clinic), make_patient(clinic), make_patient(clinic)
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    visit = booking.book(actor_of(first, clinic), slot_id=slot_id)
    assert appointment_changes.cancel(actor_of(first, clinic), visit.id).status == AppointmentStatus.CANCELED
    assert booking.book(actor_of(second, clinic), slot_id=slot_id).patient_id == second.id


def test_canceling_twice_answers_as_the_first_time_and_tells_once(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, starts(clinic, TUESDAY, "09:00"))
    for _ in range(2):
        assert appointment_changes.cancel(actor_of(patient, clinic), visit.id).status == AppointmentStatus.CANCELED
    told = db.session.scalars(select(Notification).where(Notification.account_id == patient.account_id)).all()
    assert len(told) == 1


def test_only_the_patient_the_doctor_and_the_clinics_admin_can_cancel(clinic: Clinic) -> None:
    elsewhere = make_clinic(name="Hillside")
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, starts(clinic, TUESDAY, "09:00"))
    for stranger in (make_patient(clinic), make_doctor(clinic)):
        with pytest.raises(NotFound):
            appointment_changes.cancel(actor_of(stranger, clinic), visit.id)
    with pytest.raises(NotFound):
        appointment_changes.cancel(actor_of(make_admin(elsewhere), elsewhere), visit.id)
    assert (
        appointment_changes.cancel(actor_of(make_admin(clinic), clinic), visit.id).status == AppointmentStatus.CANCELED
    )


@pytest.mark.parametrize("status", [AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW])
def test_a_visit_that_is_over_can_not_be_canceled_or_moved(clinic: Clinic, status: AppointmentStatus) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, starts(clinic, TUESDAY, "09:00"), status=status)
    with pytest.raises(AppointmentClosed):
        appointment_changes.cancel(actor_of(patient, clinic), visit.id)
    with pytest.raises(AppointmentClosed):
        appointment_changes.move(actor_of(patient, clinic), visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "10:00"))


def test_a_deleted_appointment_is_canceled_and_found_by_the_pages_alone(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    actor, slot_id = actor_of(patient, clinic), slot_at(doctor, clinic, TUESDAY, "09:00")
    visit = booking.book(actor, slot_id=slot_id)
    appointment_changes.delete(actor, visit.id)
    with pytest.raises(NotFound):
        appointments.find(actor, visit.id)
    assert appointments.listed(actor).total == 0
    assert appointments.find_even_deleted(actor, visit.id).status == AppointmentStatus.CANCELED
    assert appointments.listed(actor, with_deleted=True).total == 1
    assert booking.book(actor_of(make_patient(clinic), clinic), slot_id=slot_id).id != visit.id


def test_what_is_deleted_can_not_be_deleted_canceled_or_moved_again(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    actor = actor_of(patient, clinic)
    visit = booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"))
    appointment_changes.cancel(actor, visit.id)
    appointment_changes.delete(actor, visit.id)
    for again in (appointment_changes.delete, appointment_changes.cancel):
        with pytest.raises(NotFound):
            again(actor, visit.id)
    with pytest.raises(NotFound):
        appointment_changes.move(actor, visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "10:00"))


@pytest.mark.parametrize("status", [AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW])
def test_a_visit_that_is_over_can_not_be_deleted(clinic: Clinic, status: AppointmentStatus) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, clock.now() - timedelta(days=1), status=status)
    with pytest.raises(AppointmentClosed):
        appointment_changes.delete(actor_of(patient, clinic), visit.id)
    assert appointments.find(actor_of(patient, clinic), visit.id).status == status


def test_moving_frees_the_old_time_and_takes_the_new_one(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, starts(clinic, TUESDAY, "09:00"))
    moved = appointment_changes.move(
        actor_of(patient, clinic), visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "11:00")
    )
    assert (moved.id, moved.starts_at, moved.sequence) == (visit.id, starts(clinic, TUESDAY, "11:00"), 1)
    free = {slot.starts_at for slot in slots.free([doctor], None, TUESDAY, TUESDAY)}
    assert starts(clinic, TUESDAY, "09:00") in free
    assert starts(clinic, TUESDAY, "11:00") not in free


def test_the_old_time_is_kept_when_the_new_one_is_taken(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, starts(clinic, TUESDAY, "09:00"))
    make_appointment(doctor, make_patient(clinic), starts(clinic, TUESDAY, "11:00"))
    with pytest.raises(SlotTaken):
        appointment_changes.move(actor_of(patient, clinic), visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "11:00"))
    assert db.session.get_one(Appointment, visit.id).starts_at == starts(clinic, TUESDAY, "09:00")


def test_a_long_visit_moves_by_half_its_length_over_its_own_old_time(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    hour = make_treatment(clinic, doctor, duration_minutes=60)
    actor = actor_of(patient, clinic)
    visit = booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), treatment_id=hour.id)
    moved = appointment_changes.move(actor, visit.id, slot_id=slot_at(doctor, clinic, TUESDAY, "09:30"))
    assert (moved.starts_at, moved.ends_at) == (starts(clinic, TUESDAY, "09:30"), starts(clinic, TUESDAY, "10:30"))


def test_a_hold_keeps_the_time_until_it_is_up_and_then_frees_it_by_itself(clinic: Clinic, frozen_clock) -> None:
    doctor, first, second = make_doctor(clinic), make_patient(clinic), make_patient(clinic)
    hold = make_appointment(
        doctor,
        first,
        starts(clinic, TUESDAY, "09:00"),
        status=AppointmentStatus.PENDING,
        hold_expires_at=clock.now() + timedelta(minutes=30),
    )
    slot_id = slot_at(doctor, clinic, TUESDAY, "09:00")
    with pytest.raises(SlotTaken):
        booking.book(actor_of(second, clinic), slot_id=slot_id)
    frozen_clock.shift(timedelta(minutes=31))
    assert slot_id in [slot.id for slot in slots.free([doctor], None, TUESDAY, TUESDAY)]
    assert booking.book(actor_of(second, clinic), slot_id=slot_id).patient_id == second.id
    assert db.session.get_one(Appointment, hold.id).status == AppointmentStatus.CANCELED


def test_the_poller_ends_the_holds_that_are_up_and_no_others(clinic: Clinic) -> None:
    doctor, now = make_doctor(clinic), clock.now()
    kept = {"status": AppointmentStatus.PENDING, "hold_expires_at": now + timedelta(minutes=1)}
    up = {"status": AppointmentStatus.PENDING, "hold_expires_at": now}
    still_held = make_appointment(doctor, make_patient(clinic), starts(clinic, TUESDAY, "09:00"), **kept)
    forgotten = make_appointment(doctor, make_patient(clinic), starts(clinic, TUESDAY, "10:00"), **up)
    holds.end_all_due()
    db.session.rollback()
    assert still_held.status == AppointmentStatus.PENDING
    assert forgotten.status == AppointmentStatus.CANCELED


def test_the_doctor_closes_a_visit_that_has_begun_and_can_undo_it(clinic: Clinic, frozen_clock) -> None:
    doctor = make_doctor(clinic)
    visit = make_appointment(doctor, make_patient(clinic), starts(clinic, TUESDAY, "09:00"))
    actor = actor_of(doctor, clinic)
    with pytest.raises(InvalidInput, match="has not begun"):
        appointment_changes.mark(actor, visit.id, AppointmentStatus.COMPLETED)
    frozen_clock.move_to(starts(clinic, TUESDAY, "09:10"))
    for status in (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW, AppointmentStatus.SCHEDULED):
        assert appointment_changes.mark(actor, visit.id, status).status == status


def test_a_patient_can_not_mark_the_own_visit(clinic: Clinic, frozen_clock) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    visit = make_appointment(doctor, patient, starts(clinic, TUESDAY, "09:00"))
    frozen_clock.move_to(starts(clinic, TUESDAY, "09:10"))
    with pytest.raises(NotFound):
        appointment_changes.mark(actor_of(patient, clinic), visit.id, AppointmentStatus.COMPLETED)


def test_an_offered_slot_names_itself(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    first = slots.free([doctor], None, TUESDAY, TUESDAY)[0]
    assert first.id == encode_slot(doctor.id, starts(clinic, TUESDAY, "09:00"))


def test_a_time_of_day_books_the_first_day_on_which_it_is_free(clinic: Clinic) -> None:
    doctor = make_doctor(clinic)
    make_exclusion(doctor, date(2026, 11, 23))
    visits = [
        booking.book_time(actor_of(make_patient(clinic), clinic), doctor_id=doctor.id, minute=600) for _ in range(2)
    ]
    assert [visit.starts_at for visit in visits] == [
        starts(clinic, TUESDAY, "10:00"),
        starts(clinic, date(2026, 11, 25), "10:00"),
    ]


def test_a_time_of_day_that_has_passed_today_is_tomorrows(clinic: Clinic, frozen_clock) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    frozen_clock.move_to(starts(clinic, TUESDAY, "10:00"))
    visit = booking.book_time(actor_of(patient, clinic), doctor_id=doctor.id, minute=600)
    assert visit.starts_at == starts(clinic, date(2026, 11, 25), "10:00")


def test_a_time_of_day_stays_the_same_when_the_clocks_change(clinic: Clinic, frozen_clock) -> None:
    doctor, patient = make_doctor(clinic, works=False), make_patient(clinic)
    make_hours(doctor, date=date(2027, 3, 29))  # the Monday after the clocks went forward
    frozen_clock.move_to(starts(clinic, date(2027, 3, 26), "08:00"))
    visit = booking.book_time(actor_of(patient, clinic), doctor_id=doctor.id, minute=600)
    assert visit.starts_at == datetime(2027, 3, 29, 9, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_is_told(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    with pytest.raises(InvalidInput, match="does not exist on that day"):
        booking.book_time(actor_of(patient, clinic), doctor_id=doctor.id, minute=90, day=date(2027, 3, 28))


def test_a_long_visit_changes_to_a_time_that_holds_all_of_it(clinic: Clinic) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)
    hour = make_treatment(clinic, doctor, duration_minutes=60)
    actor = actor_of(patient, clinic)
    visit = booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"), treatment_id=hour.id)
    changed = appointment_changes.change(actor, visit.id, minute=570)
    assert (changed.starts_at, changed.ends_at) == (
        starts(clinic, TUESDAY, "09:30"),
        starts(clinic, TUESDAY, "10:30"),
    )
    with pytest.raises(SlotTaken):
        appointment_changes.change(actor, visit.id, minute=16 * 60 + 30)


def test_two_visits_that_change_doctors_at_once_do_not_lock_each_other_out(app: Flask, clinic: Clinic) -> None:
    one, two = make_doctor(clinic), make_doctor(clinic)
    moves = []
    for doctor, other, wall_time in ((one, two, "09:00"), (two, one, "09:30")):
        for number in range(4):
            day = TUESDAY + timedelta(days=7 * number)
            visit = make_appointment(doctor, make_patient(clinic), starts(clinic, day, wall_time))
            moves.append((visit.patient.account_id, visit.id, other.id))

    def change(person_id: int, visit_id: int, doctor_id: int) -> int:
        with app.app_context():
            actor = Actor(db.session.get(Account, person_id), db.session.get(Clinic, clinic.id))
            return appointment_changes.change(actor, visit_id, doctor_id=doctor_id).doctor_id

    db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        moved = list(pool.map(lambda move: change(*move), moves))
    assert moved == [doctor_id for _person, _visit, doctor_id in moves]


@pytest.mark.parametrize("database_kind", ["postgresql"])  # on SQLite one writes at a time
@pytest.mark.parametrize("leaves", [close_profile, end_account])
def test_who_leaves_while_they_book_keeps_no_visit(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, leaves: Callable[[int], None]
) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic)

    def leave_before_the_lock(*rows: tuple[str, int]) -> None:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_own_session, app, leaves, patient_id).result()
        lock_all(*rows)

    patient_id, actor = patient.id, actor_of(patient, clinic)
    monkeypatch.setattr(booking, "lock_all", leave_before_the_lock)
    with pytest.raises(NotFound, match="closed a moment ago"):
        booking.book(actor, slot_id=slot_at(doctor, clinic, TUESDAY, "09:00"))
    assert db.session.scalar(select(Appointment.id)) is None
