"""Availabilities, as document 004 prints them: slots that their doctor opens and closes."""

from datetime import date

import pytest
import time_machine
from flask import Flask

from medimeet.models import ExclusionDate, WorkingHours
from medimeet.services import hours
from tests import factories
from tests.contracts.programs import program_of
from tests.contracts.timeslots.conftest import Practice

TUESDAY, SATURDAY = "2026-11-24", "2026-11-28"
PATH = "/api/availabilities/"


def free_times(practice: Practice, **wanted: object) -> list[tuple[object, object]]:
    """What a patient sees: each slot's day and time of the grid."""
    listed = practice.by_patient.get(PATH, query_string=wanted)
    assert listed.status_code == 200
    return [(row["date"], row["time_slot"]) for row in listed.json]


def stored(practice: Practice) -> tuple[list[WorkingHours], list[ExclusionDate]]:
    """The doctor's dated hours and exclusions."""
    dated = [row for row in hours.of_doctor(practice.doctor) if row.date is not None]
    return dated, hours.exclusions_of(practice.doctor)


def test_a_patient_sees_the_free_slots_of_all_doctors_by_date_and_start(practice: Practice) -> None:
    second = factories.make_doctor(practice.clinic)
    factories.make_doctor(practice.clinic, verified=False)
    listed = practice.by_patient.get(PATH).json
    assert len(listed) == 2 * 21 * 16
    today, at_nine = "2026-11-23", practice.grid["09:00"]
    assert [(row["date"], row["time_slot"], row["doctor"]) for row in listed[:3]] == [
        (today, at_nine, practice.doctor.id),
        (today, at_nine, second.id),
        (today, practice.grid["09:30"], practice.doctor.id),
    ]
    assert listed[0] == {
        "id": factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 23), "09:00"),
        "doctor": practice.doctor.id,
        "date": today,
        "time_slot": at_nine,
        "is_available": True,
    }
    starts = {number: start for start, number in practice.grid.items()}
    order = [(row["date"], starts[row["time_slot"]]) for row in listed]
    assert order == sorted(order)


def test_slots_that_have_begun_and_booked_ones_are_left_out(
    practice: Practice, app: Flask, frozen_clock: time_machine.Traveller
) -> None:
    frozen_clock.shift(90 * 60)  # 09:30, and the tokens of eight o'clock are up
    practice.by_patient = program_of(app, practice.patient)
    factories.make_appointment(
        practice.doctor, practice.patient, factories.at(practice.clinic, date(2026, 11, 23), "10:00")
    )
    assert free_times(practice, date="2026-11-23")[0] == ("2026-11-23", practice.grid["10:30"])


def test_a_list_is_narrowed_to_a_doctor_and_a_day(practice: Practice) -> None:
    second = factories.make_doctor(practice.clinic)
    listed = practice.by_patient.get(PATH, query_string={"doctor": second.id, "date": TUESDAY}).json
    assert len(listed) == 16
    assert {(row["doctor"], row["date"]) for row in listed} == {(second.id, TUESDAY)}
    assert practice.by_patient.get(PATH, query_string={"doctor": 99999}).json == []
    assert free_times(practice, date="2026-11-20") == []
    assert free_times(practice, date=SATURDAY) == []
    assert len(free_times(practice, date="2027-11-23", doctor=second.id)) == 16
    refused = practice.by_patient.get(PATH, query_string={"date": "2027-11-24"})
    assert (refused.status_code, set(refused.json)) == (400, {"date"})
    refused = practice.by_patient.get(PATH, query_string={"date": "tomorrow", "doctor": "x"})
    assert (refused.status_code, set(refused.json)) == (400, {"date", "doctor"})


