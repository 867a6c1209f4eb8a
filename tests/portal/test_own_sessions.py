"""A signed-in browser stops being one at once: at sign-out, password change, deletion and after a time."""

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, BrowserSession, Clinic, Patient
from medimeet.services import accounts
from medimeet.writing import command
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.portal.browsing import is_signed_in, sign_in


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic, username="pat")


def copy_of(client: FlaskClient, app: Flask) -> FlaskClient:
    """A thief's browser with the same cookies."""
    thief = app.test_client()
    cookie = client.get_cookie("medimeet")
    assert cookie is not None
    thief.set_cookie("medimeet", cookie.value)
    assert is_signed_in(thief)
    return thief


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app: Flask, client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    thief = copy_of(client, app)
    answer = client.post("/logout/")
    assert (answer.status_code, answer.location) == (303, "/login/")
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_copied_cookie_is_worth_nothing_after_a_password_change(
    app: Flask, client: FlaskClient, patient: Patient, as_: Callable[[Account], FlaskClient]
) -> None:
    sign_in(client, "pat")
    other = as_(patient.account)
    form = {"old_password": PASSWORD, "new_password": "quiet green harbour"}
    assert client.post("/change-password/", data=form).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_a_copied_cookie_is_worth_nothing_after_deletion(app: Flask, client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    admin = factories.make_admin(patient.account.clinic or factories.make_clinic())

    @command
    def delete() -> None:
        accounts.deactivate(actor_of(admin, patient.account.clinic or admin.clinic), patient.account)

    thief = copy_of(client, app)
    delete()
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


def test_a_row_that_only_says_inactive_is_enough_to_sign_out(client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    patient.account.is_active = False
    db.session.add(patient.account)
    db.session.commit()
    assert not is_signed_in(client)


def test_a_browser_that_does_nothing_for_half_an_hour_is_signed_out(
    client: FlaskClient, patient: Patient, frozen_clock: time_machine.Traveller
) -> None:
    sign_in(client, "pat")
    frozen_clock.shift(29 * 60)
    assert is_signed_in(client)
    frozen_clock.shift(29 * 60)
    assert is_signed_in(client)
    frozen_clock.shift(30 * 60 + 1)
    assert not is_signed_in(client)


def test_a_patients_browser_in_use_is_signed_out_after_a_day(
    client: FlaskClient, patient: Patient, frozen_clock: time_machine.Traveller
) -> None:
    sign_in(client, "pat")
    for _ in range(47 + 48):
        frozen_clock.shift(15 * 60)
        assert is_signed_in(client)
    frozen_clock.shift(15 * 60 + 1)
    assert not is_signed_in(client)


def test_the_last_use_is_written_at_most_twice_a_minute(
    client: FlaskClient, patient: Patient, frozen_clock: time_machine.Traveller
) -> None:
    sign_in(client, "pat")
    row = db.session.scalars(select(BrowserSession)).one()
    began = row.last_seen_at
    frozen_clock.shift(29)
    client.get("/sessions/")
    db.session.refresh(row)
    assert row.last_seen_at == began
    frozen_clock.shift(2)
    client.get("/sessions/")
    db.session.refresh(row)
    assert (row.last_seen_at - began).total_seconds() == 31


def test_signing_in_gives_a_new_cookie_so_that_a_planted_one_is_worth_nothing(
    app: Flask, client: FlaskClient, patient: Patient
) -> None:
    client.get("/login/")
    planted = client.get_cookie("medimeet")
    assert planted is not None
    sign_in(client, "pat")
    attacker = app.test_client()
    attacker.set_cookie("medimeet", planted.value)
    assert is_signed_in(client)
    assert not is_signed_in(attacker)


def test_signing_in_as_somebody_else_ends_the_first_persons_session(
    app: Flask, client: FlaskClient, patient: Patient, clinic: Clinic
) -> None:
    sign_in(client, "pat")
    thief = copy_of(client, app)
    factories.make_patient(clinic, username="sam")
    sign_in(client, "sam")
    assert is_signed_in(client)
    assert not is_signed_in(thief)


def test_only_the_hash_of_a_cookie_is_kept(client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    with client.session_transaction() as session:
        token = session["_user_id"]
    row = db.session.scalars(select(BrowserSession)).one()
    assert len(token) >= 43
    assert token not in (row.token_hash, row.browser, row.address)
    assert len(row.token_hash) == 64


@pytest.mark.parametrize("token", ["", "1", "x" * 5000, "\x00", "' or 1=1 --"])
def test_a_made_up_token_is_nobody(client: FlaskClient, patient: Patient, token: str) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = token
    assert not is_signed_in(client)


def test_signing_out_twice_is_no_mistake(client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    assert client.post("/logout/").status_code == 303
    again = client.post("/logout/", follow_redirects=True)
    assert again.status_code == 200
    assert "You are signed out." in again.text


def test_opening_the_sign_out_address_signs_nobody_out(client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    assert client.get("/logout/").status_code == 405
    assert is_signed_in(client)


def test_a_foreign_page_cannot_sign_anybody_out(app: Flask, client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/logout/").status_code == 400
    assert is_signed_in(client)


def test_an_old_page_can_still_be_signed_out_from(app: Flask, client: FlaskClient, patient: Patient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/logout/").status_code == 303


class TestOwnList:
    def test_the_list_shows_where_one_is_signed_in(
        self, client: FlaskClient, patient: Patient, as_: Callable[[Account], FlaskClient], clinic: Clinic
    ) -> None:
        as_(factories.make_patient(clinic).account)
        client.post(
            "/login/",
            data={"username": "pat", "password": PASSWORD},
            headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"},
            environ_overrides={"REMOTE_ADDR": "192.0.2.9"},
        )
        page = client.get("/sessions/").text
        assert "Firefox on Linux" in page
        assert "192.0.2.9" in page
        assert "Europe/London" in page
        assert page.count('<th scope="row"') == 1

    def test_signing_out_everywhere_signs_out_here_too(
        self, client: FlaskClient, patient: Patient, as_: Callable[[Account], FlaskClient]
    ) -> None:
        sign_in(client, "pat")
        other = as_(patient.account)
        assert client.post("/sessions/").location == "/login/"
        assert not is_signed_in(client)
        assert not is_signed_in(other)

    def test_signing_out_everywhere_else_keeps_this_browser(
        self, client: FlaskClient, patient: Patient, as_: Callable[[Account], FlaskClient], clinic: Clinic
    ) -> None:
        sign_in(client, "pat")
        other, stranger = as_(patient.account), as_(factories.make_patient(clinic).account)
        client.post("/sessions/", data={"keep": "here"})
        assert is_signed_in(client)
        assert not is_signed_in(other)
        assert is_signed_in(stranger)


class TestCookie:
    def test_scripts_and_other_sites_do_not_get_it(self, client: FlaskClient, patient: Patient) -> None:
        cookie = sign_in(client, "pat").headers.getlist("Set-Cookie")[-1]
        assert cookie.startswith("medimeet=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie

    def test_a_visitor_of_the_front_page_gets_none(self, client: FlaskClient) -> None:
        answer = client.get("/")
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers

    def test_over_https_it_is_bound_to_the_host(self, app: Flask, patient: Patient, tmp_path: Path) -> None:
        settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING", "RATELIMIT_ENABLED")}
        secure = create_app(settings | {"DATA_DIR": str(tmp_path), "BASE_URL": "https://clinic.example"})
        cookie = secure.test_client().get("/login/", base_url="https://clinic.example").headers["Set-Cookie"]
        with secure.app_context():
            db.engine.dispose()
        assert cookie.startswith("__Host-medimeet=")
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie
