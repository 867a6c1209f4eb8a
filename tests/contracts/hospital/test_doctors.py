"""Doctors, as document 003 prints them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.models import Clinic, DayGridTime, Designation, Doctor, Specialty
from medimeet.services import day_grid, hours
from medimeet.writing import command
from tests import factories
from tests.contracts.programs import Program
from tests.portal.people_pages import picture, written
from tests.statements import statements

Programs = Callable[..., Program]


@pytest.fixture
def times(clinic: Clinic) -> list[int]:
    """The ids of the clinic's half hours from 09:00, by start."""
    day_grid.populate(clinic.id)
    rows = db.session.query(DayGridTime).order_by(DayGridTime.start_minute)
    return [row.id for row in rows if row.clinic_id == clinic.id]


@pytest.fixture
def words(clinic: Clinic) -> dict[str, int]:
    """The ids of a designation and two specialisations."""
    rows = {
        "surgeon": Designation(clinic_id=clinic.id, name="Surgeon", slug="surgeon"),
        "hearts": Specialty(clinic_id=clinic.id, name="Hearts", slug="hearts"),
        "bones": Specialty(clinic_id=clinic.id, name="Bones", slug="bones"),
    }
    return {name: factories.save(row).id for name, row in rows.items()}


@command
def describe(doctor: Doctor, designation: int, *specialties: int) -> None:
    doctor = db.session.get_one(Doctor, doctor.id)
    doctor.designations = [db.session.get_one(Designation, designation)]
    doctor.specialties = [db.session.get_one(Specialty, each) for each in specialties]


def test_who_applies_stays_a_patient_until_the_admin_accepts(
    program: Programs, stranger: Program, clinic: Clinic, times: list[int], words: dict[str, int]
) -> None:
    patient = factories.make_patient(clinic, username="anna")
    admin, own = program(factories.make_admin(clinic)), program(patient)
    sent: dict[str, Any] = {
        "profile": (BytesIO(picture()), "me.png"),
        "designation": [words["surgeon"]],
        "specialisation": [words["hearts"], words["bones"]],
        "available_time": times[:2],
        "fee": 50,
        "meet_link": "https://meet.example/anna",
    }
    answer = own.post("/doctors/", data=sent | {"is_verified": "true", "user": "boss"})
    assert answer.status_code == 201
    item = answer.json
    doctor_id, address = item["id"], item["profile"]
    assert address.startswith("http://localhost/media/")
    assert item == {
        "id": doctor_id,
        "user": "anna",
        "profile": address,
        "designation": ["Surgeon"],
        "specialisation": ["Bones", "Hearts"],
        "available_time": times[:2],
        "fee": 50,
        "meet_link": "https://meet.example/anna",
    }
    path = f"/doctors/{doctor_id}/"
    assert own.get(path).json == admin.get(path).json == item
    assert (stranger.get(path).status_code, stranger.get("/doctors/").json["count"]) == (404, 0)
    assert program(factories.make_patient(clinic)).get(path).status_code == 404
    assert own.patch(path, json={"is_verified": True}).status_code == 403
    assert own.patch(path, json={"fee": 60, "available_time": times[1:3]}).json["available_time"] == times[1:3]
    assert own.post("/doctors/", json={}).status_code == 409
    assert admin.patch(path, json={"is_verified": True}).json["fee"] == 60
    assert stranger.get(path).json["user"] == "anna"
    db.session.refresh(patient.account)
    assert patient.account.role == Role.DOCTOR


def test_json_and_forms_apply_alike_and_nothing_is_needed(
    program: Programs, clinic: Clinic, times: list[int], words: dict[str, int]
) -> None:
    empty = program(factories.make_patient(clinic)).post("/doctors/", json={})
    assert (empty.status_code, empty.json["available_time"], empty.json["fee"]) == (201, [], 0)
    listed = {"available_time": f"{times[0]},{times[2]}", "fee": "19.5"}
    answer = program(factories.make_patient(clinic)).post("/doctors/", data=listed)
    assert (answer.json["available_time"], answer.json["fee"]) == ([times[0], times[2]], 19.5)


def test_doctors_and_staff_do_not_apply(program: Programs, clinic: Clinic) -> None:
    for person in (factories.make_doctor(clinic), factories.make_admin(clinic)):
        answer = program(person).post("/doctors/", json={})
        assert (answer.status_code, set(answer.json)) == (403, {"detail"})


