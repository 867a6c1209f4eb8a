"""`/api/patient/profile/` of document 002: one's own, and by its id."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from medimeet.db import db
from medimeet.models import Account, AuditEntry, Clinic, Patient
from medimeet.services import patients
from tests import factories

PROFILE = "/api/patient/profile/"
TUESDAY = date(2026, 11, 24)
DETAILS = {
    "address": "3 Orchard Road, Richmond",
    "gender": "female",
    "date_of_birth": "1984-05-17",
    "phone": "+44 7400 123456",
    "blood_group": "O+",
    "emergency_contact": "Daniel (husband), 020 7946 0188",
}
EMPTY = dict.fromkeys(DETAILS, "") | {"date_of_birth": None}

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """A patient who has told nothing yet."""
    return factories.make_patient(clinic)


def test_a_patient_fills_in_the_profile_that_registration_made(program: Any, patient: Patient) -> None:
    own = program(patient)
    assert own.get(PROFILE).json == EMPTY | {"id": patient.id}
    replaced = own.put(PROFILE, json=DETAILS | {"id": 999, "patient": 999})
    assert (replaced.status_code, replaced.json) == (200, DETAILS | {"id": patient.id})
    changed = own.patch(PROFILE, data={"phone": "07911 123456", "gender": "Other", "blood_group": "ab-"})
    assert changed.json == replaced.json | {"phone": "07911 123456", "gender": "other", "blood_group": "AB-"}
    assert own.patch(f"{PROFILE}{patient.id}/", json={"date_of_birth": None}).json["date_of_birth"] is None
    assert own.get(f"{PROFILE}{patient.id}/").json == own.get(PROFILE).json
    assert own.put(f"{PROFILE}{patient.id}/", json=DETAILS).json == replaced.json


def test_two_forms_saved_at_once_undo_nothing_of_each_other(
    program: Any, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, change = program(patient), patients.change

    def change_after_the_other(*what: Any) -> Patient:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(own.patch, "/api/auth/profile/", json={"email": "new@a.example"}).result()
        return change(*what)

    monkeypatch.setattr(patients, "change", change_after_the_other)
    assert own.patch(PROFILE, json={"address": "3 Orchard Road"}).json["address"] == "3 Orchard Road"
    assert own.get("/api/auth/profile/").json["email"] == "new@a.example"


def test_one_profile_is_enough(program: Any, patient: Patient) -> None:
    refused = program(patient).post(PROFILE, json=DETAILS)
    assert (refused.status_code, set(refused.json)) == (400, {"detail"})


@pytest.mark.parametrize("by_id", [False, True], ids=["own", "by id"])
def test_a_closed_profile_is_gone_until_it_is_opened_again(
    program: Any, patient: Patient, clinic: Clinic, by_id: bool
) -> None:
    doctor = factories.make_doctor(clinic)
    visit = factories.make_appointment(doctor, patient, factories.at(clinic, TUESDAY, "10:00"))
    own = program(patient)
    closed = own.delete(f"{PROFILE}{patient.id}/" if by_id else PROFILE)
    assert (closed.status_code, closed.data) == (204, b"")
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert own.ask(method, PROFILE).status_code == 404
        assert own.ask(method, f"{PROFILE}{patient.id}/").status_code == 404
    assert own.get(f"/api/appointment/my-appointments/{visit.id}/").json["status"] == "canceled"
    slot = {"slot": factories.slot_at(doctor, clinic, TUESDAY, "10:00")}
    assert own.post(f"/api/appointment/book/{doctor.id}/", json=slot).status_code == 403
    assert own.get("/api/auth/profile/").status_code == 200
    opened = own.post(PROFILE, json={"phone": "07911 123456"})
    assert (opened.status_code, opened.json) == (201, EMPTY | {"id": patient.id, "phone": "07911 123456"})
    assert own.post(f"/api/appointment/book/{doctor.id}/", json=slot).status_code == 201


def test_a_doctor_without_a_profile_may_open_one(program: Any, clinic: Clinic) -> None:
    doctor = program(factories.make_doctor(clinic))
    assert doctor.get(PROFILE).status_code == 404
    opened = doctor.post(PROFILE, json=DETAILS)
    assert opened.status_code == 201
    assert doctor.get(PROFILE).json == opened.json
    assert doctor.patch(f"{PROFILE}{opened.json['id']}/", json={"phone": "1234567"}).json["phone"] == "1234567"


def test_a_refused_opening_leaves_nothing_behind(program: Any, clinic: Clinic) -> None:
    doctor = program(factories.make_doctor(clinic))
    assert doctor.post(PROFILE, json={"blood_group": "Z"}).status_code == 400
    assert doctor.get(PROFILE).status_code == 404
    assert program(factories.make_superuser()).post(PROFILE, json=DETAILS).status_code == 403


def test_somebody_elses_profile_is_a_404(program: Any, patient: Patient, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Far")
    others = [
        factories.make_patient(clinic),
        factories.make_doctor(clinic),
        factories.make_patient(far),
        factories.make_admin(far),
    ]
    for person in others:
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            assert program(person).ask(method, f"{PROFILE}{patient.id}/").status_code == 404
    assert program(patient).get(f"{PROFILE}999/").status_code == 404


def test_a_treating_doctor_reads_the_profile_and_that_is_noted_but_writes_nothing(
    program: Any, patient: Patient, clinic: Clinic
) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_appointment(doctor, patient, factories.at(clinic, TUESDAY, "10:00"))
    assert program(doctor).get(f"{PROFILE}{patient.id}/").json["id"] == patient.id
    note = db.session.scalars(db.select(AuditEntry).where(AuditEntry.deed == "read")).one()
    assert (note.actor_id, note.patient_id) == (doctor.account_id, patient.id)
    for method in ("PUT", "PATCH", "DELETE"):
        assert program(doctor).ask(method, f"{PROFILE}{patient.id}/").status_code == 403


def test_the_clinics_admin_writes_a_profile_and_ends_it_with_the_account(
    program: Any, patient: Patient, clinic: Clinic
) -> None:
    admin, own = program(factories.make_admin(clinic)), program(patient)
    assert admin.put(f"{PROFILE}{patient.id}/", json=DETAILS).json == DETAILS | {"id": patient.id}
    assert admin.delete(f"{PROFILE}{patient.id}/").status_code == 204
    assert admin.get(f"{PROFILE}{patient.id}/").status_code == 404
    assert own.get(PROFILE).status_code == 401
    assert db.session.get_one(Account, patient.account_id).is_active is False


@pytest.mark.parametrize(
    "sent",
    [
        {"gender": "robot", "blood_group": "Z", "date_of_birth": "1850-01-01"},
        {"date_of_birth": "2026-11-24"},
        {"date_of_birth": "17.05.1984", "gender": 1, "blood_group": []},
        {"address": "x" * 501, "phone": "x" * 41, "emergency_contact": "x" * 201},
        {"address": None, "phone": None, "gender": None},
        {"phone": {"a": 1}},
        {"address": "a\x00b"},
    ],
)
def test_details_that_make_no_sense_are_all_named(program: Any, patient: Patient, sent: dict[str, Any]) -> None:
    own = program(patient)
    for method in ("PUT", "PATCH"):
        refused = own.ask(method, PROFILE, json=sent)
        assert (refused.status_code, set(refused.json)) == (400, set(sent))
    assert own.get(PROFILE).json == EMPTY | {"id": patient.id}
