"""Who knows a password of somebody with a second factor gets in by no door (rows C1 and C13 of the threat table)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.errors import TooManyTries, WrongCode
from medimeet.models import Account, AttemptCount, AuditEntry, Clinic, Notification, RecoveryCode, SecondFactor
from medimeet.services import chatbot, one_time_codes, second_factor, tokens
from tests import factories
from tests.factories import PASSWORD
from tests.portal.browsing import is_signed_in, link_in, mails_to, sign_in
from tests.second_factors import code_of, give_recovery_codes, give_second_factor, wrong_code

SignedIn = Callable[[Account], FlaskClient]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def doctor(clinic: Clinic) -> Account:
    return factories.make_doctor(clinic, username="doc", mobile="+447400900001").account


@pytest.fixture
def secret(doctor: Account) -> str:
    return give_second_factor(doctor)


def enter(client: FlaskClient, code: str) -> Any:
    return client.post("/login/code/", data={"code": code})


def test_a_right_password_alone_opens_nothing_and_the_code_leads_to_the_page_asked_for(
    client: FlaskClient, secret: str
) -> None:
    answer = sign_in(client, "doc", next="/doctor-day/")
    assert (answer.status_code, answer.location) == (303, "/login/code/?next=/doctor-day/")
    assert not is_signed_in(client)
    answer = client.post("/login/code/", data={"code": code_of(secret), "next": "/doctor-day/"})
    assert (answer.status_code, answer.location) == (303, "/doctor-day/")
    assert is_signed_in(client)


@on_sqlite
def test_the_back_office_and_the_documentation_ask_for_the_code_too(client: FlaskClient) -> None:
    secret = give_second_factor(factories.make_superuser(username="root"))
    answer = client.post("/api-auth/login/", data={"username": "root", "password": PASSWORD})
    assert answer.location == "/login/code/?next=/docs/"
    assert client.get("/admin/").status_code == 302
    enter(client, code_of(secret))
    assert client.get("/admin/").status_code == 200


@on_sqlite
def test_a_wrong_code_is_refused_and_may_be_tried_again(client: FlaskClient, secret: str) -> None:
    sign_in(client, "doc")
    answer = enter(client, wrong_code(secret))
    assert answer.status_code == 400
    assert "This code is not right" in answer.text
    assert not is_signed_in(client)
    assert enter(client, code_of(secret)).status_code == 303


@on_sqlite
@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_codes_half_a_minute_off_are_taken_and_no_others(
    doctor: Account, secret: str, steps: int, is_taken: bool
) -> None:
    if is_taken:
        second_factor.prove(doctor, code_of(secret, steps))
        return
    with pytest.raises(WrongCode):
        second_factor.prove(doctor, code_of(secret, steps))


def test_no_code_is_taken_twice_and_none_from_before_it(doctor: Account, secret: str) -> None:
    second_factor.prove(doctor, code_of(secret))
    for steps in (0, -1):
        with pytest.raises(WrongCode):
            second_factor.prove(doctor, code_of(secret, steps))
    second_factor.prove(doctor, code_of(secret, 1))


def test_of_many_who_send_one_code_at_once_one_gets_in(app: Flask, doctor: Account, secret: str) -> None:
    doctor_id, code = doctor.id, code_of(secret)

    def prove(_number: int) -> bool:
        with app.app_context():
            try:
                second_factor.prove(db.session.get_one(Account, doctor_id), code)
            except (WrongCode, TooManyTries):
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(prove, range(12))) == 1


def test_of_many_wrong_codes_at_once_five_are_compared_and_then_the_right_one_is_refused_too(
    app: Flask, doctor: Account, secret: str
) -> None:
    doctor_id, guess = doctor.id, wrong_code(secret)

    def prove(_number: int) -> str:
        with app.app_context():
            try:
                second_factor.prove(db.session.get_one(Account, doctor_id), guess)
            except (WrongCode, TooManyTries) as error:
                return type(error).__name__
            return "in"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(prove, range(40)))
    assert {word: told.count(word) for word in set(told)} == {"WrongCode": 5, "TooManyTries": 35}
    with pytest.raises(TooManyTries):
        second_factor.prove(doctor, code_of(secret))


@on_sqlite
def test_fifty_wrong_codes_a_day_are_the_most(
    doctor: Account, secret: str, frozen_clock: time_machine.Traveller
) -> None:
    compared = 0
    for _ in range(14):
        for _try in range(6):
            try:
                second_factor.prove(doctor, wrong_code(secret))
            except WrongCode:
                compared += 1
            except TooManyTries:
                break
        frozen_clock.shift(301)
    assert compared == 50
    frozen_clock.shift(timedelta(days=1))
    second_factor.prove(doctor, code_of(secret))


@on_sqlite
def test_the_step_between_password_and_code_lasts_five_minutes_and_is_used_once(
    app: Flask, client: FlaskClient, secret: str, frozen_clock: time_machine.Traveller
) -> None:
    sign_in(client, "doc")
    cookie = client.get_cookie("medimeet")
    assert cookie is not None
    enter(client, code_of(secret))
    replay = app.test_client()
    replay.set_cookie("medimeet", cookie.value)
    frozen_clock.shift(30)
    assert enter(replay, code_of(secret)).location == "/login/"
    late = app.test_client()
    sign_in(late, "doc")
    frozen_clock.shift(301)
    assert enter(late, code_of(secret)).location == "/login/"
    assert not is_signed_in(late)
    assert not is_signed_in(replay)


@on_sqlite
def test_a_new_password_ends_the_step_that_the_old_one_opened(
    client: FlaskClient, doctor: Account, secret: str, as_: SignedIn
) -> None:
    sign_in(client, "doc")
    as_(doctor).post("/change-password/", data={"old_password": PASSWORD, "new_password": "quiet green harbour"})
    assert enter(client, code_of(secret)).location == "/login/"
    assert not is_signed_in(client)


class TestPrograms:
    """Every route that gives a token for a password or a code by SMS."""

    @pytest.fixture(params=["booking", "hospital", "timeslots", "mobile", "chatbot"])
    def ask(
        self, request: pytest.FixtureRequest, client: FlaskClient, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[tuple[Callable[[dict[str, str]], Any], str]]:
        """How a program asks, and the secret of the account's second factor."""
        name = request.param
        if name == "chatbot":
            account = factories.make_patient(clinic, username="chat").account
            token = chatbot.issue_token(clinic)
            path, body = f"/chatbot/login/{clinic.id}/{token}/", {"email": account.email, "password": PASSWORD}
        elif name == "mobile":
            account = factories.make_patient(clinic, username="chat").account
            monkeypatch.setattr(one_time_codes, "verify", lambda *_sent: account)
            path, body = "/verify-otp/", {"mobile_number": "07400 900001", "otp": "1", "verification_id": "1"}
        else:
            account = factories.make_doctor(clinic, username="chat").account
            paths = {"booking": "/api/auth/login/", "hospital": "/api/user/login/"}
            path = paths.get(name, "/api/api/token_obtain/")
            body = {"username": "chat", "password": PASSWORD}
        yield lambda headers: client.post(path, json=body, headers=headers), give_second_factor(account)

    @on_sqlite
    def test_gets_no_token_without_the_code_and_one_with_it(
        self, ask: tuple[Callable[[dict[str, str]], Any], str]
    ) -> None:
        post, secret = ask
        for headers in ({}, {"X-One-Time-Code": wrong_code(secret)}, {"X-One-Time-Code": "ü"}):
            answer = post(headers)
            assert answer.status_code == 401, answer.text
            assert "token" not in (answer.get_json() or {})
        assert "X-One-Time-Code" in post({}).text
        assert post({"X-One-Time-Code": code_of(secret)}).status_code == 200

    @on_sqlite
    def test_a_token_for_a_password_change_needs_no_second_code(self, client: FlaskClient, clinic: Clinic) -> None:
        doctor = factories.make_doctor(clinic).account
        secret = give_second_factor(doctor)
        token = tokens.issue_lasting(doctor, tokens.Asking(code=code_of(secret)))
        answer = client.post(
            "/api/auth/change-password/",
            json={"old_password": PASSWORD, "new_password": "quiet green harbour"},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200
        assert tokens.account_of_access(answer.get_json()["token"]) == doctor


@on_sqlite
def test_a_reset_password_lifts_no_second_factor_and_signs_nobody_in(
    client: FlaskClient, doctor: Account, secret: str
) -> None:
    """C13."""
    client.post("/patient/forgot-password/", data={"email": doctor.email})
    client.post(link_in(mails_to(doctor, "password_reset")[0]), data={"new_password": "quiet green harbour"})
    assert not is_signed_in(client)
    assert sign_in(client, "doc", "quiet green harbour").location.startswith("/login/code/")
    assert not is_signed_in(client)


@on_sqlite
def test_an_exchanged_token_keeps_what_it_has_proved(client: FlaskClient, doctor: Account, secret: str) -> None:
    pair = tokens.issue_pair(doctor, tokens.Asking(code=code_of(secret)))
    assert client.get("/home/", query_string={"api_key": pair.access}).status_code == 302
    assert is_signed_in(client)


class TestSettingUp:
    def switch_on(self, browser: FlaskClient, doctor: Account) -> tuple[str, list[str]]:
        """The secret and the recovery codes of a person who follows the pages."""
        assert browser.post("/security/second-factor/", data={"password": PASSWORD}).status_code == 303
        shown = BeautifulSoup(browser.get("/security/second-factor/first-code/").text, "html.parser")
        assert shown.select_one("svg.segno path") is not None
        key = shown.select_one(".mm-secret-key code")
        assert key is not None
        secret = key.text.replace(" ", "")
        answer = browser.post("/security/second-factor/first-code/", data={"code": code_of(secret)})
        assert answer.headers["Cache-Control"] == "no-store"
        codes = [item.text for item in BeautifulSoup(answer.text, "html.parser").select(".mm-recovery-codes code")]
        return secret, codes

    def test_switching_on_shows_ten_codes_once_and_ends_every_other_sign_in(
        self, client: FlaskClient, doctor: Account, as_: SignedIn
    ) -> None:
        here, elsewhere, program = as_(doctor), as_(doctor), tokens.issue_lasting(doctor)
        secret, codes = self.switch_on(here, doctor)
        assert len(set(codes)) == 10
        assert is_signed_in(here)
        assert not is_signed_in(elsewhere)
        assert client.get("/api/auth/profile/", headers={"Authorization": f"Bearer {program}"}).status_code == 401
        assert here.get("/security/second-factor/first-code/").location.startswith("/security/second-factor/")
        assert "second_factor" in [mail.kind for mail in mails_to(doctor, "second_factor")]
        kept = db.session.execute(db.text("SELECT secret FROM second_factor")).scalar_one()
        hashes = " ".join(db.session.scalars(select(RecoveryCode.code_hash)))
        assert secret not in kept
        assert not any(code.replace("-", "") in hashes for code in codes)

    @on_sqlite
    def test_a_wrong_password_shows_no_secret(self, doctor: Account, as_: SignedIn) -> None:
        browser = as_(doctor)
        assert browser.post("/security/second-factor/", data={"password": "wrong"}).status_code == 400
        assert browser.get("/security/second-factor/first-code/").status_code == 303
        assert db.session.scalar(select(func.count()).select_from(SecondFactor)) == 0

    @on_sqlite
    def test_it_does_not_count_before_its_first_right_code(
        self, client: FlaskClient, doctor: Account, as_: SignedIn
    ) -> None:
        browser = as_(doctor)
        browser.post("/security/second-factor/", data={"password": PASSWORD})
        secret = db.session.scalars(select(SecondFactor.secret)).one()
        answer = browser.post("/security/second-factor/first-code/", data={"code": wrong_code(secret)})
        assert answer.status_code == 400
        sign_in(client, "doc")
        assert is_signed_in(client)

    @on_sqlite
    @pytest.mark.parametrize("path", ["/security/second-factor/off/", "/security/recovery-codes/"])
    def test_switching_off_and_new_codes_take_both_password_and_code(
        self, doctor: Account, secret: str, as_: SignedIn, path: str
    ) -> None:
        browser = as_(doctor)
        for password, code in ((PASSWORD, wrong_code(secret)), ("wrong", code_of(secret)), (PASSWORD, "")):
            assert browser.post(path, data={"password": password, "code": code}).status_code in {400, 401}
        assert second_factor.is_on(doctor)
        answer = browser.post(path, data={"password": PASSWORD, "code": code_of(secret)})
        assert answer.status_code == (303 if "off" in path else 200)
        assert second_factor.is_on(doctor) == ("off" not in path)

    @on_sqlite
    def test_what_changed_is_in_the_audit_log(self, clinic: Clinic, doctor: Account, as_: SignedIn) -> None:
        browser = as_(doctor)
        secret, _ = self.switch_on(browser, doctor)
        data = {"password": PASSWORD, "code": code_of(secret, 1)}
        assert browser.post("/security/second-factor/off/", data=data).status_code == 303
        deeds = list(db.session.scalars(select(AuditEntry.deed).where(AuditEntry.actor_id == doctor.id)))
        assert deeds == ["switched on second factor", "switched off second factor"]


class TestRecoveryCodes:
    def test_each_signs_in_once_says_how_many_are_left_and_is_mailed(
        self, app: Flask, client: FlaskClient, doctor: Account, secret: str
    ) -> None:
        code, *others = give_recovery_codes(doctor)
        sign_in(client, "doc")
        assert enter(client, code.upper().replace("-", " ")).status_code == 303
        assert "9 recovery codes are left" in client.get("/security/").text
        assert "9 are left" in mails_to(doctor, "second_factor")[0].body
        again = app.test_client()
        sign_in(again, "doc")
        assert enter(again, code).status_code == 400
        assert enter(again, others[0]).status_code == 303

    def test_of_many_at_once_one_gets_in(self, app: Flask, doctor: Account, secret: str) -> None:
        doctor_id, code = doctor.id, give_recovery_codes(doctor)[0]

        def prove(_number: int) -> bool:
            with app.app_context():
                try:
                    return second_factor.prove(db.session.get_one(Account, doctor_id), code)
                except (WrongCode, TooManyTries):
                    return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(prove, range(12))) == 1

    @on_sqlite
    def test_somebody_elses_is_worth_nothing(self, clinic: Clinic, doctor: Account, secret: str) -> None:
        other = factories.make_doctor(clinic).account
        give_second_factor(other)
        code = give_recovery_codes(other)[0]
        with pytest.raises(WrongCode):
            second_factor.prove(doctor, code)

    @on_sqlite
    def test_guesses_at_them_are_counted_with_those_at_the_app(self, doctor: Account, secret: str) -> None:
        code = give_recovery_codes(doctor)[0]
        for number in range(5):
            with pytest.raises(WrongCode):
                second_factor.prove(doctor, f"aaaaa-aaaa{number + 2}")
        with pytest.raises(TooManyTries):
            second_factor.prove(doctor, code)


