"""The steps of booking before the review: treatment, doctor, time."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.models import Account, Doctor, WorkingHours
from medimeet.writing import command
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import (
    FLOW,
    TUESDAY,
    WEDNESDAY,
    SmallClinic,
    days,
    small,
    soup,
    speaks,
    text,
    times,
    words_of,
)

As = Callable[[Account], Visitor]
__all__ = ["small"]


@command
def nobody_works(doctor: Doctor) -> None:
    """Takes all declared hours of the doctor away."""
    db.session.execute(delete(WorkingHours).where(WorkingHours.doctor_id == doctor.id))


def data(answer: TestResponse) -> dict[str, Any]:
    """The body of a JSON answer."""
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_a_visitor_is_asked_to_sign_in_at_every_step_and_comes_back_to_it(app: Flask, small: SmallClinic) -> None:
    slot = small.slot(small.shah, "09:00")
    for path in (
        "/treatment-list/",
        f"/view-treatment/{small.check_up.id}/",
        FLOW,
        f"/get-doctors-for-treatment/{small.check_up.id}/",
        f"/available-slots/{small.shah.id}/{small.check_up.id}/",
        f"/slot/{slot}/{small.check_up.id}/",
        "/appointment-success/",
        "/view_appointments/",
    ):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.location) == (302, f"/login/?next={path}")


def test_a_doctor_books_no_visit_here_but_may_look_at_the_treatments(small: SmallClinic, as_: As) -> None:
    doctor = as_(small.shah.account)
    assert doctor.get(FLOW).status_code == 403
    assert doctor.get(f"/get-doctors-for-treatment/{small.check_up.id}/").status_code == 403
    assert doctor.post("/fetch-slots/", data={"treatment_id": small.check_up.id}).status_code == 403
    assert "Check-up" in text(doctor.get("/treatment-list/"))
    assert "Book this" not in text(doctor.get(f"/view-treatment/{small.check_up.id}/"))


def test_the_treatments_are_listed_with_length_and_price_and_can_be_searched(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    everything = text(patient.get("/treatment-list/"))
    assert "Check-up" in everything and "60 minutes" in everything and "£90.00" in everything
    found = patient.get("/treatment-list/?q=LONG", headers={"HX-Request-Type": "partial"})
    assert "Long visit" in found.text and "Check-up" not in found.text
    assert "<html" not in found.text
    assert "No treatment has" in text(patient.get("/treatment-list/?q=zebra"))


def test_a_long_list_of_treatments_comes_in_pages(small: SmallClinic, as_: As) -> None:
    for number in range(30):
        factories.make_treatment(small.clinic, small.shah, name=f"Treatment {number:02}")
    patient = as_(small.patient.account)
    first, second = text(patient.get(FLOW)), text(patient.get(f"{FLOW}?page=2"))
    assert "Treatment 01" in first and "Page 1 of 2" in first and "Treatment 29" not in first
    assert "Treatment 29" in second


def test_a_treatment_says_how_to_prepare_and_who_gives_it(small: SmallClinic, as_: As) -> None:
    page = text(as_(small.patient.account).get(f"/view-treatment/{small.check_up.id}/"))
    assert "Bring your medicines." in page and "Dr Asha Shah" in page and "£45.00" in page


def test_a_treatment_that_no_doctor_gives_can_be_read_but_not_booked(small: SmallClinic, as_: As) -> None:
    lonely = factories.make_treatment(small.clinic, name="Acupuncture")
    patient = as_(small.patient.account)
    assert "Acupuncture" not in text(patient.get(FLOW))
    assert "+44 20 7946 0000" in text(patient.get(f"/view-treatment/{lonely.id}/"))
    assert "No doctor gives this treatment" in text(patient.get(f"/get-doctors-for-treatment/{lonely.id}/"))


def test_a_clinic_without_treatments_says_whom_to_call(app: Flask, as_: As) -> None:
    empty = factories.make_clinic()
    patient = factories.make_patient(empty)
    assert "Call us on +44 20 7946 0000" in text(as_(patient.account).get(FLOW))


def test_a_step_with_one_option_is_passed_over(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    only_doctor = patient.get(f"/get-doctors-for-treatment/{small.long_visit.id}/")
    assert only_doctor.location == f"/available-slots/{small.shah.id}/{small.long_visit.id}/"
    time_step = patient.get(only_doctor.location)
    assert not [link for link in soup(time_step).select(".mm-chosen a") if "get-doctors" in str(link["href"])]

    lone = factories.make_clinic(name="Lone")
    treatment = factories.make_treatment(lone, factories.make_doctor(lone))
    answer = as_(factories.make_patient(lone).account).get(FLOW)
    assert answer.location == f"/get-doctors-for-treatment/{treatment.id}/"


def test_doctors_are_offered_with_languages_and_their_next_free_time(small: SmallClinic, as_: As) -> None:
    speaks(small.shah, "English", "Hindi")
    small.book(small.lee, small.other, "09:00", date(2026, 11, 23))
    page = text(as_(small.patient.account).get(f"/get-doctors-for-treatment/{small.check_up.id}/"))
    assert "Any doctor" in page and "Speaks English, Hindi" in page
    assert page.count("Next free: Mon 23 Nov, 09:00") == 2  # any doctor, and Dr Shah
    assert "Next free: Mon 23 Nov, 09:30" in page  # Dr Lee
    assert "Europe/London" in page


def test_doctors_can_be_searched_by_name(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    found = text(patient.get(f"/get-doctors-for-treatment/{small.check_up.id}/?q=sha"))
    assert "Dr Asha Shah" in found and "Dr Bruce Lee" not in found
    assert "Show all doctors" in text(patient.get(f"/get-doctors-for-treatment/{small.check_up.id}/?q=zz"))


def test_what_is_not_ones_own_clinic_or_not_verified_is_not_found(small: SmallClinic, as_: As) -> None:
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata")
    far_doctor = factories.make_doctor(far)
    far_treatment = factories.make_treatment(far, far_doctor)
    applicant = factories.make_doctor(small.clinic, verified=False)
    factories.make_treatment(small.clinic, applicant, name="Secret")
    patient = as_(small.patient.account)
    for path in (
        f"/view-treatment/{far_treatment.id}/",
        f"/get-doctors-for-treatment/{far_treatment.id}/",
        f"/available-slots/{far_doctor.id}/{far_treatment.id}/",
        f"/available-slots/{far_doctor.id}/{small.check_up.id}/",
        f"/available-slots/{applicant.id}/{small.check_up.id}/",
        f"/available-slots/any/{far_treatment.id}/",
        f"/slot/{factories.slot_at(far_doctor, far, TUESDAY, '09:00')}/{far_treatment.id}/",
        f"/slot/{small.slot(applicant, '09:00')}/{small.check_up.id}/",
        "/available-slots/99999999999999999999/1/",
    ):
        assert patient.get(path).status_code == 404, path


def test_the_days_are_the_next_ten_that_have_times_and_the_first_is_chosen(small: SmallClinic, as_: As) -> None:
    factories.make_exclusion(small.shah, WEDNESDAY)
    page = as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/")
    assert days(page)[:4] == ["2026-11-23", "2026-11-24", "2026-11-26", "2026-11-27"]
    assert len(days(page)) == 10
    assert "Next available: Mon 23 Nov, 09:00" in text(page)
    assert times(page)[0] == "09:00" and times(page)[-1] == "16:30"
    assert "Times in Europe/London" in text(page)
    assert "Check-up, 30 minutes, £45.00" in text(page) and "Dr Asha Shah" in text(page)


def test_a_taken_time_is_not_offered_and_a_long_visit_needs_two(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "10:00")
    patient = as_(small.patient.account)
    short = times(patient.get(f"/available-slots/{small.shah.id}/{small.check_up.id}/?day={TUESDAY}"))
    long = times(patient.get(f"/available-slots/{small.shah.id}/{small.long_visit.id}/?day={TUESDAY}"))
    assert "10:00" not in short and "09:30" in short and "16:30" in short
    assert "09:30" not in long and "09:00" in long and "16:30" not in long


def test_times_stand_under_the_part_of_the_day(small: SmallClinic, as_: As) -> None:
    factories.make_hours(small.shah, date=TUESDAY, start="17:00", end="18:00")
    page = as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/?day={TUESDAY}")
    parts = {words_of(part, "legend"): words_of(part, "label") for part in soup(page).select(".mm-slots > fieldset")}
    assert parts == {"Morning": "09:00", "Afternoon": "12:00", "Evening": "17:00"}


def test_an_hour_that_the_clocks_repeat_is_offered_twice_each_with_its_name(small: SmallClinic, as_: As) -> None:
    autumn = date(2027, 10, 31)
    factories.make_hours(small.shah, date=autumn, start="00:30", end="02:30", slot_minutes=60)
    page = as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/?day={autumn}")
    assert times(page) == ["00:30", "01:30 BST", "01:30 GMT"]


def test_a_time_in_the_repeated_hour_has_its_name_also_where_the_other_one_is_taken(
    small: SmallClinic, as_: As
) -> None:
    autumn = date(2027, 10, 31)
    factories.make_hours(small.shah, date=autumn, start="00:30", end="02:30", slot_minutes=60)
    small.book(small.shah, small.other, "01:30", day=autumn)
    page = as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/?day={autumn}")
    assert times(page) == ["00:30", "01:30 GMT"]


def test_later_and_earlier_days_are_links_that_meet(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    here = f"/available-slots/{small.shah.id}/{small.check_up.id}/"
    first = patient.get(here)
    links = {
        link.get_text(strip=True): str(link["href"]) for link in soup(first).select("nav[aria-label='More days'] a")
    }
    assert list(links) == ["Later days"]
    second = patient.get(links["Later days"])
    assert days(second)[0] == "2026-12-07"
    back = {
        link.get_text(strip=True): str(link["href"]) for link in soup(second).select("nav[aria-label='More days'] a")
    }
    assert days(patient.get(back["Earlier days"])) == days(first)


def test_a_day_in_the_address_is_shown_even_far_ahead(small: SmallClinic, as_: As) -> None:
    page = as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/?day=2027-06-01")
    assert days(page)[0] == "2027-06-01" and times(page)[0] == "09:00"
    assert "Next available: Mon 23 Nov, 09:00" in text(page) and "Earlier days" in text(page)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("?day=tomorrow", 400, "could not read the day"),
        ("?day=2026-11-20", 400, "That day is over"),
        ("?day=2031-01-01", 400, "up to a year ahead"),
        ("?day=2026-11-28", 200, "no free times on Saturday 28 November 2026. The next one is on Monday 23 November"),
        ("?step=review", 400, "Choose one of the times"),
        ("?slot=nonsense&step=review", 400, "Choose one of the times"),
        ("?from=nonsense", 200, "Days with free times"),
        ("?from=9999-12-31", 200, "Days with free times"),
    ],
)
def test_an_odd_address_still_offers_days(small: SmallClinic, as_: As, address: str, status: int, words: str) -> None:
    answer = as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/{address}")
    assert answer.status_code == status
    assert words in text(answer)
    assert days(answer)


def test_where_the_doctor_has_no_time_at_all_others_and_the_phone_are_named(small: SmallClinic, as_: As) -> None:
    nobody_works(small.shah)
    page = text(as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/"))
    assert "There are no free times within a year." in page
    assert "Dr Bruce Lee : next free Monday 23 November 2026, 09:00" in page
    assert "+44 20 7946 0000" in page


def test_where_the_first_time_is_far_off_the_page_says_so_and_who_has_time_sooner(small: SmallClinic, as_: As) -> None:
    nobody_works(small.shah)
    factories.make_hours(small.shah, date=date(2027, 1, 11))
    page = text(as_(small.patient.account).get(f"/available-slots/{small.shah.id}/{small.check_up.id}/"))
    assert "no free times in the next two weeks. The first one is on Monday 11 January 2027" in page
    assert "Dr Bruce Lee" in page


def test_any_doctor_shows_one_button_a_time_of_somebody_who_is_free(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "09:00")
    answer = as_(small.patient.account).get(f"/available-slots/any/{small.check_up.id}/?day={TUESDAY}")
    offered = times(answer)
    assert len(offered) == len(set(offered)) == 16
    nine = next(radio for radio in soup(answer).select('input[name="slot"]'))
    assert nine["value"] == str(small.slot(small.lee, "09:00"))
    review = as_(small.patient.account).get(f"/available-slots/any/{small.check_up.id}/?slot={nine['value']}")
    assert review.location == f"/slot/{nine['value']}/{small.check_up.id}/?any=1"


def test_choosing_a_time_leads_to_the_review(small: SmallClinic, as_: As) -> None:
    slot = small.slot(small.shah, "09:30")
    answer = as_(small.patient.account).get(
        f"/available-slots/{small.shah.id}/{small.check_up.id}/?day={TUESDAY}&slot={slot}&step=review"
    )
    assert answer.location == f"/slot/{slot}/{small.check_up.id}/"


def test_a_change_of_day_brings_the_times_alone(small: SmallClinic, as_: As) -> None:
    answer = as_(small.patient.account).get(
        f"/available-slots/{small.shah.id}/{small.check_up.id}/?day={WEDNESDAY}", headers={"HX-Request-Type": "partial"}
    )
    assert answer.text.strip().startswith('<section id="times"')
    assert "HX-Request-Type" in answer.headers["Vary"]


def test_a_script_fetches_the_free_slots_of_a_date_as_json(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "09:00")
    wanted = {"doctor_id": small.shah.id, "treatment_id": small.check_up.id, "date": str(TUESDAY)}
    patient = as_(small.patient.account)
    answer = patient.post("/fetch-slots/", json=wanted, headers={"Accept": "application/json"})
    assert data(answer)["time_zone"] == "Europe/London"
    assert data(answer)["slots"][0] == {
        "id": small.slot(small.shah, "09:30"),
        "doctor_id": small.shah.id,
        "date": "2026-11-24",
        "start_time": "09:30",
        "end_time": "10:00",
    }
    everybody = patient.post(
        "/fetch-slots/",
        data={"doctor_id": "any", "treatment_id": small.check_up.id},
        headers={"Accept": "application/json"},
    )
    assert {slot["doctor_id"] for slot in data(everybody)["slots"]} == {small.shah.id, small.lee.id}
    far = patient.post("/fetch-slots/", json=wanted | {"date": "2040-01-01"})
    assert data(far)["slots"] == []


def test_odd_questions_of_a_script_are_answered_in_words(small: SmallClinic, as_: As) -> None:
    patient, accept = as_(small.patient.account), {"Accept": "application/json"}
    wrong = patient.post("/fetch-slots/", json={"doctor_id": [], "date": "soon"}, headers=accept)
    assert wrong.status_code == 400 and set(data(wrong)) == {"treatment_id", "doctor_id", "date"}
    unknown = patient.post("/fetch-slots/", json={"treatment_id": 999}, headers=accept)
    assert unknown.status_code == 404 and "treatment" in data(unknown)["detail"]
    assert patient.post("/fetch-slots/", json=["x"], headers=accept).status_code == 400
    assert patient.post("/fetch-slots/", data={}).status_code == 400


def test_the_form_of_fetch_slots_works_with_and_without_htmx(small: SmallClinic, as_: As) -> None:
    form = {"doctor_id": small.shah.id, "treatment_id": small.check_up.id, "date": str(TUESDAY)}
    patient = as_(small.patient.account)
    plain = patient.post("/fetch-slots/", data=form)
    assert (plain.status_code, plain.location) == (
        303,
        f"/available-slots/{small.shah.id}/{small.check_up.id}/?day=2026-11-24",
    )
    swapped = patient.post("/fetch-slots/", data=form, headers={"HX-Request-Type": "partial"})
    assert swapped.status_code == 200 and swapped.text.strip().startswith('<section id="times"')
    assert times(swapped)[0] == "09:00"
