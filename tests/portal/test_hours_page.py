"""The schedule page: what a doctor declares, what an admin declares for them, and what nobody may."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Clinic, Doctor, ExclusionDate, WorkingHours
from tests.factories import (
    at,
    make_admin,
    make_appointment,
    make_clinic,
    make_doctor,
    make_exclusion,
    make_hours,
    make_patient,
    make_superuser,
)

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
SCHEDULE = "/slots-and-excluded-dates/"
MORNING = {"start_time": "09:00", "end_time": "13:00", "slot_minutes": "30"}

pytestmark = pytest.mark.usefixtures("frozen_clock")


def words(answer) -> str:
    """The page's text with single spaces, as a person reads it."""
    main = BeautifulSoup(answer.text, "html.parser").find("body") or BeautifulSoup(answer.text, "html.parser")
    return " ".join(main.get_text(" ").split())


def hours_of(doctor: Doctor) -> list[tuple]:
    db.session.expire_all()
    rows = db.session.scalars(select(WorkingHours).where(WorkingHours.doctor_id == doctor.id).order_by(WorkingHours.id))
    return [(row.day_of_week, row.date, row.start_minute, row.end_minute, row.slot_minutes) for row in rows]


def exclusions_of(doctor: Doctor) -> list[tuple]:
    db.session.expire_all()
    rows = db.session.scalars(
        select(ExclusionDate).where(ExclusionDate.doctor_id == doctor.id).order_by(ExclusionDate.id)
    )
    return [(row.date, row.start_minute, row.end_minute, row.reason) for row in rows]


def test_a_doctor_sees_weekly_hours_dated_hours_and_time_away(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic)
    make_hours(doctor, date=date(2026, 11, 28), start="10:00", end="12:00")
    make_exclusion(doctor, WEDNESDAY, reason="Conference")
    page = as_(doctor.account).get(SCHEDULE)
    assert page.status_code == 200
    said = words(page)
    assert "Monday 09:00 to 17:00 30 minutes 16 times" in said
    assert "Saturday Not working" in said
    assert "Saturday 28 November 2026 10:00 to 12:00" in said
    assert "Wednesday 25 November 2026 All day Conference" in said
    assert "Times in Europe/London" in said
    assert "<title>Working hours · Riverside Clinic</title>" in page.text


def test_a_doctor_without_hours_is_told_what_to_do_next(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    assert "There are no working hours yet, so nobody can book" in words(as_(doctor.account).get(SCHEDULE))


def test_a_doctor_adds_the_same_hours_to_several_weekdays(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    answer = as_(doctor.account).post("/add-slot/", data={"day_of_week": ["0", "2"], **MORNING})
    assert (answer.status_code, answer.location) == (303, SCHEDULE)
    assert hours_of(doctor) == [(0, None, 540, 780, 30), (2, None, 540, 780, 30)]


def test_a_weekday_may_be_sent_by_its_name(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    assert as_(doctor.account).post("/add-slot/", data={"day_of_week": "tuesday", **MORNING}).status_code == 303
    assert hours_of(doctor) == [(1, None, 540, 780, 30)]


def test_a_doctor_adds_hours_on_one_date(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic)
    answer = as_(doctor.account).post("/add-slot/", data={"date": "2026-11-28", **MORNING})
    assert answer.status_code == 303
    assert hours_of(doctor)[-1] == (None, date(2026, 11, 28), 540, 780, 30)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"day_of_week": "1", **MORNING}, "This overlaps on Tuesdays, 09:00 to 17:00"),
        ({"date": "2026-11-24", **MORNING}, "This overlaps on Tuesdays, 09:00 to 17:00"),
        ({"date": "2026-11-22", **MORNING}, "This date has passed"),
        ({"date": "9999-12-31", **MORNING}, "too far away"),
        ({"date": "soon", **MORNING}, "Choose a date, for example"),
        ({"day_of_week": "5", "date": "2026-11-28", **MORNING}, "either days of the week or a date"),
        ({"day_of_week": "9", **MORNING}, "Days"),
        (MORNING, "Choose at least one day"),
        ({"on": "date", **MORNING}, "Choose the date"),
        ({"day_of_week": "5", **MORNING, "start_time": "14:00"}, "The start must be before the end"),
        ({"day_of_week": "5", **MORNING, "start_time": ""}, "Write when it starts"),
        ({"day_of_week": "5", **MORNING, "start_time": "noon"}, "hours and minutes"),
        ({"day_of_week": "5", **MORNING, "slot_minutes": "few"}, "how many minutes"),
        ({"day_of_week": "5", **MORNING, "slot_minutes": "3"}, "from 5 to 480 minutes"),
        ({"day_of_week": "5", **MORNING, "slot_minutes": "300"}, "Not one slot fits"),
        ({"day_of_week": "5", **MORNING, "slot_minutes": "99999999999999999999"}, "from 5 to 480 minutes"),
    ],
)
def test_hours_that_make_no_sense_come_back_with_words_and_all_that_was_typed(
    clinic: Clinic, as_, sent: dict, told: str
) -> None:
    doctor = make_doctor(clinic)
    before = hours_of(doctor)
    answer = as_(doctor.account).post("/add-slot/", data=sent)
    assert answer.status_code == 400
    assert told in words(answer)
    assert answer.text.count("<title>Error: Add hours") == 1
    form = BeautifulSoup(answer.text, "html.parser").find("form", class_="mm-form")
    for name in ("start_time", "end_time", "slot_minutes"):
        assert form.find("input", {"name": name}).get("value", "") == sent[name]
    assert hours_of(doctor) == before


