"""The doctor's day, week and list of visits, and closing a visit at a click."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Appointment, Clinic, Doctor, Patient
from tests.factories import (
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_exclusion,
    make_patient,
    make_treatment,
)

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
LISTS = ["/doctor-day/", "/doctor-week/", "/doctor_appointments/"]


@pytest.fixture
def doctor(clinic: Clinic, frozen_clock) -> Doctor:
    return make_doctor(clinic, first_name="Asha", last_name="Shah")


@pytest.fixture
def ada(clinic: Clinic) -> Patient:
    return make_patient(clinic, first_name="Ada", last_name="Lovelace")


@pytest.fixture
def visit(clinic: Clinic, doctor: Doctor, ada: Patient, frozen_clock) -> Appointment:
    """Ada's visit on Monday at 09:00; it is 09:10."""
    made = make_appointment(doctor, ada, at(clinic, MONDAY, "09:00"), reason="A cough")
    frozen_clock.move_to(made.starts_at + timedelta(minutes=10))
    return made


def words(answer) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


def status_of(visit: Appointment) -> str:
    db.session.expire_all()
    return db.session.get(Appointment, visit.id).status


def test_the_day_shows_who_is_here_who_is_next_and_what_is_free(clinic, doctor, ada, visit, as_) -> None:
    bob = make_patient(clinic, first_name="Bob", last_name="Martin")
    make_appointment(doctor, bob, at(clinic, MONDAY, "11:00"))
    page = as_(doctor.account).get("/doctor-day/")
    assert page.status_code == 200
    assert "<title>Monday 23 November 2026 · Riverside Clinic</title>" in page.text
    said = words(page)
    assert "Today: 2 visits, 14 free times" in said
    pinned = words_of(page, "#pinned")
    assert "Now Ada Lovelace" in pinned.replace("AL ", "")
    assert "Next Bob Martin" in pinned.replace("BM ", "")
    assert lines_of(page) == [
        "09:00 – 09:30 Ada Lovelace",
        "Now 09:10",
        "09:30 – 11:00 Free, 3 times",
        "11:00 – 11:30 Bob Martin",
        "11:30 – 17:00 Free, 11 times",
    ]
    assert "A cough" in said
    assert "Times in Europe/London" in said


def words_of(page, selector: str) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").select_one(selector).get_text(" ").split())


def lines_of(page) -> list[str]:
    """The time-line: each entry by its time, and its name where it is a visit."""
    lines = []
    for item in BeautifulSoup(page.text, "html.parser").select(".mm-timeline > li"):
        name = item.select_one("h3")
        said = f"{item.select_one('.mm-visit-time').get_text()} {name.get_text()}" if name else item.get_text(" ")
        lines.append(" ".join(said.split()))
    return lines


def test_another_day_has_no_now_line_and_leads_to_its_neighbours(clinic, doctor, as_) -> None:
    page = as_(doctor.account).get("/doctor-day/?day=2026-11-24")
    assert "Tuesday 24 November 2026" in words(page)
    assert lines_of(page) == ["09:00 – 17:00 Free, 16 times"]
    assert "/doctor-day/?day=2026-11-23" in page.text
    assert "/doctor-day/?day=2026-11-25" in page.text


