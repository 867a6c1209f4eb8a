"""Somebody who was removed, or has other rights or a new password, is out by every credential at once (row A5)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from medimeet.blueprints.transcription import dialogue
from medimeet.db import db
from medimeet.models import Account, Clinic
from medimeet.services import accounts, tokens
from medimeet.services.tokens import Asking
from medimeet.writing import command
from tests import factories
from tests.factories import PASSWORD, actor_of
from tests.portal.back_office_pages import edit
from tests.portal.browsing import is_signed_in, link_in, mails_to, sign_in
from tests.second_factors import code_of, give_second_factor
from tests.transcription.conftest import voice
from tests.transcription.lines import Voice

__all__ = ["voice"]
pytestmark = [pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
SignedIn = Callable[[Account], FlaskClient]


@command
def deactivate(clinic: Clinic, account: Account) -> None:
    accounts.deactivate(actor_of(account, clinic), db.session.get_one(Account, account.id))


def remove(clinic: Clinic, account: Account, as_: SignedIn) -> None:
    deactivate(clinic, account)


def change_role(clinic: Clinic, account: Account, as_: SignedIn) -> None:
    assert edit(as_(factories.make_superuser()), account, role="patient").status_code == 303


def change_password(clinic: Clinic, account: Account, as_: SignedIn) -> None:
    form = {"old_password": PASSWORD, "new_password": "quiet green harbour"}
    assert as_(account).post("/change-password/", data=form).status_code == 303


@pytest.mark.parametrize("deed", [remove, change_role, change_password], ids=lambda deed: deed.__name__)
def test_every_credential_ends_with_the_next_request(
    app: Flask,
    client: FlaskClient,
    clinic: Clinic,
    as_: SignedIn,
    deed: Callable[..., None],
    voice: Voice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dialogue, "SECONDS_BETWEEN_CHECKS", 0)
    account = factories.make_doctor(clinic, username="doc").account
    secret = give_second_factor(account)
    pair = tokens.issue_pair(account, Asking(code=code_of(secret)))
    browser, half_way, bearer = as_(account), app.test_client(), {"Authorization": f"Bearer {pair.access}"}
    sign_in(half_way, "doc")
    client.post("/patient/forgot-password/", data={"email": account.email})
    link = link_in(mails_to(account, "password_reset")[0])
    uses: dict[str, Callable[[], Any]] = {
        "cookie": lambda: is_signed_in(browser),
        "access token": lambda: is_taken(client.get("/api/auth/profile/", headers=bearer)),
        "exchange": lambda: client.get("/home/", query_string={"api_key": pair.access}).location != "/login/",
        "refresh token": lambda: is_taken(client.post("/api/user/token/refresh/", json={"refresh": pair.refresh})),
    }
    with voice.line_of(account) as line:
        deed(clinic, account, as_)
        assert {name: use() for name, use in uses.items()} == dict.fromkeys(uses, False)
        assert line.ending()[0] == 4401
    if deed is not change_role:  # whoever stays may still finish signing in, with the rights of now
        assert client.get(link).status_code == 400
        half_way.post("/login/code/", data={"code": code_of(secret, 1)})
        assert not is_signed_in(half_way)


def is_taken(answer: TestResponse) -> bool:
    return answer.status_code < 400
