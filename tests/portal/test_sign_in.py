"""One sign-in for everyone: who gets in, what everybody else is told, and how often one may try."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from medimeet.db import db
from medimeet.errors import TooManyTries, WrongCredentials
from medimeet.models import Account, Clinic
from medimeet.services import sign_in as sign_in_service
from medimeet.services.access import Actor
from tests import factories
from tests.factories import PASSWORD
from tests.portal.browsing import is_signed_in, sign_in


def test_a_patient_signs_in_with_the_username_and_goes_home(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    answer = sign_in(client, "pat")
    assert (answer.status_code, answer.location) == (303, "/home/")
    assert is_signed_in(client)


def test_a_doctor_signs_in_with_the_e_mail_in_any_spelling(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_doctor(clinic, email="asha@people.example")
    assert sign_in(client, " Asha@People.Example ").status_code == 303


def test_a_patient_signs_in_on_the_patients_page(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    answer = client.post("/patient/login/", data={"username": "pat", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/home/")


def test_whoever_is_signed_in_is_sent_on_from_the_sign_in_page(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    sign_in(client, "pat")
    assert client.get("/login/").location == "/home/"
    assert client.get("/patient/register/").location == "/home/"


def test_a_wrong_name_and_a_wrong_password_get_the_very_same_answer(
    client: FlaskClient, clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    factories.make_patient(clinic, username="pat")
    client.get("/login/")
    wrong_password = sign_in(client, "pat", "not the password")
    wrong_name = sign_in(client, "tap", "not the password")
    assert wrong_password.status_code == wrong_name.status_code == 401
    assert wrong_password.text.replace('value="pat"', 'value="tap"') == wrong_name.text
    assert {*wrong_password.headers.keys()} == {*wrong_name.headers.keys()}
    assert not is_signed_in(client)


def test_the_name_is_kept_and_the_password_is_not(client: FlaskClient, clinic: Clinic) -> None:
    page = sign_in(client, "pat", "my secret words").text
    assert 'value="pat"' in page
    assert "my secret words" not in page


def test_an_empty_form_says_what_to_enter(client: FlaskClient) -> None:
    answer = client.post("/login/", data={})
    assert answer.status_code == 400
    assert "Enter your username or your e-mail." in answer.text
    assert "Enter your password." in answer.text


@pytest.mark.parametrize("name", ["", " ", "\x00", "pat\x00", "%", "_", "'; --", "a" * 5000, b"\xff\xfe"])
def test_a_strange_name_is_only_a_wrong_one(client: FlaskClient, clinic: Clinic, name: str) -> None:
    factories.make_patient(clinic, username="pat")
    assert client.post("/login/", data={"username": name, "password": PASSWORD}).status_code in {400, 401}


@pytest.mark.parametrize("password", ["\x00", "x" * 100_000, "ﷺ" * 1000])
def test_a_strange_password_is_only_a_wrong_one(client: FlaskClient, clinic: Clinic, password: str) -> None:
    factories.make_patient(clinic, username="pat")
    assert sign_in(client, "pat", password).status_code == 401


def test_a_deleted_person_is_told_what_a_stranger_is_told(
    client: FlaskClient, clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    factories.make_patient(clinic, username="pat", is_active=False)
    gone = sign_in(client, "pat")
    assert gone.status_code == 401
    assert gone.text == sign_in(client, "pat", "not the password").text


def test_an_account_without_a_password_takes_none(client: FlaskClient, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, username="pat")
    db.session.delete(patient.account.credential)
    db.session.commit()
    assert sign_in(client, "pat", "").status_code == 400
    assert sign_in(client, "pat", "None").status_code == 401


class TestWhichClinic:
    def test_the_clinic_of_the_address_comes_first(self, client: FlaskClient, clinic: Clinic) -> None:
        other = factories.make_clinic(name="Hillside", domain="hillside.example")
        here = factories.make_patient(clinic, username="pat")
        there = factories.make_patient(other, username="pat")
        assert self._who(clinic, "pat") == here.account
        assert self._who(other, "pat") == there.account

    def test_the_only_person_of_that_name_signs_in_from_any_clinics_page(self, clinic: Clinic) -> None:
        other = factories.make_clinic(name="Hillside")
        there = factories.make_patient(other, email="pat@people.example")
        assert self._who(clinic, "pat@people.example") == there.account

    def test_two_people_of_that_name_elsewhere_sign_nobody_in(self, clinic: Clinic) -> None:
        for name in ("Hillside", "Lakeside"):
            factories.make_patient(factories.make_clinic(name=name), username="pat")
        assert self._who(clinic, "pat") is None

    def test_a_superuser_signs_in_everywhere(self, clinic: Clinic) -> None:
        superuser = factories.make_superuser(username="root")
        factories.make_patient(factories.make_clinic(name="Hillside"), username="root")
        assert self._who(clinic, "root") == superuser

    def test_a_person_with_the_e_mail_comes_before_one_who_took_it_as_a_username(self, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat@people.example")
        owner = factories.make_patient(clinic, email="pat@people.example")
        assert self._who(clinic, "pat@people.example") == owner.account

    def _who(self, clinic: Clinic, name: str) -> Account | None:
        try:
            return sign_in_service.check(Actor(None, clinic), name, PASSWORD, "192.0.2.1")
        except WrongCredentials:
            return None


class TestHowOften:
    def test_five_wrong_passwords_close_the_door_for_a_while_even_to_the_right_one(
        self, client: FlaskClient, clinic: Clinic, frozen_clock: time_machine.Traveller
    ) -> None:
        factories.make_patient(clinic, username="pat")
        assert [sign_in(client, "pat", "wrong words").status_code for _ in range(6)] == [401] * 5 + [429]
        refused = sign_in(client, "pat")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 301
        assert not is_signed_in(client)
        frozen_clock.shift(301)
        assert sign_in(client, "pat").status_code == 303

    def test_another_spelling_or_the_e_mail_is_the_same_account(self, client: FlaskClient, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat", email="pat@people.example")
        for name in ("pat", "PAT", " pat", "pat@people.example", "Pat@people.example"):
            assert sign_in(client, name, "wrong words").status_code == 401
        assert sign_in(client, "pat").status_code == 429

    def test_a_name_that_nobody_has_is_counted_too(self, client: FlaskClient) -> None:
        assert [sign_in(client, "nobody", "wrong words").status_code for _ in range(6)] == [401] * 5 + [429]

    def test_the_owner_still_gets_in_from_another_address(self, client: FlaskClient, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat")
        for _ in range(100):
            sign_in(client, "pat", "wrong words", address="198.51.100.7")
        assert sign_in(client, "pat", address="192.0.2.1").status_code == 303

    def test_other_people_at_the_address_still_get_in(self, client: FlaskClient, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat")
        factories.make_patient(clinic, username="sam")
        for _ in range(6):
            sign_in(client, "pat", "wrong words")
        assert sign_in(client, "sam").status_code == 303

    def test_the_right_password_clears_the_count(self, client: FlaskClient, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat")
        for _ in range(3):
            assert [sign_in(client, "pat", "wrong words").status_code for _ in range(4)] == [401] * 4
            assert sign_in(client, "pat").status_code == 303
            client.post("/logout/")

    def test_fifty_wrong_passwords_from_all_over_need_a_mailed_link(
        self, client: FlaskClient, clinic: Clinic, frozen_clock: time_machine.Traveller
    ) -> None:
        factories.make_patient(clinic, username="pat")
        for number in range(50):
            assert sign_in(client, "pat", "wrong words", address=f"198.51.100.{number}").status_code == 401
        refused = sign_in(client, "pat")
        assert refused.status_code == 429
        assert "link" in refused.text
        frozen_clock.shift(60 * 60 * 24 + 1)
        assert sign_in(client, "pat").status_code == 303

    def test_of_many_guesses_at_once_five_are_told_apart(self, app: Flask, clinic: Clinic) -> None:
        factories.make_patient(clinic, username="pat")
        clinic_id = clinic.id

        def guess(_number: int) -> type[Exception] | None:
            with app.app_context():
                try:
                    here = Actor(None, db.session.get_one(Clinic, clinic_id))
                    sign_in_service.check(here, "pat", "wrong words", "192.0.2.1")
                except (WrongCredentials, TooManyTries) as refusal:
                    return type(refusal)
            return None

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(guess, range(60)))
        assert answers.count(WrongCredentials) == 5
        assert answers.count(TooManyTries) == 55

    def test_twenty_of_the_family_sign_in_at_once(self, app: Flask, clinic: Clinic) -> None:
        """The right password is never counted, so many devices of one person do not lock each other out."""
        factories.make_patient(clinic, username="pat")
        clinic_id = clinic.id

        def enter(_number: int) -> Account:
            with app.app_context():
                here = Actor(None, db.session.get_one(Clinic, clinic_id))
                return sign_in_service.check(here, "pat", PASSWORD, "192.0.2.1")

        with ThreadPoolExecutor(12) as pool:
            assert len(list(pool.map(enter, range(20)))) == 20

    def test_the_limits_hold_where_request_rates_are_lifted(self, app: Flask, client: FlaskClient) -> None:
        assert app.config["RATELIMIT_ENABLED"] is False
        assert [sign_in(client, "pat", "wrong").status_code for _ in range(6)][-1] == 429


class TestWhereTo:
    @pytest.mark.parametrize("path", ["/treatment-list/", "/slot/1/2/?reason=a%20b", "/x//y"])
    def test_it_leads_on_to_the_page_that_was_wanted(self, client: FlaskClient, clinic: Clinic, path: str) -> None:
        factories.make_patient(clinic, username="pat")
        assert sign_in(client, "pat", next=path).location == path

    @pytest.mark.parametrize(
        "foreign",
        [
            "//evil.example",
            "///evil.example",
            "https://evil.example",
            "http:evil.example",
            "javascript:alert(1)",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            " //evil.example",
            "/ /evil.example",
            "/\x00/evil.example",
            "/\u2028/evil.example",
            "evil.example",
            "/login\r\nSet-Cookie: a=b",
        ],
    )
    def test_it_never_leads_to_another_site(self, client: FlaskClient, clinic: Clinic, foreign: str) -> None:
        factories.make_patient(clinic, username="pat")
        assert sign_in(client, "pat", next=foreign).location == "/home/"
        client.post("/logout/")
        form = {"username": "pat", "password": PASSWORD}
        assert client.post("/login/", query_string={"next": foreign}, data=form).location == "/home/"

    def test_a_page_that_needs_a_sign_in_is_come_back_to(self, client: FlaskClient, clinic: Clinic) -> None:
        asked = client.get("/sessions/?page=2")
        assert asked.status_code == 302
        form = client.get(asked.location).text
        assert 'value="/sessions/?page=2"' in form

    def test_a_token_in_the_address_is_not_handed_on(self, client: FlaskClient) -> None:
        assert "secret" not in client.get("/sessions/?api_key=secret").location

    def test_htmx_is_told_to_load_the_sign_in_page_whole(self, client: FlaskClient) -> None:
        answer = client.get("/sessions/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/login/")


class TestDemo:
    def test_the_demo_offers_one_button_for_each_role(self, app: Flask, client: FlaskClient) -> None:
        app.config["DEMO"] = True
        page = client.get("/login/").text
        for role in ("patient", "doctor", "clinic admin"):
            assert f"Use the demo {role}" in page

    def test_nothing_but_the_demo_does(self, client: FlaskClient) -> None:
        assert "medimeet-demo" not in client.get("/login/").text


def test_a_hash_made_with_other_costs_is_renewed(app: Flask, client: FlaskClient, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, username="pat")
    before = patient.account.credential.password_hash
    app.config["TESTING"] = False
    assert sign_in(client, "pat").status_code == 303
    db.session.expire_all()
    after = patient.account.credential.password_hash
    assert before != after
    assert "m=19456,t=2,p=1" in after


def test_a_patient_whose_session_ended_while_typing_comes_back_to_the_same_form(client: FlaskClient) -> None:
    answer = client.post("/slot/123/4/", data={"reason": "A cough"})
    assert answer.location == "/login/?next=/slot/123/4/"


def test_a_patient_whose_session_ended_beside_a_live_list_comes_back_to_that_page(client: FlaskClient) -> None:
    around = {"HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/view_appointments/?q=hart#top"}
    answer = client.get("/view_appointments/?q=har", headers=around)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login/?next=/view_appointments/?q%3Dhart")
