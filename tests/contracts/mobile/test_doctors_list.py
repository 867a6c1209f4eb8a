"""`GET /doctors/`: one body for the phone app (document 000) and the hospital front end (document 003)."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine

from medimeet.models import Clinic, Doctor, Specialty
from tests import factories
from tests.contracts.programs import Program
from tests.portal.people_pages import written
from tests.statements import statements

CREATED = datetime(2025, 1, 29, 3, 17, 36, 627180, UTC)


@pytest.fixture
def ashutosh(clinic: Clinic, frozen_clock: time_machine.Traveller) -> Doctor:
    doctor = factories.make_doctor(
        clinic,
        first_name="Ashutosh",
        last_name="Trivedi",
        gender="male",
        date_of_birth=date(1973, 5, 1),
        mobile="+919876543210",
        mobile_as_sent="9876543210",
        created_at=CREATED,
    )
    specialties = [Specialty(clinic_id=clinic.id, name="General Physician", slug="gp")]
    written(doctor, specialties=specialties, shows_contact=True)
    return doctor


def test_both_halves_stand_in_one_body(stranger: Program, ashutosh: Doctor) -> None:
    listed = stranger.get("/doctors")
    assert listed.status_code == 200
    assert listed.json == {
        "code": 200,
        "message": "Doctors retrieved successfully",
        "data": [
            {
                "id": str(ashutosh.account.public_id),
                "name": "Ashutosh Trivedi",
                "specialization": "General Physician",
                "age": 53,
                "gender": "Male",
                "mobile_number": "9876543210",
                "photo_url": "",
                "is_verified": True,
                "created_at": "2025-01-29T03:17:36.627180Z",
            }
        ],
        "error": None,
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": ashutosh.id,
                "user": ashutosh.account.username,
                "profile": None,
                "designation": [],
                "specialisation": ["General Physician"],
                "available_time": [],
                "fee": 40,
                "meet_link": "",
            }
        ],
    }


def test_a_doctor_who_shows_no_contact_is_reached_through_the_clinic(stranger: Program, ashutosh: Doctor) -> None:
    written(ashutosh, shows_contact=False)
    (shown,) = stranger.get("/doctors/").json["data"]
    assert (shown["age"], shown["mobile_number"]) == (None, "+44 20 7946 0000")
    assert "9876543210" not in stranger.get("/doctors/").text


def test_both_lists_are_the_same_doctors_in_the_same_order_and_page(stranger: Program, clinic: Clinic) -> None:
    for number in range(5):
        factories.make_doctor(clinic, first_name=f"D{9 - number}", last_name="", username=f"d{9 - number}")
    page = stranger.get("/doctors/", query_string={"page": 2, "limits": 2}).json
    assert [each["name"] for each in page["data"]] == ["D7", "D8"]
    assert [each["user"] for each in page["results"]] == ["d7", "d8"]
    assert page["count"] == 5
    assert page["next"] == "http://localhost/doctors/?page=3&limits=2"
    assert page["previous"] == "http://localhost/doctors/?page=1&limits=2"


def test_only_doctors_who_work_in_the_clinic_are_listed(
    stranger: Program, program: Callable[..., Program], clinic: Clinic, ashutosh: Doctor
) -> None:
    far = factories.make_clinic(name="Hillside")
    factories.make_doctor(clinic, verified=False)
    factories.make_doctor(clinic, is_active=False)
    there = factories.make_doctor(far)
    assert [each["id"] for each in stranger.get("/doctors/").json["results"]] == [ashutosh.id]
    assert [each["id"] for each in program(there).get("/doctors/").json["results"]] == [there.id]


def test_a_refusal_is_told_in_both_ways(stranger: Program, clinic: Clinic) -> None:
    unknown = stranger.get("/doctors/?page=7")
    words = "There is no page 7. The last one is 1."
    assert unknown.status_code == 404
    assert unknown.json == {
        "code": 404,
        "message": "Something went wrong!",
        "data": None,
        "error": words,
        "detail": words,
    }
    wrong = stranger.get("/doctors/?limits=1001&fee=much")
    assert wrong.status_code == 400
    assert {"code", "message", "data", "error", "detail", "limits", "fee"} == set(wrong.json)
    dead = stranger.get("/doctors/", headers={"Authorization": "Bearer dead"})
    assert (dead.status_code, dead.json["code"]) == (401, 401)
    assert dead.json["detail"] == dead.json["error"]


def test_ten_times_the_doctors_cost_no_more_statements(stranger: Program, clinic: Clinic) -> None:
    counts = []
    for number in range(11):
        doctor = factories.make_doctor(clinic)
        written(doctor, specialties=[Specialty(clinic_id=clinic.id, name=f"S{number}", slug=f"s{number}")])
        if number in {0, 10}:
            with statements() as run:
                assert len(stranger.get("/doctors/").json["data"]) == number + 1
            counts.append(len(run))
    assert counts[0] == counts[1]