@pytest.mark.parametrize("who", ["doctor", "admin"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_doctor_is_changed_by_the_doctor_and_the_admin(
    program: Programs, clinic: Clinic, times: list[int], words: dict[str, int], who: str, method: str
) -> None:
    doctor = factories.make_doctor(clinic)
    person = doctor if who == "doctor" else factories.make_admin(clinic)
    sent = {
        "designation": [words["surgeon"]],
        "specialisation": [words["bones"]],
        "available_time": [times[3], times[0]],
        "fee": 80,
        "meet_link": "https://meet.example/room",
    }
    answer = program(person).ask(method, f"/doctors/{doctor.id}/", json=sent)
    assert answer.status_code == 200
    assert answer.json == {
        "id": doctor.id,
        "user": doctor.account.username,
        "profile": None,
        "designation": ["Surgeon"],
        "specialisation": ["Bones"],
        "available_time": [times[0], times[3]],
        "fee": 80,
        "meet_link": "https://meet.example/room",
    }
    kept = program(person).ask(method, f"/doctors/{doctor.id}/", json={"specialisation": []}).json
    assert (kept["specialisation"], kept["designation"], kept["fee"]) == ([], ["Surgeon"], 80)


def test_nobody_else_changes_or_removes_a_doctor(program: Programs, clinic: Clinic) -> None:
    doctor, far = factories.make_doctor(clinic), factories.make_clinic(name="Hillside")
    applicant = factories.make_doctor(clinic, verified=False)
    for method in ("PUT", "PATCH", "DELETE"):
        for person in (factories.make_patient(clinic), factories.make_doctor(clinic)):
            assert program(person).ask(method, f"/doctors/{doctor.id}/", json={"fee": 1}).status_code == 403
            assert program(person).ask(method, f"/doctors/{applicant.id}/", json={"fee": 1}).status_code == 404
        for person in (factories.make_admin(far), factories.make_doctor(far)):
            assert program(person).ask(method, f"/doctors/{doctor.id}/", json={"fee": 1}).status_code == 404


@pytest.mark.usefixtures("frozen_clock")
def test_visits_outside_the_new_times_stay(program: Programs, clinic: Clinic, times: list[int]) -> None:
    doctor = factories.make_doctor(clinic)
    day = clock.today(clinic.zone) + timedelta(days=1)
    visit = factories.make_appointment(doctor, factories.make_patient(clinic), factories.at(clinic, day, "16:00"))
    answer = program(doctor).patch(f"/doctors/{doctor.id}/", json={"available_time": times[:1]})
    assert answer.json["available_time"] == times[:1]
    db.session.refresh(visit)
    assert visit.status == AppointmentStatus.SCHEDULED
    assert [each.id for each in hours.outside_hours(doctor)] == [visit.id]


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("who", ["doctor", "admin"])
def test_a_deleted_doctor_is_gone_and_the_visits_are_canceled(program: Programs, clinic: Clinic, who: str) -> None:
    doctor = factories.make_doctor(clinic)
    visit = factories.make_appointment(doctor, factories.make_patient(clinic), clock.now() + timedelta(days=1))
    own, admin = program(doctor), program(factories.make_admin(clinic))
    actor = own if who == "doctor" else admin
    assert actor.delete(f"/doctors/{doctor.id}/").status_code == 204
    assert own.get("/api/user/profiles/me/").status_code == 401
    for method in ("GET", "PUT", "DELETE"):
        assert admin.ask(method, f"/doctors/{doctor.id}/", json={}).status_code == 404
    db.session.refresh(visit)
    assert visit.status == AppointmentStatus.CANCELED


def test_an_application_is_withdrawn_and_one_may_apply_again(
    program: Programs, clinic: Clinic, times: list[int]
) -> None:
    own = program(factories.make_patient(clinic))
    for _ in range(2):
        doctor_id = own.post("/doctors/", json={"available_time": times[:3]}).json["id"]
        assert own.delete(f"/doctors/{doctor_id}/").status_code == 204
        assert own.get(f"/doctors/{doctor_id}/").status_code == 404
    assert own.get("/api/user/profiles/me/").status_code == 200


def test_who_was_accepted_stays_so(program: Programs, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic)
    path = f"/doctors/{doctor.id}/"
    assert program(factories.make_admin(clinic)).patch(path, json={"is_verified": False}).status_code == 400
    assert program(doctor).patch(path, json={"is_verified": True}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"designation": [999], "specialisation": [999], "available_time": [999]}, None),
        ({"designation": "x", "specialisation": {"a": 1}, "available_time": [0], "fee": "much"}, None),
        ({"designation": None, "specialisation": [None], "available_time": [True], "fee": None}, None),
        ({"fee": -1, "meet_link": "javascript:alert(1)"}, None),
        ({"fee": 1.005, "meet_link": "https://" + "x" * 500}, None),
        ({"fee": 10**12}, None),
        ({"fee": "1" * 1000}, None),
        ({"fee": "NaN"}, None),
        ({"fee": "1_0"}, None),
        ({"fee": "\u0661\u0662"}, None),
        ({"fee": True, "meet_link": 5}, None),
        ({"fee": 2, "is_verified": "perhaps"}, {"is_verified"}),
        ({"available_time": [2**70]}, None),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_changed(
    program: Programs, clinic: Clinic, times: list[int], changes: dict[str, Any], wrong: set[str] | None
) -> None:
    doctor = factories.make_doctor(clinic)
    before = program(doctor).get(f"/doctors/{doctor.id}/").json
    for method in ("PUT", "PATCH"):
        answer = program(doctor).ask(method, f"/doctors/{doctor.id}/", json=changes)
        assert (answer.status_code, set(answer.json)) == (400, wrong or set(changes))
    assert program(doctor).get(f"/doctors/{doctor.id}/").json == before


def test_rows_of_another_clinic_are_not_chosen(
    program: Programs, clinic: Clinic, times: list[int], words: dict[str, int]
) -> None:
    far = factories.make_doctor(factories.make_clinic(name="Hillside"))
    sent = {
        "designation": [words["surgeon"]],
        "specialisation": [words["hearts"]],
        "available_time": times[:1],
    }
    answer = program(far).patch(f"/doctors/{far.id}/", json=sent)
    assert (answer.status_code, set(answer.json)) == (400, set(sent))


def test_doctors_are_listed_by_what_they_are_and_when_they_work(
    program: Programs, stranger: Program, clinic: Clinic, times: list[int], words: dict[str, int]
) -> None:
    ann = factories.make_doctor(clinic, first_name="Ann", fee=40)
    ben = factories.make_doctor(clinic, first_name="Ben", works=False)
    written(ben, fee=Decimal("60.50"))
    factories.make_hours(ben, day_of_week=5, start="19:00", end="20:00")
    describe(ann, words["surgeon"], words["hearts"])
    describe(ben, words["surgeon"], words["hearts"], words["bones"])

    def found(query: str) -> list[int]:
        answer = stranger.get(f"/doctors/{query}")
        assert answer.status_code == 200, answer.json
        return [row["id"] for row in answer.json["results"]]

    assert found("") == [ann.id, ben.id]
    assert found(f"?specialisation={words['bones']}") == [ben.id]
    assert found(f"?designation={words['surgeon']}&specialisation={words['hearts']}") == [ann.id, ben.id]
    assert found("?specialisation=999") == found("?designation=999") == found("?available_time=999") == []
    assert (found("?fee=40"), found("?fee=60.50"), found("?fee=41")) == ([ann.id], [ben.id], [])
    assert (found(f"?available_time={times[0]}"), found(f"?available_time={times[20]}")) == ([ann.id], [ben.id])
    assert found(f"?available_time={times[0]}&available_time={times[20]}&limits=1&page=2") == [ben.id]
    for odd in ("fee=x", "designation=x", "specialisation=0", "available_time=1.5"):
        answer = stranger.get(f"/doctors/?{odd}")
        assert (answer.status_code, odd.partition("=")[0] in answer.json) == (400, True)


def test_a_page_of_doctors_costs_the_same_statements_however_long_it_is(
    stranger: Program, clinic: Clinic, times: list[int], words: dict[str, int]
) -> None:
    describe(factories.make_doctor(clinic), words["surgeon"], words["hearts"])
    with statements() as of_one:
        stranger.get("/doctors/")
    for _ in range(9):
        describe(factories.make_doctor(clinic), words["surgeon"], words["hearts"])
    with statements() as of_ten:
        assert stranger.get("/doctors/").json["count"] == 10
    assert len(of_ten) == len(of_one)
    assert not any("doctor_language" in statement for statement in of_ten), "what is not shown is not asked for"
