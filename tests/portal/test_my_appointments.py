"""The list of visits, one visit, its calendar file, and canceling."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Flask
from icalendar import Calendar
from sqlalchemy import event, select

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, AuditEntry, MedicalRecordVersion, Notification
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import TUESDAY, WEDNESDAY, SmallClinic, small, soup, text, words_of

As = Callable[[Account], Visitor]
LAST_WEEK = date(2026, 11, 17)
__all__ = ["small"]


def past_visit(small: SmallClinic, wall_time: str = "10:00", **given: object) -> Appointment:
    """A completed visit of Grace Moss to Dr Shah last week."""
    return small.book(
        small.shah, small.patient, wall_time, LAST_WEEK, **{"status": AppointmentStatus.COMPLETED} | given
    )


def notes_on(visit: Appointment, **words: str) -> MedicalRecordVersion:
    """What the doctor wrote about the visit."""
    author = visit.doctor.account_id
    return factories.save(
        MedicalRecordVersion(clinic_id=visit.clinic_id, appointment_id=visit.id, number=1, author_id=author, **words)
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def status_of(visit: Appointment) -> str:
    """The status as the database has it now."""
    db.session.refresh(visit)
    return visit.status.value


def headings(visitor: Visitor, address: str = "/view_appointments/") -> list[str]:
    """The visits of the list as they are headed, with their day."""
    return [words_of(card, ".mm-visit-when") for card in soup(visitor.get(address)).select(".mm-visit")]


def test_a_patient_sees_own_visits_those_to_come_first(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.patient, "11:00", WEDNESDAY)
    small.book(small.lee, small.patient, "09:30")
    past_visit(small)
    small.book(small.shah, small.other, "15:00")
    listed = headings(as_(small.patient.account))
    assert listed == ["Tue 24 Nov 09:30 – 10:00", "Wed 25 Nov 11:00 – 11:30", "Tue 17 Nov 10:00 – 10:30"]


def test_visits_to_come_can_be_moved_and_canceled_past_ones_booked_again(small: SmallClinic, as_: As) -> None:
    coming = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id)
    past_visit(small, treatment_id=small.check_up.id)
    links = [str(link["href"]) for link in soup(as_(small.patient.account).get("/view_appointments/")).select("main a")]
    assert f"/move-appointment/{coming.id}/" in links and f"/cancel_appointment/{coming.id}/" in links
    assert f"/available-slots/{small.shah.id}/{small.check_up.id}/" in links


def test_a_visit_whose_doctor_no_longer_gives_it_is_booked_again_from_the_start(small: SmallClinic, as_: As) -> None:
    visit = past_visit(small)
    page = soup(as_(small.patient.account).get(f"/appointment-details/{visit.id}/"))
    assert page.select_one('main a[href="/treatment_list_for_new_appointment_booking/"]')


def test_somebody_without_visits_is_told_what_to_do_next(small: SmallClinic, as_: As) -> None:
    patient = as_(small.patient.account)
    assert "You have no visit to come." in text(patient.get("/view_appointments/"))
    assert "There are no past visits yet." in text(patient.get("/view_appointments/?period=past"))
    assert "No visit matches" in text(patient.get("/view_appointments/?q=zebra"))


def test_visits_can_be_searched_by_doctor_treatment_and_reference(small: SmallClinic, as_: As) -> None:
    first = small.book(small.shah, small.patient, "09:30", treatment_id=small.check_up.id)
    small.book(small.lee, small.patient, "11:00")
    patient = as_(small.patient.account)
    for query in ("shah", "CHECK", first.reference.lower()):
        assert headings(patient, f"/view_appointments/?q={query}") == ["Tue 24 Nov 09:30 – 10:00"]
    fragment = patient.get("/view_appointments/?q=lee", headers={"HX-Request-Type": "partial"})
    assert "Dr Bruce Lee" in fragment.text and "<html" not in fragment.text
    assert patient.get("/view_appointments/?q=%00%25").status_code == 200


def test_many_visits_come_in_pages(small: SmallClinic, as_: As) -> None:
    for day in range(1, 13):
        small.book(small.shah, small.patient, "10:00", date(2026, 10, day), status=AppointmentStatus.COMPLETED)
    patient = as_(small.patient.account)
    assert len(headings(patient, "/view_appointments/?period=past")) == 10
    second = patient.get("/view_appointments/?period=past&page=2")
    assert "Page 2 of 2" in text(second) and len(soup(second).select(".mm-visit")) == 2
    assert patient.get("/view_appointments/?page=oops&period=odd").status_code == 200


def test_a_long_list_asks_the_database_no_more_than_a_short_one(small: SmallClinic, as_: As) -> None:
    patient, counts = as_(small.patient.account), []
    for day in range(1, 9):
        treatment = factories.make_treatment(small.clinic, small.shah, name=f"Treatment {day}")
        day_ago = date(2026, 10, day)
        small.book(
            small.shah, small.patient, "10:00", day_ago, status=AppointmentStatus.COMPLETED, treatment_id=treatment.id
        )
        with statements() as asked:
            assert patient.get("/view_appointments/?period=past").status_code == 200
        counts.append(len(asked))
    assert len(set(counts[1:])) == 1, counts


def test_an_admin_sees_the_clinics_visits_and_a_doctor_own_ones(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.patient, "09:30")
    small.book(small.lee, small.other, "09:30")
    far = factories.make_clinic(name="Hillside Dental")
    admin = text(as_(factories.make_admin(small.clinic)).get("/view_appointments/"))
    doctor = text(as_(small.shah.account).get("/view_appointments/"))
    assert "Grace Moss" in admin and "Omar Reed" in admin
    assert "Grace Moss" in doctor and "Omar Reed" not in doctor
    assert "No visit is booked." in text(as_(factories.make_admin(far)).get("/view_appointments/"))


def test_a_visit_is_seen_by_its_patient_its_doctor_and_the_admin_and_nobody_else(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", reason="Knee")
    far = factories.make_clinic(name="Hillside Dental")
    paths = [
        f"/appointment-details/{visit.id}/",
        f"/cancel_appointment/{visit.id}/",
        f"/move-appointment/{visit.id}/",
        f"/appointment-calendar/{visit.id}/",
    ]
    for path in paths:
        for person in (small.patient.account, small.shah.account, factories.make_admin(small.clinic)):
            assert as_(person).get(path).status_code == 200, path
        strangers = (
            small.other.account,
            small.lee.account,
            factories.make_admin(far),
            factories.make_patient(far).account,
        )
        for person in strangers:
            assert as_(person).get(path).status_code == 404, path
            assert as_(person).post(f"/cancel_appointment/{visit.id}/").status_code == 404
            assert as_(person).post(f"/move-appointment/{visit.id}/", data={"slot": 1}).status_code == 404
    assert "Knee" in text(as_(small.patient.account).get(paths[0]))
    assert status_of(visit) == "scheduled"


def test_a_visitor_is_asked_to_sign_in(app: Flask, small: SmallClinic) -> None:
    visit = small.book(small.shah, small.patient, "09:30")
    visitor = app.test_client()
    for path in (f"/appointment-details/{visit.id}/", f"/appointment-calendar/{visit.id}/"):
        assert visitor.get(path).location == f"/login/?next={path}"
    assert visitor.post(f"/cancel_appointment/{visit.id}/").location.startswith("/login/")


def test_the_patient_and_the_doctor_read_the_notes_the_admin_does_not(small: SmallClinic, as_: As) -> None:
    visit = past_visit(small)
    notes_on(visit, diagnosis="A sprained knee", prescription="Rest\nand ice")
    address = f"/appointment-details/{visit.id}/"
    patient = as_(small.patient.account)
    assert "Doctor’s notes" in text(patient.get("/view_appointments/?period=past"))
    for reader in (patient, as_(small.shah.account)):
        page = text(reader.get(address))
        assert "A sprained knee" in page and "Rest and ice" in page
    assert "sprained" not in text(as_(factories.make_admin(small.clinic)).get(address))
    of_records = select(AuditEntry).where(AuditEntry.deed == "read", AuditEntry.subject == "medical_record")
    assert [entry.actor_id for entry in db.session.scalars(of_records)] == [small.shah.account_id]


def test_the_calendar_file_is_one_event_at_the_time_of_the_visit(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30", reason="A secret")
    answer = as_(small.patient.account).get(f"/appointment-calendar/{visit.id}/")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="visit-{visit.reference}.ics"'
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert event.decoded("dtstart") == visit.starts_at and event.decoded("dtend") == visit.ends_at
    assert "secret" not in answer.text


def test_canceling_asks_first_then_frees_the_time_for_others(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30")
    patient = as_(small.patient.account)
    question = patient.get(f"/cancel_appointment/{visit.id}/")
    assert "Cancel this visit?" in text(question)
    assert status_of(visit) == "scheduled", "asking changes nothing"

    answer = patient.post(f"/cancel_appointment/{visit.id}/")
    assert (answer.status_code, answer.location) == (303, "/view_appointments/")
    assert "is canceled." in patient.get("/view_appointments/").text
    assert status_of(visit) == "canceled"
    assert db.session.scalar(select(Notification.id).where(Notification.appointment_id == visit.id))
    slot = small.slot(small.shah, "09:30")
    assert as_(small.other.account).post(f"/slot/{slot}/{small.check_up.id}/", data={"key": "k"}).status_code == 303


def test_canceling_twice_answers_as_the_first_time(small: SmallClinic, as_: As) -> None:
    visit = small.book(small.shah, small.patient, "09:30")
    patient = as_(small.patient.account)
    answers = [patient.post(f"/cancel_appointment/{visit.id}/") for _ in range(2)]
    assert [answer.location for answer in answers] == ["/view_appointments/"] * 2
    assert patient.get(f"/cancel_appointment/{visit.id}/").location == f"/appointment-details/{visit.id}/"


def test_old_links_to_move_or_cancel_lead_to_the_visit_and_say_why(small: SmallClinic, as_: As) -> None:
    visit = past_visit(small)
    patient = as_(small.patient.account)
    details = f"/appointment-details/{visit.id}/"
    assert patient.get(f"/cancel_appointment/{visit.id}/").location == details
    moved = patient.get(f"/move-appointment/{visit.id}/")
    assert moved.location == details
    page = patient.get(details)
    said = soup(page).select_one("#messages")
    assert said is not None and "can't be moved. Book a new one." in said.get_text() and "Book again" in text(page)


def test_visits_of_other_years_name_their_year(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.patient, "09:30")
    factories.make_appointment(
        doctor=small.shah, patient=small.patient, starts_at=factories.at(small.clinic, date(2024, 10, 8), "10:00")
    )
    page = text(as_(small.patient.account).get("/view_appointments/"))
    assert "Tue 24 Nov 09:30" in page and "Tue 8 Oct 2024 10:00" in page


def test_a_page_past_the_end_of_the_list_leads_to_its_first(small: SmallClinic, as_: As) -> None:
    small.book(small.shah, small.patient, "09:30")
    page = text(as_(small.patient.account).get("/view_appointments/?page=9"))
    assert "The list is shorter than that." in page and "no visit to come" not in page


def test_a_visit_that_is_over_can_be_neither_canceled_nor_moved(small: SmallClinic, as_: As) -> None:
    visit = past_visit(small)
    patient = as_(small.patient.account)
    for answer in (
        patient.post(f"/cancel_appointment/{visit.id}/"),
        patient.post(f"/move-appointment/{visit.id}/", data={"slot": small.slot(small.shah, "09:30")}),
    ):
        assert answer.status_code == 400 and "over" in text(answer)
    page = text(patient.get(f"/appointment-details/{visit.id}/"))
    assert "Move this visit" not in page and "Book again" in page


def test_the_doctor_and_the_admin_may_cancel_too(small: SmallClinic, as_: As) -> None:
    first, second = (
        small.book(small.shah, small.patient, "09:30"),
        small.book(small.shah, small.patient, "11:00", TUESDAY),
    )
    assert as_(small.shah.account).post(f"/cancel_appointment/{first.id}/").status_code == 303
    assert as_(factories.make_admin(small.clinic)).post(f"/cancel_appointment/{second.id}/").status_code == 303
