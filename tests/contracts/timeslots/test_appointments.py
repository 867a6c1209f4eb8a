"""Appointments, as document 004 prints them."""

from datetime import date, timedelta

import pytest
from flask import Flask

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.services import appointment_changes, booking
from tests import factories
from tests.contracts.programs import Program, program_of
from tests.contracts.timeslots.conftest import Practice
from tests.statements import statements

TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"
PATH = "/api/appointments/"


def test_a_patient_books_moves_and_cancels_as_printed(practice: Practice) -> None:
    printed = practice.opening(TUESDAY, "09:00", patient=practice.patient.id)
    booked = practice.by_patient.post(PATH, json=printed)
    assert booked.status_code == 201
    number = booked.json["id"]
    assert booked.json == printed | {"id": number}
    assert practice.by_patient.get(PATH).json == [booked.json]
    other = practice.opening(WEDNESDAY, "09:30", patient=practice.patient.id)
    moved = practice.by_patient.put(f"{PATH}{number}/", json=other)
    assert (moved.status_code, moved.json) == (200, other | {"id": number})
    canceled = practice.by_patient.delete(f"{PATH}{number}/")
    assert (canceled.status_code, canceled.data) == (204, b"")
    assert practice.by_patient.get(PATH).json == []
    assert practice.by_patient.delete(f"{PATH}{number}/").status_code == 404
    assert practice.by_patient.put(f"{PATH}{number}/", json=other).status_code == 404


def test_an_appointment_that_was_canceled_elsewhere_is_found_here_by_nobody(practice: Practice) -> None:
    number = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00")).json["id"]
    appointment_changes.cancel(factories.actor_of(practice.doctor, practice.clinic), number)
    for program in (practice.by_patient, practice.by_admin):
        assert program.get(PATH).json == []
        assert program.put(f"{PATH}{number}/", json=practice.opening(WEDNESDAY, "09:00")).status_code == 404
    for program in (practice.by_patient, practice.by_doctor, practice.by_admin):
        assert program.delete(f"{PATH}{number}/").status_code == 404
    elsewhere = practice.by_patient.get(f"/api/appointment/my-appointments/{number}/")
    assert (elsewhere.status_code, elsewhere.json["status"]) == (200, "canceled")


def test_a_canceled_time_is_free_for_others_at_once(practice: Practice, app: Flask) -> None:
    second = factories.make_patient(practice.clinic)
    by_second = program_of(app, second)
    wanted = practice.opening(TUESDAY, "09:00")
    number = practice.by_patient.post(PATH, json=wanted).json["id"]
    taken = by_second.post(PATH, json=wanted)
    assert taken.status_code == 409
    assert set(taken.json) == {"detail"}
    assert practice.by_doctor.delete(f"{PATH}{number}/").status_code == 204
    assert by_second.post(PATH, json=wanted).json["patient"] == second.id


def test_a_patient_books_several_slots_a_day_but_not_two_doctors_at_once(practice: Practice) -> None:
    second = factories.make_doctor(practice.clinic)
    assert practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00")).status_code == 201
    assert practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:30")).status_code == 201
    busy = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00") | {"doctor": second.id})
    assert busy.status_code == 409
    assert "already a visit to Dr Asha Shah" in busy.json["detail"]
    assert len(practice.by_patient.get(PATH).json) == 2


def test_the_patient_in_the_body_is_the_one_who_is_signed_in_unless_an_admin_books(practice: Practice) -> None:
    second = factories.make_patient(practice.clinic)
    mine = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00", patient=second.id))
    assert (mine.status_code, mine.json["patient"]) == (201, practice.patient.id)
    theirs = practice.by_admin.post(PATH, json=practice.opening(TUESDAY, "09:30", patient=second.id))
    assert (theirs.status_code, theirs.json["patient"]) == (201, second.id)
    nobody = practice.by_admin.post(PATH, json=practice.opening(TUESDAY, "10:00"))
    assert (nobody.status_code, set(nobody.json)) == (400, {"patient"})
    unknown = practice.by_admin.post(PATH, json=practice.opening(TUESDAY, "10:00", patient=99999))
    assert unknown.status_code == 404


