"""`/api/doctor/schedules/` of document 002: seen by all, written by the clinic's admin."""

from datetime import date
from typing import Any

import pytest

from medimeet.models import Clinic, Doctor
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

TUESDAY = date(2026, 11, 24)
SCHEDULES = "/api/doctor/schedules/"

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def admin(clinic: Clinic, program: Any) -> Program:
    """A program of the clinic's admin."""
    made: Program = program(factories.make_admin(clinic))
    return made


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    """A doctor who has declared nothing yet."""
    return factories.make_doctor(clinic, works=False)


def test_an_admin_declares_hours_that_everybody_sees(admin: Program, stranger: Program, doctor: Doctor) -> None:
    sent = {"doctor": doctor.id, "day_of_week": 1, "start_time": "09:00", "end_time": "12:00", "slot_minutes": 30}
    made = admin.post(SCHEDULES, json=sent)
    schedule = sent | {"id": made.json["id"], "date": None, "available_slots": 24}
    assert (made.status_code, made.json) == (201, schedule | {"outside_hours": []})
    assert stranger.get(SCHEDULES).json == [schedule]
    assert stranger.get(f"{SCHEDULES}{schedule['id']}/").json == schedule


@pytest.mark.parametrize("day", ["Tuesday", "TUESDAY", " tuesday ", 1, "1"])
def test_weekdays_come_as_numbers_or_names(admin: Program, doctor: Doctor, day: Any) -> None:
    sent = {"doctor": doctor.id, "day_of_week": day, "start_time": "9:00 AM", "end_time": "24:00"}
    made = admin.post(SCHEDULES, json=sent).json
    assert (made["day_of_week"], made["start_time"], made["end_time"], made["slot_minutes"]) == (
        1,
        "09:00",
        "24:00",
        30,
    )


def test_a_dated_schedule_counts_the_slots_of_its_date_however_far(admin: Program, doctor: Doctor) -> None:
    sent = {"doctor": str(doctor.id), "date": "2027-05-04", "start_time": "09:00", "end_time": "12:00"}
    made = admin.post(SCHEDULES, data=sent)
    assert (made.status_code, made.json["day_of_week"], made.json["date"]) == (201, None, "2027-05-04")
    assert made.json["available_slots"] == 6


def test_a_booking_takes_one_available_slot_and_a_cancel_gives_it_back(
    stranger: Program, program: Any, clinic: Clinic
) -> None:
    doctor, patient = factories.make_doctor(clinic), program(factories.make_patient(clinic))

    def available() -> dict[int, int]:
        return {row["day_of_week"]: row["available_slots"] for row in stranger.get(SCHEDULES).json}

    before = available()
    assert before[1] == 4 * 16
    booked = patient.post(
        f"/api/appointment/book/{doctor.id}/", json={"slot": factories.slot_at(doctor, clinic, TUESDAY, "10:00")}
    ).json
    assert available() == before | {1: before[1] - 1}
    patient.post(f"/api/appointment/cancel/{booked['id']}/")
    assert available() == before


def test_available_slots_and_the_slots_that_are_listed_agree(
    stranger: Program, frozen_clock: Any, clinic: Clinic
) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_exclusion(doctor, TUESDAY, start_minute=600, end_minute=660)
    factories.make_hours(doctor, date=date(2026, 11, 28), slot_minutes=45)
    factories.make_appointment(doctor, factories.make_patient(clinic), factories.at(clinic, TUESDAY, "09:00"))
    frozen_clock.move_to("2026-11-23T13:10:00+00:00")
    counted = sum(row["available_slots"] for row in stranger.get(SCHEDULES).json)
    assert counted == len(stranger.get(f"/api/doctor/doctors/{doctor.id}/available-slots/").json)


def test_an_admin_replaces_changes_and_deletes_a_schedule(admin: Program, stranger: Program, doctor: Doctor) -> None:
    row = factories.make_hours(doctor, day_of_week=1)
    path = f"{SCHEDULES}{row.id}/"
    whole = {"doctor": doctor.id, "day_of_week": "friday", "date": None, "start_time": "10:00", "end_time": "12:00"}
    replaced = admin.put(path, json=whole)
    assert replaced.status_code == 200
    assert replaced.json == whole | {
        "id": row.id,
        "day_of_week": 4,
        "slot_minutes": 30,
        "available_slots": 16,
        "outside_hours": [],
    }
    changed = admin.patch(path, json={"slot_minutes": 60}).json
    assert (changed["day_of_week"], changed["start_time"], changed["available_slots"]) == (4, "10:00", 8)
    dated = admin.patch(path, json={"date": "2026-11-24"}).json
    assert (dated["day_of_week"], dated["date"], dated["available_slots"]) == (None, "2026-11-24", 2)
    assert admin.put(path, json=stranger.get(path).json).json == dated
    assert admin.patch(path, json={}).json == dated
    deleted = admin.delete(path)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert "Outside-Hours" not in deleted.headers
    assert [admin.get(path).status_code, admin.delete(path).status_code] == [404, 404]


