"""Patients, as document 003 prints them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import AuditEntry, Clinic, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.portal.people_pages import written

Programs = Callable[..., Program]


def ids(program: Program, query: str = "") -> list[int]:
    return [row["id"] for row in program.get(f"/patients/{query}").json["results"]]


def test_a_patient_is_shown_in_the_printed_shape(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, username="anna")
    written(patient, phone="string")
    shown = {"id": patient.id, "user": "anna", "profile": None, "phone": "string"}
    own = program(patient)
    assert own.get("/patients/").json == {"count": 1, "next": None, "previous": None, "results": [shown]}
    assert own.get(f"/patients/{patient.id}/").json == shown


def test_who_signs_in_by_mobile_can_be_called_there(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, mobile="+447400123456")
    assert program(patient).get(f"/patients/{patient.id}/").json["phone"] == "+447400123456"


def test_everybody_sees_the_patients_who_are_theirs(program: Programs, clinic: Clinic) -> None:
    first, second = factories.make_patient(clinic), factories.make_patient(clinic)
    far = factories.make_clinic(name="Hillside")
    stranger, doctor = factories.make_patient(far), factories.make_doctor(clinic)
    factories.make_appointment(doctor, second, clock.now() + timedelta(days=1))
    factories.make_appointment(doctor, first, clock.now() + timedelta(days=2), status=AppointmentStatus.CANCELED)
    assert ids(program(first)) == [first.id]
    assert ids(program(doctor)) == [second.id]
    assert ids(program(factories.make_admin(clinic))) == [first.id, second.id]
    assert ids(program(factories.make_admin(far))) == [stranger.id]
    assert program(doctor).get(f"/patients/{first.id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?search=anna", ["anna"]),
        ("?search=NOVAK", ["bob"]),
        ("?search=7946 0123", ["anna"]),
        ("?search=0000", []),
        ("?phone=020 7946 0123", ["anna"]),
        ("?phone=%2B442079460123", ["anna"]),
        ("?phone=07400123456", ["bob"]),
        ("?phone=123456", ["bob"]),
        ("?phone=12", []),
        ("?phone=none&search=anna", []),
        ("?search=&phone=", ["anna", "bob"]),
    ],
)
def test_patients_are_found_by_name_and_number(program: Programs, clinic: Clinic, query: str, found: list[str]) -> None:
    written(factories.make_patient(clinic, username="anna", first_name="A"), phone="+44 (20) 7946-0123")
    factories.make_patient(clinic, username="bob", first_name="B", last_name="Novák-Novak", mobile="+447400123456")
    admin = program(factories.make_admin(clinic))
    assert [row["user"] for row in admin.get(f"/patients/{query}").json["results"]] == found


def test_patients_are_found_by_their_id(program: Programs, clinic: Clinic) -> None:
    patients = [factories.make_patient(clinic, username=f"someone-{name}") for name in "abc"]
    admin = program(factories.make_admin(clinic))
    assert patients[1].id in ids(admin, f"?search={patients[1].id}")
    assert ids(admin, "?search=99999999999999999999") == []


def test_a_patient_changes_the_own_number_and_an_admin_anybodys(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    path = f"/patients/{patient.id}/"
    assert program(patient).put(path, json={"phone": "string"}).json["phone"] == "string"
    assert program(patient).patch(path, json={"phone": 2079460123}).json["phone"] == "2079460123"
    assert program(factories.make_admin(clinic)).patch(path, data={"phone": "020 1"}).json["phone"] == "020 1"
    answer = program(patient).put(path, json={})
    assert (answer.status_code, set(answer.json)) == (400, {"phone"})
    assert program(patient).patch(path, json={}).status_code == 200


def test_a_doctor_reads_own_patients_and_writes_none(program: Programs, clinic: Clinic) -> None:
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    factories.make_appointment(doctor, patient, clock.now() + timedelta(days=1))
    path = f"/patients/{patient.id}/"
    assert program(doctor).get(path).status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert program(doctor).ask(method, path, json={"phone": "1"}).status_code == 403
    for method in ("PUT", "PATCH", "DELETE"):
        assert program(factories.make_doctor(clinic)).ask(method, path, json={"phone": "1"}).status_code == 404


def test_that_staff_read_a_patient_is_on_record(program: Programs, clinic: Clinic) -> None:
    patient, admin = factories.make_patient(clinic), factories.make_admin(clinic)
    for path in (f"/patients/{patient.id}/", f"/api/user/profiles/{patient.account_id}/"):
        for reader in (patient, admin):
            assert program(reader).get(path).status_code == 200
    read = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "read").order_by(AuditEntry.id))
    kept = [(line.actor_id, line.subject, line.subject_id, line.patient_id) for line in read]
    assert kept == [
        (admin.id, "patient", patient.id, patient.id),
        (admin.id, "account", patient.account_id, patient.id),
    ]


@pytest.mark.usefixtures("frozen_clock")
def test_who_closes_the_profile_keeps_the_account_and_may_open_it_again(program: Programs, clinic: Clinic) -> None:
    patient, doctor = factories.make_patient(clinic), factories.make_doctor(clinic)
    visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=1))
    own, path = program(patient), f"/patients/{patient.id}/"
    refused = own.post("/patients/", json={"phone": "1"})
    assert (refused.status_code, set(refused.json)) == (400, {"detail"})
    assert own.delete(path).status_code == 204
    assert (own.get(path).status_code, own.delete(path).status_code, ids(own)) == (404, 404, [])
    db.session.refresh(visit)
    assert visit.status == AppointmentStatus.CANCELED
    opened = own.post("/patients/", data={"phone": "string"})
    assert (opened.status_code, opened.json["phone"]) == (201, "string")
    assert ids(own) == [patient.id]


def test_the_user_of_a_new_patient_is_who_asks_whatever_the_body_says(program: Programs, clinic: Clinic) -> None:
    other, admin = factories.make_patient(clinic), factories.make_admin(clinic)
    answer = program(admin).post("/patients/", json={"phone": "1", "user": other.account_id, "account_id": 1})
    assert (answer.status_code, answer.json["user"]) == (201, admin.username)
    assert db.session.get_one(Patient, answer.json["id"]).account_id == admin.id


def test_an_admin_who_deletes_a_patient_ends_the_account(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    own = program(patient)
    assert program(factories.make_admin(clinic)).delete(f"/patients/{patient.id}/").status_code == 204
    assert own.get("/patients/").status_code == 401


def test_no_body_names_another_owner(program: Programs, clinic: Clinic) -> None:
    patient, other = factories.make_patient(clinic), factories.make_patient(clinic)
    sent = {"user": other.account.username, "account_id": other.account_id, "id": other.id, "clinic_id": 9}
    answer = program(patient).patch(f"/patients/{patient.id}/", json=sent)
    assert (answer.status_code, answer.json["user"]) == (200, patient.account.username)
