"""Guessing passwords, finding out who has an account, stolen cookies, forged tokens (rows C2, C5 to C8, C10 to C12).

What else of these rows is tested stands beside the parts: passwords in `domain/test_passwords.py`, codes by SMS (C1,
C3, C4) in `services/test_one_time_codes.py`, mailed links (C12, C13) in `portal/test_forgotten_passwords.py`.
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from medimeet import clock
from medimeet.db import db
from medimeet.domain.passwords import password_fault
from medimeet.errors import TooManyTries, WrongCredentials
from medimeet.models import Account, AttemptCount, AuditEntry, Clinic, Notification, Patient
from medimeet.services import accounts, chatbot, tokens
from medimeet.services import sign_in as sign_in_service
from medimeet.services.access import Actor
from medimeet.writing import command
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.portal.browsing import is_signed_in, mails_to, sign_in
from tests.races.crowds import send
from tests.servers import serving

SignedIn = Callable[[Account], FlaskClient]
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic, username="pat")


class TestGuessing:
    def test_one_address_that_tries_one_password_on_everybody_is_stopped_and_others_are_not(
        self, app: Flask, client: FlaskClient, patient: Patient
    ) -> None:
        """C2."""
        app.config["PASSWORD_TRIES_AN_ADDRESS"] = 20
        told = [sign_in(client, f"somebody{number}", "summer2026").status_code for number in range(30)]
        assert (told.count(401), told.count(429)) == (20, 10)
        assert sign_in(client, "pat").status_code == 429
        assert sign_in(app.test_client(), "pat", address="198.51.100.7").status_code == 303
        assert "stopped wrong sign-ins" in db.session.scalars(select(AuditEntry.deed)).all()

    @on_sqlite
    def test_everybodys_own_browsers_still_get_in_from_that_address(
        self, app: Flask, client: FlaskClient, patient: Patient
    ) -> None:
        app.config["PASSWORD_TRIES_AN_ADDRESS"] = 20
        sign_in(client, "pat")
        client.post("/logout/")
        for number in range(30):
            sign_in(app.test_client(), f"somebody{number}", "summer2026")
        assert sign_in(client, "pat").status_code == 303

    @on_sqlite
    def test_a_thousand_wrong_passwords_from_elsewhere_lock_the_owner_out_of_nothing(
        self, app: Flask, client: FlaskClient, clinic: Clinic, patient: Patient, frozen_clock: time_machine.Traveller
    ) -> None:
        """C7: neither in a burst nor over a day, with a browser of their own."""
        sign_in(client, "pat")
        client.post("/logout/")
        stranger, patience = Actor(None, clinic), 15
        for _ in range(1000):
            try:
                sign_in_service.check(stranger, "pat", "wrong", "198.51.100.7")
            except TooManyTries:
                frozen_clock.shift(301 if patience > 0 else 0)
                patience -= 1
            except WrongCredentials:
                continue
        strange = sign_in(app.test_client(), "pat", address="203.0.113.5")
        assert (strange.status_code, "Ask for a link by e-mail" in strange.text) == (429, True)
        assert sign_in(client, "pat").status_code == 303

    @on_sqlite
    def test_a_known_browser_in_wrong_hands_guesses_no_more_than_any_other(
        self, client: FlaskClient, patient: Patient
    ) -> None:
        sign_in(client, "pat")
        client.post("/logout/")
        told = [sign_in(client, "pat", f"wrong {n}", address=f"192.0.2.{n}").status_code for n in range(1, 9)]
        assert told == [401] * 5 + [429] * 3


def told(answer: TestResponse, *private: str) -> tuple[int, str, list[str]]:
    """What a stranger sees: status, body without what they typed themselves, the names of the headers."""
    body = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    for words in private:
        body = body.replace(words, "…")
    return answer.status_code, body, sorted(name for name, _ in answer.headers)


@on_sqlite
@pytest.mark.parametrize(
    "door", ["/login/", "/api/auth/login/", "/api/user/login/", "/api/api/token_obtain/", "reset", "chatbot"]
)
def test_known_and_unknown_people_get_one_answer_to_the_last_header(
    app: Flask, clinic: Clinic, patient: Patient, door: str
) -> None:
    """C5."""
    names = [patient.account.email or "", "nobody@people.example"]
    paths = {
        "reset": "/patient/forgot-password/",
        "chatbot": f"/chatbot/login/{clinic.id}/{chatbot.issue_token(clinic)}/",
    }
    seen = []
    for name in names:
        body = {"username": name, "email": name, "password": "not their password"}
        as_json = door.startswith("/api") or door == "chatbot"
        answer = app.test_client().post(paths.get(door, door), **({"json": body} if as_json else {"data": body}))
        seen.append(told(answer, name))
    assert seen[0] == seen[1]


OWN = ["pat", "pat@people.example", "Pat", "Moss", "Pat Moss", "PatMoss", "Riverside Clinic"]
VERDICTS = {
    "123": False,
    "1234567": False,
    "12345678": False,
    "password": False,
    "Password1": False,
    "password123": False,
    "qwertyuiop": False,
    "11111111": False,
    "iloveyou": False,
    "letmein1": False,
    "welcome1": False,
    "sunshine": False,
    "princess": False,
    "football": False,
    "baseball": False,
    "trustno1": False,
    "pat@people.example": False,
    "patmoss1": False,
    "Pat Moss": False,
    "riverside clinic": False,
    "RIVERSIDE CLINIC": False,
    "": False,
    " " * 7: False,
    "a" * 129: False,
    "a" * 1_000_000: False,
    "tab\tand\nnewline": False,
    "null\x00byte here": False,
    "a calm blue morning": True,
    "quiet green harbour": True,
    "correct horse battery": True,
    "🐘" * 64: True,
    "🐘🦒🦓🐪 and us": True,
    "наша река тиха": True,
    "静かな朝の川辺で待つ": True,
    "e\u0301te\u0301 au bord de l'eau": True,
    "été au bord de l'eau": True,
    "two  spaces inside": True,
    "x7#Kp!2vQz": True,
    "all lower case words": True,
    "b" * 64 + " c" * 32: True,
}


def test_forty_passwords_are_judged_as_they_should_be() -> None:
    """C6."""
    assert len(VERDICTS) == 40
    assert {word[:40]: password_fault(word, OWN) is None for word in VERDICTS} == {
        w[:40]: v for w, v in VERDICTS.items()
    }


class TestCookies:
    """C8: a copied cookie, five ways to end what it stands for."""

    @pytest.mark.parametrize("end", ["sign-out", "new password", "deletion", "time-out", "sign-in anew"])
    @on_sqlite
    def test_it_is_worth_nothing_after(
        self,
        app: Flask,
        client: FlaskClient,
        clinic: Clinic,
        patient: Patient,
        end: str,
        frozen_clock: time_machine.Traveller,
        as_: SignedIn,
    ) -> None:
        sign_in(client, "pat")
        cookie, thief = client.get_cookie("medimeet"), app.test_client()
        assert cookie is not None
        thief.set_cookie("medimeet", cookie.value)
        assert is_signed_in(thief)
        if end == "sign-out":
            client.post("/logout/")
        elif end == "new password":
            as_(patient.account).post(
                "/change-password/", data={"old_password": PASSWORD, "new_password": "green tall tree"}
            )
        elif end == "deletion":
            deactivate(clinic, patient.account)
        elif end == "time-out":
            frozen_clock.shift(timedelta(minutes=31))
        else:
            sign_in(client, "pat")
        assert not is_signed_in(thief)
        assert client.get_cookie("medimeet") != cookie or end in {"new password", "deletion", "time-out"}


@command
def deactivate(clinic: Clinic, account: Account) -> None:
    accounts.deactivate(actor_of(account, clinic), account)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(claims: dict[str, Any], key: bytes) -> dict[str, str]:
    """Twenty-five tokens that we have not given out, or not for this."""
    now = clock.now()

    def ours(**changes: Any) -> str:
        return jwt.encode(claims | changes, key, "HS256")

    def headed(signed_with: bytes = key, **header: Any) -> str:
        return jwt.encode(claims, signed_with, "HS256", headers=header)

    def without(name: str) -> str:
        return jwt.encode({k: v for k, v in claims.items() if k != name}, key, "HS256")

    good = ours()
    head, body, signature = good.split(".")
    return {
        "alg none": f"{part({'typ': 'JWT', 'alg': 'none'})}.{part(claims)}.",
        "alg None": f"{part({'typ': 'JWT', 'alg': 'None'})}.{part(claims)}.",
        "no signature": f"{head}.{body}.",
        "another body": f"{head}.{part(claims | {'sub': '1'})}.{signature}",
        "another head": f"{part({'alg': 'HS256', 'typ': 'at+jwt'})}.{body}.{signature}",
        "another key": jwt.encode(claims, b"x" * 32, "HS256"),
        "an empty key": headed(b"\x00" * 32, kid="/dev/null"),
        "the key that signs cookies": jwt.encode(claims, b"a secret key for tests, long enough", "HS256"),
        "RS256 in the head": f"{part({'typ': 'JWT', 'alg': 'RS256'})}.{body}.{signature}",
        "HS512": jwt.encode(claims, key * 2, "HS512"),
        "a path as kid": headed(b"y" * 32, kid="../../../../dev/null"),
        "a query as kid": headed(b"y" * 32, kid="' UNION SELECT 'y"),
        "jku of another site": headed(b"y" * 32, jku="https://attacker.example/keys.json"),
        "a key in the head": headed(b"y" * 32, jwk={"kty": "oct", "k": part("y" * 32)}),
        "another audience": ours(aud="somebody"),
        "another issuer": ours(iss="somebody"),
        "a refresh token": ours(typ="refresh"),
        "a chatbot's type": ours(typ="chatbot"),
        "somebody else's jti": ours(jti="unknown"),
        "expired": ours(exp=now - timedelta(seconds=1)),
        "not yet": ours(nbf=now + timedelta(hours=1)),
        "no end": without("exp"),
        "no jti": without("jti"),
        "no audience": without("aud"),
        "a lone dot": ".",
    }


@on_sqlite
def test_of_twenty_five_forged_tokens_none_opens_anything(client: FlaskClient, patient: Patient) -> None:
    """C10."""
    good = tokens.issue_access(patient.account)
    tries = forged(jwt.decode(good, options={"verify_signature": False}), tokens.signing_key())
    assert len(tries) == 25
    statuses = {
        name: client.get("/api/auth/profile/", headers={"Authorization": f"Bearer {token}"}).status_code
        for name, token in tries.items()
    }
    assert statuses == dict.fromkeys(tries, 401)
    assert client.get("/api/auth/profile/", headers={"Authorization": f"Bearer {good}"}).status_code == 200


@on_sqlite
def test_a_chatbots_token_a_refresh_token_and_an_access_token_stand_for_nothing_but_themselves(
    client: FlaskClient, clinic: Clinic, patient: Patient
) -> None:
    """C10."""
    pair, public = tokens.issue_pair(patient.account), chatbot.issue_token(clinic)
    for token in (pair.refresh, public):
        assert client.get("/api/auth/profile/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        assert client.get("/home/", query_string={"api_key": token}).location == "/login/"
    for token in (pair.access, public):
        assert client.post("/api/user/token/refresh/", json={"refresh": token}).status_code == 401


def test_a_stolen_refresh_token_that_is_used_again_ends_the_sign_in_on_every_worker(
    app: Flask, clinic: Clinic, patient: Patient
) -> None:
    """C10, C11."""
    first = tokens.issue_pair(patient.account)
    _, second = tokens.rotate(first.refresh)
    public, bearer = chatbot.issue_token(clinic), {"Authorization": f"Bearer {second.access}"}
    with serving(app, workers=2) as port:
        before = {send(port, "GET", "/api/auth/profile/", "", bearer).status for _ in range(8)}
        cookie = {"Cookie": f"refresh_token={first.refresh}"}
        replayed = send(port, "POST", f"/chatbot/token/login/{public}/", "", cookie).status
        after = {send(port, "GET", "/api/auth/profile/", "", bearer).status for _ in range(8)}
    assert (before, replayed, after) == ({200}, 404, {401})


@on_sqlite
@pytest.mark.parametrize("field", ["first_name", "last_name", "email"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "%0d%0a", "\u2028", "\x0b", "\x85"])
def test_no_line_break_in_a_name_or_an_address_makes_a_header_of_a_mail(
    client: FlaskClient, clinic: Clinic, field: str, break_: str
) -> None:
    """C12: 21 of them; what is sent has one recipient and one line of subject."""
    form = {"first_name": "Ann", "last_name": "Moss", "email": "ann@people.example", "password": "three calm herons"}
    form[field] += f"{break_}Bcc: victim@people.example"
    client.post("/patient/register/", data=form)
    for mail in db.session.scalars(select(Notification)):
        assert not any(sign in mail.recipient + mail.subject for sign in "\r\n\x0b\x85\u2028")
        assert "victim" not in mail.subject
        assert mail.recipient.count("@") == 1


HOSTS = [
    {name: value}
    for name in ("Host", "X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded", "X-Forwarded-Server")
    for value in (
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "localhost@evil.example",
        "evil.example/x",
    )
]


@on_sqlite
def test_of_thirty_ways_to_name_another_host_none_gets_into_a_mailed_link(client: FlaskClient, clinic: Clinic) -> None:
    """C12."""
    assert len(HOSTS) == 30
    for number, headers in enumerate(HOSTS):
        address = {"REMOTE_ADDR": f"198.51.100.{number}"}
        person = factories.make_patient(clinic).account
        client.post(
            "/patient/forgot-password/", data={"email": person.email}, headers=headers, environ_overrides=address
        )
        for mail in mails_to(person, "password_reset"):
            assert "evil" not in mail.body, headers
            assert "http://localhost/reset-password/" in mail.body


@on_sqlite
def test_a_wrong_password_is_kept_nowhere(client: FlaskClient, patient: Patient) -> None:
    sign_in(client, "pat", "my other password")
    assert "my other password" not in " ".join(db.session.scalars(select(AttemptCount.key)))