def test_the_form_is_offered_empty_for_a_date_and_as_a_copy(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    row = make_hours(doctor, day_of_week=0, start="08:00", end="12:00", slot_minutes=20)
    browser = as_(doctor.account)
    assert "Monday" in words(browser.get("/add-slot/"))
    assert 'type="date"' in browser.get("/add-slot/?on=date").text
    copy = BeautifulSoup(browser.get(f"/add-slot/?copy={row.id}").text, "html.parser")
    assert copy.find("input", {"name": "start_time"})["value"] == "08:00"
    assert copy.find("input", {"name": "slot_minutes"})["value"] == "20"
    on_friday = BeautifulSoup(browser.get("/add-slot/?day_of_week=4").text, "html.parser")
    checked = on_friday.find_all("input", {"name": "day_of_week", "checked": True})
    assert [box["value"] for box in checked] == ["4"]


def test_a_doctor_changes_hours_and_what_is_not_sent_stays(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    row = make_hours(doctor, day_of_week=0)
    browser = as_(doctor.account)
    assert 'value="17:00"' in browser.get(f"/edit-slot/?hours_id={row.id}").text
    answer = browser.post("/edit-slot/", data={"hours_id": row.id, "end_time": "15:00"})
    assert (answer.status_code, answer.location) == (303, SCHEDULE)
    assert hours_of(doctor) == [(0, None, 540, 900, 30)]
    answer = browser.post("/edit-slot/", data={"hours_id": row.id, "day_of_week": "3", "start_time": "10:00"})
    assert hours_of(doctor) == [(3, None, 600, 900, 30)]
    browser.post("/edit-slot/", data={"hours_id": row.id, "date": "2026-11-28"})
    assert hours_of(doctor) == [(None, date(2026, 11, 28), 600, 900, 30)]


def test_a_change_that_overlaps_comes_back_with_words(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    make_hours(doctor, day_of_week=0, start="13:00")
    row = make_hours(doctor, day_of_week=0, end="12:00")
    answer = as_(doctor.account).post("/edit-slot/", data={"hours_id": row.id, "end_time": "13:30"})
    assert answer.status_code == 400
    assert "This overlaps on Mondays, 13:00 to 17:00" in words(answer)
    assert 'value="13:30"' in answer.text


def test_taking_hours_away_asks_first_and_leaves_booked_visits_in_sight(clinic: Clinic, as_) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic, first_name="Ada", last_name="Lovelace")
    visit = make_appointment(doctor, patient, at(clinic, TUESDAY, "10:00"))
    row = db.session.scalar(select(WorkingHours).where(WorkingHours.day_of_week == 1))
    browser = as_(doctor.account)
    asked = browser.get(f"/delete-slot/?hours_id={row.id}")
    assert "1 booked visit would stand outside the hours" in words(asked)
    assert "Ada Lovelace" in words(asked)
    answer = browser.post("/delete-slot/", data={"hours_id": row.id}, follow_redirects=True)
    assert "1 booked visit stands outside these hours" in words(answer)
    assert f"/move-appointment/{visit.id}/" in answer.text
    assert f"/cancel_appointment/{visit.id}/" in answer.text
    assert len(hours_of(doctor)) == 4


def test_the_preview_counts_slots_and_names_visits_outside(clinic: Clinic, as_) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic, first_name="Ada")
    make_appointment(doctor, patient, at(clinic, TUESDAY, "16:00"))
    row = db.session.scalar(select(WorkingHours).where(WorkingHours.day_of_week == 1))
    browser = as_(doctor.account)
    free = browser.post("/slot-preview/", data={"day_of_week": ["5", "6"], **MORNING, "end_time": "13:10"})
    assert "This makes 8 times a day, 16 a week : the first at 09:00, the last at 12:30. 10 minutes are left" in words(
        free
    )
    shorter = browser.post("/slot-preview/", data={"hours_id": row.id, "day_of_week": "1", **MORNING, "on": "week"})
    assert "1 booked visit would stand outside the hours" in words(shorter)
    clash = browser.post("/slot-preview/", data={"day_of_week": "1", **MORNING})
    assert "This can’t be saved yet. This overlaps" in words(clash)
    assert "Choose a day and times" in words(browser.post("/slot-preview/", data={"start_time": "09:00"}))


def test_without_javascript_a_button_shows_the_preview_and_saves_nothing(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False)
    answer = as_(doctor.account).post("/add-slot/", data={"day_of_week": "5", **MORNING, "preview": "1"})
    assert answer.status_code == 200
    assert "This makes 8 times a day" in words(answer)
    assert hours_of(doctor) == []


def test_a_doctor_is_away_for_a_day_a_part_of_one_or_a_holiday(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic)
    browser = as_(doctor.account)
    assert browser.get("/add-exclusion-date/").status_code == 200
    answer = browser.post("/add-exclusion-date/", data={"date": "2026-11-24", "reason": "Conference"})
    assert (answer.status_code, answer.location) == (303, SCHEDULE)
    browser.post("/add-exclusion-date/", data={"date": "2026-11-25", "start_time": "13:00", "end_time": "15:00"})
    browser.post("/add-exclusion-date/", data={"date": "2026-12-24", "last_date": "2026-12-26", "reason": "Holiday"})
    assert exclusions_of(doctor) == [
        (TUESDAY, None, None, "Conference"),
        (WEDNESDAY, 780, 900, ""),
        *((date(2026, 12, day), None, None, "Holiday") for day in (24, 25, 26)),
    ]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choose a date, for example"),
        ({"date": "2026-11-22"}, "This date has passed"),
        ({"date": "2026-11-24", "start_time": "09:00"}, "Give both a start and an end"),
        ({"date": "2026-11-24", "start_time": "12:00", "end_time": "09:00"}, "The start must be before the end"),
        ({"date": "2026-11-24", "last_date": "2026-11-23"}, "a last day on or after the first one"),
        ({"date": "2026-11-24", "last_date": "2027-11-23"}, "at most 92 days"),
        (
            {"date": "2026-11-24", "last_date": "2026-11-25", "start_time": "09:00", "end_time": "10:00"},
            "Leave the times empty",
        ),
        ({"date": "2026-11-24", "reason": "x" * 201}, "at most 200 characters"),
        ({"date": "2026-11-24", "reason": "a\x00b"}, "can be typed"),
    ],
)
def test_time_away_that_makes_no_sense_comes_back_with_words(clinic: Clinic, as_, sent: dict, told: str) -> None:
    doctor = make_doctor(clinic)
    answer = as_(doctor.account).post("/add-exclusion-date/", data=sent)
    assert answer.status_code == 400
    assert told in words(answer)
    assert exclusions_of(doctor) == []


