"""Accounts in the back office: how a new one signs in, what ends with one, and what nobody does to their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus, Role
from medimeet.errors import NotSignedIn
from medimeet.models import Account, AuditEntry, BrowserSession, Clinic, Credential, Notification
from medimeet.services import tokens
from tests import factories
from tests.portal.back_office_pages import add, content_of, delete, edit, newest
from tests.portal.browsing import is_signed_in, link_in, mails_to, sign_in
from tests.portal.people_pages import words_of

SignedIn = Callable[[Account], FlaskClient]
NINA = {"username": "nina", "first_name": "Nina", "last_name": "Roy", "role": "admin"}


@pytest.fixture
def superuser(clinic: Clinic) -> Account:
    return factories.make_superuser(username="root")


@pytest.fixture
def office(superuser: Account, as_: SignedIn) -> FlaskClient:
    """A superuser's browser."""
    return as_(superuser)


class TestNewAccounts:
    def test_one_with_a_password_signs_in_at_once(self, app: Flask, office: FlaskClient, clinic: Clinic) -> None:
        answer = add(office, Account, **NINA, clinic_id=str(clinic.id), new_password="three calm herons")
        assert answer.status_code == 303, words_of(answer)
        nina = newest(Account)
        assert nina.credential.password_hash.startswith("$argon2id$")
        assert sign_in(app.test_client(), "nina", "three calm herons").status_code == 303
        assert mails_to(nina, "account_made") == []

    def test_one_without_gets_a_link_by_mail(self, app: Flask, office: FlaskClient, clinic: Clinic) -> None:
        add(office, Account, **NINA, clinic_id=str(clinic.id), email="Nina@People.Example")
        nina = newest(Account)
        assert nina.email == "nina@people.example"
        (mail,) = db.session.scalars(select(Notification).where(Notification.account_id == nina.id)).all()
        browser = app.test_client()
        browser.post(link_in(mail), data={"new_password": "three calm herons"})
        assert sign_in(browser, "nina", "three calm herons").status_code == 303

    def test_a_superuser_belongs_to_no_clinic(self, app: Flask, office: FlaskClient, clinic: Clinic) -> None:
        refused = add(office, Account, **NINA | {"role": "superuser"}, clinic_id=str(clinic.id))
        assert (refused.status_code, "A superuser belongs to no clinic." in words_of(refused)) == (400, True)
        refused = add(office, Account, **NINA)
        assert (refused.status_code, "Only a superuser belongs to no clinic." in words_of(refused)) == (400, True)
        second = NINA | {"role": "superuser", "new_password": "three calm herons"}
        assert add(office, Account, **second).status_code == 303
        browser = app.test_client()
        sign_in(browser, "nina", "three calm herons")
        assert browser.get("/admin/").status_code == 200

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"new_password": "123"}, "Use at least 8 characters."),
            ({"new_password": "nina roy 77"}, "Leave out your name"),
            ({"email": "nobody"}, "e-mail"),
            ({"mobile": "12"}, "number"),
            ({"username": "PAT"}, "Somebody in the clinic already has this username."),
            ({"email": "pat@people.example"}, "Somebody in the clinic already has this e-mail"),
            ({"role": ""}, "Fill this in."),
            ({"role": "king"}, "Choose from the list."),
            ({"clinic_id": "999"}, "Choose from the list."),
            ({"date_of_birth": "2026-13-01"}, "Write the whole date"),
            ({"gender": "robot"}, "Choose from the list."),
        ],
    )
    def test_what_accounts_do_not_take_is_told_beside_the_field(
        self, office: FlaskClient, clinic: Clinic, typed: dict[str, str], words: str
    ) -> None:
        factories.make_patient(clinic, username="pat", email="pat@people.example")
        answer = add(office, Account, **NINA | {"clinic_id": str(clinic.id)} | typed)
        assert answer.status_code == 400
        assert words in words_of(answer)
        assert newest(Account).username == "pat"

    def test_one_made_by_mistake_is_deleted_with_its_keys(
        self, office: FlaskClient, clinic: Clinic, as_: SignedIn
    ) -> None:
        add(office, Account, **NINA, clinic_id=str(clinic.id), new_password="three calm herons")
        nina = newest(Account)
        nina_id = nina.id
        tokens.issue_pair(nina)
        browser = as_(nina)
        answer = delete(office, nina)
        assert answer.status_code == 303, words_of(answer)
        db.session.expunge_all()
        assert db.session.get(Account, nina_id) is None
        assert db.session.get(Credential, nina_id) is None
        assert not is_signed_in(browser)