def test_doctors_neither_book_nor_move_but_cancel_their_own(practice: Practice, app: Flask) -> None:
    wanted = practice.opening(TUESDAY, "09:00", patient=practice.patient.id)
    assert practice.by_doctor.post(PATH, json=wanted).status_code == 403
    number = practice.by_patient.post(PATH, json=wanted).json["id"]
    assert practice.by_doctor.put(f"{PATH}{number}/", json=wanted).status_code == 403
    by_other = program_of(app, factories.make_doctor(practice.clinic))
    assert by_other.delete(f"{PATH}{number}/").status_code == 404
    assert practice.by_doctor.delete(f"{PATH}{number}/").status_code == 204


def test_without_a_date_the_day_stays_and_without_a_time_the_time_stays(practice: Practice) -> None:
    number = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00")).json["id"]
    later = practice.by_patient.put(f"{PATH}{number}/", json={"time_slot": practice.grid["11:00"]})
    assert (later.json["date"], later.json["time_slot"]) == (TUESDAY, practice.grid["11:00"])
    next_day = practice.by_admin.put(f"{PATH}{number}/", json={"date": WEDNESDAY})
    assert (next_day.json["date"], next_day.json["time_slot"]) == (WEDNESDAY, practice.grid["11:00"])
    second = factories.make_doctor(practice.clinic)
    other = practice.by_patient.put(f"{PATH}{number}/", json={"doctor": second.id, "patient": 99999})
    assert (other.json["doctor"], other.json["patient"]) == (second.id, practice.patient.id)
    same = practice.by_patient.put(f"{PATH}{number}/", json={})
    assert (same.status_code, same.json) == (200, other.json)


def test_the_old_time_is_kept_when_the_new_one_is_taken(practice: Practice) -> None:
    second = factories.make_patient(practice.clinic)
    number = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00")).json["id"]
    taken = practice.opening(TUESDAY, "10:00", patient=second.id)
    assert practice.by_admin.post(PATH, json=taken).status_code == 201
    refused = practice.by_patient.put(f"{PATH}{number}/", json=taken)
    assert refused.status_code == 409
    assert practice.by_patient.get(PATH).json == [
        practice.opening(TUESDAY, "09:00", patient=practice.patient.id) | {"id": number}
    ]


def test_a_slot_that_does_not_exist_or_has_passed_is_refused_in_words(practice: Practice) -> None:
    number = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00")).json["id"]
    for wanted, status in (
        (practice.opening("2026-11-28", "09:00"), 404),
        (practice.opening(TUESDAY, "20:00"), 404),
        (practice.opening("2028-11-24", "09:00"), 404),
        (practice.opening("2024-05-22", "09:00"), 400),
        (practice.opening("9999-12-31", "09:00"), 400),
        (practice.opening(TUESDAY, "10:00") | {"doctor": 99999}, 404),
        (practice.opening(TUESDAY, "10:00") | {"time_slot": 99999}, 404),
    ):
        for refused in (
            practice.by_patient.post(PATH, json=wanted),
            practice.by_patient.put(f"{PATH}{number}/", json=wanted),
        ):
            assert refused.status_code == status, wanted
            assert refused.json
    assert len(practice.by_patient.get(PATH).json) == 1


def test_one_idempotency_key_books_once(practice: Practice) -> None:
    key = {"Idempotency-Key": "tuesday at nine"}
    wanted = practice.opening(TUESDAY, "09:00")
    first = practice.by_patient.post(PATH, json=wanted, headers=key)
    again = practice.by_patient.post(PATH, json=wanted, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    other = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "10:00"), headers=key)
    assert other.status_code == 422
    assert len(practice.by_patient.get(PATH).json) == 1


def test_a_visit_that_has_begun_is_neither_moved_nor_canceled(practice: Practice) -> None:
    begun = factories.make_appointment(practice.doctor, practice.patient, clock.now() - timedelta(minutes=10))
    assert practice.by_patient.put(f"{PATH}{begun.id}/", json=practice.opening(TUESDAY, "09:00")).status_code == 400
    assert practice.by_patient.delete(f"{PATH}{begun.id}/").status_code == 400