def test_a_doctor_opens_a_half_hour_that_patients_book_and_opening_it_again_changes_nothing(practice: Practice) -> None:
    printed = practice.opening(SATURDAY, "10:00", is_available=True)
    opened = practice.by_doctor.post(PATH, json=printed)
    assert opened.status_code == 201
    assert opened.json == printed | {"id": opened.json["id"]}
    again = practice.by_doctor.post(PATH, json=printed)
    assert (again.status_code, again.json) == (201, opened.json)
    assert len(stored(practice)[0]) == 1
    assert free_times(practice, date=SATURDAY) == [(SATURDAY, practice.grid["10:00"])]
    booked = practice.by_patient.post("/api/appointments/", json=practice.opening(SATURDAY, "10:00"))
    assert booked.status_code == 201
    after = practice.by_doctor.post(PATH, json=printed)
    assert (after.status_code, after.json) == (201, opened.json | {"is_available": False})


def test_a_slot_of_a_doctor_who_is_not_verified_yet_is_opened_but_not_called_available(practice: Practice) -> None:
    applicant = factories.make_doctor(practice.clinic, verified=False)
    opened = practice.by_admin.post(PATH, json=practice.opening(SATURDAY, "10:00") | {"doctor": applicant.id})
    assert (opened.status_code, opened.json["is_available"]) == (201, False)
    assert free_times(practice, date=SATURDAY) == []


def test_opening_a_slot_of_the_weekly_hours_stores_nothing(practice: Practice) -> None:
    opened = practice.by_doctor.post(PATH, json=practice.opening(TUESDAY, "10:00"))
    assert (opened.status_code, opened.json["is_available"]) == (201, True)
    assert stored(practice) == ([], [])


def test_a_doctor_closes_a_slot_by_put_and_opens_it_again_under_the_same_id(practice: Practice) -> None:
    slot_id = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 24), "10:00")
    printed = practice.opening(TUESDAY, "10:00", is_available=False)
    for _ in range(2):
        closed = practice.by_doctor.put(f"{PATH}{slot_id}/", json=printed)
        assert (closed.status_code, closed.json) == (200, printed | {"id": slot_id})
    assert len(stored(practice)[1]) == 1
    assert (TUESDAY, practice.grid["10:00"]) not in free_times(practice, date=TUESDAY)
    assert len(free_times(practice, date=TUESDAY)) == 15
    refused = practice.by_patient.post("/api/appointments/", json=practice.opening(TUESDAY, "10:00"))
    assert refused.status_code == 404
    opened = practice.by_doctor.put(f"{PATH}{slot_id}/", json=printed | {"is_available": True})
    assert (opened.status_code, opened.json) == (200, printed | {"id": slot_id, "is_available": True})
    assert stored(practice) == ([], [])


def test_deleting_closes_a_slot_and_takes_away_what_was_declared_for_it(practice: Practice) -> None:
    weekly = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 24), "10:00")
    removed = practice.by_doctor.delete(f"{PATH}{weekly}/")
    assert (removed.status_code, removed.data) == (204, b"")
    assert (TUESDAY, practice.grid["10:00"]) not in free_times(practice, date=TUESDAY)
    own = practice.by_doctor.post(PATH, json=practice.opening(SATURDAY, "10:00")).json["id"]
    assert practice.by_doctor.put(f"{PATH}{own}/", json={"is_available": False}).status_code == 200
    assert practice.by_doctor.delete(f"{PATH}{own}/").status_code == 204
    dated, exclusions = stored(practice)
    assert dated == []
    assert [row.date for row in exclusions] == [date(2026, 11, 24)]
    assert practice.by_doctor.delete(f"{PATH}{own}/").status_code == 404
    assert practice.by_doctor.put(f"{PATH}{own}/", json={}).status_code == 404


def test_one_half_hour_of_a_day_off_is_opened_and_the_rest_stays_closed(practice: Practice) -> None:
    factories.make_exclusion(practice.doctor, date(2026, 11, 24), reason="Training")
    assert free_times(practice, date=TUESDAY) == []
    opened = practice.by_doctor.post(PATH, json=practice.opening(TUESDAY, "12:00"))
    assert (opened.status_code, opened.json["is_available"]) == (201, True)
    assert free_times(practice, date=TUESDAY) == [(TUESDAY, practice.grid["12:00"])]
    left = [(row.start_minute, row.end_minute, row.reason) for row in stored(practice)[1]]
    assert left == [(0, 720, "Training"), (750, 1440, "Training")]