def test_time_away_over_booked_visits_lists_them_before_and_after(clinic: Clinic, as_) -> None:
    doctor, patient = make_doctor(clinic), make_patient(clinic, first_name="Ada", last_name="Lovelace")
    make_appointment(doctor, patient, at(clinic, TUESDAY, "10:00"))
    browser = as_(doctor.account)
    assert "1 booked visit falls into this time" in words(
        browser.post("/exclusion-preview/", data={"date": "2026-11-24"})
    )
    assert "Nobody is booked then" in words(browser.post("/exclusion-preview/", data={"date": "2026-11-25"}))
    answer = browser.post("/add-exclusion-date/", data={"date": "2026-11-24"}, follow_redirects=True)
    assert "1 booked visit stands outside the hours now" in words(answer)
    assert "Ada Lovelace" in words(answer)


def test_a_doctor_changes_and_removes_time_away(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic)
    row = make_exclusion(doctor, TUESDAY, reason="Conference")
    browser = as_(doctor.account)
    assert 'value="Conference"' in browser.get(f"/edit-exclude-date/?exclusion_id={row.id}").text
    answer = browser.post("/edit-exclude-date/", data={"exclusion_id": row.id, "date": "2026-11-25"})
    assert answer.status_code == 303
    assert exclusions_of(doctor) == [(WEDNESDAY, None, None, "Conference")]
    bad = browser.post("/edit-exclude-date/", data={"exclusion_id": row.id, "date": "2026-11-22"})
    assert bad.status_code == 400
    assert browser.post("/delete-exclude-date/", data={"exclusion_id": row.id}).status_code == 303
    assert exclusions_of(doctor) == []


