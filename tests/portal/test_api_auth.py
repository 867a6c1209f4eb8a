"""Signing a browser in and out of the API documentation, on the portal's own sign-in."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from medimeet.models import Account, Clinic
from tests import factories
from tests.factories import PASSWORD
from tests.portal.browsing import is_signed_in

SignedIn = Callable[[Account], FlaskClient]


def enter(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> tuple[int, str | None]:
    answer = client.post("/api-auth/login/", data={"username": name, "password": password, **more})
    return answer.status_code, answer.location


@pytest.mark.parametrize("path", ["/api-auth/", "/api-auth"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_leads_to_the_sign_in_page(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.location) == (303, "/api-auth/login/")


def test_the_page_that_was_wanted_is_kept(client: FlaskClient) -> None:
    assert client.get("/api-auth/?next=/docs/booking/").location == "/api-auth/login/?next=/docs/booking/"
    assert client.get("/api-auth/?next=//evil.example").location == "/api-auth/login/"


def test_signing_in_leads_to_the_documentation(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    assert "Sign in" in client.get("/api-auth/login/").text
    assert enter(client, "pat") == (303, "/docs/")
    assert is_signed_in(client)
    assert client.get("/api-auth/login/").location == "/docs/"


def test_or_to_the_page_that_was_wanted_on_this_site(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    assert enter(client, "pat", next="/docs/booking/") == (303, "/docs/booking/")
    assert enter(client, "pat", next="https://evil.example/") == (303, "/docs/")


def test_the_same_session_opens_the_back_office_to_a_superuser(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_superuser(username="root")
    enter(client, "root")
    assert client.get("/admin/").status_code == 200


def test_five_wrong_passwords_here_and_on_the_portal_are_counted_together(client: FlaskClient, clinic: Clinic) -> None:
    factories.make_patient(clinic, username="pat")
    told = [enter(client, "pat", "wrong words")[0] for _ in range(3)]
    told += [client.post("/login/", data={"username": "pat", "password": "wrong words"}).status_code for _ in range(2)]
    assert told == [401] * 5
    assert enter(client, "pat")[0] == 429


def test_opening_the_page_signs_nobody_out(clinic: Clinic, as_: SignedIn) -> None:
    browser = as_(factories.make_admin(clinic, username="ada"))
    page = browser.get("/api-auth/logout/")
    assert "ada" in page.text
    assert is_signed_in(browser)


def test_its_button_does(clinic: Clinic, as_: SignedIn) -> None:
    browser = as_(factories.make_admin(clinic))
    answer = browser.post("/api-auth/logout/")
    assert (answer.status_code, answer.location) == (303, "/docs/")
    assert not is_signed_in(browser)
    assert "You are signed out" in browser.get("/api-auth/logout/").text
    assert browser.post("/api-auth/logout/").status_code == 303


def test_no_foreign_page_signs_anybody_in_or_out(app: Flask, clinic: Clinic, as_: SignedIn) -> None:
    browser = as_(factories.make_admin(clinic, username="ada"))
    app.config["WTF_CSRF_ENABLED"] = True
    assert browser.post("/api-auth/logout/").status_code == 400
    assert is_signed_in(browser)
    assert enter(app.test_client(), "ada")[0] == 400