class TestChangedAccounts:
    def test_another_role_holds_from_the_next_request_and_is_signed_in_to_anew(
        self, office: FlaskClient, clinic: Clinic, as_: SignedIn
    ) -> None:
        person = factories.make_account(clinic, username="pat")
        browser, token = as_(person), tokens.issue_access(person)
        assert browser.get("/dashboard/").status_code == 403
        assert edit(office, person, role="admin").status_code == 303
        assert not is_signed_in(browser)
        with pytest.raises(NotSignedIn):
            tokens.account_of_access(token)
        sign_in(browser, "pat")
        assert browser.get("/dashboard/").status_code == 200

    def test_who_has_signed_in_is_in_the_audit_log_and_so_can_only_be_deactivated(
        self, office: FlaskClient, client: FlaskClient, clinic: Clinic
    ) -> None:
        person = factories.make_account(clinic, username="pat")
        sign_in(client, "pat")
        assert delete(office, person).status_code == 409
        assert is_signed_in(client)

    def test_a_new_password_replaces_the_old_and_ends_every_sign_in(
        self, app: Flask, office: FlaskClient, clinic: Clinic, as_: SignedIn
    ) -> None:
        person = factories.make_account(clinic, username="pat")
        browser, token = as_(person), tokens.issue_access(person)
        assert edit(office, person, new_password="three calm herons").status_code == 303
        assert not is_signed_in(browser)
        with pytest.raises(NotSignedIn):
            tokens.account_of_access(token)
        assert sign_in(app.test_client(), "pat").status_code == 401
        assert sign_in(app.test_client(), "pat", "three calm herons").status_code == 303

    def test_without_one_the_password_stays(self, app: Flask, office: FlaskClient, clinic: Clinic) -> None:
        person = factories.make_account(clinic, username="pat")
        edit(office, person, first_name="Patricia")
        assert sign_in(app.test_client(), "pat").status_code == 303

    def test_one_who_is_deactivated_is_out_and_the_visits_to_come_are_canceled(
        self, office: FlaskClient, clinic: Clinic, as_: SignedIn
    ) -> None:
        doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
        visit = factories.make_appointment(doctor, patient, clock.now() + timedelta(days=2))
        browser = as_(patient.account)
        shown = {"username": patient.account.username, "role": "patient", "first_name": "Pat"}
        address = f"/admin/account/edit/?id={patient.account_id}"
        assert office.post(address, data=shown).status_code == 303  # without the tick of "Is active"
        assert content_of(patient.account)["is_active"] is False
        assert not is_signed_in(browser)
        assert content_of(visit)["status"] is AppointmentStatus.CANCELED
        deeds = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.subject == "account")).all()
        assert deeds == ["deactivated", "changed"]

    def test_and_comes_back(self, app: Flask, office: FlaskClient, clinic: Clinic) -> None:
        person = factories.make_account(clinic, username="pat", is_active=False)
        assert edit(office, person, is_active="y").status_code == 303
        assert sign_in(app.test_client(), "pat").status_code == 303

    def test_every_sign_in_is_ended_by_a_tick(self, office: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
        person = factories.make_account(clinic)
        browser = as_(person)
        edit(office, person, ends_sign_ins="y")
        assert not is_signed_in(browser)

    def test_a_session_that_is_deleted_is_signed_out(self, office: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
        browser = as_(factories.make_account(clinic))
        delete(office, newest(BrowserSession))
        assert not is_signed_in(browser)

    def test_a_new_e_mail_is_not_verified(self, office: FlaskClient, clinic: Clinic) -> None:
        person = factories.make_account(clinic)
        edit(office, person, email="new@people.example")
        kept = content_of(person)
        assert (kept["email"], kept["email_verified_at"]) == ("new@people.example", None)

    def test_a_number_in_the_clinics_spelling_is_kept_in_the_worlds(self, office: FlaskClient, clinic: Clinic) -> None:
        person = factories.make_account(clinic)
        edit(office, person, mobile="07400 123456")
        assert content_of(person)["mobile"] == "+447400123456"
        edit(office, person, mobile="")
        assert content_of(person)["mobile"] is None


class TestOnesOwn:
    def test_nobody_takes_the_own_role_away(self, office: FlaskClient, superuser: Account) -> None:
        answer = edit(office, superuser, role="admin")
        assert answer.status_code == 400
        assert content_of(superuser)["role"] is Role.SUPERUSER

    def test_nobody_ends_the_own_account(self, office: FlaskClient, superuser: Account) -> None:
        shown = {"username": "root", "role": "superuser", "first_name": "Pat"}
        answer = office.post(f"/admin/account/edit/?id={superuser.id}", data=shown)
        assert "Ask another superuser to do it." in words_of(answer)
        assert delete(office, superuser).status_code == 403
        assert content_of(superuser)["is_active"] is True

    def test_ones_own_name_is_changed(self, office: FlaskClient, superuser: Account) -> None:
        assert edit(office, superuser, first_name="Robin").status_code == 303
        assert content_of(superuser)["first_name"] == "Robin"