def test_dates_that_have_passed_are_shown_on_request(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic)
    make_exclusion(doctor, date(2026, 11, 2), reason="Training")
    browser = as_(doctor.account)
    page = words(browser.get(SCHEDULE))
    assert "Show 1 date that has passed" in page
    assert "Training" not in page
    assert "Training" in words(browser.get(SCHEDULE + "?earlier=1"))


def test_an_admin_chooses_a_doctor_and_acts_for_them(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic, works=False, first_name="Asha", last_name="Shah")
    browser = as_(make_admin(clinic))
    assert f"doctor_id={doctor.id}" in browser.get(SCHEDULE).text
    assert "Dr Asha Shah" in words(browser.get(SCHEDULE, query_string={"doctor_id": doctor.id}))
    answer = browser.post("/add-slot/", data={"doctor_id": doctor.id, "day_of_week": "0", **MORNING})
    assert (answer.status_code, answer.location) == (303, f"{SCHEDULE}?doctor_id={doctor.id}")
    row = db.session.scalar(select(WorkingHours).where(WorkingHours.doctor_id == doctor.id))
    assert browser.post("/edit-slot/", data={"hours_id": row.id, "end_time": "12:00"}).status_code == 303
    assert browser.post("/delete-slot/", data={"hours_id": row.id}).status_code == 303
    assert browser.post("/add-exclusion-date/", data={"doctor_id": doctor.id, "date": "2026-11-24"}).status_code == 303
    away = db.session.scalar(select(ExclusionDate).where(ExclusionDate.doctor_id == doctor.id))
    assert browser.post("/edit-exclude-date/", data={"exclusion_id": away.id, "reason": "Ill"}).status_code == 303
    assert browser.post("/delete-exclude-date/", data={"exclusion_id": away.id}).status_code == 303


def test_an_admin_who_names_no_doctor_is_asked_for_one(clinic: Clinic, as_) -> None:
    browser = as_(make_admin(clinic))
    answer = browser.post("/add-slot/", data={"day_of_week": "0", **MORNING})
    assert answer.status_code == 400
    assert "Which doctor?" in words(answer)
    assert "There are no doctors yet" in words(answer)


