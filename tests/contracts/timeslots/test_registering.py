"""Doctors and patients, registered as document 004 prints it."""

import pytest

from medimeet.db import db
from medimeet.models import Account, Clinic
from tests import factories
from tests.contracts.programs import Program, program_of
from tests.contracts.timeslots.conftest import Practice

PASSWORD = "three quiet lakes"
DOCTOR = {"user": {"username": "doctor7", "email": "doctor7@gmail.com", "password": PASSWORD}}
PATIENT = {"user": {"username": "patient7", "email": "patient7@gmail.com", "password": PASSWORD}}


def test_a_superuser_registers_a_doctor_who_signs_in_and_opens_a_slot(practice: Practice, stranger: Program) -> None:
    by_superuser = program_of(stranger.app, factories.make_superuser())
    made = by_superuser.post("/api/register_doctor/", json=DOCTOR)
    assert made.status_code == 201
    account = db.session.get(Account, made.json["user"]["id"])
    assert account is not None and account.doctor is not None and account.doctor.is_verified
    assert made.json == {
        "id": account.doctor.id,
        "user": {"id": account.id, "username": "doctor7", "email": "doctor7@gmail.com"},
    }
    token = stranger.post("/api/api/token_obtain/", json={"username": "doctor7", "password": PASSWORD}).json["access"]
    opening = practice.opening("2026-11-24", "09:00") | {"doctor": made.json["id"]}
    opened = Program(stranger.app, token).post("/api/availabilities/", json=opening)
    assert (opened.status_code, opened.json["is_available"]) == (201, True)
    booked = practice.by_patient.post("/api/appointments/", json=opening)
    assert booked.status_code == 201


def test_an_admin_registers_a_patient_who_signs_in_and_books(practice: Practice, stranger: Program) -> None:
    made = practice.by_admin.post("/api/register_patient/", json=PATIENT)
    assert made.status_code == 201
    account = db.session.get(Account, made.json["user"]["id"])
    assert account is not None and account.patient is not None
    assert made.json["id"] == account.patient.id
    token = stranger.post("/api/api/token_obtain/", json={"username": "patient7", "password": PASSWORD}).json["access"]
    booked = Program(stranger.app, token).post("/api/appointments/", json=practice.opening("2026-11-24", "09:00"))
    assert (booked.status_code, booked.json["patient"]) == (201, made.json["id"])


def test_a_form_with_brackets_or_dots_registers_as_json_does(practice: Practice) -> None:
    sent = {f"user[{name}]": value for name, value in PATIENT["user"].items()}
    assert practice.by_admin.post("/api/register_patient/", data=sent).status_code == 201
    sent = {f"user.{name}": value for name, value in DOCTOR["user"].items()} | {"user.first_name": "Ida"}
    made = practice.by_admin.post("/api/register_doctor/", data=sent, content_type="multipart/form-data")
    assert made.status_code == 201
    account = db.session.get(Account, made.json["user"]["id"])
    assert account is not None and account.first_name == "Ida"


@pytest.mark.parametrize("path", ["/api/register_doctor/", "/api/register_patient/"])
def test_the_printed_password_is_refused_with_words(practice: Practice, path: str) -> None:
    printed = {"user": {"username": "doctor9", "email": "doctor9@gmail.com", "password": "123"}}
    refused = practice.by_admin.post(path, json=printed)
    assert refused.status_code == 400
    assert refused.json == {"user": {"password": ["Use at least 8 characters."]}}


@pytest.mark.parametrize("path", ["/api/register_doctor/", "/api/register_patient/"])
def test_doctors_and_patients_register_nobody(practice: Practice, stranger: Program, path: str) -> None:
    assert practice.by_doctor.post(path, json=DOCTOR).status_code == 403
    assert practice.by_patient.post(path, json=DOCTOR).status_code == 403
    assert stranger.post(path, json=DOCTOR).status_code == 401


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"user": ["This field is needed."]}),
        ({"user": None}, {"user": ["This field can't be null."]}),
        ({"user": "doctor7"}, {"user": ["Write an object with username, email and password."]}),
        ({"user": {}}, {"user": dict.fromkeys(("username", "email", "password"), ["This field is needed."])}),
        ({"user": DOCTOR["user"] | {"username": 7}}, {"user": {"username": ["Write this as text."]}}),
        ({"user": DOCTOR["user"] | {"username": "d" * 151}}, {"user": {"username": ["Use at most 150 characters."]}}),
    ],
)
def test_every_wrong_field_is_named_inside_user(practice: Practice, sent: object, wrong: object) -> None:
    refused = practice.by_admin.post("/api/register_doctor/", json=sent)
    assert (refused.status_code, refused.json) == (400, wrong)


def test_all_that_is_wrong_with_a_user_is_told_at_once(practice: Practice) -> None:
    sent = {"user": {"username": "doctor1", "email": "nobody", "password": "password"}}
    refused = practice.by_admin.post("/api/register_patient/", json=sent)
    assert refused.status_code == 400
    assert set(refused.json["user"]) == {"username", "email", "password"}


def test_nobody_becomes_more_than_the_path_says(practice: Practice, clinic: Clinic) -> None:
    raised = {"role": "superuser", "is_staff": True, "is_superuser": True, "clinic": 99, "id": 1}
    made = practice.by_admin.post("/api/register_patient/", json={"user": PATIENT["user"] | raised, **raised})
    assert made.status_code == 201
    account = db.session.get(Account, made.json["user"]["id"])
    assert account is not None
    assert (account.role, account.clinic_id, account.is_staff) == ("patient", clinic.id, False)
