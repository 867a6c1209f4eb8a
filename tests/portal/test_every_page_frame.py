"""What stands on every page: the menu of each role, times with their zone, numbers as people read them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from medimeet.models import Account, Clinic
from medimeet.services.contact_details import readable_phone
from medimeet.web import context
from tests import factories


def menu(html: str) -> list[tuple[str, str, bool]]:
    nav = BeautifulSoup(html, "html.parser").find("nav", id="menu")
    links = nav.find_all("a") if nav else []
    return [(link.get_text(strip=True), str(link["href"]), link.get("aria-current") == "page") for link in links]


@pytest.mark.parametrize("role", ["patient", "doctor", "admin", "superuser"])
def test_every_entry_of_a_roles_menu_opens_and_says_where_one_is(
    clinic: Clinic, as_: Callable[[Account], FlaskClient], role: str
) -> None:
    people = {
        "patient": lambda: factories.make_patient(clinic).account,
        "doctor": lambda: factories.make_doctor(clinic).account,
        "admin": lambda: factories.make_admin(clinic),
        "superuser": factories.make_superuser,
    }
    browser = as_(people[role]())
    entries = menu(browser.get("/sessions/").text)
    assert len(entries) >= 4
    for label, url, _ in entries:
        answer = browser.get(url)
        assert answer.status_code == 200, url
        assert [name for name, _, is_current in menu(answer.text) if is_current] == [label]


def test_every_entry_of_a_visitors_menu_opens(client: FlaskClient) -> None:
    for label, url, _ in menu(client.get("/").text):
        answer = client.get(url, follow_redirects=True)
        assert answer.status_code == 200, label


def test_the_demo_adds_the_outbox(app: Flask, client: FlaskClient) -> None:
    assert "Outbox" not in [label for label, _, _ in menu(client.get("/").text)]
    app.config["DEMO"] = True
    assert "Outbox" in [label for label, _, _ in menu(client.get("/").text)]


@pytest.mark.parametrize(("cookie", "shown"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_chosen_colours_are_kept(client: FlaskClient, cookie: str, shown: str) -> None:
    client.set_cookie("theme", cookie)
    assert shown in client.get("/").text


def test_a_made_up_theme_changes_nothing(client: FlaskClient) -> None:
    client.set_cookie("theme", '"><script>')
    assert "data-theme=" not in client.get("/").text


def test_an_error_page_shows_where_no_clinic_is_set_up(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 404
    assert "No clinic is set up here yet" in answer.text


class TestWords:
    @pytest.fixture(autouse=True)
    def request_context(self, app: Flask, clinic: Clinic):  # type: ignore[no-untyped-def]
        with app.test_request_context():
            yield

    def test_an_instant_is_shown_on_the_clinics_wall_clock_with_its_zone(self) -> None:
        winter, summer = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 6, 24, 9, tzinfo=UTC)
        assert context.when(winter) == "Tuesday 24 November 2026, 09:00 (Europe/London, GMT)"
        assert context.when(summer) == "Wednesday 24 June 2026, 10:00 (Europe/London, BST)"

    def test_a_day_is_the_clinics_day(self) -> None:
        assert context.day(datetime(2026, 6, 24, 23, 30, tzinfo=UTC)) == "Thursday 25 June 2026"
        assert context.day(date(2026, 6, 24)) == "Wednesday 24 June 2026"
        assert context.day(date(2026, 6, 4), short=True) == "Thu 4 Jun"

    def test_a_time_has_four_digits(self) -> None:
        assert context.clock_time(datetime(2026, 6, 24, 8, 5, tzinfo=UTC)) == "09:05"
        assert context.clock_time(time(9)) == "09:00"

    def test_money_is_in_the_clinics_currency(self) -> None:
        assert context.money(Decimal("1145")) == "£1,145.00"

    def test_a_phone_number_has_spaces(self) -> None:
        assert readable_phone("+442079460123") == "+44 20 7946 0123"
        assert readable_phone("ask at the desk") == "ask at the desk"
