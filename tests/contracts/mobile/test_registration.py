"""Registering by a mobile number, as document 000 prints it."""

from ast import literal_eval
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic, Patient
from tests import factories
from tests.contracts.programs import Program

SHIVAM = {"mobile_number": "+919044224967", "name": "Shivam jio", "age": "28", "gender": "male"}
TAKEN = "{'mobile_number': ['user with this mobile number already exists.']}"


def test_a_new_user_is_a_patient_who_signs_in_by_code(
    stranger: Program, clinic: Clinic, signed_in: Callable[[str], Program]
) -> None:
    registered = stranger.post("/register-user/", data=SHIVAM)
    assert registered.status_code == 201
    account = db.session.scalars(select(Account)).one()
    body = registered.json
    assert body["data"].pop("created_at").endswith("Z")
    assert body == {
        "code": 201,
        "message": "User registered successfully",
        "data": {
            "id": str(account.public_id),
            "name": "Shivam jio",
            "age": 28,
            "gender": "Male",
            "mobile_number": "+919044224967",
            "photo_url": None,
            "is_verified": False,
        },
        "error": None,
    }
    assert (account.role, account.clinic_id, account.first_name, account.last_name, account.credential) == (
        Role.PATIENT,
        clinic.id,
        "Shivam",
        "jio",
        None,
    )
    assert db.session.scalars(select(Patient.account_id)).all() == [account.id]
    assert signed_in("+91 90442 24967").get("/clinic-management/appointments/").status_code == 200


def test_a_taken_number_is_told_as_printed_in_whatever_spelling(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, mobile="+919044224967")
    for number in ("+919044224967", "+91 90442 24967"):
        refused = stranger.post("/register-user/", data=SHIVAM | {"mobile_number": number})
        assert refused.status_code == 400
        assert refused.json == {"code": 400, "message": "Something went wrong!", "data": None, "error": TAKEN}


def test_a_number_of_another_clinic_is_free_here(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(factories.make_clinic(name="Hillside"), mobile="+919044224967")
    assert stranger.post("/register-user/", data=SHIVAM).status_code == 201


def test_a_national_number_is_read_in_the_clinics_country_and_echoed_as_sent(stranger: Program, clinic: Clinic) -> None:
    registered = stranger.post("/register-user/", json={"mobile_number": "07400 123456", "name": "Anna"})
    assert registered.status_code == 201
    assert registered.json["data"]["mobile_number"] == "07400 123456"
    assert (registered.json["data"]["age"], registered.json["data"]["gender"]) == (None, "")
    assert db.session.scalars(select(Account.mobile)).all() == ["+447400123456"]


@pytest.mark.parametrize(("gender", "shown"), [("male", "Male"), ("FEMALE", "Female"), ("Other", "Other")])
def test_a_gender_is_taken_in_any_case_and_shown_with_a_capital(
    stranger: Program, clinic: Clinic, gender: str, shown: str
) -> None:
    assert stranger.post("/register-user/", data=SHIVAM | {"gender": gender}).json["data"]["gender"] == shown


def test_what_a_form_leaves_empty_is_not_known(stranger: Program, clinic: Clinic) -> None:
    registered = stranger.post("/register-user/", data=SHIVAM | {"age": "", "gender": ""})
    assert registered.status_code == 201
    assert (registered.json["data"]["age"], registered.json["data"]["gender"]) == (None, "")
    refused = stranger.post("/register-user/", json=SHIVAM | {"age": ""})
    assert (refused.status_code, refused.json["error"]) == (400, "{'age': ['Write a whole number.']}")


def test_a_long_name_keeps_all_its_parts(stranger: Program, clinic: Clinic) -> None:
    registered = stranger.post("/register-user/", data=SHIVAM | {"name": "  Maria  del Carmen García Ñúñez "})
    assert registered.json["data"]["name"] == "Maria del Carmen García Ñúñez"


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"mobile_number", "name"}),
        ({"mobile_number": None, "name": None}, {"mobile_number", "name"}),
        ({"mobile_number": "", "name": "  "}, {"mobile_number", "name"}),
        ({"mobile_number": "12", "name": "Anna"}, {"mobile_number"}),
        ({"mobile_number": True, "name": 5}, {"mobile_number", "name"}),
        ({"mobile_number": ["07400123456"], "name": {"first": "Anna"}}, {"mobile_number", "name"}),
        ({"mobile_number": "07400123456", "name": "Anna", "age": -1, "gender": "x"}, {"age"}),
        ({"mobile_number": "07400123456", "name": "Anna", "age": 131}, {"age"}),
        ({"mobile_number": "07400123456", "name": "Anna", "age": "young"}, {"age"}),
        ({"mobile_number": "07400123456", "name": "Anna", "age": 28.5}, {"age"}),
        ({"mobile_number": "07400123456", "name": "Anna", "gender": "unknown"}, {"gender"}),
        ({"mobile_number": "12", "name": "A" * 101, "gender": "unknown"}, {"mobile_number", "name", "gender"}),
        ({"mobile_number": "07400123456", "name": f"Anna {'B' * 101}"}, {"name"}),
        ({"mobile_number": "07400123456", "name": "Anna\x07Bell"}, {"name"}),
    ],
)
def test_every_wrong_field_is_named_and_nobody_is_made(
    stranger: Program, clinic: Clinic, sent: dict[str, Any], wrong: set[str]
) -> None:
    refused = stranger.post("/register-user/", json=sent)
    assert refused.status_code == 400
    assert refused.json["message"] == "Something went wrong!"
    named = literal_eval(refused.json["error"])  # the document prints a dict of Python
    assert set(named) == wrong
    assert all(isinstance(words, str) for said in named.values() for words in said)
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0


def test_nobody_gets_more_rights_by_asking(stranger: Program, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Hillside")
    wishes = {"role": "admin", "is_staff": True, "clinic": far.id, "clinic_id": far.id, "is_verified": True}
    registered = stranger.post("/register-user/", json=SHIVAM | wishes)
    assert registered.status_code == 201
    assert registered.json["data"]["is_verified"] is False
    account = db.session.scalars(select(Account)).one()
    assert (account.role, account.clinic_id) == (Role.PATIENT, clinic.id)


def test_an_address_makes_no_more_accounts_than_it_may_ask_for_codes(
    app: Flask, stranger: Program, clinic: Clinic
) -> None:
    app.config.update(CODES=3, RATELIMIT_ENABLED=True)
    sent = [SHIVAM | {"mobile_number": f"0740012345{last}"} for last in range(5)]
    answers = [stranger.post("/register-user/", data=each) for each in sent]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 3500