def test_a_booked_slot_is_not_closed(practice: Practice) -> None:
    booked = practice.by_patient.post("/api/appointments/", json=practice.opening(TUESDAY, "10:00"))
    assert booked.status_code == 201
    slot_id = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 24), "10:00")
    path = f"{PATH}{slot_id}/"
    body = practice.opening(TUESDAY, "10:00", is_available=False)
    for answer in (
        practice.by_doctor.put(path, json=body),
        practice.by_doctor.delete(path),
        practice.by_doctor.post(PATH, json=body),
        practice.by_doctor.put(path, json=practice.opening(TUESDAY, "18:00")),
    ):
        assert answer.status_code == 409
        assert answer.json == {"detail": "This time is booked. Cancel or move the appointment first."}
    assert stored(practice) == ([], [])


def test_put_moves_an_opening_in_one_step(practice: Practice) -> None:
    own = practice.by_doctor.post(PATH, json=practice.opening(SATURDAY, "10:00")).json["id"]
    moved = practice.by_doctor.put(f"{PATH}{own}/", json=practice.opening(SATURDAY, "11:00", is_available=True))
    assert moved.status_code == 200
    assert moved.json == practice.opening(SATURDAY, "11:00", is_available=True) | {"id": moved.json["id"]}
    assert moved.json["id"] != own
    assert free_times(practice, date=SATURDAY) == [(SATURDAY, practice.grid["11:00"])]
    refused = practice.by_doctor.put(f"{PATH}{moved.json['id']}/", json={"date": "2026-11-22"})
    assert (refused.status_code, set(refused.json)) == (400, {"date"})
    assert free_times(practice, date=SATURDAY) == [(SATURDAY, practice.grid["11:00"])]
    another_day = practice.by_doctor.put(f"{PATH}{moved.json['id']}/", json={"date": "2026-11-29"})
    assert (another_day.status_code, another_day.json["date"]) == (200, "2026-11-29")
    assert another_day.json["time_slot"] == practice.grid["11:00"]


def test_an_admin_moves_an_opening_to_another_doctor(practice: Practice) -> None:
    second = factories.make_doctor(practice.clinic)
    own = practice.by_doctor.post(PATH, json=practice.opening(SATURDAY, "10:00")).json["id"]
    moved = practice.by_admin.put(f"{PATH}{own}/", json={"doctor": second.id})
    assert (moved.status_code, moved.json["doctor"]) == (200, second.id)
    rows = practice.by_patient.get(PATH, query_string={"date": SATURDAY}).json
    assert [row["doctor"] for row in rows] == [second.id]


def test_posting_is_available_false_closes_a_slot(practice: Practice) -> None:
    closed = practice.by_doctor.post(PATH, json=practice.opening(TUESDAY, "10:00", is_available=False))
    assert (closed.status_code, closed.json["is_available"]) == (201, False)
    assert len(free_times(practice, date=TUESDAY)) == 15
    never_open = practice.by_doctor.post(PATH, json=practice.opening(SATURDAY, "10:00", is_available=False))
    assert (never_open.status_code, never_open.json["is_available"]) == (201, False)
    assert len(stored(practice)[1]) == 1


def test_a_time_that_overlaps_other_hours_is_refused_in_words(practice: Practice) -> None:
    hour = practice.by_admin.post("/api/timeslots/", json={"start_time": "09:00:00", "end_time": "10:00:00"}).json["id"]
    overlapping = {"doctor": practice.doctor.id, "date": TUESDAY, "time_slot": hour, "is_available": True}
    refused = practice.by_doctor.post(PATH, json=overlapping)
    assert refused.status_code == 400
    assert "on Tuesdays, 09:00 to 17:00" in refused.json["time_slot"][0]
    opened = practice.by_doctor.post(PATH, json=overlapping | {"date": SATURDAY})
    assert (opened.status_code, opened.json["time_slot"]) == (201, hour)