def test_everybody_lists_within_their_own_scope_the_latest_first(practice: Practice, app: Flask) -> None:
    second, colleague = factories.make_patient(practice.clinic), factories.make_doctor(practice.clinic)
    day = date(2026, 11, 24)
    mine = factories.make_appointment(practice.doctor, practice.patient, factories.at(practice.clinic, day, "09:00"))
    theirs = factories.make_appointment(colleague, second, factories.at(practice.clinic, day, "10:00"))
    done = factories.make_appointment(
        practice.doctor, second, clock.now() - timedelta(days=400), status=AppointmentStatus.COMPLETED
    )
    gone = factories.make_appointment(practice.doctor, practice.patient, factories.at(practice.clinic, day, "11:00"))
    appointment_changes.cancel(factories.actor_of(practice.patient, practice.clinic), gone.id)

    def listed(program: Program) -> list[int]:
        return [row["id"] for row in program.get(PATH).json]

    assert listed(practice.by_patient) == [mine.id]
    assert listed(program_of(app, second)) == [theirs.id, done.id]
    assert listed(practice.by_doctor) == [mine.id, done.id]
    assert listed(practice.by_admin) == [theirs.id, mine.id, done.id]
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    assert listed(program_of(app, factories.make_admin(far))) == []
    assert program_of(app, second).delete(f"{PATH}{mine.id}/").status_code == 404
    assert program_of(app, factories.make_admin(far)).delete(f"{PATH}{mine.id}/").status_code == 404


def test_a_visit_that_starts_at_no_time_of_the_grid_has_none(practice: Practice) -> None:
    day = date(2026, 11, 24)
    factories.make_appointment(practice.doctor, practice.patient, factories.at(practice.clinic, day, "09:10"))
    starts_at = factories.at(practice.clinic, day, "10:00")
    factories.make_appointment(practice.doctor, practice.patient, starts_at, ends_at=starts_at + timedelta(hours=1))
    times = [row["time_slot"] for row in practice.by_patient.get(PATH).json]
    assert times == [practice.grid["10:00"], None]


def test_a_booking_made_elsewhere_is_seen_here(practice: Practice) -> None:
    actor = factories.actor_of(practice.patient, practice.clinic)
    slot_id = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 24), "09:00")
    visit = booking.book(actor, slot_id=slot_id)
    assert practice.by_doctor.get(PATH).json[0]["id"] == visit.id
    free = practice.by_patient.get("/api/availabilities/", query_string={"date": TUESDAY}).json
    assert slot_id not in [row["id"] for row in free]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"doctor", "date", "time_slot"}),
        ({"doctor": None, "date": None, "time_slot": None}, {"doctor", "date", "time_slot"}),
        ({"patient": "x", "doctor": {}, "date": "", "time_slot": "9:00"}, {"patient", "doctor", "date", "time_slot"}),
        ({"doctor": "1" * 400, "date": TUESDAY + "T09:00", "time_slot": 1.5}, {"doctor", "date", "time_slot"}),
    ],
)
def test_every_wrong_field_of_an_appointment_is_named(practice: Practice, sent: object, wrong: set[str]) -> None:
    refused = practice.by_patient.post(PATH, json=sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)


def test_an_id_that_no_row_can_have_is_called_too_large_and_not_too_small(practice: Practice) -> None:
    refused = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00") | {"doctor": 2**53})
    assert (refused.status_code, refused.json) == (400, {"doctor": ["This number is too large."]})
    refused = practice.by_patient.post(PATH, json=practice.opening(TUESDAY, "09:00") | {"doctor": 0})
    assert (refused.status_code, refused.json) == (400, {"doctor": ["The least is 1."]})


def test_the_list_costs_the_same_few_statements_for_one_row_and_for_ten(practice: Practice) -> None:
    def cost() -> int:
        with statements() as run:
            assert practice.by_admin.get(PATH).status_code == 200
        return len(run)

    starts_at = factories.at(practice.clinic, date(2026, 11, 24), "09:00")
    factories.make_appointment(practice.doctor, practice.patient, starts_at)
    before = cost()
    for number in range(1, 10):
        others = factories.make_doctor(practice.clinic), factories.make_patient(practice.clinic)
        factories.make_appointment(*others, starts_at + timedelta(days=number))
    assert cost() == before
    assert before <= 5
