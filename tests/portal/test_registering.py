"""Registering as a patient and applying as a doctor."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic, Doctor, Language, Specialty
from tests import factories
from tests.portal.browsing import is_signed_in, link_in, mails_to, sign_in

ANNA = {
    "first_name": "Anna",
    "last_name": "Bell",
    "email": "Anna@People.Example",
    "mobile": "07400 123456",
    "date_of_birth": "1950-03-04",
    "password": "quiet green harbour",
}


def register(client: FlaskClient, path: str = "/patient/register/", **given: Any) -> TestResponse:
    return client.post(path, data=ANNA | given, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})


def the_account(email: str = "anna@people.example") -> Account | None:
    return db.session.scalar(select(Account).where(Account.email == email))


def how_many(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_patient_is_signed_in_and_gets_a_mail(client: FlaskClient, clinic: Clinic) -> None:
    answer = register(client)
    assert (answer.status_code, answer.location) == (303, "/home/")
    assert is_signed_in(client)
    anna = the_account()
    assert anna is not None
    assert (anna.role, anna.clinic_id, anna.full_name) == (Role.PATIENT, clinic.id, "Anna Bell")
    assert (anna.mobile, anna.mobile_as_sent) == ("+447400123456", "07400 123456")
    assert str(anna.date_of_birth) == "1950-03-04"
    assert anna.patient is not None
    assert anna.is_email_verified is False
    assert len(mails_to(anna, "verification")) == 1


def test_a_new_patient_may_leave_out_mobile_and_date_of_birth(client: FlaskClient) -> None:
    assert register(client, mobile="", date_of_birth="").status_code == 303


def test_a_new_patient_signs_in_later_with_the_e_mail(client: FlaskClient) -> None:
    register(client)
    client.post("/logout/")
    assert sign_in(client, "anna@people.example", ANNA["password"]).status_code == 303


def test_a_new_patient_goes_on_to_the_page_that_was_wanted(client: FlaskClient) -> None:
    assert register(client, next="/treatment-list/").location == "/treatment-list/"


def test_every_wrong_answer_is_named_at_once_and_the_rest_is_kept(client: FlaskClient) -> None:
    answer = register(client, first_name="", email="anna", mobile="12", password="123")
    assert answer.status_code == 400
    assert "Enter your first name." in answer.text
    assert 'value="Bell"' in answer.text
    answer = register(client, email="anna", mobile="12", password="123", date_of_birth="2999-01-01")
    for words in ("Write the whole e-mail", "for example 07400 123456", "at least 8 characters", "day of your birth"):
        assert words in answer.text
    assert the_account() is None


def test_a_good_password_beside_a_wrong_answer_is_asked_for_again(client: FlaskClient) -> None:
    assert "Type it again" in register(client, mobile="12").text
    assert "Type it again" not in register(client, password="123").text
    assert "Type it again" not in client.get("/patient/register/").text


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("123", "at least 8 characters"),
        ("password", "easily guessed"),
        ("annabell1", "Leave out your name"),
        ("anna@people.example", "Leave out your name"),
        ("riverside clinic", "Leave out your name"),
        ("x" * 129, "at most 128"),
    ],
)
def test_a_weak_password_is_refused_in_words(client: FlaskClient, password: str, words: str) -> None:
    answer = register(client, password=password)
    assert answer.status_code == 400
    assert words in answer.text
    assert f'value="{password}"' not in answer.text or password == ANNA["email"].lower()


@pytest.mark.parametrize("password", ["pass phrase of words", "ünïcödé wörds", "🐙" * 8, " spaces around "])
def test_a_good_password_of_any_script_works(client: FlaskClient, password: str) -> None:
    assert register(client, password=password).status_code == 303
    client.post("/logout/")
    assert sign_in(client, "anna@people.example", password).status_code == 303


def test_an_existing_account_is_never_touched(client: FlaskClient, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, email="anna@people.example", username="ann", first_name="Ann")
    before = patient.account.credential.password_hash if patient.account.credential else ""
    answer = register(client, mobile="")
    assert answer.status_code == 400
    assert "There is already an account with this e-mail. Sign in or ask for a new password." in answer.text
    db.session.expire_all()
    assert patient.account.first_name == "Ann"
    assert patient.account.credential is not None
    assert patient.account.credential.password_hash == before
    assert not is_signed_in(client)


def test_a_number_that_somebody_has_is_named_however_it_is_written(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, mobile="+447400123456")
    answer = register(client, mobile="+44 (0)7400 123 456")
    assert answer.status_code == 400
    assert "already an account with this mobile number" in answer.text


def test_the_same_person_may_register_at_another_clinic(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(factories.make_clinic(name="Hillside"), email="anna@people.example", mobile="+447400123456")
    assert register(client).status_code == 303


def test_nobody_takes_the_name_of_a_superuser(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_superuser(username="root", email="root@people.example")
    assert register(client, email="root@people.example").status_code == 400


def test_nobody_takes_an_e_mail_that_is_somebodys_username(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="anna@people.example", email=None)
    assert register(client).status_code == 400


def test_looking_for_accounts_by_registering_ends(app: Flask, client: FlaskClient, clinic: Clinic) -> None:
    app.config["RATELIMIT_ENABLED"] = True
    factories.make_patient(clinic, email="anna@people.example")
    answers = [register(client) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [400] * 60 + [429]
    assert "Try again in an hour" in answers[-1].text
    assert int(register(client, email="new@people.example").headers["Retry-After"]) > 3500


def test_without_request_limits_one_may_register_what_is_taken_as_often_as_one_likes(
    client: FlaskClient, clinic: Clinic
) -> None:
    factories.make_patient(clinic, email="anna@people.example")
    assert {register(client).status_code for _ in range(61)} == {400}


def test_many_different_people_register_from_one_address(client: FlaskClient, app: Flask, clinic: Clinic) -> None:
    for number in range(30):
        answer = register(app.test_client(), email=f"person{number}@people.example", mobile="")
        assert answer.status_code == 303


def test_a_field_that_would_raise_rights_changes_nothing(client: FlaskClient, clinic: Clinic) -> None:
    other = factories.make_clinic(name="Hillside")
    register(client, role="admin", is_staff="1", clinic_id=str(other.id), clinic=str(other.id), is_active="0", id="1")
    anna = the_account()
    assert anna is not None
    assert (anna.role, anna.clinic_id, anna.is_active) == (Role.PATIENT, clinic.id, True)


@pytest.mark.parametrize("field", ["first_name", "last_name", "email", "mobile"])
@pytest.mark.parametrize("value", ["\x00", "a\r\nBcc: eve@evil.example", "x" * 5000, "\u202eevil", "\u200b"])
def test_strange_answers_are_refused_or_taken_but_never_break(
    client: FlaskClient, clinic: Clinic, field: str, value: str
) -> None:
    assert register(client, **{field: value}).status_code in {303, 400}
    for account in db.session.scalars(select(Account)):
        assert "\n" not in f"{account.first_name}{account.last_name}{account.email}{account.mobile}"


class TestUsernames:
    def test_people_with_the_same_mail_name_get_different_ones(self, app: Flask, clinic: Clinic) -> None:
        register(app.test_client(), email="anna@people.example")
        register(app.test_client(), email="anna@others.example", mobile="")
        names = db.session.scalars(select(Account.username).order_by(Account.id)).all()
        assert names == ["anna", "anna2"]


class TestVerifying:
    def test_opening_the_link_shows_a_button_and_pressing_it_verifies(self, client: FlaskClient, app: Flask) -> None:
        register(client)
        anna = the_account()
        assert anna is not None
        link = link_in(mails_to(anna, "verification")[0])
        scanner = app.test_client()
        for _ in range(3):
            assert scanner.get(link).status_code == 200
            assert scanner.head(link).status_code == 200
        db.session.refresh(anna)
        assert anna.is_email_verified is False
        assert client.post(link).status_code == 303
        db.session.refresh(anna)
        assert anna.is_email_verified is True

    def test_a_link_works_once_and_says_so_afterwards(self, client: FlaskClient) -> None:
        register(client)
        anna = the_account()
        assert anna is not None
        link = link_in(mails_to(anna, "verification")[0])
        client.post(link)
        for answer in (client.get(link), client.post(link)):
            assert answer.status_code == 400
            assert "This link no longer works" in answer.text
            assert "Go to your page" in answer.text

    def test_a_newer_link_ends_the_older_and_five_an_hour_are_enough(self, client: FlaskClient) -> None:
        register(client)
        anna = the_account()
        assert anna is not None
        for _ in range(7):
            assert client.post("/verify-email/send/").status_code == 303
        mails = mails_to(anna, "verification")
        assert len(mails) == 6
        assert client.get(link_in(mails[0])).status_code == 400
        assert client.get(link_in(mails[-1])).status_code == 200

    def test_a_visitor_is_sent_to_sign_in_before_asking_for_another(self, client: FlaskClient) -> None:
        assert client.post("/verify-email/send/").location.startswith("/login/")

    def test_a_made_up_link_is_dead(self, client: FlaskClient) -> None:
        assert client.get("/verify-email/abc/").status_code == 400


class TestApplying:
    @pytest.fixture
    def heart(self, clinic: Clinic) -> Specialty:
        return factories.save(Specialty(clinic_id=clinic.id, name="Cardiology", slug="cardiology"))

    def test_a_visitor_makes_an_account_and_applies_in_one(
        self, client: FlaskClient, clinic: Clinic, heart: Specialty
    ) -> None:
        admin = factories.make_admin(clinic)
        tamil = factories.save(Language(clinic_id=clinic.id, name="Tamil"))
        answer = register(
            client,
            "/doctor/apply/",
            specialty_ids=str(heart.id),
            language_ids=str(tamil.id),
            years_of_experience="12",
            about="Trained in Chennai.",
        )
        assert answer.status_code == 303
        anna = the_account()
        assert anna is not None
        assert anna.role == Role.PATIENT
        assert anna.patient is not None
        assert anna.doctor is not None
        assert anna.doctor.is_verified is False
        assert [row.name for row in anna.doctor.specialties] == ["Cardiology"]
        assert (anna.doctor.years_of_experience, anna.bio) == (12, "Trained in Chennai.")
        assert len(mails_to(admin, "doctor_application")) == 1
        assert "Your application is with the clinic" in client.get("/doctor/apply/").text

    def test_a_patient_tells_only_about_the_profession(
        self, clinic: Clinic, heart: Specialty, as_: Callable[[Account], FlaskClient]
    ) -> None:
        patient = factories.make_patient(clinic)
        browser = as_(patient.account)
        form = browser.get("/doctor/apply/").text
        assert "Cardiology" in form
        assert 'name="password"' not in form
        assert browser.post("/doctor/apply/", data={"specialty_ids": str(heart.id)}).status_code == 303
        browser.post("/doctor/apply/", data={"specialty_ids": str(heart.id)})
        assert how_many(Doctor) == 1

    def test_an_applicant_still_has_a_patients_rights_and_no_more(
        self, clinic: Clinic, as_: Callable[[Account], FlaskClient]
    ) -> None:
        patient = factories.make_patient(clinic)
        as_(patient.account).post("/doctor/apply/", data={})
        db.session.refresh(patient.account)
        assert patient.account.role == Role.PATIENT

    def test_another_clinics_specialty_is_refused(self, client: FlaskClient, clinic: Clinic) -> None:
        other = factories.make_clinic(name="Hillside")
        teeth = factories.save(Specialty(clinic_id=other.id, name="Dentistry", slug="dentistry"))
        answer = register(client, "/doctor/apply/", specialty_ids=str(teeth.id))
        assert answer.status_code == 400
        assert how_many(Doctor) == 0
        assert the_account() is None

    def test_a_doctor_and_an_admin_have_nothing_to_apply_for(
        self, clinic: Clinic, as_: Callable[[Account], FlaskClient]
    ) -> None:
        for account in (factories.make_doctor(clinic).account, factories.make_admin(clinic)):
            assert as_(account).get("/doctor/apply/").status_code == 403
            assert as_(account).post("/doctor/apply/", data={}).status_code == 403