def test_visits_that_stand_outside_the_new_hours_stay_and_are_told(admin: Program, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic, works=False)
    row = factories.make_hours(doctor, day_of_week=1)
    visit = factories.make_appointment(doctor, factories.make_patient(clinic), factories.at(clinic, TUESDAY, "16:00"))
    shortened = admin.patch(f"{SCHEDULES}{row.id}/", json={"end_time": "12:00"})
    assert shortened.json["outside_hours"] == [visit.id]
    deleted = admin.delete(f"{SCHEDULES}{row.id}/")
    assert (deleted.status_code, deleted.headers["Outside-Hours"]) == (204, str(visit.id))
    assert admin.get(f"/api/appointment/my-appointments/{visit.id}/").json["status"] == "scheduled"


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"day_of_week": None}, {"day_of_week"}),
        ({"date": "2026-11-28"}, {"day_of_week"}),
        ({"day_of_week": 7}, {"day_of_week"}),
        ({"day_of_week": "Caturday"}, {"day_of_week"}),
        ({"day_of_week": True}, {"day_of_week"}),
        ({"day_of_week": 1.5}, {"day_of_week"}),
        ({"day_of_week": None, "date": "2026-11-20"}, {"date"}),
        ({"day_of_week": None, "date": "20.11.2026"}, {"date"}),
        ({"start_time": "noon", "end_time": "25:00", "slot_minutes": 1}, {"start_time", "end_time", "slot_minutes"}),
        ({"start_time": "12:00", "end_time": "09:00"}, {"end_time"}),
        ({"start_time": 9, "end_time": None}, {"start_time", "end_time"}),
        ({"slot_minutes": 500}, {"slot_minutes"}),
        ({"doctor": None}, {"doctor"}),
        ({"doctor": "Asha"}, {"doctor"}),
        ({"day_of_week": 0}, {"start_time"}),
    ],
)
def test_hours_that_make_no_sense_or_overlap_are_refused(
    admin: Program, stranger: Program, doctor: Doctor, sent: Any, wrong: set[str]
) -> None:
    factories.make_hours(doctor, day_of_week=0)
    good = {"doctor": doctor.id, "day_of_week": 5, "start_time": "09:00", "end_time": "12:00"}
    refused = admin.post(SCHEDULES, json=good | sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)
    assert len(stranger.get(SCHEDULES).json) == 1


def test_every_missing_field_of_a_schedule_is_named(admin: Program) -> None:
    refused = admin.post(SCHEDULES, json={})
    assert (refused.status_code, set(refused.json)) == (400, {"doctor", "day_of_week", "start_time", "end_time"})


def test_a_schedule_stays_with_its_doctor(admin: Program, doctor: Doctor, clinic: Clinic) -> None:
    row = factories.make_hours(doctor, day_of_week=1)
    refused = admin.patch(f"{SCHEDULES}{row.id}/", json={"doctor": factories.make_doctor(clinic).id})
    assert (refused.status_code, set(refused.json)) == (400, {"doctor"})


def test_only_admins_write_and_only_their_own_clinics(
    admin: Program, stranger: Program, program: Any, doctor: Doctor, clinic: Clinic
) -> None:
    row = factories.make_hours(doctor, day_of_week=1)
    far = factories.make_clinic(name="Far")
    far_row = factories.make_hours(factories.make_doctor(far, works=False), day_of_week=1)
    sent = {"doctor": doctor.id, "day_of_week": 5, "start_time": "09:00", "end_time": "12:00"}
    writes = [
        ("POST", SCHEDULES),
        ("PUT", f"{SCHEDULES}{row.id}/"),
        ("PATCH", f"{SCHEDULES}{row.id}/"),
        ("DELETE", f"{SCHEDULES}{row.id}/"),
    ]
    for who, status in ((stranger, 401), (program(factories.make_patient(clinic)), 403), (program(doctor), 403)):
        assert {who.ask(method, path, json=sent).status_code for method, path in writes} == {status}
    assert {program(factories.make_admin(far)).ask(*write, json=sent).status_code for write in writes} == {404}
    assert admin.get(f"{SCHEDULES}{far_row.id}/").status_code == 404
    assert admin.delete(f"{SCHEDULES}{far_row.id}/").status_code == 404


def test_a_list_may_be_of_one_doctor_and_leaves_out_what_nobody_can_book(
    stranger: Program, frozen_clock: Any, clinic: Clinic
) -> None:
    doctor, other = factories.make_doctor(clinic), factories.make_doctor(clinic)
    passed = factories.make_hours(doctor, date=date(2026, 11, 22))
    hidden = factories.make_hours(factories.make_doctor(clinic, verified=False, works=False), day_of_week=1)
    assert len(stranger.get(SCHEDULES).json) == 10
    assert {row["doctor"] for row in stranger.get(f"{SCHEDULES}?doctor={other.id}").json} == {other.id}
    assert stranger.get(f"{SCHEDULES}?doctor=999").json == []
    assert stranger.get(f"{SCHEDULES}{passed.id}/").json["available_slots"] == 0
    assert stranger.get(f"{SCHEDULES}{hidden.id}/").status_code == 404


def test_ten_times_as_many_schedules_cost_no_statement_more(stranger: Program, clinic: Clinic) -> None:
    factories.make_doctor(clinic)
    with statements() as for_one:
        assert len(stranger.get(SCHEDULES).json) == 5
    for _ in range(9):
        factories.make_doctor(clinic)
    with statements() as for_ten:
        assert len(stranger.get(SCHEDULES).json) == 50
    assert len(for_ten) == len(for_one)
