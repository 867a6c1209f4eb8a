"""Signing in by a code, as document 000 prints it."""

from collections.abc import Callable
from datetime import UTC, datetime

import time_machine
from flask import Flask

from medimeet.db import db
from medimeet.models import Account, Clinic
from medimeet.writing import command
from tests import factories
from tests.contracts.programs import Program

REFUSED = {"code": 400, "message": "Something went wrong!", "data": None}


def test_a_code_is_sent_to_who_is_registered(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, mobile="+447400123456")
    sent = stranger.post("/send-otp/", data={"mobile_number": "07400 123456"})
    assert sent.status_code == 201
    verification_id = sent.json["data"]["verification_id"]
    assert verification_id.isdigit()
    assert sent.json == {
        "code": 201,
        "message": "OTP sent to your mobile number.",
        "data": {"verification_id": verification_id, "mobile_number": "07400 123456", "timeout": "60.0"},
        "error": None,
    }


def test_a_number_that_nobody_has_is_not_registered(stranger: Program, clinic: Clinic) -> None:
    refused = stranger.post("/send-otp/", data={"mobile_number": "9044224967"})
    assert refused.status_code == 400
    assert refused.json == REFUSED | {"error": "User not registered"}


def test_the_right_code_gives_the_person_and_a_token(
    stranger: Program, clinic: Clinic, sms_code: Callable[[], str]
) -> None:
    account = factories.make_patient(
        clinic,
        mobile="+919044224967",
        mobile_as_sent="+919044224967",
        first_name="Shivam",
        last_name="Kanodia",
        gender="male",
        stated_age=28,
        created_at=datetime(2025, 1, 29, 3, 12, 46, 156620, UTC),
    ).account
    sent = stranger.post("/send-otp/", data={"mobile_number": "+919044224967"}).json["data"]
    code = {"mobile_number": "+919044224967", "otp": sms_code(), "verification_id": sent["verification_id"]}
    verified = stranger.post("/verify-otp/", data=code)
    assert verified.status_code == 200
    body = verified.json
    token = body["data"].pop("token")
    assert body == {
        "code": 200,
        "message": "Success",
        "data": {
            "user": {
                "id": str(account.public_id),
                "name": "Shivam Kanodia",
                "age": 28,
                "gender": "Male",
                "mobile_number": "+919044224967",
                "photo_url": None,
                "is_verified": True,
                "created_at": "2025-01-29T03:12:46.156620Z",
            }
        },
        "error": None,
    }
    mine = Program(stranger.app, token).get("/clinic-management/appointments/")
    assert (mine.status_code, mine.json["data"]) == (200, [])


def test_codes_and_numbers_may_come_as_numbers_of_json(
    stranger: Program, clinic: Clinic, sms_code: Callable[[], str]
) -> None:
    factories.make_patient(clinic, mobile="+447400123456")
    sent = stranger.post("/send-otp/", json={"mobile_number": 7400123456}).json["data"]
    assert sent["mobile_number"] == "7400123456"
    code = {
        "mobile_number": 7400123456,
        "otp": int(sms_code()),
        "verification_id": int(sent["verification_id"]),
    }
    assert stranger.post("/verify-otp/", json=code).status_code == 200


def test_wrong_used_expired_and_unknown_codes_get_one_and_the_same_answer(
    stranger: Program, clinic: Clinic, sms_code: Callable[[], str], frozen_clock: time_machine.Traveller
) -> None:
    factories.make_patient(clinic, mobile="+447400123456")
    number = {"mobile_number": "07400123456"}
    sent = number | {"verification_id": stranger.post("/send-otp/", data=number).json["data"]["verification_id"]}
    right = sent | {"otp": sms_code()}
    answers = [
        stranger.post("/verify-otp/", data=sent | {"otp": "wrong"}),
        stranger.post("/verify-otp/", data=right | {"verification_id": "1525010"}),
        stranger.post("/verify-otp/", data=right | {"mobile_number": "07400123457"}),
    ]
    assert stranger.post("/verify-otp/", data=right).status_code == 200
    answers.append(stranger.post("/verify-otp/", data=right))
    late = number | {"verification_id": stranger.post("/send-otp/", data=number).json["data"]["verification_id"]}
    frozen_clock.shift(61)
    answers.append(stranger.post("/verify-otp/", data=late | {"otp": sms_code()}))
    words = "This code is not right, or no longer. Ask for a new one."
    assert [(answer.status_code, answer.json) for answer in answers] == [(400, REFUSED | {"error": words})] * 5


def test_a_fourth_code_in_ten_minutes_is_429_with_the_time_to_wait(stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, mobile="+447400123456")
    for number in ("07400123456", "+447400123456", "0044 7400 123456"):
        assert stranger.post("/send-otp/", data={"mobile_number": number}).status_code == 201
    refused = stranger.post("/send-otp/", data={"mobile_number": "07400 123456"})
    assert refused.status_code == 429
    assert 590 < int(refused.headers["Retry-After"]) <= 601
    assert refused.json == {
        "code": 429,
        "message": "Something went wrong!",
        "data": None,
        "error": "We have sent several codes already. Use the last one.",
    }


def test_guessing_who_is_registered_ends_at_the_limit(app: Flask, stranger: Program, clinic: Clinic) -> None:
    app.config.update(CODES=5, RATELIMIT_ENABLED=True)
    asked = [stranger.post("/send-otp/", data={"mobile_number": f"0740012345{last}"}) for last in range(8)]
    assert [answer.status_code for answer in asked] == [400] * 5 + [429] * 3
    assert all("Retry-After" in answer.headers for answer in asked[5:])


def test_a_token_that_came_by_a_code_works_in_every_contract_and_ends_with_the_account(
    signed_in: Callable[[str], Program], clinic: Clinic
) -> None:
    patient = factories.make_patient(clinic, mobile="+447400123456")
    program = signed_in("07400 123456")
    assert program.get("/api/appointment/my-appointments/").status_code == 200

    @command
    def leave() -> None:
        db.session.get_one(Account, patient.account_id).is_active = False

    leave()
    refused = program.get("/clinic-management/appointments/")
    assert refused.status_code == 401
    assert (refused.json["code"], refused.json["message"]) == (401, "Something went wrong!")


def test_a_dead_token_keeps_nobody_from_signing_in_again(app: Flask, stranger: Program, clinic: Clinic) -> None:
    factories.make_patient(clinic, mobile="+447400123456")
    sent = Program(app, "no token").post("/send-otp/", data={"mobile_number": "07400 123456"})
    assert sent.status_code == 201
