"""The page that a mailed link leads to, and confirming in the portal. It is Monday 23 November 2026, 08:00."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.models import Account, Appointment, AuditEntry
from medimeet.services import held_bookings
from tests import factories
from tests.conftest import Visitor
from tests.portal.booking_people import SmallClinic, small, soup, text
from tests.portal.browsing import link_in, mails_to

As = Callable[[Account], Visitor]
__all__ = ["small"]

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def held(small: SmallClinic) -> Appointment:
    """Grace Moss's visit to Dr Shah on Tuesday at 09:00, asked for in the chat by somebody."""
    return held_bookings.hold(
        small.clinic,
        patient_email=small.patient.account.email or "",
        doctor_id=small.shah.id,
        slot_id=small.slot(small.shah, "09:00"),
        treatment_id=small.check_up.id,
        address="192.0.2.1",
        origin=None,
    )


@pytest.fixture
def link(held: Appointment) -> str:
    """The path of the link in the mail."""
    return link_in(mails_to(held.patient.account, "booking_to_confirm")[0])


@pytest.fixture
def mail_reader(app: object) -> FlaskClient:
    """A browser that nobody is signed in to."""
    return app.test_client()  # type: ignore[attr-defined,no-any-return]


def test_the_link_shows_what_is_asked_and_one_button_and_only_the_button_books(
    held: Appointment, link: str, mail_reader: FlaskClient
) -> None:
    for _scanner in range(2):
        asked = mail_reader.get(link)
        assert mail_reader.head(link).status_code == 200
    page = soup(asked)
    assert "Who Dr Asha Shah When Tuesday 24 November 2026, 09:00 (Europe/London, GMT)" in text(asked)
    assert "It is not booked yet" in text(asked)
    assert "until Monday 23 November 2026, 08:30" in text(asked)
    assert [button.get_text(strip=True) for button in page.select("main button")] == ["Yes, book this visit"]
    assert "Check-up" not in asked.text and "Grace" not in asked.text
    assert asked.headers["Cache-Control"] == "no-store"
    assert held.status == AppointmentStatus.PENDING

    answer = mail_reader.post(link)
    assert (answer.status_code, answer.location) == (303, link)
    for done in (mail_reader.get(link), mail_reader.post(link, follow_redirects=True)):
        assert "Your visit is booked" in text(done) and held.reference in text(done)
        assert "Riverside Clinic, 1 River Street, London" in text(done)
        assert "Check-up" not in done.text
        assert soup(done).select_one(f'main a[href="/appointment-details/{held.id}/"]') is not None
    assert held.status == AppointmentStatus.SCHEDULED
    assert db.session.query(AuditEntry).filter_by(deed="confirmed").count() == 1


def test_a_link_that_comes_too_late_says_that_the_time_is_free_again(
    link: str, mail_reader: FlaskClient, frozen_clock: time_machine.Traveller
) -> None:
    frozen_clock.shift(timedelta(minutes=31))
    for answer in (mail_reader.get(link), mail_reader.post(link)):
        assert answer.status_code == 400
        assert "its time was given free again. Book a new visit." in text(answer)
        assert soup(answer).select_one("main button") is None
    unknown = mail_reader.get("/confirm-booking/no-such-token/")
    assert unknown.status_code == 400 and "This link does nothing any more." in text(unknown)


def test_times_are_those_of_the_clinic_that_the_visit_is_in(small: SmallClinic, mail_reader: FlaskClient) -> None:
    kolkata = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    doctor = factories.make_doctor(kolkata)
    patient = factories.make_patient(kolkata)
    day = factories.clock.today(kolkata.zone) + timedelta(days=1)
    visit = held_bookings.hold(
        kolkata,
        patient_email=patient.account.email or "",
        doctor_id=doctor.id,
        slot_id=factories.slot_at(doctor, kolkata, day, "14:00"),
        treatment_id=factories.make_treatment(kolkata, doctor).id,
        address="192.0.2.1",
        origin=None,
    )
    link = link_in(mails_to(visit.patient.account, "booking_to_confirm")[0])
    asked = mail_reader.get(link)
    assert "Tuesday 24 November 2026, 14:00 (Asia/Kolkata" in text(asked)
    assert soup(asked).select_one(".mm-brand span").get_text() == "Hillside Dental"  # type: ignore[union-attr]


def test_a_patient_confirms_in_the_portal_and_can_move_the_visit_only_then(
    small: SmallClinic, held: Appointment, as_: As
) -> None:
    patient, details = as_(small.patient.account), f"/appointment-details/{held.id}/"
    confirm, move = f"/confirm-appointment/{held.id}/", f"/move-appointment/{held.id}/"
    for address in ("/view_appointments/", details):
        page = soup(patient.get(address))
        assert page.select_one(f'main form[action="{confirm}"]') is not None
        assert page.select_one(f'main a[href="{move}"]') is None
        assert "Waiting for confirmation" in page.get_text()
    assert "This visit is not booked yet" in text(patient.get(details))
    assert patient.get(move).location == details
    refused = patient.post(move, data={"slot": small.slot(small.shah, "10:00")})
    assert refused.status_code == 400 and "Confirm it first." in refused.text
    assert patient.get(f"/appointment-success/?appointment={held.id}").location == details
    assert soup(patient.get(f"/cancel_appointment/{held.id}/")).select_one(f'main a[href="{move}"]') is None

    assert "Your visit is booked" in text(patient.post(confirm, follow_redirects=True))
    assert held.status == AppointmentStatus.SCHEDULED
    assert soup(patient.get(details)).select_one(f'main a[href="{move}"]') is not None
    assert "There is nothing left to confirm" in patient.post(confirm, follow_redirects=True).text


def test_doctor_and_desk_see_that_a_visit_waits_and_can_not_confirm_it(
    small: SmallClinic, held: Appointment, as_: As
) -> None:
    admin = factories.make_admin(small.clinic)
    for account, addresses in (
        (small.shah.account, ("/doctor_appointments/", "/doctor-day/?day=2026-11-24", "/doctor-week/?day=2026-11-24")),
        (admin, ("/clinic_appointments/?status=pending", f"/view_patient/{small.patient.id}/")),
    ):
        reader = as_(account)
        for address in (*addresses, f"/appointment-details/{held.id}/"):
            answer = reader.get(address)
            assert "Waiting for confirmation" in text(answer), address
            assert f"/confirm-appointment/{held.id}/" not in answer.text
        assert "The patient has been sent a mail to confirm it" in text(reader.get(f"/appointment-details/{held.id}/"))
        assert reader.post(f"/confirm-appointment/{held.id}/").status_code == 404
    refused = as_(small.shah.account).post(f"/appointment-status/{held.id}/", data={"status": "completed"})
    assert refused.status_code == 303
    assert held.status == AppointmentStatus.PENDING


def test_a_patient_whose_time_was_given_free_sees_it_as_canceled(
    small: SmallClinic, held: Appointment, as_: As, frozen_clock: time_machine.Traveller
) -> None:
    frozen_clock.shift(timedelta(minutes=30, seconds=1))
    patient = as_(small.patient.account)
    for address in ("/view_appointments/", f"/appointment-details/{held.id}/"):
        page = text(patient.get(address))
        assert "Canceled" in page and "Book again" in page and "Waiting" not in page
