"""What each frame gets: the published ones, and what no client should send."""

import json
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from websockets.exceptions import ConnectionClosed

from medimeet.blueprints.transcription import endings
from medimeet.db import db
from medimeet.models import Clinic, ConversationMessage, Patient
from medimeet.services.assistant import prompts
from tests import factories
from tests.transcription.lines import Voice, bearer, write_prompt

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
ODD: list[tuple[str | bytes, str]] = [
    ("{", "bad_json"),
    ('{"action": "text", "text": NaN}', "bad_json"),
    ("[" * 60_000, "bad_json"),
    ("[]", "unknown_action"),
    ('{"action": "dance"}', "unknown_action"),
    ('{"action": ["text"]}', "unknown_action"),
    ('{"action": "text"}', "bad_field"),
    ('{"action": "text", "text": 5}', "bad_field"),
    ('{"action": "text", "text": "a\\u0000b"}', "bad_field"),
    ('{"action": "text", "text": "a\\ud800b"}', "bad_field"),
    ('{"action": "text", "text": "' + "long " * 401 + '"}', "too_long"),
    ('{"action": "text", "text": "Hello", "event": 7}', "bad_field"),
    ('{"action": "audio"}', "bad_field"),
    ('{"action": "audio", "audio": "??"}', "bad_audio"),
    ('{"action": "audio", "audio": "QQ=="}', "bad_audio"),
    (b"abc", "bad_audio"),
    ('{"action": "confirm"}', "bad_field"),
    ('{"action": "confirm", "proposal": "nobody\'s"}', "not_found"),
]


def test_a_patient_types_a_question_and_it_is_answered_and_kept(voice: Voice, patient: Patient) -> None:
    with voice.line_of(patient) as line:
        frames = line.ask("What are your opening hours?", event="first")
        assert {frame["type"] for frame in frames} == {"reply"}
        assert "".join(frame["text"] for frame in frames)
        line.send("stop")
        code, last = line.ending()
    assert (code, [frame["type"] for frame in last]) == (1000, ["closed"])
    db.session.rollback()
    kept = db.session.scalars(select(ConversationMessage).order_by(ConversationMessage.id)).all()
    assert [(row.role, row.source) for row in kept] == [("person", "typed"), ("assistant", "built-in")]
    assert kept[1].text == "".join(frame["text"] for frame in frames)
    assert {row.account_id for row in kept} == {patient.account_id}


@on_sqlite
def test_the_conversation_says_what_can_be_done_in_it(app: Flask, voice: Voice, clinic: Clinic) -> None:
    doctor = factories.make_doctor(clinic, first_name="Ada")
    factories.make_subscription(clinic, credits=7)
    write_prompt(doctor.account)
    with voice.open(bearer(doctor)) as line:
        ready = line.start(user_id=str(doctor.account_id), user_email=f" {doctor.account.email}".upper())
        assert ready == {"type": "ready", "speech": False, "assistant": "built-in", "name": "Ada"}
        assert line.next() | {"low": None, "message": None} == {
            "type": "credits",
            "left": 7,
            "low": None,
            "message": None,
        }
        line.socket.send(b"\x00\x00" * 100)
        line.socket.send(b"\x00\x00" * 100)
        assert line.next()["code"] == "speech_off"
        app.config["LLM_BASE_URL"] = "http://127.0.0.1:9/v1"
        assert line.start()["assistant"] == "model", "start again is harmless"


@on_sqlite
def test_start_without_the_prompt_file_is_told_and_the_socket_stays(voice: Voice, patient: Patient) -> None:
    prompts.forget(patient.account_id)
    with voice.open(bearer(patient)) as line:
        line.send("text", text="Hello")
        assert line.next()["code"] == "not_started"
        assert line.start()["code"] == "no_prompt"
        write_prompt(patient.account)
        assert line.start()["type"] == "ready"


@on_sqlite
def test_who_names_somebody_else_is_put_out_and_nothing_is_kept(voice: Voice, clinic: Clinic, patient: Patient) -> None:
    other = factories.make_patient(clinic)
    write_prompt(patient.account)
    headers = bearer(patient)
    claims: list[dict[str, Any]] = [
        {"user_id": other.account_id, "user_email": other.account.email},
        {"user_id": other.account_id, "user_email": patient.account.email},
        {"user_id": patient.account_id, "user_email": other.account.email},
        {"user_id": [patient.account_id]},
        {"user_id": True},
        {"user_email": ""},
    ]
    for claim in claims:
        with voice.open(headers) as line:
            line.send("start", **claim)
            with suppress(ConnectionClosed):  # it may be out already
                line.send("text", text="I am somebody else")
            code, frames = line.ending()
        assert (code, [frame["type"] for frame in frames]) == (4403, ["error", "closed"]), claim
    db.session.rollback()
    assert db.session.scalar(select(func.count(ConversationMessage.id))) == 0


@on_sqlite
def test_odd_frames_are_told_how_to_mend_them_and_the_socket_stays(
    monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient
) -> None:
    monkeypatch.setattr(endings, "MOST_BAD_FRAMES", len(ODD))
    with voice.line_of(patient) as line:
        for message, code in ODD:
            line.socket.send(message)
            told = line.next()
            assert (told["type"], told["code"]) == ("error", code), message[:80]
            assert told["message"]
        assert line.ask("Are you still there?")[-1]["done"]


@on_sqlite
def test_nothing_but_odd_frames_ends_it(voice: Voice, patient: Patient) -> None:
    with voice.line_of(patient) as line:
        for _ in range(21):
            line.socket.send("{")
        code, frames = line.ending()
    assert (code, len(frames)) == (1008, 20 + 2)


@on_sqlite
@pytest.mark.parametrize(
    "message",
    [
        pytest.param("x" * 66_000, id="a little too large"),
        pytest.param(b"\x00" * 10_000_000, id="ten megabytes"),
        pytest.param(["x" * 1000] * 70, id="too large in pieces"),
        pytest.param([""] * 100_000, id="a hundred thousand pieces of nothing"),
    ],
)
def test_what_is_too_large_ends_it(voice: Voice, patient: Patient, message: Any) -> None:
    with voice.line_of(patient) as line:
        assert not line.socket.protocol.extensions, "no compression, so no bombs"
        with pytest.raises(Exception, match="1009"):
            line.socket.send(message)
            while True:
                line.next()


@on_sqlite
def test_a_message_in_pieces_and_one_of_the_largest_size_are_taken(voice: Voice, patient: Patient) -> None:
    with voice.line_of(patient) as line:
        line.socket.send(['{"action": "text",', ' "text": "Grüße', ' in pieces"}'])
        assert line.answer()[-1]["done"]
        text = json.dumps({"action": "interrupt", "padding": ""})
        line.socket.send(text[:-2] + "x" * (64 * 1024 - len(text)) + text[-2:])
        assert line.ask("Still there?")[-1]["done"]
