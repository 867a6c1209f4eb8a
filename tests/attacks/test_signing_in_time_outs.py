"""A browser that somebody left is signed out by the server, and nothing that a page does by itself prevents it (C9)."""

from collections.abc import Callable

import pytest
import time_machine
from flask.testing import FlaskClient

from medimeet.domain.statuses import Role
from medimeet.models import Account, Clinic
from tests import factories
from tests.portal.browsing import is_signed_in, sign_in

SignedIn = Callable[[Account], FlaskClient]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
MINUTE, HOUR = 60, 3600


@pytest.fixture(params=[Role.PATIENT, Role.DOCTOR, Role.ADMIN, Role.SUPERUSER], ids=str)
def account(request: pytest.FixtureRequest, clinic: Clinic) -> Account:
    return factories.make_account(None if request.param == Role.SUPERUSER else clinic, request.param)


def idle_minutes(account: Account) -> int:
    return 30 if account.role == Role.PATIENT else 15


def test_one_second_before_the_time_is_up_one_is_signed_in_and_one_after_no_longer(
    account: Account, as_: SignedIn, frozen_clock: time_machine.Traveller
) -> None:
    left, browser = as_(account), as_(account)
    frozen_clock.shift(idle_minutes(account) * MINUTE - 1)
    assert is_signed_in(browser)
    frozen_clock.shift(2)
    assert is_signed_in(browser)
    assert not is_signed_in(left)


def test_whoever_goes_on_and_on_signs_in_again_after_half_a_day_or_a_day(
    account: Account, as_: SignedIn, frozen_clock: time_machine.Traveller
) -> None:
    browser, hours = as_(account), 24 if account.role == Role.PATIENT else 12
    for _ in range(hours * 6 - 1):
        frozen_clock.shift(10 * MINUTE)
        assert browser.post("/session/").get_json()["who"] == str(account.public_id)
    frozen_clock.shift(10 * MINUTE + 1)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("headers", [{"X-By-Itself": "1"}, {}], ids=["a polling page", "the warning's own question"])
def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(
    clinic: Clinic, as_: SignedIn, frozen_clock: time_machine.Traveller, headers: dict[str, str]
) -> None:
    browser = as_(factories.make_admin(clinic))
    path = "/dashboard/" if headers else "/session/"
    for _ in range(29):
        frozen_clock.shift(30)
        assert browser.get(path, headers=headers).status_code == 200
    frozen_clock.shift(31)
    assert not is_signed_in(browser)


def test_the_warning_is_told_how_long_is_left_and_a_word_that_one_is_here_draws_it_out(
    clinic: Clinic, as_: SignedIn, frozen_clock: time_machine.Traveller
) -> None:
    doctor = factories.make_doctor(clinic).account
    browser = as_(doctor)
    frozen_clock.shift(14 * MINUTE)
    told = browser.get("/session/").get_json()
    assert (told["who"], told["seconds"]) == (str(doctor.public_id), 60)
    assert browser.post("/session/").get_json()["seconds"] == 15 * MINUTE
    frozen_clock.shift(14 * MINUTE)
    assert is_signed_in(browser)
    frozen_clock.shift(15 * MINUTE + 1)
    told = browser.get("/session/").get_json()
    assert (told["who"], told["seconds"]) == (None, 0)


def test_nobody_learns_anything_from_a_session_that_is_not_theirs(client: FlaskClient, clinic: Clinic) -> None:
    told = client.get("/session/")
    assert told.get_json().keys() == {"who", "seconds", "csrf_token"}
    assert told.get_json()["who"] is None
    assert told.headers["Cache-Control"] == "no-store"


def test_who_was_signed_out_reads_why_and_comes_back_to_the_same_page(
    client: FlaskClient, clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    factories.make_patient(clinic, username="pat")
    sign_in(client, "pat")
    frozen_clock.shift(HOUR)
    answer = client.get("/view_appointments/?show=past")
    assert answer.location == "/login/?next=/view_appointments/?show%3Dpast"
    assert "You were signed out" in client.get(answer.location).text
    assert sign_in(client, "pat", next="/view_appointments/?show=past").location == "/view_appointments/?show=past"


def test_a_form_that_was_sent_too_late_changes_nothing_and_leads_back_to_its_page(
    client: FlaskClient, clinic: Clinic, frozen_clock: time_machine.Traveller
) -> None:
    account = factories.make_patient(clinic, username="pat").account
    sign_in(client, "pat")
    frozen_clock.shift(HOUR)
    form = {"old_password": factories.PASSWORD, "new_password": "quiet green harbour"}
    assert client.post("/change-password/", data=form).location == "/login/?next=/change-password/"
    assert sign_in(client, account.username).status_code == 303
