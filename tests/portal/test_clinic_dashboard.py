"""The admin's first page, and the list of appointments that its figures lead to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from medimeet import clock
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Clinic, ContactMessage
from medimeet.services import reports
from tests import factories
from tests.portal.people_pages import counted_statements, title_of, words_of

SignedIn = Callable[[Account], FlaskClient]

MONDAY = date(2026, 11, 23)


@pytest.fixture
def admin(clinic: Clinic, frozen_clock: object, as_: SignedIn) -> FlaskClient:
    """An admin on a Monday, 08:00 in London."""
    return as_(factories.make_admin(clinic))


def tile_of(answer: object, label: str) -> str:
    """The number on a tile."""
    page = BeautifulSoup(answer.text, "html.parser")  # type: ignore[attr-defined]
    tile = next(tile for tile in page.select(".mm-tile") if label in tile.get_text())
    value = tile.select_one(".mm-tile-value")
    assert value is not None
    return value.get_text().strip()


def test_an_empty_clinic_is_told_what_to_do_first(admin: FlaskClient) -> None:
    answer = admin.get("/dashboard/")
    assert (answer.status_code, title_of(answer)) == (200, "Today · Riverside Clinic")
    assert "There are no doctors yet. Add the first one, and patients can book." in words_of(answer)
    assert "Monday 23 November 2026" in words_of(answer)
    assert "Times in Europe/London" in words_of(answer)


def test_the_figures_are_those_of_the_day(admin: FlaskClient, clinic: Clinic, frozen_clock: object) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic, first_name="Grace")
    other = factories.make_patient(clinic, first_name="Arthur")
    factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY, "10:00"))
    factories.make_appointment(doctor, other, factories.at(clinic, MONDAY, "11:00"))
    factories.make_appointment(
        doctor, patient, factories.at(clinic, MONDAY, "12:00"), status=AppointmentStatus.CANCELED
    )
    factories.make_appointment(
        doctor, patient, factories.at(clinic, MONDAY, "07:00"), status=AppointmentStatus.COMPLETED
    )
    factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY + timedelta(days=1), "10:00"))
    factories.save(ContactMessage(clinic_id=clinic.id, name="Anna", message="Hello"))
    answer = admin.get("/dashboard/")
    assert (tile_of(answer, "Visits today"), tile_of(answer, "Still to come")) == ("3", "2")
    assert tile_of(answer, "Messages") == "1"
    assert "Next 10:00 – 10:30 Grace" in words_of(answer)
    assert "Arthur" not in words_of(answer)
    for path in tile_links(answer):
        assert admin.get(path).status_code == 200
    assert "2 appointments" in words_of(admin.get(link_of(answer, "Still to come")))


def tile_links(answer: object) -> list[str]:
    page = BeautifulSoup(answer.text, "html.parser")  # type: ignore[attr-defined]
    return [str(link["href"]) for link in page.select(".mm-tile a, .mm-card a")]


def link_of(answer: object, label: str) -> str:
    page = BeautifulSoup(answer.text, "html.parser")  # type: ignore[attr-defined]
    return next(str(link["href"]) for link in page.select(".mm-tile a") if label in link.get_text())


def test_who_is_with_the_doctor_now_is_shown(admin: FlaskClient, clinic: Clinic, frozen_clock: object) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic, first_name="Grace")
    factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY, "07:45"))
    assert "Now 07:45 – 08:15 Grace" in words_of(admin.get("/dashboard/"))


def test_utilisation_counts_booked_and_free_time_from_now_on(admin: FlaskClient, clinic: Clinic) -> None:
    actor = factories.actor_of(factories.make_admin(clinic), clinic)
    doctor, idle = factories.make_doctor(clinic), factories.make_doctor(clinic, works=False)
    patient = factories.make_patient(clinic)
    for hour in range(9, 13):
        factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY, f"{hour:02}:00"))
    found = {row.doctor.id: row for row in reports.utilisation(actor)}
    assert (found[doctor.id].visits, found[doctor.id].booked_minutes) == (4, 120)
    assert found[doctor.id].free_minutes == 5 * 8 * 60 - 120
    assert found[doctor.id].percent == 5
    assert (found[idle.id].percent, found[idle.id].free_minutes) == (None, 0)
    assert "5% booked" in words_of(admin.get("/dashboard/"))
    assert "no working hours" in words_of(admin.get("/dashboard/"))


def test_how_full_seven_days_are_counts_no_visit_of_the_eighth_nor_of_the_hour_that_is_over(
    clinic: Clinic, frozen_clock: object
) -> None:
    actor = factories.actor_of(factories.make_admin(clinic), clinic)
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    for day, wall_time in ((0, "07:00"), (0, "07:45"), (6, "23:45"), (7, "00:15"), (7, "09:00")):
        factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY + timedelta(days=day), wall_time))
    [row] = reports.utilisation(actor)
    assert (row.visits, row.booked_minutes) == (2, 15 + 30)


def test_the_no_show_rate_stands_beside_that_of_the_period_before(admin: FlaskClient, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    assert tile_of(admin.get("/dashboard/"), "Did not come") == "–"

    def past(days: int, status: AppointmentStatus) -> None:
        factories.make_appointment(doctor, patient, clock.now() - timedelta(days=days), status=status)

    past(2, AppointmentStatus.NO_SHOW)
    for days in (3, 4, 5):
        past(days, AppointmentStatus.COMPLETED)
    past(6, AppointmentStatus.CANCELED)
    past(40, AppointmentStatus.NO_SHOW)
    past(41, AppointmentStatus.COMPLETED)
    now, before = reports.no_shows(factories.actor_of(factories.make_admin(clinic), clinic))
    assert (now.percent, before.percent) == (25, 50)
    answer = admin.get("/dashboard/")
    assert tile_of(answer, "Did not come") == "25%"
    assert "1 of 4 in 30 days; 50% in the 30 before" in words_of(answer)
    assert "1 appointment" in words_of(admin.get(link_of(answer, "Did not come")))


def test_days_are_the_clinics_own(frozen_clock: object, clinic: Clinic) -> None:
    kolkata = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata")
    doctor, patient = factories.make_doctor(kolkata), factories.make_patient(kolkata)
    late = factories.at(kolkata, MONDAY, "23:30")
    factories.make_appointment(doctor, patient, late)
    factories.make_appointment(doctor, patient, late + timedelta(hours=1))
    actor = factories.actor_of(factories.make_admin(kolkata), kolkata)
    assert reports.today(actor).to_come == 1
    assert reports.visits_by_day(actor)[:2] == [(MONDAY, 1), (MONDAY + timedelta(days=1), 1)]


def test_a_status_has_the_same_name_in_the_filter_as_in_the_list(admin: FlaskClient, clinic: Clinic) -> None:
    for number, status in enumerate(AppointmentStatus):
        doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
        factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY, f"{9 + number:02}:00"), status=status)
    page = BeautifulSoup(admin.get("/clinic_appointments/").text, "html.parser")
    offered = {option.get_text() for option in page.select("#status option")} - {"Any"}
    assert offered == {badge.get_text().strip() for badge in page.select("#appointments .mm-badge")}


def test_another_clinic_counts_for_nothing(admin: FlaskClient, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Hillside Dental")
    doctor, patient = factories.make_doctor(far), factories.make_patient(far, first_name="Faraway")
    factories.make_appointment(doctor, patient, factories.at(far, MONDAY, "10:00"))
    answer = admin.get("/dashboard/")
    assert tile_of(answer, "Visits today") == "0"
    assert doctor.name not in words_of(answer)
    assert "There are no appointments yet." in words_of(admin.get("/clinic_appointments/"))
    assert "Faraway" not in words_of(admin.get(f"/clinic_appointments/?doctor_id={doctor.id}"))


def test_the_dashboard_takes_as_many_statements_for_many_as_for_few(admin: FlaskClient, clinic: Clinic) -> None:
    def add(hour: int) -> None:
        doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
        factories.make_appointment(doctor, patient, factories.at(clinic, MONDAY, f"{hour:02}:00"))

    add(9)
    with counted_statements() as for_one:
        admin.get("/dashboard/")
    for hour in range(10, 17):
        add(hour)
    with counted_statements() as for_many:
        admin.get("/dashboard/")
    assert len(for_many) == len(for_one)


def test_the_dashboard_and_the_list_are_for_the_admin(client: FlaskClient, clinic: Clinic, as_: SignedIn) -> None:
    for path in ("/dashboard/", "/clinic_appointments/"):
        assert client.get(path).location.startswith("/login/?next=")
        for account in (factories.make_patient(clinic).account, factories.make_doctor(clinic).account):
            assert as_(account).get(path).status_code == 403
        assert as_(factories.make_superuser()).get(path).status_code == 200


def test_appointments_are_narrowed_by_status_doctor_day_and_words(admin: FlaskClient, clinic: Clinic) -> None:
    doctor, other = factories.make_doctor(clinic), factories.make_doctor(clinic, last_name="Nowak")
    patient = factories.make_patient(clinic, first_name="Grace")
    start: datetime = factories.at(clinic, MONDAY, "10:00")
    factories.make_appointment(doctor, patient, start)
    factories.make_appointment(other, patient, start + timedelta(days=1))
    factories.make_appointment(doctor, patient, start - timedelta(days=7), status=AppointmentStatus.NO_SHOW)
    for query, count in {
        "": "3 appointments",
        "period=upcoming": "2 appointments",
        "period=past": "1 appointment",
        "status=no_show": "1 appointment",
        f"doctor_id={other.id}": "1 appointment",
        "from=2026-11-23&to=2026-11-23": "1 appointment",
        "from=2026-11-24": "1 appointment",
        "q=nowak": "1 appointment",
        "q=grace&status=scheduled": "2 appointments",
        "status=zebra&from=soon&doctor_id=x&period=y": "3 appointments",
        f"doctor_id={'9' * 30}&from=0001-01-01&to=9999-12-31": "3 appointments",
    }.items():
        assert count in words_of(admin.get(f"/clinic_appointments/?{query}")), query
    assert "No appointment matches this." in words_of(admin.get("/clinic_appointments/?q=zebra"))
    partial = admin.get("/clinic_appointments/", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert partial.text.lstrip().startswith('<div id="appointments">')
