"""Signing in to the chatbot: who may, what a stranger learns by trying, and the cookie that brings a sign-in back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from medimeet.domain.statuses import AppointmentStatus
from medimeet.services import patients, tokens
from tests import factories
from tests.contracts.chatbot.conftest import EMAIL, TUESDAY, Chat

INVALID = {"error": "Invalid credentials or please verify your email."}
LOGIN_REQUIRED = {"message": "login required"}
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


def sign_in(
    chat: Chat, email: str = EMAIL, password: str = factories.PASSWORD, **options: Any
) -> tuple[FlaskClient, TestResponse]:
    """The browser that tried, and the answer."""
    browser = chat.app.test_client()
    path = f"/chatbot/login/{chat.clinic.id}/{chat.token}/"
    return browser, browser.post(path, json={"email": email, "password": password}, **options)


def headers_of(answer: TestResponse) -> dict[str, str]:
    """The headers of an answer, but for its own number."""
    return {name: value for name, value in answer.headers if name != "X-Request-Id"}


@on_sqlite
def test_whoever_is_no_verified_patient_of_this_clinic_gets_one_and_the_same_answer(chat: Chat, far_chat: Chat) -> None:
    clinic = chat.clinic
    closed = factories.make_patient(clinic)
    patients.close_own(factories.actor_of(closed, clinic))
    of_far = factories.make_patient(far_chat.clinic)
    treated = factories.make_doctor(clinic)
    patients.open_own(factories.actor_of(treated, clinic), {})
    tried = {
        "unknown": sign_in(chat, "nobody@example.com"),
        "wrong password": sign_in(chat, password="wrong one"),
        "unverified": sign_in(chat, factories.make_patient(clinic, email_verified_at=None).account.email),
        "admin": sign_in(chat, factories.make_admin(clinic).email),
        "doctor": sign_in(chat, chat.doctor.account.email),
        "doctor who is a patient too": sign_in(chat, treated.account.email),
        "superuser": sign_in(chat, factories.make_superuser().email),
        "other clinic": sign_in(chat, of_far.account.email),
        "closed profile": sign_in(chat, closed.account.email),
        "username": sign_in(chat, chat.patient.account.username),
    }
    for who, (_browser, refused) in tried.items():
        assert (refused.status_code, refused.json) == (400, INVALID), who
        assert headers_of(refused) == headers_of(tried["unknown"][1]), who
    assert sign_in(chat)[1].status_code == 200
    assert sign_in(far_chat)[1].json["user_data"]["schema_name"] == f"clinic_{far_chat.clinic.id}"


@on_sqlite
def test_tries_stop_at_the_same_limit_whoever_has_the_e_mail(chat: Chat, far_chat: Chat) -> None:
    unverified = factories.make_patient(chat.clinic, email_verified_at=None).account.email or ""
    of_far = factories.make_patient(far_chat.clinic).account.email or ""
    of_admin = factories.make_admin(chat.clinic).email or ""
    for email in (EMAIL, unverified, of_far, of_admin, "nobody@example.com"):
        answers = [sign_in(chat, email, "wrong one")[1] for _ in range(7)]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429] * 2, email
        assert set(answers[-1].json) == {"error"}
        assert int(answers[-1].headers["Retry-After"]) > 0


@on_sqlite
def test_the_cookie_is_for_the_token_routes_of_this_site_alone(chat: Chat) -> None:
    browser, answer = sign_in(chat)
    value, *attributes = answer.headers["Set-Cookie"].split("; ")
    kept = [each for each in attributes if not each.startswith("Expires")]
    assert kept == [
        f"Max-Age={14 * 24 * 3600}",
        "Secure",
        "HttpOnly",
        "Path=/chatbot/token/",
        "SameSite=None",
        "Partitioned",
    ]
    sign = browser.get_cookie("chat_signed_in", path="/widget/")
    assert sign is not None
    assert (sign.value, sign.http_only) == (str(chat.clinic.id), False)
    out = browser.post(f"/chatbot/token/logout/{chat.token}/")
    gone, *attributes = out.headers["Set-Cookie"].split("; ")
    assert gone == "refresh_token="
    assert [each for each in attributes if not each.startswith("Expires")] == ["Max-Age=0", *kept[1:]]
    assert browser.get_cookie("chat_signed_in", path="/widget/") is None
    browser, _ = sign_in(chat)
    browser.set_cookie("refresh_token", "one that has ended", path="/chatbot/token/")
    assert resume(chat, browser).status_code == 404
    assert browser.get_cookie("chat_signed_in", path="/widget/") is None


@on_sqlite
def test_the_page_of_another_site_can_use_no_cookie_and_gets_none(chat: Chat, listing: Callable[..., None]) -> None:
    listing("https://www.clinic.example")
    foreign, own = {"Origin": "https://www.clinic.example"}, {"Origin": "http://localhost"}
    browser, answer = sign_in(chat, headers=foreign)
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    browser, _ = sign_in(chat, headers=own)
    for deed in ("login", "logout"):
        path = f"/chatbot/token/{deed}/{chat.token}/"
        refused = browser.post(path, headers=foreign)
        assert (refused.status_code, refused.json) == (404, LOGIN_REQUIRED)
        assert "Access-Control-Allow-Origin" not in refused.headers
        unlisted = browser.post(path, headers={"Origin": "https://evil.example"})
        assert (unlisted.status_code, unlisted.json) == (401, {"error": "Authentication Failed."})
    assert browser.post(f"/chatbot/token/login/{chat.token}/", headers=own).status_code == 200


def test_a_cookie_is_replaced_at_each_use_and_one_that_comes_again_ends_the_sign_in(chat: Chat) -> None:
    browser, _ = sign_in(chat)
    first = cookie_of(browser)
    resumed = resume(chat, browser)
    second = cookie_of(browser)
    assert second != first
    key = chat.with_key(resumed.json["api_key"])
    own = f"/{chat.clinic.id}/appointments/"
    assert key.get(own).status_code == 200
    thief = with_cookie(chat, first)
    assert (resume(chat, thief).status_code, resume(chat, thief).json) == (404, LOGIN_REQUIRED)
    assert resume(chat, browser).json == LOGIN_REQUIRED
    assert key.get(own).status_code == 401


def test_an_old_cookie_still_signs_its_whole_sign_in_out(chat: Chat) -> None:
    browser, _ = sign_in(chat)
    old = cookie_of(browser)
    key = resume(chat, browser).json["api_key"]
    out = sign_out(chat, with_cookie(chat, old))
    assert (out.status_code, out.json) == (200, {"message": "logout successfully"})
    assert chat.with_key(key).get(f"/{chat.clinic.id}/appointments/").status_code == 401
    for deed in (resume, sign_out):
        assert (deed(chat, browser).status_code, deed(chat, browser).json) == (404, LOGIN_REQUIRED)


@on_sqlite
def test_no_other_token_is_a_cookie_and_no_cookie_is_of_another_clinic(chat: Chat, far_chat: Chat) -> None:
    browser, _ = sign_in(far_chat)
    of_admin = tokens.issue_pair(factories.make_admin(chat.clinic)).refresh
    access = tokens.issue_access(chat.patient.account)
    for sent in (access, chat.token, "x", "\u00e9"):
        assert resume(chat, with_cookie(chat, sent)).json == LOGIN_REQUIRED
        out = sign_out(chat, with_cookie(chat, sent))
        assert (out.status_code, out.json) == (404, LOGIN_REQUIRED)
    for deed in (resume, sign_out):
        mismatched = deed(chat, with_cookie(chat, cookie_of(browser)))
        assert (mismatched.status_code, mismatched.json) == (401, {"error": "Authentication Failed."})
    assert resume(chat, with_cookie(chat, of_admin)).json == LOGIN_REQUIRED
    assert resume(far_chat, browser).status_code == 200  # nobody has ended it meanwhile


@on_sqlite
def test_a_patient_who_left_comes_back_by_no_cookie(chat: Chat) -> None:
    browser, _ = sign_in(chat)
    patients.close_own(factories.actor_of(chat.patient, chat.clinic))
    assert resume(chat, browser).json == LOGIN_REQUIRED


@on_sqlite
def test_the_prompt_tells_the_next_visit_else_the_last_and_none_that_is_off(chat: Chat) -> None:
    def told() -> tuple[object, str]:
        answer = sign_in(chat)[1].json
        return (answer["recent_appointment"] or {}).get("id"), answer["appointment_prompt"]

    def visit(day: int, status: AppointmentStatus = AppointmentStatus.SCHEDULED, **given: object) -> int:
        starts_at = factories.at(chat.clinic, TUESDAY.replace(day=day), "10:00")
        return factories.make_appointment(chat.doctor, chat.patient, starts_at, status=status, **given).id

    visit(25, AppointmentStatus.CANCELED)
    visit(26, AppointmentStatus.PENDING, hold_expires_at=factories.at(chat.clinic, TUESDAY, "10:00"))
    assert told() == (None, "Hi John Doe, you have no appointment yet.")
    last = visit(19, AppointmentStatus.COMPLETED)
    visit(18, AppointmentStatus.COMPLETED)
    assert told() == (
        last,
        "Hi John Doe, you have no appointment to come. "
        "Your last one with Dr. John Doe was from 10:00:00 to 10:30:00 on 2026-11-19.",
    )
    visit(30)
    upcoming = visit(27)
    assert told() == (
        upcoming,
        "Hi John Doe, you have an appointment with Dr. John Doe. "
        "Your appointment is scheduled from 10:00:00 to 10:30:00 on 2026-11-27.",
    )


def cookie_of(browser: FlaskClient) -> str:
    """The refresh token that the browser keeps."""
    kept = browser.get_cookie("refresh_token", path="/chatbot/token/")
    assert kept is not None
    return kept.value


def with_cookie(chat: Chat, value: str) -> FlaskClient:
    """A browser that holds this refresh token, from wherever it has it."""
    browser = chat.app.test_client()
    browser.set_cookie("refresh_token", value, path="/chatbot/token/")
    return browser


def resume(chat: Chat, browser: FlaskClient) -> TestResponse:
    return browser.post(f"/chatbot/token/login/{chat.token}/")


def sign_out(chat: Chat, browser: FlaskClient) -> TestResponse:
    return browser.post(f"/chatbot/token/logout/{chat.token}/")
