"""One set of accounts, one token service: a token from any sign-in works on every contract, and ends on all at once."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from medimeet.db import db
from medimeet.models import Clinic, Notification, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.races.crowds import send
from tests.servers import serving

PRIVATE = ("/clinic-management/appointments/", "/api/auth/profile/", "/patients/", "/api/timeslots/")
NEW_PASSWORD = "a quiet green evening"


def sign_in_to_mobile(stranger: Program, patient: Patient) -> str:
    number = {"mobile_number": patient.account.mobile}
    sent = stranger.post("/send-otp/", data=number).json["data"]
    text = db.session.scalars(db.select(Notification.body).order_by(Notification.id.desc())).first() or ""
    code = re.search(r"\b[0-9]{6}\b", text)
    assert code is not None
    body = number | {"otp": code[0], "verification_id": sent["verification_id"]}
    token: str = stranger.post("/verify-otp/", data=body).json["data"]["token"]
    return token


def sign_in_to_booking(stranger: Program, patient: Patient) -> str:
    token: str = stranger.post("/api/auth/login/", json=credentials(patient)).json["token"]
    return token


def sign_in_to_hospital(stranger: Program, patient: Patient) -> str:
    token: str = stranger.post("/api/user/login/", json=credentials(patient)).json["access"]
    return token


def sign_in_to_timeslots(stranger: Program, patient: Patient) -> str:
    token: str = stranger.post("/api/api/token_obtain/", json=credentials(patient)).json["access"]
    return token


SIGN_INS = [sign_in_to_mobile, sign_in_to_booking, sign_in_to_hospital, sign_in_to_timeslots]
every_sign_in = pytest.mark.parametrize("sign_in", SIGN_INS, ids=lambda sign_in: sign_in.__name__)
SignIn = Callable[[Program, Patient], str]


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """A patient who can sign in by every way."""
    return factories.make_patient(clinic, username="pat", mobile="+447400123456")


def credentials(patient: Patient) -> dict[str, str]:
    return {"username": patient.account.username, "password": factories.PASSWORD}


@every_sign_in
def test_a_token_from_any_sign_in_works_on_every_contract(
    app: Flask, stranger: Program, patient: Patient, sign_in: SignIn
) -> None:
    program = Program(app, sign_in(stranger, patient))
    assert {path: program.get(path).status_code for path in PRIVATE} == dict.fromkeys(PRIVATE, 200)


@every_sign_in
def test_a_new_password_ends_every_token(app: Flask, stranger: Program, patient: Patient, sign_in: SignIn) -> None:
    old = Program(app, sign_in(stranger, patient))
    changed = old.post(
        "/api/auth/change-password/", json={"old_password": factories.PASSWORD, "new_password": NEW_PASSWORD}
    )
    assert changed.status_code == 200
    assert {path: old.get(path).status_code for path in PRIVATE} == dict.fromkeys(PRIVATE, 401)
    new = Program(app, changed.json["token"])
    assert new.get("/api/auth/profile/").status_code == 200


def test_a_person_who_signs_out_is_out_on_every_worker_at_once(app: Flask, stranger: Program, patient: Patient) -> None:
    tokens = stranger.post("/api/user/login/", json=credentials(patient)).json
    headers = {"Authorization": f"Bearer {tokens['access']}", "Content-Type": "application/json"}
    with serving(app, workers=2) as port:
        before = {send(port, "GET", path, "", headers).status for path in PRIVATE * 5}
        send(port, "POST", "/api/user/logout/", f'{{"refresh": "{tokens["refresh"]}"}}', headers)
        after = {send(port, "GET", path, "", headers).status for path in PRIVATE * 5}
    assert (before, after) == ({200}, {401})


def test_booking_alone_also_takes_the_scheme_token(app: Flask, stranger: Program, patient: Patient) -> None:
    program = Program(app, sign_in_to_booking(stranger, patient), scheme="Token")
    statuses = {path: program.get(path).status_code for path in PRIVATE}
    assert statuses == dict.fromkeys(PRIVATE, 401) | {"/api/auth/profile/": 200}


def test_a_refresh_token_is_no_access_token(app: Flask, stranger: Program, patient: Patient) -> None:
    refresh = stranger.post("/api/user/login/", json=credentials(patient)).json["refresh"]
    assert Program(app, refresh).get("/patients/").status_code == 401