def test_the_list_of_doctors_is_searched_and_paged(clinic: Clinic, as_) -> None:
    for number in range(26):
        make_doctor(clinic, works=False, first_name=f"Doc{number:02}", last_name="Tor")
    browser = as_(make_admin(clinic))
    assert "Page 1 of 2" in words(browser.get(SCHEDULE))
    assert "Page 2 of 2" in words(browser.get(SCHEDULE + "?page=2"))
    assert "1 doctor" in words(browser.get(SCHEDULE + "?q=doc07"))
    assert "No doctor matches" in words(browser.get(SCHEDULE + "?q=nobody"))


ROUTES = [
    ("GET", SCHEDULE),
    ("GET", "/add-slot/"),
    ("POST", "/add-slot/"),
    ("POST", "/edit-slot/"),
    ("POST", "/delete-slot/"),
    ("POST", "/add-exclusion-date/"),
    ("POST", "/edit-exclude-date/"),
    ("POST", "/delete-exclude-date/"),
    ("POST", "/slot-preview/"),
    ("POST", "/exclusion-preview/"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_patients_and_applicants_are_refused_and_visitors_sent_to_sign_in(
    clinic: Clinic, as_, client, method: str, path: str
) -> None:
    assert as_(make_patient(clinic).account).open(path, method=method).status_code == 403
    assert as_(make_doctor(clinic, verified=False).account).open(path, method=method).status_code == 403
    assert "/login/" in client.open(path, method=method).location


@pytest.mark.parametrize("path", ["/edit-slot/", "/delete-slot/"])
def test_somebody_elses_hours_are_not_found(clinic: Clinic, as_, path: str) -> None:
    elsewhere = make_clinic(name="Hillside")
    theirs = make_hours(make_doctor(elsewhere, works=False), day_of_week=0)
    colleagues = make_hours(make_doctor(clinic, works=False), day_of_week=0)
    doctor, admin = as_(make_doctor(clinic).account), as_(make_admin(clinic))
    for browser, row in ((doctor, theirs), (doctor, colleagues), (admin, theirs)):
        assert browser.get(path, query_string={"hours_id": row.id}).status_code == 404
        assert browser.post(path, data={"hours_id": row.id}).status_code == 404
    assert doctor.post(path, data={"hours_id": 9**30}).status_code == 404
    assert doctor.post(path, data={"hours_id": "first"}).status_code == 404
    assert doctor.post(path).status_code == 400
    assert db.session.get(WorkingHours, theirs.id) is not None


def test_somebody_elses_time_away_is_not_found(clinic: Clinic, as_) -> None:
    elsewhere = make_clinic(name="Hillside")
    theirs = make_exclusion(make_doctor(elsewhere), TUESDAY)
    colleagues = make_exclusion(make_doctor(clinic), TUESDAY)
    doctor, admin = as_(make_doctor(clinic).account), as_(make_admin(clinic))
    for browser, row in ((doctor, theirs), (doctor, colleagues), (admin, theirs)):
        for path in ("/edit-exclude-date/", "/delete-exclude-date/"):
            assert browser.post(path, data={"exclusion_id": row.id}).status_code == 404


def test_a_doctor_may_not_act_for_a_colleague_nor_an_admin_for_another_clinics_doctor(clinic: Clinic, as_) -> None:
    colleague, foreign = make_doctor(clinic), make_doctor(make_clinic(name="Hillside"))
    doctor, admin = as_(make_doctor(clinic).account), as_(make_admin(clinic))
    sent = {"day_of_week": "6", **MORNING}
    assert doctor.post("/add-slot/", data={"doctor_id": colleague.id, **sent}).status_code == 403
    assert doctor.get(SCHEDULE, query_string={"doctor_id": colleague.id}).status_code == 403
    assert admin.post("/add-slot/", data={"doctor_id": foreign.id, **sent}).status_code == 404
    assert admin.get(SCHEDULE, query_string={"doctor_id": foreign.id}).status_code == 404


def test_a_superuser_acts_as_admin_of_the_clinic(clinic: Clinic, as_) -> None:
    doctor = make_doctor(clinic)
    assert as_(make_superuser()).get(SCHEDULE, query_string={"doctor_id": doctor.id}).status_code == 200
