"""The outbox: admins see what their clinic's people were told; in the demo everybody does."""

from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from medimeet.db import db
from medimeet.models import AuditEntry, Clinic, Notification
from medimeet.services import delivery
from tests.factories import make_admin, make_clinic, make_doctor, make_patient, save

_numbers = count(1)


def write(clinic: Clinic | None, **given: Any) -> Notification:
    number = next(_numbers)
    values: dict[str, Any] = {
        "clinic_id": clinic.id if clinic else None,
        "channel": "email",
        "kind": "appointment_booked",
        "recipient": f"person{number}@people.example",
        "subject": f"Subject {number}",
        "body": "Hello,\n\nyour visit is booked.\n",
        "dedupe_key": f"outbox-{number}",
        "message_id": f"<outbox-{number}@clinic.example>",
    }
    return save(Notification(**values | given))


@pytest.fixture
def demo(app: Flask) -> Flask:
    app.config["DEMO"] = True
    return app


def test_an_admin_reads_the_clinics_messages_newest_first(clinic: Clinic, as_: Any) -> None:
    older, newer = write(clinic), write(clinic, state="failed", last_error="The mail server said 550: no such user")
    admin = as_(make_admin(clinic))
    listed = admin.get("/outbox/").text
    assert listed.index(newer.subject) < listed.index(older.subject)
    assert newer.recipient in listed
    opened = admin.get(f"/outbox/{newer.id}/").text
    assert "your visit is booked." in opened
    assert "550: no such user" in opened


def test_another_clinics_messages_do_not_exist_for_an_admin(clinic: Clinic, as_: Any) -> None:
    foreign, nobodys = write(make_clinic(name="Elsewhere"), calendar="BEGIN:VCALENDAR"), write(None)
    admin = as_(make_admin(clinic))
    assert foreign.subject not in admin.get("/outbox/").text
    for row in (foreign, nobodys):
        assert admin.get(f"/outbox/{row.id}/").status_code == 404
        assert admin.get(f"/outbox/{row.id}/visit.ics").status_code == 404
        assert admin.post(f"/outbox/{row.id}/send-again/").status_code == 404


def test_patients_and_doctors_are_kept_out_and_visitors_are_asked_to_sign_in(
    clinic: Clinic, client: FlaskClient, as_: Any
) -> None:
    row = write(clinic)
    for person in (make_patient(clinic).account, make_doctor(clinic).account):
        assert as_(person).get("/outbox/").status_code == 403
        assert as_(person).get(f"/outbox/{row.id}/").status_code == 403
        assert as_(person).post(f"/outbox/{row.id}/send-again/").status_code == 403
    assert client.get("/outbox/").status_code == 302


def test_in_the_demo_anybody_reads_every_message_but_only_the_clinics_admin_sends_again(
    demo: Flask, clinic: Clinic, client: FlaskClient, as_: Any
) -> None:
    elsewhere = write(make_clinic(name="Elsewhere"), state="failed")
    assert elsewhere.subject in client.get("/outbox/").text
    assert client.get(f"/outbox/{elsewhere.id}/").status_code == 200
    assert as_(make_patient(clinic).account).get(f"/outbox/{elsewhere.id}/").status_code == 200
    assert as_(make_admin(clinic)).post(f"/outbox/{elsewhere.id}/send-again/").status_code == 404


def test_in_the_demo_the_link_of_a_mail_that_went_to_a_file_can_be_clicked(
    demo: Flask, clinic: Clinic, client: FlaskClient
) -> None:
    link = "http://127.0.0.1:8000/reset-password/token-of-the-demo/"
    row = write(clinic, body=f"Hello,\n\nopen this page:\n{link}\n", holds_secret=True)
    assert f'href="{link}"' in client.get(f"/outbox/{row.id}/").text
    delivery.deliver_due(delivery.gateways())
    db.session.refresh(row)
    assert (row.state, row.body) == ("sent", "")
    assert f'href="{link}"' in client.get(f"/outbox/{row.id}/").text


@pytest.mark.parametrize("state", ["queued", "sent", "failed"])
def test_no_admin_can_read_the_link_in_somebody_elses_mail(clinic: Clinic, as_: Any, state: str) -> None:
    row = write(clinic, body="http://localhost/reset-password/token/", holds_secret=True, state=state)
    admin = as_(make_admin(clinic))
    opened = admin.get(f"/outbox/{row.id}/").text
    assert "reset-password" not in opened
    assert "only its reader may see" in opened
    assert row.subject not in admin.get("/outbox/?q=token").text


