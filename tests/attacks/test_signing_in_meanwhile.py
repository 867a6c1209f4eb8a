"""Who signs in without a pause with an old password does not slip in while its owner changes it (row C1)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.errors import NeedsOneTimeCode, WrongCredentials
from medimeet.models import Account, BrowserSession, Clinic, IssuedToken
from medimeet.services import password_changes, second_factor, sessions, sign_in, tokens
from medimeet.services.access import Actor
from tests import factories
from tests.factories import PASSWORD
from tests.second_factors import give_second_factor

Opens = Callable[[Account], Any]
NEW = "a quiet green evening"


def in_a_browser(account: Account) -> str:
    return sessions.start_session(account, "192.0.2.1", "a browser", has_code=False)


@pytest.fixture
def patient(clinic: Clinic) -> Account:
    return factories.make_patient(clinic, username="pat").account


def signed_in() -> int:
    """How many browsers and programs were ever signed in."""
    return sum(db.session.scalar(select(func.count()).select_from(row)) or 0 for row in (BrowserSession, IssuedToken))


@pytest.mark.parametrize("opens", [in_a_browser, tokens.issue_pair, tokens.issue_lasting])
def test_a_password_that_was_replaced_since_it_was_shown_opens_nothing(
    clinic: Clinic, patient: Account, opens: Opens
) -> None:
    shown = sign_in.check(Actor(None, clinic), "pat", PASSWORD, "192.0.2.1")
    password_changes.change_password(Actor(patient, clinic), PASSWORD, NEW)
    with pytest.raises(WrongCredentials):
        opens(shown)
    assert signed_in() == 0
    opens(sign_in.check(Actor(None, clinic), "pat", NEW, "192.0.2.1"))
    assert signed_in() > 0


@pytest.mark.parametrize("opens", [in_a_browser, tokens.issue_pair, tokens.issue_lasting])
def test_a_second_factor_that_is_set_up_meanwhile_is_asked_for(
    patient: Account, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = second_factor.is_on

    def looked_too_early(account: Account) -> bool:
        """What was so a moment before it was switched on."""
        monkeypatch.setattr(second_factor, "is_on", looked)
        give_second_factor(account)
        return False

    monkeypatch.setattr(second_factor, "is_on", looked_too_early)
    if opens is in_a_browser:
        assert not second_factor.is_on(patient)
    with pytest.raises(NeedsOneTimeCode):
        opens(patient)
    assert signed_in() == 0
