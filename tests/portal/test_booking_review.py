"""The review page: it says everything, books once, and helps where the time can't be had."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, Notification, Patient
from medimeet.services.orders import REASON_LENGTH
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import TUESDAY, SmallClinic, field, small, soup, text

As = Callable[[Account], Visitor]
PARTIAL = {"HX-Request-Type": "partial"}
__all__ = ["small"]


def visits_of(patient: Patient) -> list[Appointment]:
    """The patient's visits, canceled ones too."""
    query = select(Appointment).where(Appointment.patient_id == patient.id).order_by(Appointment.starts_at)
    return list(db.session.scalars(query))


def review_of(small: SmallClinic, wall_time: str) -> str:
    """The address of the review page of Dr Shah's check-up on Tuesday."""
    return f"/slot/{small.slot(small.shah, wall_time)}/{small.check_up.id}/"


def instead(answer: object) -> list[str]:
    """The words of the buttons that book another time."""
    return [button.get_text(" ", strip=True) for button in soup(answer).select('button[name="instead"]')]  # type: ignore[arg-type]


def test_the_review_says_what_who_when_where_and_how_much_and_books_nothing_yet(small: SmallClinic, as_: As) -> None:
    answer = as_(small.patient.account).get(review_of(small, "09:30"))
    page = text(answer)
    for words in (
        "Check-up, 30 minutes",
        "Dr Asha Shah",
        "Tuesday 24 November 2026, 09:30 to 10:00",
        "Europe/London, GMT",
        "Riverside Clinic, 1 River Street, London",
        "£45.00",
        "Bring your medicines.",
    ):
        assert words in page
    changes = {str(link["href"]).split("?")[0] for link in soup(answer).select(".mm-change a")}
    assert changes == {
        "/treatment_list_for_new_appointment_booking/",
        f"/get-doctors-for-treatment/{small.check_up.id}/",
        f"/available-slots/{small.shah.id}/{small.check_up.id}/",
    }
    assert not visits_of(small.patient)


