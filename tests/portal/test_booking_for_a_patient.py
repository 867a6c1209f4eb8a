"""The clinic's staff book for a patient, in the same steps."""

from collections.abc import Callable

from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Account, Appointment
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import FLOW, SmallClinic, small, soup, text

As = Callable[[Account], Visitor]
__all__ = ["small"]


def only_visit() -> Appointment:
    """The one appointment there is."""
    return db.session.scalars(select(Appointment)).one()


def test_an_admin_who_has_named_nobody_chooses_the_patient_first_at_any_step(small: SmallClinic, as_: As) -> None:
    admin = as_(factories.make_admin(small.clinic))
    for path in (FLOW, f"/available-slots/{small.shah.id}/{small.check_up.id}/?day=2026-11-25"):
        answer = admin.get(path)
        assert "Who is the visit for?" in text(answer)
        links = [str(link["href"]) for link in soup(answer).select(".mm-choice a")]
        assert [link for link in links if f"patient={small.patient.id}" in link and link.startswith(path.split("?")[0])]
    assert "day=2026-11-25" in links[0], "what was chosen before is kept"


def test_patients_are_found_by_name_and_come_in_pages(small: SmallClinic, as_: As) -> None:
    for number in range(30):
        factories.make_patient(small.clinic, first_name=f"Zoe{number:02}")
    admin = as_(factories.make_admin(small.clinic))
    assert "Page 1 of 2" in text(admin.get(FLOW))
    assert "Zoe29" in text(admin.get(f"{FLOW}?page=2"))
    found = admin.get(f"{FLOW}?q=grace", headers={"HX-Request-Type": "partial"})
    assert "Grace Moss" in found.text and "Omar Reed" not in found.text and "<html" not in found.text
    assert "No patient matches" in text(admin.get(f"{FLOW}?q=nobody"))


def test_the_chosen_patient_is_carried_through_to_the_booking(small: SmallClinic, as_: As) -> None:
    admin = as_(factories.make_admin(small.clinic))
    whom = f"patient={small.patient.id}"
    slot = small.slot(small.shah, "09:30")
    for path in (
        FLOW,
        f"/get-doctors-for-treatment/{small.check_up.id}/",
        f"/available-slots/{small.shah.id}/{small.check_up.id}/",
        f"/slot/{slot}/{small.check_up.id}/",
    ):
        answer = admin.get(f"{path}?{whom}")
        assert answer.status_code == 200
        assert "Grace Moss" in text(answer)
        steps = [
            str(link["href"]) for link in soup(answer).select("main a[href*='/available-slots/'], main .mm-choice a")
        ]
        assert all(whom in link for link in steps), path
    chosen = admin.get(f"/available-slots/{small.shah.id}/{small.check_up.id}/?{whom}&slot={slot}")
    assert chosen.location == f"/slot/{slot}/{small.check_up.id}/?{whom}"
    booked = admin.post(chosen.location, data={"key": "k1", "reason": "Told us by phone"})
    visit = only_visit()
    assert visit.patient_id == small.patient.id
    assert visit.booked_by_id != small.patient.account_id
    success = text(admin.get(booked.location))
    assert "The visit is booked" in success and "Grace Moss" in success


def test_a_booking_without_a_patient_is_refused_and_nothing_is_booked(small: SmallClinic, as_: As) -> None:
    admin = as_(factories.make_admin(small.clinic))
    answer = admin.post(f"/slot/{small.slot(small.shah, '09:30')}/{small.check_up.id}/", data={"key": "k1"})
    assert answer.status_code == 400 and "Who is the visit for?" in text(answer)
    assert db.session.scalar(select(Appointment)) is None


def test_another_clinics_patient_and_an_odd_number_are_not_found(small: SmallClinic, as_: As) -> None:
    far = factories.make_patient(factories.make_clinic(name="Hillside Dental"))
    admin = as_(factories.make_admin(small.clinic))
    for whom in (far.id, 0, -1, "x", 10**30):
        assert admin.get(f"{FLOW}?patient={whom}").status_code == 404


def test_the_patients_clash_is_told_to_the_admin_by_name(small: SmallClinic, as_: As) -> None:
    small.book(small.lee, small.patient, "09:30")
    admin = as_(factories.make_admin(small.clinic))
    answer = admin.get(f"/slot/{small.slot(small.shah, '09:30')}/{small.check_up.id}/?patient={small.patient.id}")
    assert answer.status_code == 409 and "Grace Moss already has a visit then" in text(answer)


def test_a_patient_who_names_somebody_else_books_for_themselves(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    path = f"/slot/{small.slot(small.shah, '09:30')}/{small.check_up.id}/?patient={small.other.id}"
    patient.post(path, data={"key": "k1", "patient": small.other.id, "patient_id": small.other.id})
    assert only_visit().patient_id == small.patient.id


def test_an_applicant_books_like_any_patient_and_a_closed_profile_does_not(small: SmallClinic, as_: As) -> None:
    no_profile = factories.make_account(small.clinic)
    assert as_(no_profile).get(FLOW).status_code == 403


def test_a_clinic_without_patients_says_what_to_do_next(app: object, as_: As) -> None:
    clinic = factories.make_clinic()
    answer = as_(factories.make_admin(clinic)).get(FLOW)
    assert "This clinic has no patients yet." in text(answer)
    assert soup(answer).select_one('a[href="/create_patient/"]')


def test_every_link_of_the_time_step_works_and_keeps_the_patient(small: SmallClinic, as_: As) -> None:
    admin = as_(factories.make_admin(small.clinic))
    times = f"/available-slots/{small.shah.id}/{small.check_up.id}/?patient={small.patient.id}"
    for address, words in ((times, "Later days"), (f"{times}&day=2026-11-28", "Show the times on")):
        [link] = [each for each in soup(admin.get(address)).select("#picker a") if words in each.get_text()]
        answer = admin.get(str(link["href"]))
        assert answer.status_code == 200 and "When would suit Grace Moss?" in text(answer), link["href"]
    assert link["href"] == f"{times}&day=2026-11-23"
