"""`/api/auth/` of document 002: register, login, logout, profile, change-password."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from medimeet.db import db
from medimeet.models import Account, Clinic
from tests import factories
from tests.contracts.programs import Program

ANNA = {
    "username": "anna.moss",
    "email": "Anna.Moss@people.example",
    "password": "a calm blue morning",
    "first_name": "Anna",
    "last_name": "Moss",
}
NEW_PASSWORD = "a quiet green evening"


def signed_in(app: Flask, answer: Any, scheme: str = "Token") -> Program:
    return Program(app, answer.json["token"], scheme)


def test_a_newcomer_registers_and_is_signed_in(app: Flask, stranger: Program) -> None:
    answer = stranger.post("/api/auth/register/", json=ANNA)
    assert answer.status_code == 201
    assert set(answer.json) == {"user", "token"}
    assert answer.json["user"] == {
        "id": answer.json["user"]["id"],
        "username": "anna.moss",
        "email": "anna.moss@people.example",
        "first_name": "Anna",
        "last_name": "Moss",
    }
    assert signed_in(app, answer).get("/api/auth/profile/").json == answer.json["user"]
    assert signed_in(app, answer).get("/api/patient/profile/").status_code == 200


def test_the_names_may_be_left_out_and_the_account_changed_all_the_same(app: Flask, stranger: Program) -> None:
    nameless = {name: ANNA[name] for name in ("username", "email", "password")}
    anna = signed_in(app, stranger.post("/api/auth/register/", json=nameless))
    account = anna.get("/api/auth/profile/").json
    assert (account["first_name"], account["last_name"]) == ("", "")
    assert anna.put("/api/auth/profile/", json=account).json == account
    assert anna.patch("/api/patient/profile/", json={"phone": "020 7946 0188"}).status_code == 200


def test_every_wrong_field_of_a_registration_is_named_at_once(stranger: Program) -> None:
    refused = stranger.post("/api/auth/register/", json={"username": "a b", "password": "123"})
    assert refused.status_code == 400
    assert set(refused.json) == {"username", "email", "password"}


def test_a_name_that_is_taken_is_refused_and_the_account_untouched(stranger: Program, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, username="anna.moss", first_name="Another")
    refused = stranger.post("/api/auth/register/", json=ANNA)
    assert (refused.status_code, set(refused.json)) == (400, {"username"})
    assert patient.account.first_name == "Another"


def test_nobody_registers_as_anything_but_a_patient(app: Flask, stranger: Program) -> None:
    raised = {"is_staff": True, "is_superuser": True, "role": "admin", "clinic": 2, "clinic_id": 2}
    anna = signed_in(app, stranger.post("/api/auth/register/", json=ANNA | raised))
    anna.patch("/api/auth/profile/", json=raised | {"id": 1})
    account = db.session.scalars(db.select(Account)).one()
    assert (account.role, account.is_staff) == ("patient", False)
    assert anna.post("/api/doctor/schedules/", json={}).status_code == 403


@pytest.mark.parametrize("name", ["pat", "PAT", "pat@people.example", "Pat@People.Example"])
def test_a_patient_signs_in_by_username_or_email(app: Flask, stranger: Program, clinic: Clinic, name: str) -> None:
    factories.make_patient(clinic, username="pat", email="pat@people.example")
    answer = stranger.post("/api/auth/login/", data={"username": name, "password": factories.PASSWORD})
    assert answer.status_code == 200
    assert answer.json["user"]["username"] == "pat"
    for scheme in ("Token", "Bearer"):
        assert signed_in(app, answer, scheme).get("/api/auth/profile/").json == answer.json["user"]


def test_a_wrong_password_is_a_401_and_the_sixth_try_a_429(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    statuses = [
        stranger.post("/api/auth/login/", json={"username": "pat", "password": "wrong"}).status_code for _ in range(6)
    ]
    assert statuses == [401] * 5 + [429]
    refused = stranger.post("/api/auth/login/", json={"username": "pat", "password": factories.PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert set(refused.json) == {"detail"}


def test_signing_out_ends_the_token_and_no_other(app: Flask, stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    here, there = (
        signed_in(app, stranger.post("/api/auth/login/", json={"username": "pat", "password": factories.PASSWORD}))
        for _ in range(2)
    )
    assert here.post("/api/auth/logout/").status_code == 200
    assert here.get("/api/auth/profile/").status_code == 401
    assert here.get("/api/doctor/doctors/").status_code == 401
    assert here.post("/api/auth/logout/").status_code == 401
    assert there.get("/api/auth/profile/").status_code == 200


def test_a_patient_replaces_and_changes_the_account(program: Any, clinic: Clinic) -> None:
    patient = program(factories.make_patient(clinic, username="pat"))
    details = {"username": "pat2", "email": "Pat2@People.Example", "first_name": "Patricia", "last_name": "Lane"}
    replaced = patient.put("/api/auth/profile/", json=details)
    assert replaced.status_code == 200
    assert replaced.json == details | {"id": replaced.json["id"], "email": "pat2@people.example"}
    changed = patient.patch("/api/auth/profile/", json={"last_name": "Lake"})
    assert changed.json == replaced.json | {"last_name": "Lake"}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"username", "email"}),
        ({"username": " ", "email": ""}, {"username", "email"}),
        ({"username": "pat", "email": "no address"}, {"email"}),
        ({"username": "kim", "email": "kim@people.example"}, {"username", "email"}),
        ({"username": "pat", "email": "pat@people.example", "first_name": "x" * 101}, {"first_name"}),
        ({"username": 7, "email": None, "first_name": []}, {"username", "email", "first_name"}),
    ],
)
def test_details_that_make_no_sense_are_named(program: Any, clinic: Clinic, sent: Any, wrong: set[str]) -> None:
    factories.make_patient(clinic, username="kim", email="kim@people.example")
    refused = program(factories.make_patient(clinic)).put("/api/auth/profile/", json=sent)
    assert (refused.status_code, set(refused.json)) == (400, wrong)


def test_of_many_new_passwords_at_once_the_one_that_is_answered_with_a_token_holds(
    app: Flask, program: Any, clinic: Clinic
) -> None:
    patient = program(factories.make_patient(clinic, username="pat").account)
    wanted = [f"a quiet green evening {number}" for number in range(6)]

    def change(password: str) -> int:
        sent = {"old_password": factories.PASSWORD, "new_password": password}
        return patient.post("/api/auth/change-password/", json=sent).status_code

    with ThreadPoolExecutor(6) as pool:
        answered = dict(zip(wanted, pool.map(change, wanted), strict=True))
    assert set(answered.values()) <= {200, 400, 401, 429}
    (kept,) = [password for password, status in answered.items() if status == 200]
    assert Program(app).post("/api/auth/login/", json={"username": "pat", "password": kept}).status_code == 200


def test_a_new_password_gives_a_new_token_and_ends_the_old_one(app: Flask, program: Any, clinic: Clinic) -> None:
    account = factories.make_patient(clinic, username="pat").account
    patient = program(account)
    wrong = patient.post("/api/auth/change-password/", json={"old_password": "no", "new_password": NEW_PASSWORD})
    assert (wrong.status_code, set(wrong.json)) == (400, {"old_password"})
    weak = patient.post("/api/auth/change-password/", json={"old_password": factories.PASSWORD, "new_password": "123"})
    assert (weak.status_code, set(weak.json)) == (400, {"new_password"})
    both = patient.post("/api/auth/change-password/", json={"old_password": "no", "new_password": "123"})
    assert (both.status_code, set(both.json)) == (400, {"old_password", "new_password"})
    answer = patient.post(
        "/api/auth/change-password/", json={"old_password": factories.PASSWORD, "new_password": NEW_PASSWORD}
    )
    assert (answer.status_code, set(answer.json)) == (200, {"token"})
    assert patient.get("/api/auth/profile/").status_code == 401
    assert signed_in(app, answer).get("/api/auth/profile/").status_code == 200
    assert Program(app).post("/api/auth/login/", json={"username": "pat", "password": NEW_PASSWORD}).status_code == 200
