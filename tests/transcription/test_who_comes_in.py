"""Who may open a socket: asked before there is one, by credential and by the page that asks."""

import base64
import socket
from contextlib import ExitStack

import pytest
from flask import Flask
from websockets.exceptions import InvalidStatus

from medimeet.blueprints.transcription import dialogue, places
from medimeet.db import db
from medimeet.models import Clinic, Patient
from medimeet.services import sessions, tokens
from tests import factories
from tests.transcription.lines import Voice, bearer, token_of, write_prompt

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # rows are not the subject

FOREIGN = ["https://evil.example", "null", "http://127.0.0.1", "http://localhost.evil.example", "file://", ""]


def cookie_of(app: Flask, patient: Patient) -> dict[str, str]:
    """The cookie of a browser in which the patient is signed in."""
    db.session.commit()
    browser = app.test_client()
    browser.sign_in(patient.account)  # type: ignore[attr-defined]
    kept = browser.get_cookie("medimeet")
    assert kept is not None
    return {"Cookie": f"medimeet={kept.value}"}


def test_only_a_good_credential_from_our_own_page_or_a_program_comes_in(
    app: Flask, voice: Voice, patient: Patient
) -> None:
    good = [cookie_of(app, patient), bearer(patient)]
    bad = [{"Cookie": "medimeet=forged"}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic YTpi"}]
    for headers in good:
        assert [voice.status(headers, origin) for origin in (voice.origin, None)] == [101, 101]
        assert {voice.status(headers, origin) for origin in FOREIGN} == {403}
    for headers in bad:
        assert [voice.status(headers, origin) for origin in (voice.origin, None)] == [401, 401]
        assert {voice.status(headers, origin) for origin in FOREIGN} == {403}
    assert {voice.status({}, origin) for origin in FOREIGN} == {403}


def test_a_site_that_the_clinic_lists_may_open_the_socket_and_one_that_another_lists_may_not(
    voice: Voice,
) -> None:
    factories.make_clinic(name="Hillside", chatbot_origins=["https://hillside.example"])
    riverside = factories.make_clinic(chatbot_origins=["https://www.riverside.example"])
    headers = bearer(factories.make_patient(riverside))
    assert voice.status(headers, "https://www.riverside.example") == 101
    assert voice.status(headers, "https://hillside.example") == 403


def test_the_site_may_also_stand_at_its_published_address(app: Flask, voice: Voice, patient: Patient) -> None:
    app.config["BASE_URL"] = "https://portal.riverside.example"
    assert voice.status(bearer(patient), "https://portal.riverside.example") == 101
    assert voice.status(bearer(patient), "http://portal.riverside.example") == 403


def test_whoever_has_signed_out_is_refused_with_the_old_cookie(app: Flask, voice: Voice, patient: Patient) -> None:
    headers = cookie_of(app, patient)
    sessions.sign_out_everywhere(factories.actor_of(patient, patient.account.clinic))
    assert voice.status(headers, voice.origin) == 401


def test_a_visitor_whose_cookie_names_nobody_may_still_send_a_token(app: Flask, voice: Voice, patient: Patient) -> None:
    visitor = app.test_client()
    with visitor.session_transaction() as session:
        session["csrf_token"] = "of a form"
    kept = visitor.get_cookie("medimeet")
    assert kept is not None
    write_prompt(patient.account)
    with voice.open({"Cookie": f"medimeet={kept.value}"}, voice.origin) as line:
        line.send("token", token=token_of(patient))
        assert line.start()["type"] == "ready"


def test_a_program_may_say_who_it_is_in_the_first_frame_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient
) -> None:
    monkeypatch.setattr(dialogue, "SECONDS_TO_SAY_WHO", 0.1)
    write_prompt(patient.account)
    token = token_of(patient)
    with voice.open() as line:
        line.send("token", token=token)
        assert line.start()["type"] == "ready"
    for frame, code in [({"action": "start"}, 1008), ({"action": "token", "token": "forged"}, 4401)]:
        with voice.open() as line:
            line.send(**frame)
            assert line.ending()[0] == code
    with voice.open() as line:
        assert line.ending()[0] == 1008, "nobody said anything"


def test_a_newer_token_of_the_same_person_goes_on_and_one_of_another_ends_it(
    voice: Voice, clinic: Clinic, patient: Patient
) -> None:
    with voice.line_of(patient) as line:
        line.send("token", token=token_of(patient))
        assert line.ask("Hello")[-1]["done"]
        line.send("token", token=token_of(factories.make_patient(clinic)))
        assert line.ending()[0] == 4403


def test_a_person_has_two_sockets_at_once_wherever_they_are_opened(voice: Voice, patient: Patient) -> None:
    headers, token = bearer(patient), token_of(patient)
    with voice.open(headers), voice.open(headers):
        with pytest.raises(InvalidStatus) as refused, voice.open(headers):
            pass
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["Retry-After"]) > 0
        with voice.open() as third:
            third.send("token", token=token)
            assert third.ending()[0] == 1013
    assert voice.status(headers) == 101


def test_a_process_that_is_full_says_so_and_strangers_never_fill_it(
    app: Flask, voice: Voice, clinic: Clinic, patient: Patient
) -> None:
    app.config["SOCKETS_A_WORKER"] = 6
    places.start(app)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(voice.open())
        assert voice.status() == 503, "one address has a third of the places"
        for _ in range(2):
            other = factories.make_patient(clinic)
            stack.enter_context(voice.open(bearer(other)))
            stack.enter_context(voice.open(bearer(other)))
        assert voice.status(bearer(patient)) == 503


def test_what_is_no_handshake_is_refused_in_plain_json(voice: Voice, patient: Patient) -> None:
    db.session.commit()
    key = base64.b64encode(b"sixteen bytes...").decode()
    good = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    wrong: list[dict[str, str]] = [
        {"Upgrade": "h2c"},
        {"Connection": "close"},
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Version": ""},
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "é" * 12},
    ]
    assert answer_to(voice, good).startswith("HTTP/1.1 101")
    for change in wrong:
        answer = answer_to(voice, good | change)
        assert answer.split()[1] in {"400", "426"}, (change, answer)
    assert answer_to(voice, good, "HTTP/1.0").split()[1] == "400"
    assert '{"detail":"This address takes either only WebSockets' in answer_to(voice, {})


def answer_to(voice: Voice, headers: dict[str, str], version: str = "HTTP/1.1") -> str:
    """The answer to a request with these headers."""
    lines = [f"GET /ws/transcription/ {version}", "Host: localhost", *(f"{n}: {v}" for n, v in headers.items())]
    with socket.create_connection(("127.0.0.1", voice.port), timeout=5) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        raw.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: raw.recv(4096), b"")).decode("latin-1")


def test_a_revoked_token_opens_nothing(voice: Voice, patient: Patient) -> None:
    token = token_of(patient)
    tokens.revoke_family(token)
    assert voice.status({"Authorization": f"Bearer {token}"}) == 401