def test_confirming_books_and_shows_the_reference(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    answer = patient.post(review_of(small, "09:30"), data={"reason": "  My knee hurts.\nOn stairs. ", "key": "k1"})
    [visit] = visits_of(small.patient)
    assert (answer.status_code, answer.location) == (303, f"/appointment-success/?appointment={visit.id}")
    assert (visit.status, visit.channel, visit.doctor_id) == (AppointmentStatus.SCHEDULED, "portal", small.shah.id)
    assert visit.reason.replace("\r\n", "\n") == "My knee hurts.\nOn stairs."
    success = text(patient.get(answer.location))
    for words in ("Your visit is booked", visit.reference, "Dr Asha Shah", "Tuesday 24 November 2026, 09:30", "£45.00"):
        assert words in success
    assert str(small.patient.account.email) in success
    assert db.session.scalar(select(func.count(Notification.id)).where(Notification.appointment_id == visit.id))


def test_htmx_is_sent_on_to_the_confirmation(small: SmallClinic, as_: As) -> None:
    answer = as_(small.patient.account).post(review_of(small, "09:30"), data={"key": "k1"}, headers=PARTIAL)
    [visit] = visits_of(small.patient)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/appointment-success/?appointment={visit.id}")


def test_a_double_click_books_once(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    key = field(patient.get(review_of(small, "09:30")), "key")
    answers = [patient.post(review_of(small, "09:30"), data={"reason": "Knee", "key": key}) for _ in range(3)]
    assert len(visits_of(small.patient)) == 1
    assert {answer.location for answer in answers} == {
        f"/appointment-success/?appointment={visits_of(small.patient)[0].id}"
    }


def test_the_back_button_and_a_second_confirm_lead_to_the_same_visit(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    first = patient.post(review_of(small, "09:30"), data={"key": "k1", "reason": "Knee"})
    changed = patient.post(review_of(small, "09:30"), data={"key": "k1", "reason": "Knee and foot"})
    another_key = patient.post(review_of(small, "09:30"), data={"key": "k2", "reason": "Knee"})
    assert first.location == changed.location == another_key.location
    opened_again = patient.get(review_of(small, "09:30"))
    assert opened_again.location == f"/appointment-details/{visits_of(small.patient)[0].id}/"
    assert len(visits_of(small.patient)) == 1


def test_one_form_used_for_a_second_time_asks_once_more(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    patient.post(review_of(small, "09:30"), data={"key": "k1", "reason": "Knee"})
    answer = patient.post(review_of(small, "11:00"), data={"key": "k1", "reason": "Foot"})
    assert answer.status_code == 422 and "Confirm again" in text(answer)
    assert field(answer, "reason") == "Foot" and field(answer, "key") != "k1"
    assert len(visits_of(small.patient)) == 1
    assert patient.post(review_of(small, "11:00"), data={"key": field(answer, "key")}).status_code == 303


def test_a_reason_that_is_too_long_is_said_and_kept(small: SmallClinic, as_: As) -> None:
    story = "a" * (REASON_LENGTH + 1)
    answer = as_(small.patient.account).post(review_of(small, "09:30"), data={"key": "k1", "reason": story})
    assert answer.status_code == 400
    assert f"Use at most {REASON_LENGTH} characters." in text(answer)
    assert field(answer, "reason") == story and field(answer, "key") == "k1"
    assert soup(answer).title.get_text().startswith("Error:")  # type: ignore[union-attr]
    assert not visits_of(small.patient)


@pytest.mark.parametrize(
    "reason", ["\0", "<script>alert(1)</script>", "é😀", "\ud800".encode("utf-8", "surrogatepass")]
)
def test_odd_words_in_the_reason_are_words_and_no_more(small: SmallClinic, as_: As, reason: str | bytes) -> None:
    patient = as_(small.patient.account)
    answer = patient.post(review_of(small, "09:30"), data={"key": "k1", "reason": reason})
    assert answer.status_code in {303, 400}
    if answer.status_code == 303:
        page = patient.get(f"/appointment-details/{visits_of(small.patient)[0].id}/")
        assert "<script>alert" not in page.text


def test_a_key_that_no_page_of_ours_made_is_refused(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    for key in ("k" * 201, "a\0b"):
        assert patient.post(review_of(small, "09:30"), data={"key": key}).status_code == 400
    assert not visits_of(small.patient)
    assert patient.post(review_of(small, "09:30"), data={}).status_code == 303, "a form without a key books too"


def test_a_time_that_was_taken_meanwhile_offers_the_nearest_and_keeps_what_was_typed(
    small: SmallClinic, as_: As
) -> None:
    patient = as_(small.patient.account)
    key = field(patient.get(review_of(small, "09:30")), "key")
    small.book(small.shah, small.other, "09:30")
    answer = patient.post(review_of(small, "09:30"), data={"key": key, "reason": "Knee"})
    assert answer.status_code == 409
    assert "09:30 was taken a moment ago" in text(answer) and "+44 20 7946 0000" in text(answer)
    assert instead(answer) == [
        "Book Tue 24 Nov, 09:00 with Dr Asha Shah",
        "Book Tue 24 Nov, 10:00 with Dr Asha Shah",
        "Book Tue 24 Nov, 10:30 with Dr Asha Shah",
        "Book Tue 24 Nov, 09:30 with Dr Bruce Lee",
    ]
    assert (field(answer, "reason"), field(answer, "key")) == ("Knee", key)
    assert not visits_of(small.patient)

    fragment = patient.post(review_of(small, "09:30"), data={"key": key, "reason": "Knee"}, headers=PARTIAL)
    assert fragment.status_code == 409 and fragment.text.strip().startswith('<div id="review">')

    other = small.slot(small.lee, "09:30")
    booked = patient.post(review_of(small, "09:30"), data={"key": key, "reason": "Knee", "instead": other})
    [visit] = visits_of(small.patient)
    assert booked.status_code == 303
    assert (visit.doctor_id, visit.reason) == (small.lee.id, "Knee")


def test_opening_the_review_of_a_taken_time_says_so_at_once(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "09:30")
    answer = as_(small.patient.account).get(review_of(small, "09:30"))
    assert answer.status_code == 409 and len(instead(answer)) == 4


def test_a_time_too_short_for_a_long_visit_says_how_long_it_takes(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "10:00")
    answer = as_(small.patient.account).get(f"/slot/{small.slot(small.shah, '09:30')}/{small.long_visit.id}/")
    assert answer.status_code == 409
    assert "09:30 is too short for this visit" in text(answer) and "60 minutes" in text(answer)


def test_a_clash_with_ones_own_visit_names_it_and_leads_to_moving_it(small: SmallClinic, as_: As) -> None:
    own = small.book(small.lee, small.patient, "09:30")
    patient = as_(small.patient.account)
    for answer in (patient.get(review_of(small, "09:30")), patient.post(review_of(small, "09:30"), data={"key": "k"})):
        assert answer.status_code == 409
        assert "You already have a visit then" in text(answer)
        assert "Dr Bruce Lee on Tuesday 24 November 2026, 09:30 (Europe/London, GMT)" in text(answer)
        assert soup(answer).select_one(f'a[href="/move-appointment/{own.id}/"]')
        assert not [words for words in instead(answer) if "09:30" in words]


def test_a_time_that_has_passed_offers_the_next_ones(small: SmallClinic, as_: As, frozen_clock: object) -> None:
    address = review_of(small, "09:30")
    frozen_clock.move_to(factories.at(small.clinic, TUESDAY, "12:10"))  # type: ignore[attr-defined]
    patient = as_(small.patient.account)
    for answer in (patient.get(address), patient.post(address, data={"key": "k", "reason": "Knee"})):
        assert answer.status_code == 400
        assert "has passed" in text(answer)
        assert instead(answer)[0] == "Book Tue 24 Nov, 12:30 with Dr Asha Shah"
    assert not visits_of(small.patient)


@pytest.mark.parametrize("wall_time", ["09:10", "18:00"])
def test_a_time_that_the_doctor_never_has_is_not_found_but_helps_on(
    small: SmallClinic, as_: As, wall_time: str
) -> None:
    patient = as_(small.patient.account)
    for answer in (patient.get(review_of(small, wall_time)), patient.post(review_of(small, wall_time), data={})):
        assert answer.status_code == 404
        assert f"There is no appointment at {wall_time}" in text(answer)
        assert instead(answer)


def test_numbers_that_are_no_slots_are_not_found(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    for slot in (0, 1, 2**53 - 1):
        assert patient.get(f"/slot/{slot}/{small.check_up.id}/").status_code == 404
        assert patient.post(f"/slot/{slot}/{small.check_up.id}/", data={"key": "k"}).status_code == 404
    assert patient.get(f"/slot/{small.slot(small.lee, '09:00')}/{small.long_visit.id}/").status_code == 404


def test_who_wanted_any_doctor_goes_back_to_the_times_of_any_doctor(small: SmallClinic, as_: As) -> None:
    answer = as_(small.patient.account).get(review_of(small, "09:30") + "?any=1")
    assert soup(answer).select_one(f'a[href="/available-slots/any/{small.check_up.id}/?day=2026-11-24"]')


def test_the_confirmation_page_without_a_booking_says_where_the_visits_are(small: SmallClinic, as_: As) -> None:
    assert "No visit was booked just now" in text(as_(small.patient.account).get("/appointment-success/"))


def test_the_confirmation_page_remembers_what_this_browser_booked(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    patient.post(review_of(small, "09:30"), data={"key": "k1"})
    [visit] = visits_of(small.patient)
    assert visit.reference in text(patient.get("/appointment-success/"))
    patient.post(f"/cancel_appointment/{visit.id}/")
    assert patient.get("/appointment-success/").location == f"/appointment-details/{visit.id}/"


def test_nobody_sees_the_confirmation_of_somebody_else(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30")
    assert as_(small.other.account).get(f"/appointment-success/?appointment={visit.id}").status_code == 404


def test_who_takes_any_doctor_is_first_offered_the_same_time_with_another(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "09:30")
    answer = as_(small.patient.account).post(review_of(small, "09:30") + "?any=1", data={"key": "k"})
    assert instead(answer)[0] == "Book Tue 24 Nov, 09:30 with Dr Bruce Lee"


def test_who_went_back_after_booking_another_time_reads_that_it_is_booked(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.other, "09:30")
    patient = as_(small.patient.account)
    other = small.slot(small.shah, "10:00")
    patient.post(review_of(small, "09:30"), data={"key": "k", "reason": "Knee", "instead": other})
    answer = patient.get(review_of(small, "09:30"))
    assert answer.status_code == 409
    assert "09:30 is no longer free" in text(answer) and "Nothing was booked" not in text(answer)
    assert "The visit to Dr Asha Shah on Tuesday 24 November 2026, 10:00 (Europe/London, GMT) is booked." in text(
        answer
    )
    assert "is booked" not in text(as_(small.other.account).get(review_of(small, "09:30")))


def test_who_was_signed_out_while_typing_signs_in_and_is_back_on_the_review(
    small: SmallClinic, app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    address = review_of(small, "09:30") + "?any=1"
    sent = client.post(address, data={"key": "k", "reason": "Knee"})
    assert (sent.status_code, unquote(sent.location)) == (302, f"/login/?next={address}")
    headers = PARTIAL | {"HX-Current-URL": f"http://localhost{address}"}
    swapped = client.post(address, data={"key": "k", "reason": "Knee"}, headers=headers)
    assert (swapped.status_code, unquote(swapped.headers["HX-Redirect"])) == (401, f"/login/?next={address}")


def test_a_form_that_is_too_old_keeps_the_page_and_what_was_typed(small: SmallClinic, app: Flask, as_: As) -> None:
    patient = as_(small.patient.account)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = patient.post(review_of(small, "09:30"), data={"key": "k", "reason": "Knee"}, headers=PARTIAL)
    assert answer.status_code == 400 and "reload the page" in text(answer)
    assert answer.headers["HX-Retarget"] == "#messages" and "<header" not in answer.text


def test_later_days_after_the_sign_in_ended_lead_to_signing_in_and_back(
    small: SmallClinic, client: FlaskClient
) -> None:
    times = f"/available-slots/{small.shah.id}/{small.check_up.id}/"
    headers = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Current-URL": f"http://localhost{times}"}
    answer = client.get(f"{times}?from=2026-12-07", headers=headers)
    assert (answer.status_code, unquote(answer.headers["HX-Redirect"])) == (401, f"/login/?next={times}")
    assert "You come back to the page you were on." in text(client.get(answer.headers["HX-Redirect"]))
    assert "You come back" not in text(client.get("/login/"))
