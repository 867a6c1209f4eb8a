"""Nobody books or looks as somebody else: whose key it is decides, and nothing else that is sent."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Appointment
from medimeet.services import tokens
from tests import factories
from tests.contracts.chatbot.conftest import EMAIL, TUESDAY, Chat

NOT_FOUND = {"error": "Patient not found."}
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def booked() -> list[tuple[int, str, int | None]]:
    """Whom each visit is for, what it is, and who booked it."""
    found = select(Appointment.patient_id, Appointment.status, Appointment.booked_by_id).order_by(Appointment.id)
    return [(patient_id, status.value, by) for patient_id, status, by in db.session.execute(found)]


def test_ones_own_key_books_for_oneself_whoever_is_named(chat: Chat) -> None:
    other = factories.make_patient(chat.clinic)
    program = chat.acting_for(other)
    refused = program.post(chat.book("10:00"), json=chat.order())
    assert (refused.status_code, refused.json) == (404, NOT_FOUND)
    names = ("patient", "patient_id", "user_id", "user", "account_id", "is_staff", "role", "clinic", "staff_id")
    claims = dict.fromkeys(names, chat.patient.id) | {"patient_email": other.account.email}
    answer = program.post(chat.book("10:00"), json=chat.order(**claims), query_string=claims)
    assert answer.status_code == 201
    assert booked() == [(other.id, "scheduled", other.account_id)]


def test_the_key_may_come_in_the_body_and_two_that_differ_are_none(chat: Chat, far_chat: Chat) -> None:
    own, other = (tokens.issue_access(each.account) for each in (chat.patient, factories.make_patient(chat.clinic)))
    for program, in_body in ((chat.with_key(own), other), (chat.with_key(other), own)):
        refused = program.post(chat.book("10:00"), json=chat.order(api_key=in_body))
        assert (refused.status_code, set(refused.json)) == (401, {"error"})
    assert booked() == []
    assert chat.visitor.post(chat.book("10:00"), data=chat.order(api_key=own)).status_code == 201
    assert chat.with_key(own).post(chat.book("11:00"), json=chat.order(api_key=own)).status_code == 201
    assert booked() == [(chat.patient.id, "scheduled", chat.patient.account_id)] * 2


@on_sqlite
def test_a_bad_key_is_refused_and_never_passes_for_none(
    chat: Chat, far_chat: Chat, frozen_clock: time_machine.Traveller
) -> None:
    expired, revoked = (tokens.issue_access(chat.patient.account) for _ in range(2))
    tokens.revoke_family(revoked)
    frozen_clock.shift(timedelta(minutes=16))
    bad = {
        "expired": expired,
        "signed out": revoked,
        "of another clinic": tokens.issue_access(far_chat.patient.account),
        "a refresh token": tokens.issue_pair(chat.patient.account).refresh,
        "the chatbot's token": chat.token,
        "made up": "x",
        "with its scheme": f"Bearer {tokens.issue_access(chat.patient.account)}",
    }
    for what, key in bad.items():
        by_header = chat.with_key(key).post(chat.book("10:00"), json=chat.order())
        in_body = chat.visitor.post(chat.book("10:00"), json=chat.order(api_key=key))
        looking = chat.with_key(key).get(f"/{chat.clinic.id}/appointments/")
        for refused in (by_header, in_body, looking):
            assert (refused.status_code, set(refused.json)) == (401, {"error"}), what
    assert booked() == []


@on_sqlite
def test_a_persons_key_is_no_token_of_the_chatbot(chat: Chat) -> None:
    key = tokens.issue_access(chat.patient.account)
    program = chat.with_key(key)
    program.headers["Authorization"] = f"Bearer {key}"
    refused = program.post(chat.book("10:00"), json=chat.order())
    assert (refused.status_code, refused.json) == (401, {"detail": "Invalid or missing chatbot token."})


def test_staff_book_for_the_patient_they_name_by_e_mail(chat: Chat, far_chat: Chat) -> None:
    admin = factories.make_admin(chat.clinic)
    of_far = factories.make_patient(far_chat.clinic)
    for person in (admin, chat.doctor.account):
        refused = chat.acting_for(person).post(chat.book("10:00"), json=chat.order(patient_email=of_far.account.email))
        assert (refused.status_code, refused.json) == (404, NOT_FOUND)
    assert chat.acting_for(admin).post(chat.book("10:00"), json=chat.order()).status_code == 201
    assert booked() == [(chat.patient.id, "scheduled", admin.id)]


@on_sqlite
def test_who_has_not_shown_that_the_e_mail_is_theirs_is_told_what_to_do(chat: Chat) -> None:
    newcomer = factories.make_patient(chat.clinic, email_verified_at=None)
    order = chat.order(patient_email=newcomer.account.email)
    refused = chat.acting_for(newcomer).post(chat.book("10:00"), json=order)
    assert refused.status_code == 403
    assert "press the link in the mail" in refused.json["error"]
    by_mail = chat.visitor.post(chat.book("10:00"), json=order)
    assert (by_mail.status_code, by_mail.json) == (404, NOT_FOUND)


def test_a_visitor_only_ever_holds_and_the_patient_confirms_it_or_calls_it_off(chat: Chat) -> None:
    held = chat.visitor.post(chat.book("10:00"), json=chat.order()).json
    assert (held["appointment_status"], booked()) == ("Pending", [(chat.patient.id, "pending", None)])
    own = f"/{chat.clinic.id}/appointments/"
    stranger = chat.acting_for(factories.make_patient(chat.clinic))
    assert stranger.post(f"{own}{held['appointment_id']}/confirm/").status_code == 404
    confirmed = chat.acting_for(chat.patient).post(f"{own}{held['appointment_id']}/confirm/")
    assert (confirmed.status_code, confirmed.json["status"]) == (200, "Scheduled")
    busy = chat.visitor.post(chat.book("10:00"), json=chat.order())
    assert (busy.status_code, busy.json) == (400, {"error": "Slot is already booked."})


def test_a_patient_who_is_busy_then_is_told_so_and_a_stranger_hears_nothing_of_the_visit(chat: Chat) -> None:
    other = factories.make_doctor(chat.clinic, first_name="Secret")
    starts_at = factories.at(chat.clinic, TUESDAY, "10:00")
    factories.make_appointment(other, chat.patient, starts_at)
    told = chat.acting_for(chat.patient).post(chat.book("10:00"), json=chat.order())
    assert (told.status_code, "Secret" in told.json["error"]) == (409, True)
    stranger = chat.visitor.post(chat.book("10:00"), json=chat.order())
    assert (stranger.status_code, set(stranger.json)) == (409, {"error"})
    assert "Secret" not in stranger.text


def test_one_key_of_an_order_books_once_and_with_another_order_not_at_all(chat: Chat) -> None:
    for program in (chat.visitor, chat.acting_for(chat.patient)):
        once = {"Idempotency-Key": "an order of mine"}
        time = "10:00" if "X-Api-Key" not in program.headers else "11:00"
        answers = [program.post(chat.book(time), json=chat.order(), headers=once) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json == answers[1].json
        other = program.post(chat.book("12:00"), json=chat.order(), headers=once)
        assert (other.status_code, set(other.json)) == (422, {"error"})
        visit = f"/{chat.clinic.id}/appointments/{answers[0].json['appointment_id']}/"
        assert chat.acting_for(chat.patient).post(f"{visit}cancel/").status_code == 200
        assert program.post(chat.book(time), json=chat.order(), headers=once).json == answers[0].json
    assert len(booked()) == 2


@on_sqlite
def test_guessing_e_mails_stops(chat: Chat) -> None:
    chat.app.config.update(RATELIMIT_ENABLED=True)
    answers = [
        chat.visitor.post(chat.book("10:00"), json=chat.order(patient_email=f"guess{number}@example.com"))
        for number in range(12)
    ]
    assert {answer.status_code for answer in answers[:10]} == {404}
    assert [answer.status_code for answer in answers[10:]] == [429, 429]
    assert set(answers[-1].json) == {"error"}
    assert int(answers[-1].headers["Retry-After"]) > 0
    known = chat.visitor.post(chat.book("10:00"), json=chat.order(patient_email=EMAIL))
    assert known.status_code == 429
