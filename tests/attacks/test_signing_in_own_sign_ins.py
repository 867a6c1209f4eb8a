"""What somebody sees of the sign-ins to their account, ends there, and is told by mail."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet.db import db
from medimeet.errors import NotSignedIn
from medimeet.models import Account, AuditEntry, BrowserSession, Clinic, IssuedToken, Patient
from medimeet.services import tokens
from tests import factories
from tests.factories import PASSWORD
from tests.portal.browsing import is_signed_in, mails_to, sign_in
from tests.second_factors import give_second_factor

SignedIn = Callable[[Account], FlaskClient]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic, username="pat")


def deeds(account: Account) -> list[str]:
    lines = select(AuditEntry.deed).where(AuditEntry.subject == "account", AuditEntry.subject_id == account.id)
    return list(db.session.scalars(lines.order_by(AuditEntry.id)))


def rows_of(browser: FlaskClient) -> list[str]:
    page = BeautifulSoup(browser.get("/security/").text, "html.parser")
    return [row.get_text(" ", strip=True) for row in page.select("tbody tr")]


def test_the_page_lists_browsers_and_programs_with_where_they_are(
    client: FlaskClient, patient: Patient, app: Flask
) -> None:
    sign_in(client, "pat", address="192.0.2.7")
    data = {"username": "pat", "password": PASSWORD}
    app.test_client().post("/login/", data=data, headers={"User-Agent": FIREFOX})
    app.test_client().post("/api/user/login/", json=data, headers={"User-Agent": "ClinicApp/3.1 (iPhone)"})
    here, there, program = sorted(rows_of(client), key=lambda row: ("(this one)" not in row, "App" in row))
    assert "192.0.2.7" in here
    assert "Firefox on Linux" in there
    assert "ClinicApp" in program
    assert "127.0.0.1" in program


def test_one_browser_or_program_is_ended_alone(client: FlaskClient, patient: Patient, as_: SignedIn) -> None:
    sign_in(client, "pat")
    other, third = as_(patient.account), as_(patient.account)
    first, second = tokens.issue_pair(patient.account), tokens.issue_pair(patient.account)
    rows = db.session.scalars(select(BrowserSession).order_by(BrowserSession.id)).all()
    client.post("/security/end/", data={"browser": rows[1].id})
    assert not is_signed_in(other)
    assert is_signed_in(third)
    assert is_signed_in(client)
    family = db.session.scalars(select(IssuedToken.family).order_by(IssuedToken.created_at)).first()
    client.post("/security/end/", data={"program": family})
    with pytest.raises(NotSignedIn):
        tokens.rotate(first.refresh)
    assert tokens.account_of_access(second.access) == patient.account


@on_sqlite
def test_somebody_elses_is_not_ended(client: FlaskClient, clinic: Clinic, patient: Patient, as_: SignedIn) -> None:
    stranger = factories.make_patient(clinic).account
    browser, token = as_(stranger), tokens.issue_lasting(stranger)
    sign_in(client, "pat")
    theirs = db.session.scalars(select(BrowserSession).where(BrowserSession.account_id == stranger.id)).one()
    family = db.session.scalars(select(IssuedToken.family)).one()
    for data in ({"browser": theirs.id}, {"program": family}, {"program": ""}, {"browser": "x"}, {}):
        client.post("/security/end/", data=data)
    assert is_signed_in(browser)
    assert tokens.account_of_access(token) == stranger


@on_sqlite
def test_everything_else_and_everything_ends_programs_too(client: FlaskClient, patient: Patient, as_: SignedIn) -> None:
    sign_in(client, "pat")
    other, token = as_(patient.account), tokens.issue_lasting(patient.account)
    client.post("/sessions/", data={"keep": "here"})
    assert is_signed_in(client)
    assert not is_signed_in(other)
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(token)
    client.post("/sessions/")
    assert not is_signed_in(client)


@on_sqlite
def test_a_sign_in_with_an_unknown_browser_is_mailed_and_one_with_a_known_browser_is_not(
    app: Flask, client: FlaskClient, patient: Patient
) -> None:
    sign_in(client, "pat")
    client.post("/logout/")
    sign_in(client, "pat")
    assert mails_to(patient.account, "new_sign_in") == []  # the first one, and the same browser again
    stranger = app.test_client()
    data = {"username": "pat", "password": PASSWORD}
    stranger.post("/login/", data=data, headers={"User-Agent": FIREFOX}, environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    (mail,) = mails_to(patient.account, "new_sign_in")
    assert "Firefox on Linux" in mail.body
    assert "192.0.2.9" in mail.body
    app.config["DEMO"] = True
    sign_in(app.test_client(), "pat")
    assert len(mails_to(patient.account, "new_sign_in")) == 1


@on_sqlite
def test_after_a_new_password_only_the_browser_that_set_it_is_known(
    app: Flask, client: FlaskClient, patient: Patient
) -> None:
    thief = app.test_client()
    for browser in (client, thief):
        sign_in(browser, "pat")
    assert len(mails_to(patient.account, "new_sign_in")) == 1
    new = "quiet green harbour"
    client.post("/change-password/", data={"old_password": PASSWORD, "new_password": new})
    client.post("/logout/")
    sign_in(client, "pat", new)
    assert len(mails_to(patient.account, "new_sign_in")) == 1
    sign_in(thief, "pat", new)
    assert len(mails_to(patient.account, "new_sign_in")) == 2


@on_sqlite
def test_a_forged_mark_makes_no_browser_known(app: Flask, client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat")
    for number, mark in enumerate(("0" * 32, "", "ü", ".".join(["a"] * 500), str(patient.account.public_id)), 1):
        browser = app.test_client()
        browser.set_cookie("medimeet-known", mark)
        sign_in(browser, "pat")
        assert len(mails_to(patient.account, "new_sign_in")) == number


@on_sqlite
def test_sign_ins_sign_outs_and_stopped_guesses_are_in_the_audit_log(
    app: Flask, client: FlaskClient, patient: Patient
) -> None:
    sign_in(client, "pat")
    client.post("/logout/")
    app.test_client().post("/api/auth/login/", json={"username": "pat", "password": PASSWORD})
    for _ in range(8):
        sign_in(client, "pat", "wrong")
    assert deeds(patient.account) == ["signed in", "signed out", "signed in", "stopped wrong sign-ins"]


class TestLostSecondFactors:
    def test_an_admin_takes_it_off_a_member_with_the_own_password_and_the_member_is_told(
        self, clinic: Clinic, as_: SignedIn
    ) -> None:
        doctor, admin = factories.make_doctor(clinic).account, factories.make_admin(clinic)
        give_second_factor(doctor)
        browser, theirs, path = as_(admin), as_(doctor), f"/security/members/{doctor.id}/"
        assert doctor.full_name in browser.get("/security/members/").text
        assert browser.post(path, data={"password": "wrong"}).status_code == 400
        assert browser.post(path, data={"password": PASSWORD}).status_code == 303
        assert not is_signed_in(theirs)
        assert sign_in(theirs, doctor.username).location == "/home/"
        assert "no longer asks" in mails_to(doctor, "second_factor")[0].body
        assert deeds(doctor)[0] == "took off second factor"
        assert browser.get(path).status_code == 404

    @on_sqlite
    def test_nobody_reaches_those_above_or_in_another_clinic(self, clinic: Clinic, as_: SignedIn) -> None:
        admin, colleague = factories.make_admin(clinic), factories.make_admin(clinic)
        far = factories.make_clinic(name="Hillside Dental")
        stranger, superuser = factories.make_doctor(far).account, factories.make_superuser()
        for account in (admin, colleague, stranger, superuser):
            give_second_factor(account)
        for target in (admin, colleague, stranger, superuser):
            answer = as_(admin).post(f"/security/members/{target.id}/", data={"password": PASSWORD})
            assert answer.status_code == 404
        for target, status in ((admin, 303), (stranger, 303), (superuser, 404)):
            answer = as_(superuser).post(f"/security/members/{target.id}/", data={"password": PASSWORD})
            assert answer.status_code == status