class TestWhereStaffMustHaveOne:
    @pytest.fixture(autouse=True)
    def setting(self, app: Flask) -> None:
        app.config["SECOND_FACTOR"] = "staff"

    @on_sqlite
    def test_staff_without_one_reach_nothing_but_setting_it_up(
        self, client: FlaskClient, clinic: Clinic, as_: SignedIn
    ) -> None:
        for account in (
            factories.make_doctor(clinic).account,
            factories.make_admin(clinic),
            factories.make_superuser(),
        ):
            browser = as_(account)
            for path in ("/", "/home/", "/doctor-day/", "/dashboard/", "/admin/", "/profile/", "/contact/"):
                assert browser.get(path).location == "/security/second-factor/", path
            assert browser.get("/security/second-factor/").status_code == 200
            token = tokens.issue_lasting(account)
            answer = client.get("/api/auth/profile/", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 403
            assert browser.post("/logout/").status_code == 303
            assert not is_signed_in(browser)

    @on_sqlite
    def test_whoever_has_one_and_every_patient_goes_on_as_before(
        self, clinic: Clinic, doctor: Account, secret: str, as_: SignedIn
    ) -> None:
        assert as_(doctor).get("/doctor-day/").status_code == 200
        assert as_(factories.make_patient(clinic).account).get("/view_appointments/").status_code == 200


def test_no_code_and_no_secret_is_in_a_mail_or_in_a_counter(doctor: Account, secret: str, client: FlaskClient) -> None:
    sign_in(client, "doc")
    enter(client, code_of(secret))
    told = " ".join(db.session.scalars(select(Notification.body)))
    told += " ".join(db.session.scalars(select(AttemptCount.key)))
    assert code_of(secret) not in told
    assert secret not in told
