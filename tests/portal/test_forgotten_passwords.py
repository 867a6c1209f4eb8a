"""Forgotten passwords: a mailed link that works once, and an answer that tells nobody who has an account."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.errors import WrongCode
from medimeet.models import Clinic, Credential, Notification, OneTimeLink, Patient
from medimeet.services import password_changes
from tests import factories
from tests.factories import PASSWORD
from tests.portal.browsing import is_signed_in, link_in, mails_to, sign_in

NEW = "quiet green harbour"


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic, username="pat", email="pat@people.example")


def asked_link(client: FlaskClient, patient: Patient, name: str = "pat@people.example", **options: object) -> str:
    client.post("/patient/forgot-password/", data={"email": name}, **options)  # type: ignore[arg-type]
    return link_in(mails_to(patient.account, "password_reset")[-1])


def test_the_link_sets_a_new_password(client: FlaskClient, patient: Patient) -> None:
    link = asked_link(client, patient)
    assert client.get(link).status_code == 200
    answer = client.post(link, data={"new_password": NEW})
    assert (answer.status_code, answer.location) == (303, "/login/")
    assert not is_signed_in(client)
    assert sign_in(client, "pat", PASSWORD).status_code == 401
    assert sign_in(client, "pat", NEW).status_code == 303


def test_opening_the_link_changes_nothing(client: FlaskClient, patient: Patient) -> None:
    link = asked_link(client, patient)
    for _ in range(3):
        client.get(link)
        client.head(link)
    assert sign_in(client, "pat", PASSWORD).status_code == 303


def test_the_link_works_once(client: FlaskClient, patient: Patient) -> None:
    link = asked_link(client, patient)
    client.post(link, data={"new_password": NEW})
    for answer in (client.get(link), client.post(link, data={"new_password": "another fine phrase"})):
        assert answer.status_code == 400
        assert "This link no longer works" in answer.text


def test_a_refused_password_leaves_the_link_alive(client: FlaskClient, patient: Patient) -> None:
    link = asked_link(client, patient)
    answer = client.post(link, data={"new_password": "123"})
    assert answer.status_code == 400
    assert "at least 8 characters" in answer.text
    assert client.post(link, data={"new_password": NEW}).status_code == 303


def test_the_link_ends_after_an_hour(
    client: FlaskClient, patient: Patient, frozen_clock: time_machine.Traveller
) -> None:
    link = asked_link(client, patient)
    frozen_clock.shift(59 * 60)
    assert client.get(link).status_code == 200
    frozen_clock.shift(61)
    assert client.get(link).status_code == 400


def test_a_newer_link_ends_the_older_one(client: FlaskClient, patient: Patient) -> None:
    older = asked_link(client, patient)
    newer = asked_link(client, patient)
    assert client.get(older).status_code == 400
    assert client.get(newer).status_code == 200


def test_the_link_ends_with_the_account(client: FlaskClient, patient: Patient) -> None:
    link = asked_link(client, patient)
    patient.account.is_active = False
    db.session.add(patient.account)
    db.session.commit()
    assert client.post(link, data={"new_password": NEW}).status_code == 400


def test_of_many_uses_at_once_one_counts(app: Flask, client: FlaskClient, patient: Patient) -> None:
    token = asked_link(client, patient).split("/")[2]

    def use(number: int) -> bool:
        with app.app_context():
            try:
                password_changes.set_password(token, f"quiet green harbour {number}")
            except WrongCode:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(use, range(30))) == 1


def test_a_new_password_ends_every_session_and_opens_the_door_again(
    app: Flask, client: FlaskClient, patient: Patient
) -> None:
    thief = app.test_client()
    sign_in(thief, "pat")
    for _ in range(6):
        sign_in(client, "pat", "wrong words")
    link = asked_link(client, patient)
    client.post(link, data={"new_password": NEW})
    assert not is_signed_in(thief)
    assert sign_in(client, "pat", NEW).status_code == 303


def test_after_fifty_wrong_tries_the_link_is_the_way_in(client: FlaskClient, patient: Patient) -> None:
    for number in range(50):
        sign_in(client, "pat", "wrong words", address=f"198.51.100.{number}")
    assert sign_in(client, "pat").status_code == 429
    client.post(asked_link(client, patient), data={"new_password": NEW})
    assert sign_in(client, "pat", NEW).status_code == 303


def test_known_and_unknown_names_get_the_very_same_answer(
    client: FlaskClient, patient: Patient, frozen_clock: time_machine.Traveller
) -> None:
    client.get("/patient/forgot-password/")
    known = client.post("/patient/forgot-password/", data={"email": "pat@people.example"})
    unknown = client.post("/patient/forgot-password/", data={"email": "nobody@people.example"})
    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text
    assert [*known.headers.keys()] == [*unknown.headers.keys()]
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 1


def test_the_limit_on_links_is_the_same_for_known_and_unknown_names(client: FlaskClient, patient: Patient) -> None:
    for name in ("pat@people.example", "nobody@people.example"):
        statuses = [client.post("/patient/forgot-password/", data={"email": name}).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
    assert len(mails_to(patient.account, "password_reset")) == 5


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Host": "evil.example", "X-Forwarded-Server": "evil.example"},
        {"Referer": "https://evil.example/"},  # with that Origin, it would be refused
    ],
)
def test_the_link_names_our_own_site_whatever_the_request_says(
    client: FlaskClient, patient: Patient, headers: dict[str, str]
) -> None:
    client.post("/patient/forgot-password/", data={"email": "pat"}, headers=headers)
    mail = mails_to(patient.account, "password_reset")[-1]
    assert "evil.example" not in f"{mail.body} {mail.recipient} {mail.subject}"
    assert "http://localhost/reset-password/" in mail.body


@pytest.mark.parametrize("name", ["", "\x00", "pat@people.example\r\nBcc: eve@evil.example", "x" * 5000])
def test_a_strange_name_mails_nobody(client: FlaskClient, patient: Patient, name: str) -> None:
    assert client.post("/patient/forgot-password/", data={"email": name}).status_code in {200, 400}
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0


def test_only_the_hash_of_a_link_is_kept(client: FlaskClient, patient: Patient) -> None:
    token = asked_link(client, patient).split("/")[2]
    row = db.session.scalars(select(OneTimeLink)).one()
    assert len(token) >= 43
    assert token not in row.token_hash


def test_a_link_to_verify_an_e_mail_sets_no_password(client: FlaskClient, patient: Patient) -> None:
    token = asked_link(client, patient).split("/")[2]
    assert client.get(f"/verify-email/{token}/").status_code == 400
    assert client.post(f"/verify-email/{token}/").status_code == 400
    assert client.get(f"/reset-password/{token}/").status_code == 200


class TestChanging:
    def test_the_old_password_is_needed(self, client: FlaskClient, patient: Patient) -> None:
        sign_in(client, "pat")
        answer = client.post("/change-password/", data={"old_password": "wrong words", "new_password": NEW})
        assert answer.status_code == 400
        assert "That is not the password you have now." in answer.text
        assert NEW not in answer.text

    def test_the_tries_on_the_old_password_are_counted(self, client: FlaskClient, patient: Patient) -> None:
        sign_in(client, "pat")
        form = {"old_password": "wrong words", "new_password": NEW}
        statuses = [client.post("/change-password/", data=form).status_code for _ in range(6)]
        assert statuses == [400] * 5 + [429]

    @pytest.mark.parametrize("weak", ["123", "password", PASSWORD, "pat@people.example"])
    def test_a_weak_or_unchanged_password_is_refused(self, client: FlaskClient, patient: Patient, weak: str) -> None:
        sign_in(client, "pat")
        answer = client.post("/change-password/", data={"old_password": PASSWORD, "new_password": weak})
        assert answer.status_code == 400
        assert is_signed_in(client)

    def test_an_outstanding_link_ends_with_the_change(self, client: FlaskClient, patient: Patient) -> None:
        link = asked_link(client, patient)
        sign_in(client, "pat")
        client.post("/change-password/", data={"old_password": PASSWORD, "new_password": NEW})
        assert client.get(link).status_code == 400

    def test_a_visitor_is_sent_to_sign_in(self, client: FlaskClient) -> None:
        assert client.get("/change-password/").location.startswith("/login/")

    def test_the_first_password_of_an_account_comes_by_link(self, client: FlaskClient, patient: Patient) -> None:
        db.session.delete(db.session.get_one(Credential, patient.account_id))
        db.session.commit()
        client.post(asked_link(client, patient), data={"new_password": NEW})
        assert sign_in(client, "pat", NEW).status_code == 303
