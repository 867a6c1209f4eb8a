"""Moving a visit: the old time is kept until the new one is had."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.models import Account, Appointment, Notification
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import TUESDAY, WEDNESDAY, SmallClinic, days, small, soup, text, times

As = Callable[[Account], Visitor]
PARTIAL = {"HX-Request-Type": "partial"}
__all__ = ["small"]


def move(visitor: Visitor, visit: Appointment, slot: int, **more: str) -> TestResponse:
    """Sends the form of the page that moves a visit."""
    return visitor.post(f"/move-appointment/{visit.id}/", data={"slot": slot, **more})


def test_the_page_offers_the_times_of_the_same_doctor_without_the_present_one(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id)
    patient = as_(small.patient.account)
    page = patient.get(f"/move-appointment/{visit.id}/?day={TUESDAY}")
    assert "You keep the old time until you have chosen a new one." in text(page)
    assert "Tuesday 24 November 2026, 09:30 to 10:00" in text(page)
    assert "09:30" not in times(page) and times(page)[:2] == ["09:00", "10:00"]
    assert len(days(page)) == 10
    fragment = patient.get(f"/move-appointment/{visit.id}/?day={WEDNESDAY}", headers=PARTIAL)
    assert fragment.text.strip().startswith('<section id="times"')
    assert soup(fragment).select_one('form[method="post"] input[name="csrf_token"]')


def test_a_long_visit_may_move_by_half_its_length(small: SmallClinic, as_: As) -> None:
    at_ten = factories.at(small.clinic, TUESDAY, "10:00")
    at_eleven = factories.at(small.clinic, TUESDAY, "11:00")
    visit = factories.make_appointment(
        small.shah, small.patient, at_ten, ends_at=at_eleven, treatment_id=small.long_visit.id
    )
    patient = as_(small.patient.account)
    offered = times(patient.get(f"/move-appointment/{visit.id}/?day={TUESDAY}"))
    assert "10:30" in offered and "09:30" in offered and "10:00" not in offered
    assert move(patient, visit, small.slot(small.shah, "10:30")).status_code == 303
    db.session.refresh(visit)
    assert visit.starts_at == factories.at(small.clinic, TUESDAY, "10:30")
    assert visit.ends_at == factories.at(small.clinic, TUESDAY, "11:30")


def test_a_moved_visit_keeps_its_reference_and_reason_and_everybody_is_told(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id, reason="Knee")
    reference = visit.reference
    patient = as_(small.patient.account)
    answer = move(patient, visit, small.slot(small.shah, "11:00", WEDNESDAY))
    assert (answer.status_code, answer.location) == (303, f"/appointment-details/{visit.id}/")
    page = patient.get(f"/appointment-details/{visit.id}/")
    assert "The visit is moved. It is now on Wednesday 25 November 2026, 11:00" in page.text
    assert reference in text(page) and "Knee" in text(page)
    kinds = set(db.session.scalars(select(Notification.kind).where(Notification.appointment_id == visit.id)))
    assert any("moved" in kind for kind in kinds)
    old = small.slot(small.shah, "09:30")
    assert as_(small.other.account).get(f"/slot/{old}/{small.check_up.id}/").status_code == 200


def test_a_new_time_that_was_taken_meanwhile_keeps_the_old_one_and_offers_others(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id)
    small.book(small.shah, small.other, "11:00")
    patient = as_(small.patient.account)
    answer = move(patient, visit, small.slot(small.shah, "11:00"), day=str(TUESDAY))
    assert answer.status_code == 409
    assert "Nothing was changed" in text(answer)
    buttons = [button.get_text(strip=True) for button in soup(answer).select(".mm-problem button")]
    assert buttons == ["Move to Tue 24 Nov, 10:30", "Move to Tue 24 Nov, 11:30", "Move to Tue 24 Nov, 10:00"]
    db.session.refresh(visit)
    assert visit.starts_at == factories.at(small.clinic, TUESDAY, "09:30")


def test_a_new_time_that_clashes_with_another_own_visit_is_refused(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id)
    small.book(small.lee, small.patient, "11:00")
    answer = move(as_(small.patient.account), visit, small.slot(small.shah, "11:00"))
    assert answer.status_code == 409 and "Dr Bruce Lee" in text(answer)


@pytest.mark.parametrize("wall_time", ["09:10", "20:00"])
def test_a_time_that_does_not_exist_changes_nothing(small: SmallClinic, as_: As, wall_time: str) -> None:
    visit = small.book(small.shah, small.patient, "09:30")
    answer = move(as_(small.patient.account), visit, small.slot(small.shah, wall_time))
    assert answer.status_code == 404 and days(answer)


def test_a_form_without_a_time_says_what_to_do(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30")
    patient = as_(small.patient.account)
    for data in ({}, {"slot": "soon"}, {"slot": "9" * 30}):
        answer = patient.post(f"/move-appointment/{visit.id}/", data=data)
        assert answer.status_code == 400 and "Choose one of the times" in text(answer)


def test_a_visit_is_moved_by_its_doctor_and_by_the_admin(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id)
    assert move(as_(small.shah.account), visit, small.slot(small.shah, "10:00")).status_code == 303
    admin = as_(factories.make_admin(small.clinic))
    assert "Grace Moss" in text(admin.get(f"/move-appointment/{visit.id}/"))
    assert move(admin, visit, small.slot(small.shah, "10:30")).status_code == 303
