"""Registering and signing in, as document 003 prints it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.portal.browsing import mails_to

NEW = {
    "username": "anna.lee",
    "first_name": "Anna",
    "last_name": "Lee",
    "email": "user@example.com",
    "password": "nine calm rivers",
    "confirm_password": "nine calm rivers",
}


def test_who_registers_gets_tokens_and_is_a_patient_who_may_book_at_once(stranger: Program, clinic: Clinic) -> None:
    answer = stranger.post("/api/user/register/", json=NEW)
    assert answer.status_code == 201
    assert list(answer.json) == ["message", "tokens", "user"]
    assert set(answer.json["tokens"]) == {"refresh", "access"}
    user = answer.json["user"]
    account = db.session.scalars(select(Account).where(Account.username == "anna.lee")).one()
    assert user == {
        "id": account.id,
        "username": "anna.lee",
        "email": "user@example.com",
        "first_name": "Anna",
        "last_name": "Lee",
        "is_staff": False,
        "is_active": True,
        "date_joined": f"{account.created_at.replace(tzinfo=None).isoformat()}Z",
    }
    assert (account.role, account.patient is not None) == (Role.PATIENT, True)
    assert len(mails_to(account, "verification")) == 1
    own = Program(stranger.app, answer.json["tokens"]["access"])
    assert own.get("/api/user/profiles/me/").json["user"] == user
    assert [row["user"] for row in own.get("/patients/").json["results"]] == ["anna.lee"]


@pytest.mark.parametrize("sent", ["data", "json"])
def test_forms_and_json_register_alike_and_the_names_may_be_left_out(stranger: Program, sent: str) -> None:
    body = {name: value for name, value in NEW.items() if "name" not in name or name == "username"}
    answer = stranger.post("/api/user/register", **{sent: body})
    assert (answer.status_code, answer.json["user"]["first_name"]) == (201, "")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"confirm_password": "nine calm lakes"}, {"confirm_password"}),
        ({"password": "123", "confirm_password": "123"}, {"password"}),
        ({"username": "", "email": "nobody", "password": "123"}, {"username", "email", "password", "confirm_password"}),
        ({"username": "two words"}, {"username"}),
        ({"username": "x" * 151}, {"username"}),
        ({"username": "taken", "email": "taken@people.example"}, {"username", "email"}),
        ({"username": "TAKEN"}, {"username"}),
        ({"first_name": "x" * 101}, {"first_name"}),
        ({"first_name": 5, "email": None}, {"first_name", "email"}),
        ({"username": "nul\x00"}, {"username"}),
        ({"password": "nul\x00 calm rivers"}, {"password"}),
    ],
)
def test_every_wrong_answer_is_named_and_nobody_is_registered(
    stranger: Program, clinic: Clinic, changes: dict[str, Any], wrong: set[str]
) -> None:
    factories.make_patient(clinic, username="taken", email="taken@people.example")
    answer = stranger.post("/api/user/register/", json=NEW | changes)
    assert (answer.status_code, set(answer.json)) == (400, wrong)
    assert db.session.scalar(select(func.count(Patient.id))) == 1


def test_missing_answers_are_named(stranger: Program) -> None:
    answer = stranger.post("/api/user/register/", json={"first_name": "Anna"})
    needed = {"username", "email", "password", "confirm_password"}
    assert (answer.status_code, set(answer.json)) == (400, needed)


def test_nobody_registers_with_more_rights_than_a_patient_has(stranger: Program) -> None:
    more = {"is_staff": True, "is_superuser": True, "role": "admin", "clinic": 2, "id": 1}
    answer = stranger.post("/api/user/register/", json=NEW | more)
    assert (answer.status_code, answer.json["user"]["is_staff"]) == (201, False)
    assert db.session.scalars(select(Account.role)).all() == [Role.PATIENT]


def test_a_token_of_before_is_not_looked_at_when_somebody_registers(stranger: Program) -> None:
    answer = stranger.post("/api/user/register/", json=NEW, headers={"Authorization": "Bearer old"})
    assert answer.status_code == 201


@pytest.mark.parametrize("name", ["anna.lee", "user@example.com"])
def test_a_patient_signs_in_refreshes_and_signs_out(stranger: Program, clinic: Clinic, name: str) -> None:
    factories.make_patient(clinic, username="anna.lee", email="user@example.com")
    answer = stranger.post("/api/user/login/", json={"username": name, "password": factories.PASSWORD})
    assert (answer.status_code, set(answer.json)) == (200, {"refresh", "access"})
    sent = {"refresh": answer.json["refresh"]}
    refreshed = stranger.post("/api/user/token/refresh/", json=sent)
    assert (refreshed.status_code, set(refreshed.json)) == (200, {"access"})
    for access in (answer.json["access"], refreshed.json["access"]):
        assert Program(stranger.app, access).get("/api/user/profiles/me/").status_code == 200
    ended = stranger.post("/api/user/logout/", json=sent)
    assert (ended.status_code, set(ended.json)) == (200, {"message"})
    for access in (answer.json["access"], refreshed.json["access"]):
        assert Program(stranger.app, access).get("/api/user/profiles/me/").status_code == 401
    refused = stranger.post("/api/user/token/refresh/", json=sent)
    assert (refused.status_code, set(refused.json)) == (401, {"detail"})


def test_signing_out_ends_one_sign_in_and_no_other(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="anna.lee")
    sent = {"username": "anna.lee", "password": factories.PASSWORD}
    here, there = (stranger.post("/api/user/login/", json=sent).json for _ in range(2))
    assert stranger.post("/api/user/logout/", json={"refresh": here["refresh"]}).status_code == 200
    assert Program(stranger.app, there["access"]).get("/api/user/profiles/me/").status_code == 200


def test_who_signs_out_long_after_the_last_visit_is_signed_out(
    stranger: Program, clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    factories.make_patient(clinic, username="anna.lee")
    pair = stranger.post("/api/user/login/", json={"username": "anna.lee", "password": factories.PASSWORD}).json
    frozen_clock.shift(timedelta(days=60))
    sent = {"refresh": pair["refresh"]}
    assert stranger.post("/api/user/token/refresh/", json=sent).status_code == 401
    assert stranger.post("/api/user/logout/", json=sent).json == {"message": "You are signed out."}


@pytest.mark.parametrize("path", ["/api/user/logout/", "/api/user/token/refresh/"])
def test_a_refresh_token_that_is_none_is_told_in_words(
    stranger: Program, clinic: Clinic, program: Callable[..., Program], path: str
) -> None:
    access = program(factories.make_patient(clinic)).headers["Authorization"].split()[1]
    for token in ("your_refresh_token", "a.b.c", "é", "", *([access] if "token" in path else [])):
        answer = stranger.post(path, json={"refresh": token})
        assert (answer.status_code, set(answer.json)) == (401, {"detail"}), token
    for body in ({}, {"refresh": None}, {"refresh": 5}):
        answer = stranger.post(path, json=body)
        assert (answer.status_code, set(answer.json)) == (400, {"refresh"})


def test_wrong_passwords_are_401_and_too_many_of_them_429_with_retry_after(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="anna.lee")
    wrong = {"username": "anna.lee", "password": "not this one"}
    answers = [stranger.post("/api/user/login/", json=wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert set(answers[-1].json) == {"detail"}
    assert int(answers[-1].headers["Retry-After"]) > 0