def test_a_day_gone_by_and_one_beyond_a_year_are_refused(
    practice: Practice, app: Flask, frozen_clock: time_machine.Traveller
) -> None:
    for day in ("2024-05-22", "2026-11-22", "2027-11-24", "9999-12-31", "0001-01-01"):
        for is_available in (True, False):
            refused = practice.by_doctor.post(PATH, json=practice.opening(day, "09:00", is_available=is_available))
            assert (refused.status_code, set(refused.json)) == (400, {"date"}), day
    frozen_clock.shift(90 * 60)
    practice.by_doctor = program_of(app, practice.doctor)
    gone = practice.by_doctor.post(PATH, json=practice.opening("2026-11-23", "09:00"))
    assert (gone.status_code, gone.json) == (400, {"detail": "This time has passed. Choose a later one."})
    slot_id = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 23), "09:00")
    assert practice.by_doctor.delete(f"{PATH}{slot_id}/").status_code == 400
    assert practice.by_doctor.put(f"{PATH}{slot_id}/", json={}).status_code == 400


def test_doctors_write_their_own_slots_alone_and_patients_none(practice: Practice, app: Flask) -> None:
    by_second = program_of(app, factories.make_doctor(practice.clinic))
    slot_id = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 24), "10:00")
    body = practice.opening(TUESDAY, "10:00")
    for program in (by_second, practice.by_patient):
        assert program.post(PATH, json=body).status_code == 403
        assert program.put(f"{PATH}{slot_id}/", json=body).status_code == 403
        assert program.delete(f"{PATH}{slot_id}/").status_code == 403
    opened = practice.by_admin.post(PATH, json=practice.opening(SATURDAY, "10:00"))
    assert opened.status_code == 201


def test_another_clinics_doctor_and_time_and_unknown_slots_are_404(practice: Practice, app: Flask) -> None:
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    theirs = factories.make_doctor(far)
    by_far_doctor, by_far_admin = program_of(app, theirs), program_of(app, factories.make_admin(far))
    body = practice.opening(TUESDAY, "10:00")
    slot_id = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 24), "10:00")
    for program in (by_far_doctor, by_far_admin):
        assert program.post(PATH, json=body).status_code == 404
        assert program.put(f"{PATH}{slot_id}/", json=body).status_code == 404
        assert program.delete(f"{PATH}{slot_id}/").status_code == 404
    assert practice.by_admin.post(PATH, json=body | {"doctor": theirs.id}).status_code == 404
    assert practice.by_admin.post(PATH, json=body | {"time_slot": 99999}).status_code == 404
    undeclared = factories.slot_at(practice.doctor, practice.clinic, date(2026, 11, 28), "10:00")
    for unknown in (undeclared, slot_id + 1, 1, 2**53 - 1, 10**30):
        for is_available in (True, False):
            put = practice.by_doctor.put(f"{PATH}{unknown}/", json={"is_available": is_available})
            assert put.status_code == 404, unknown
        assert practice.by_doctor.delete(f"{PATH}{unknown}/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"doctor", "date", "time_slot"}),
        ({"doctor": None, "date": None, "time_slot": None}, {"doctor", "date", "time_slot"}),
        ({"doctor": "x", "date": 20261124, "time_slot": [1]}, {"doctor", "date", "time_slot"}),
        ({"doctor": 1.5, "date": "2026-02-30", "time_slot": True}, {"doctor", "date", "time_slot"}),
        ({"doctor": 0, "date": "24.11.2026", "time_slot": -1}, {"doctor", "date", "time_slot"}),
        ({"doctor": 10**30, "date": TUESDAY, "time_slot": 1, "is_available": "maybe"}, {"doctor", "is_available"}),
    ],
)
def test_every_wrong_field_of_an_availability_is_named(practice: Practice, sent: object, wrong: set[str]) -> None:
    refused = practice.by_doctor.post(PATH, json=sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)