@pytest.mark.parametrize("day", ["", "soon", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_shows_today(doctor, as_, day: str) -> None:
    assert "Monday 23 November 2026" in words(as_(doctor.account).get("/doctor-day/", query_string={"day": day}))


def test_a_day_away_says_so(clinic, doctor, as_) -> None:
    make_exclusion(doctor, TUESDAY, reason="Conference")
    said = words(as_(doctor.account).get("/doctor-day/?day=2026-11-24"))
    assert "Away all day. Conference" in said
    assert "Nobody is booked on this day" in said


def test_a_day_without_hours_says_what_to_do(doctor, as_) -> None:
    assert "Nothing on this day" in words(as_(doctor.account).get("/doctor-day/?day=2026-11-28"))


def test_a_doctor_completes_a_visit_and_undoes_it(visit, doctor, as_) -> None:
    browser = as_(doctor.account)
    answer = browser.post(f"/appointment-status/{visit.id}/", data={"status": "completed"})
    assert (answer.status_code, answer.location) == (303, f"/doctor-day/?day=2026-11-23#visit-{visit.id}")
    assert status_of(visit) == "completed"
    page = browser.get("/doctor-day/")
    assert "marked as completed" in words(page)
    assert "Undo" in words(page)
    browser.post(f"/appointment-status/{visit.id}/", data={"status": "scheduled"})
    assert status_of(visit) == "scheduled"


def test_htmx_gets_the_row_and_the_cards_above(visit, doctor, as_) -> None:
    answer = as_(doctor.account).post(f"/appointment-status/{visit.id}/", data={"status": "no_show"}, headers=PARTIAL)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Did not come" in page.select_one(f"#visit-{visit.id}").get_text()
    assert page.select_one("#pinned")["hx-swap-oob"] == "true"
    assert "Ada" not in page.select_one("#pinned").get_text()


def test_the_number_of_visits_still_to_mark_follows_every_click(clinic, visit, doctor, frozen_clock, as_) -> None:
    frozen_clock.move_to(visit.ends_at + timedelta(minutes=1))
    browser, path = as_(doctor.account), f"/appointment-status/{visit.id}/"
    assert "1 visit is over and not yet marked" in words(browser.get("/doctor-day/"))
    assert "not yet marked" not in words(browser.post(path, data={"status": "completed"}, headers=PARTIAL))
    assert "1 visit is over and not yet marked" in words(
        browser.post(path, data={"status": "scheduled"}, headers=PARTIAL)
    )


def test_a_missed_time_given_away_cannot_be_taken_back(clinic, visit, doctor, as_) -> None:
    browser = as_(doctor.account)
    browser.post(f"/appointment-status/{visit.id}/", data={"status": "no_show"})
    make_appointment(doctor, make_patient(clinic), visit.starts_at)
    answer = browser.post(f"/appointment-status/{visit.id}/", data={"status": "scheduled"}, headers=PARTIAL)
    assert answer.status_code == 409
    assert "taken" in words(answer)
    plain = browser.post(f"/appointment-status/{visit.id}/", data={"status": "scheduled"}, follow_redirects=True)
    assert "taken" in words(plain)
    assert status_of(visit) == "no_show"


def test_a_visit_to_come_cannot_be_completed(clinic, doctor, ada, as_) -> None:
    visit = make_appointment(doctor, ada, at(clinic, TUESDAY, "09:00"))
    browser = as_(doctor.account)
    answer = browser.post(f"/appointment-status/{visit.id}/", data={"status": "completed"}, headers=PARTIAL)
    assert answer.status_code == 400
    assert "has not begun yet" in words(answer)
    assert "Completed" not in words(browser.get("/doctor-day/?day=2026-11-24"))


@pytest.mark.parametrize("status", ["", "canceled", "pending", "done"])
def test_a_status_that_is_none_is_refused(visit, doctor, as_, status: str) -> None:
    answer = as_(doctor.account).post(f"/appointment-status/{visit.id}/", data={"status": status})
    assert answer.status_code == 400
    assert status_of(visit) == "scheduled"


def test_marking_leads_back_to_a_page_of_this_site_only(visit, doctor, as_) -> None:
    browser, path = as_(doctor.account), f"/appointment-status/{visit.id}/"
    answer = browser.post(path, data={"status": "completed", "next": "/doctor_appointments/"})
    assert answer.location == "/doctor_appointments/"
    answer = browser.post(path, data={"status": "scheduled", "next": "//evil.example/"})
    assert answer.location.startswith("/doctor-day/")


def test_the_clinics_admin_marks_too_but_does_not_see_the_reason(visit, doctor, clinic, as_) -> None:
    browser = as_(make_admin(clinic))
    assert browser.post(f"/appointment-status/{visit.id}/", data={"status": "completed"}).status_code == 303
    assert status_of(visit) == "completed"
    said = words(browser.get("/doctor-day/", query_string={"doctor_id": doctor.id}))
    assert "Ada Lovelace" in said
    assert "Dr Asha Shah" in said
    assert "A cough" not in said
    assert "Write record" not in said


def test_the_week_lists_each_day_with_visits_and_free_times(clinic, doctor, ada, visit, as_) -> None:
    treatment = make_treatment(clinic, doctor)
    make_appointment(doctor, ada, at(clinic, TUESDAY, "10:00"), treatment_id=treatment.id)
    make_exclusion(doctor, date(2026, 11, 25), reason="Conference")
    page = as_(doctor.account).get("/doctor-week/?week=2026-11-26")
    assert "<title>Week of Monday 23 November 2026 · Riverside Clinic</title>" in page.text
    said = words(page)
    assert "Mon 23 Nov to Sun 29 Nov" in said
    assert "10:00 Ada Lovelace Consultation" in said
    assert "Away: all day (Conference)" in said
    rows = BeautifulSoup(page.text, "html.parser").select("tbody tr")
    assert [row.select("td")[-1].get_text().strip() for row in rows] == ["15", "15", "0", "16", "16", "0", "0"]
    assert "/doctor-week/?week=2026-11-16" in page.text
    assert "/doctor-week/?week=2026-11-30" in page.text


def test_the_list_of_visits_is_searched_by_patient_and_split_by_period(clinic, doctor, ada, visit, as_) -> None:
    bob = make_patient(clinic, first_name="Bob", last_name="Martin")
    make_appointment(doctor, bob, at(clinic, date(2026, 11, 20), "09:00"), status=AppointmentStatus.COMPLETED)
    browser = as_(doctor.account)
    upcoming = words(browser.get("/doctor_appointments/"))
    assert "Ada Lovelace" in upcoming
    assert "Bob Martin" not in upcoming
    assert "Bob Martin" in words(browser.get("/doctor_appointments/?period=past"))
    both = words(browser.get("/doctor_appointments/?period=all"))
    assert "2 visits" in both
    found = words(browser.get("/doctor_appointments/?period=all&q=lovel"))
    assert "Ada Lovelace" in found
    assert "Bob Martin" not in found
    assert "No visit matches" in words(browser.get("/doctor_appointments/?period=all&q=shah"))
    fragment = browser.get("/doctor_appointments/?q=ada", headers=PARTIAL)
    assert fragment.text.lstrip().startswith('<div id="visits">')


def test_the_list_of_visits_is_paged_and_an_empty_one_says_so(clinic, doctor, ada, as_) -> None:
    browser = as_(doctor.account)
    assert "No visits to come" in words(browser.get("/doctor_appointments/"))
    for day in range(2):
        for half_hour in range(13):
            start = at(clinic, TUESDAY + timedelta(days=day), "09:00") + timedelta(minutes=30 * half_hour)
            make_appointment(doctor, ada, start)
    assert "Page 1 of 2" in words(browser.get("/doctor_appointments/"))
    assert "Page 2 of 2" in words(browser.get("/doctor_appointments/?page=2"))


def test_the_day_the_week_and_the_list_take_the_same_statements_however_many_visits(
    clinic, doctor, ada, as_, statements
) -> None:
    browser = as_(doctor.account)
    make_appointment(doctor, ada, at(clinic, TUESDAY, "09:00"))
    few = [statements(lambda path=path: browser.get(path)) for path in paths_of_tuesday()]
    for number in range(1, 8):
        person = make_patient(clinic)
        make_appointment(doctor, person, at(clinic, TUESDAY, "09:00") + timedelta(hours=number))
    many = [statements(lambda path=path: browser.get(path)) for path in paths_of_tuesday()]
    assert many == few


def paths_of_tuesday() -> list[str]:
    return ["/doctor-day/?day=2026-11-24", "/doctor-week/?week=2026-11-24", "/doctor_appointments/"]


@pytest.fixture
def statements(app):
    """Counts the SQL statements of a piece of work."""

    def count(work) -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            work()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return count


@pytest.mark.parametrize("path", LISTS)
def test_patients_are_refused_and_visitors_sent_to_sign_in(clinic, doctor, ada, as_, client, path: str) -> None:
    assert as_(ada.account).get(path).status_code == 403
    assert as_(make_doctor(clinic, verified=False).account).get(path).status_code == 403
    assert "/login/" in client.get(path).location


@pytest.mark.parametrize("path", LISTS)
def test_an_admin_chooses_the_doctor_and_never_another_clinics(clinic, doctor, as_, path: str) -> None:
    browser = as_(make_admin(clinic))
    assert f"{path}?doctor_id={doctor.id}" in browser.get(path).text
    assert browser.get(path, query_string={"doctor_id": doctor.id}).status_code == 200
    foreign = make_doctor(make_clinic(name="Hillside"))
    assert browser.get(path, query_string={"doctor_id": foreign.id}).status_code == 404
    assert as_(foreign.account).get(path, query_string={"doctor_id": doctor.id}).status_code == 404


def test_nobody_else_marks_a_visit(visit, clinic, ada, as_, client) -> None:
    path = f"/appointment-status/{visit.id}/"
    elsewhere = make_clinic(name="Hillside")
    for account, status in (
        (ada.account, 403),
        (make_doctor(clinic).account, 404),
        (make_doctor(elsewhere).account, 404),
        (make_admin(elsewhere), 404),
    ):
        assert as_(account).post(path, data={"status": "completed"}).status_code == status
    assert "/login/" in client.post(path, data={"status": "completed"}).location
    assert status_of(visit) == "scheduled"
