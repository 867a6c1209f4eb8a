"""Access tokens: forged, expired and revoked ones are nobody, and one is spent once for a session."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from medimeet import clock
from medimeet.db import db
from medimeet.errors import NotSignedIn
from medimeet.models import Account, Clinic
from medimeet.services import accounts, password_changes, tokens
from medimeet.writing import command
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.portal.browsing import is_signed_in


@pytest.fixture
def account(clinic: Clinic) -> Account:
    return factories.make_patient(clinic).account


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_token_names_its_account(account: Account) -> None:
    assert tokens.account_of_access(tokens.issue_access(account)) == account


def test_a_token_ends_after_its_minutes(account: Account, frozen_clock: time_machine.Traveller) -> None:
    token = tokens.issue_access(account)
    frozen_clock.shift(15 * 60 - 1)
    assert tokens.account_of_access(token) == account
    frozen_clock.shift(2)
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(token)


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'typ': 'JWT', 'alg': 'none'} | header)}.{part(claims)}."


FORGERIES: dict[str, Callable[[dict[str, Any], bytes], str]] = {
    "unsigned": lambda claims, key: unsigned(claims),
    "unsigned, spelled otherwise": lambda claims, key: unsigned(claims, alg="nOnE"),
    "another key": lambda claims, key: jwt.encode(claims, b"x" * 32, "HS256"),
    "the cookies' key": lambda claims, key: jwt.encode(claims, b"a secret key for tests, long enough", "HS256"),
    "another algorithm": lambda claims, key: jwt.encode(claims, key * 2, "HS512"),
    "another issuer": lambda claims, key: jwt.encode(claims | {"iss": "somebody"}, key, "HS256"),
    "another audience": lambda claims, key: jwt.encode(claims | {"aud": "somebody"}, key, "HS256"),
    "a chatbot token": lambda claims, key: jwt.encode(claims | {"typ": "chatbot"}, key, "HS256"),
    "a refresh token": lambda claims, key: jwt.encode(claims | {"typ": "refresh"}, key, "HS256"),
    "an unknown jti": lambda claims, key: jwt.encode(claims | {"jti": "unknown"}, key, "HS256"),
    "not yet good": lambda claims, key: jwt.encode(claims | {"nbf": clock.now() + timedelta(1)}, key, "HS256"),
    "no jti": lambda claims, key: jwt.encode({k: v for k, v in claims.items() if k != "jti"}, key, "HS256"),
    "no end": lambda claims, key: jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, "HS256"),
    "no kind": lambda claims, key: jwt.encode({k: v for k, v in claims.items() if k != "typ"}, key, "HS256"),
    "a key file's name": lambda claims, key: jwt.encode(claims, b"y" * 32, "HS256", headers={"kid": "../../dev/null"}),
    "nothing": lambda claims, key: "",
    "no token at all": lambda claims, key: "abc",
    "a lone surrogate": lambda claims, key: "\ud800.a.b",
    "a null byte": lambda claims, key: "\x00",
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forged_token_is_nobody(account: Account, kind: str) -> None:
    claims = claims_of(tokens.issue_access(account))
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(FORGERIES[kind](claims, tokens.signing_key()))


def test_the_kind_in_our_own_row_counts_and_not_only_the_tokens_word(account: Account) -> None:
    @command
    def refresh_token() -> str:
        return tokens.add_token(account, "refresh", "family", timedelta(days=1))

    claims = claims_of(refresh_token()) | {"typ": "access"}
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(jwt.encode(claims, tokens.signing_key(), "HS256"))


def test_a_token_ends_with_a_password_change(account: Account, clinic: Clinic) -> None:
    token = tokens.issue_access(account)
    password_changes.change_password(actor_of(account, clinic), PASSWORD, "quiet green harbour")
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(token)


def test_a_token_ends_with_the_account(account: Account, clinic: Clinic) -> None:
    token, admin = tokens.issue_access(account), factories.make_admin(clinic)

    @command
    def delete() -> None:
        accounts.deactivate(actor_of(admin, clinic), account)

    delete()
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(token)


def test_a_token_ends_with_its_family(account: Account) -> None:
    token, other = tokens.issue_access(account), tokens.issue_access(account)
    tokens.revoke_family(token)
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(token)
    assert tokens.account_of_access(other) == account


class TestRotation:
    def test_a_refresh_token_is_replaced_within_the_same_sign_in(self, account: Account) -> None:
        first = tokens.issue_pair(account)
        whose, second = tokens.rotate(first.refresh)
        assert whose == account
        assert tokens.account_of_access(second.access) == account
        tokens.revoke_family(first.refresh)
        with pytest.raises(NotSignedIn):
            tokens.account_of_access(second.access)

    def test_one_that_comes_a_second_time_ends_the_whole_sign_in(self, account: Account) -> None:
        first, elsewhere = tokens.issue_pair(account), tokens.issue_pair(account)
        _, second = tokens.rotate(first.refresh)
        with pytest.raises(NotSignedIn):
            tokens.rotate(first.refresh)
        for end in (lambda: tokens.rotate(second.refresh), lambda: tokens.account_of_access(second.access)):
            with pytest.raises(NotSignedIn):
                end()
        assert tokens.account_of_access(elsewhere.access) == account

    def test_a_sign_in_is_not_drawn_out_by_it(self, account: Account, frozen_clock: time_machine.Traveller) -> None:
        _, second = tokens.rotate(tokens.issue_pair(account).refresh)
        frozen_clock.shift(timedelta(days=14, seconds=1))
        with pytest.raises(NotSignedIn):
            tokens.rotate(second.refresh)

    def test_of_many_at_once_one_gets_the_next_token(self, app: Flask, account: Account) -> None:
        refresh = tokens.issue_pair(account).refresh

        def rotate(_number: int) -> bool:
            with app.app_context():
                try:
                    tokens.rotate(refresh)
                except NotSignedIn:
                    return False
                return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(rotate, range(8))) == 1

    def test_an_access_token_or_an_ended_account_gets_nothing(self, account: Account, clinic: Clinic) -> None:
        pair = tokens.issue_pair(account)
        with pytest.raises(NotSignedIn):
            tokens.rotate(pair.access)
        password_changes.change_password(actor_of(account, clinic), PASSWORD, "quiet green harbour")
        with pytest.raises(NotSignedIn):
            tokens.rotate(pair.refresh)


def test_a_token_is_spent_once_for_a_session(app: Flask, account: Account) -> None:
    token = tokens.issue_access(account)

    def spend(_number: int) -> bool:
        with app.app_context():
            try:
                tokens.spend_for_session(token)
            except NotSignedIn:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spend, range(20))) == 1


class TestHome:
    def test_an_api_key_is_exchanged_for_a_session_and_leaves_the_address(
        self, client: FlaskClient, account: Account, app: Flask
    ) -> None:
        token = tokens.issue_access(account)
        answer = client.get("/home/", query_string={"api_key": token})
        assert (answer.status_code, answer.location) == (302, "/home/")
        assert is_signed_in(client)
        again = app.test_client()
        assert again.get("/home/", query_string={"api_key": token}).location == "/login/"
        assert not is_signed_in(again)

    def test_an_api_key_is_ignored_where_somebody_is_signed_in(
        self, clinic: Clinic, account: Account, as_: Callable[[Account], FlaskClient]
    ) -> None:
        token = tokens.issue_access(account)
        sam = factories.make_patient(clinic, first_name="Sam").account
        browser = as_(sam)
        answer = browser.get("/home/", query_string={"api_key": token})
        assert answer.status_code == 302
        assert token not in answer.location
        assert "Sam" in browser.get("/sessions/").text
        assert tokens.account_of_access(token) == account

    def test_a_bad_api_key_leads_to_the_sign_in_page(self, client: FlaskClient) -> None:
        answer = client.get("/home/?api_key=abc")
        assert (answer.status_code, answer.location) == (302, "/login/")

    def test_a_visitor_is_led_to_the_sign_in_page(self, client: FlaskClient) -> None:
        assert client.get("/home/").location == "/login/"

    def test_an_api_key_is_never_logged(
        self, client: FlaskClient, account: Account, caplog: pytest.LogCaptureFixture
    ) -> None:
        token = tokens.issue_access(account)
        with caplog.at_level(0):
            client.get("/home/", query_string={"api_key": token})
            client.get("/home/", query_string={"api_key": token + "x"})
        assert token not in caplog.text

    def test_each_role_goes_to_its_own_page(self, clinic: Clinic, as_: Callable[[Account], FlaskClient]) -> None:
        assert as_(factories.make_patient(clinic).account).get("/home/").location == "/view_appointments/"
        assert as_(factories.make_admin(clinic)).get("/home/").location == "/dashboard/"
        assert as_(factories.make_superuser()).get("/home/").location == "/dashboard/"
        doctors = as_(factories.make_doctor(clinic).account).get("/home/")
        assert doctors.status_code == 302
        assert "doctor" in doctors.location or "day" in doctors.location


def test_the_database_keeps_no_token(account: Account) -> None:
    token = tokens.issue_access(account)
    rows = db.session.execute(db.text("SELECT * FROM issued_token")).all()
    assert token not in str(rows)