def test_a_message_is_found_by_any_part_of_its_address_number_or_subject(clinic: Clinic, as_: Any) -> None:
    mail = write(clinic, recipient="asha.shah@people.example", subject="Your visit is booked")
    text = write(clinic, channel="sms", recipient="+447400123456", subject="", kind="appointment_moved")
    admin = as_(make_admin(clinic))
    for words in ("SHAH", "visit is"):
        found = admin.get("/outbox/", query_string={"q": words}).text
        assert f"/outbox/{mail.id}/" in found
        assert f"/outbox/{text.id}/" not in found
    assert f"/outbox/{text.id}/" in admin.get("/outbox/", query_string={"q": "07400 123"}).text
    assert "No message matches" in admin.get("/outbox/?q=nothing-like-it").text


def test_many_messages_come_in_pages(clinic: Clinic, as_: Any) -> None:
    rows = [write(clinic) for _ in range(30)]
    admin = as_(make_admin(clinic))
    assert f"/outbox/{rows[-1].id}/" in admin.get("/outbox/").text
    second = admin.get("/outbox/?page=2").text
    assert f"/outbox/{rows[0].id}/" in second
    assert f"/outbox/{rows[-1].id}/" not in second


def test_htmx_gets_the_list_alone(clinic: Clinic, as_: Any) -> None:
    row = write(clinic)
    part = as_(make_admin(clinic)).get("/outbox/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert row.subject in part
    assert "<html" not in part


def test_messages_that_were_not_sent_have_a_list_of_their_own(clinic: Clinic, as_: Any) -> None:
    failed, unknown, sent = (write(clinic, state=state) for state in ("failed", "unknown", "sent"))
    listed = as_(make_admin(clinic)).get("/outbox/?show=not-sent").text
    assert "Not sent (2)" in listed
    assert f"/outbox/{failed.id}/" in listed
    assert f"/outbox/{unknown.id}/" in listed
    assert f"/outbox/{sent.id}/" not in listed


def test_an_admin_sends_a_failed_message_again(clinic: Clinic, as_: Any) -> None:
    row = write(clinic, state="failed", tries=5, last_error="away")
    admin = as_(make_admin(clinic))
    assert "Send it again" in admin.get(f"/outbox/{row.id}/").text
    answer = admin.post(f"/outbox/{row.id}/send-again/")
    assert (answer.status_code, answer.location) == (303, f"/outbox/{row.id}/")
    db.session.refresh(row)
    assert (row.state, row.tries, row.last_error) == ("queued", 0, "")


@pytest.mark.parametrize("given", [{"state": "sent"}, {"state": "queued"}, {"state": "failed", "holds_secret": True}])
def test_what_was_sent_waits_or_held_a_link_is_not_sent_again(clinic: Clinic, as_: Any, given: dict[str, Any]) -> None:
    row = write(clinic, **given)
    assert as_(make_admin(clinic)).post(f"/outbox/{row.id}/send-again/").status_code == 409
    db.session.refresh(row)
    assert row.state == given["state"]


def test_the_calendar_file_can_be_taken_out_of_the_message(clinic: Clinic, as_: Any) -> None:
    row, bare = write(clinic, calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), write(clinic)
    admin = as_(make_admin(clinic))
    answer = admin.get(f"/outbox/{row.id}/visit.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.text == row.calendar
    assert admin.get(f"/outbox/{bare.id}/visit.ics").status_code == 404


def test_what_people_typed_into_their_names_is_shown_as_text(clinic: Clinic, as_: Any) -> None:
    row = write(clinic, subject="<script>alert(1)</script>", body='Hello <img src=x>,\n\njavascript:alert(1) "x"\n')
    opened = as_(make_admin(clinic)).get(f"/outbox/{row.id}/").text
    assert "<script>alert" not in opened
    assert "<img src=x>" not in opened
    assert 'href="javascript' not in opened


def test_reading_a_patients_message_leaves_a_line_in_the_audit_log(clinic: Clinic, as_: Any) -> None:
    patient, admin = make_patient(clinic), make_admin(clinic)
    row = write(clinic, account_id=patient.account_id)
    as_(admin).get(f"/outbox/{row.id}/")
    [line] = db.session.query(AuditEntry).filter_by(subject="notification").all()
    assert (line.deed, line.subject_id, line.patient_id, line.actor_id) == ("read", row.id, patient.id, admin.id)
