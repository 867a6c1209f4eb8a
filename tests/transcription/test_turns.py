"""Who speaks when: one answer at a time, in the order of the questions, until somebody interrupts."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from medimeet import clock
from medimeet.db import db
from medimeet.domain.statuses import AppointmentStatus
from medimeet.gateways.speech import Heard, Listener, SpeechTrouble
from medimeet.models import Appointment, Clinic, ConversationMessage, Patient
from medimeet.services import accounts, tokens
from medimeet.services.assistant import answering, proposals
from medimeet.services.assistant.events import Event, Question, Reply
from medimeet.writing import command
from tests import factories
from tests.peers.deepgram import DeepgramPeer
from tests.transcription.lines import Voice, bearer, write_prompt

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])


class SlowAnswers:
    """Stands for what makes answers: each waits between its first word and its last until it may go on."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.asked: list[str] = []
        self.under_way = self.most_under_way = 0

    def answer(
        self, _actor: object, _talk: object, question: Question, is_stopped: Callable[[], bool]
    ) -> Iterator[Event]:
        self.asked.append(question.text)
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        yield Reply(f"On {question.text}: ")
        while not (self.may_end.wait(0.01) or is_stopped()):
            pass
        self.under_way -= 1
        if not is_stopped():
            yield Reply("that is all.")
            yield Reply("", done=True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> SlowAnswers:
    """Answers that take their time."""
    answers = SlowAnswers()
    monkeypatch.setattr(answering, "answer", answers.answer)
    return answers


class Microphone:
    """Stands for speech to text: hears what a test says."""

    def __init__(self) -> None:
        self.listener: Listener | None = None
        self.audio = b""
        self.heard: list[str] = []

    def listen(self, listener: Listener) -> "Microphone":
        self.listener = listener
        return self

    def says(self, told: Heard | SpeechTrouble) -> None:
        assert self.listener is not None
        self.listener(told)

    def feed(self, audio: bytes) -> None:
        self.audio += audio

    def pause(self) -> None:
        self.heard.append("pause")

    def resume(self) -> None:
        self.heard.append("resume")

    def tick(self) -> None:
        pass

    def finish(self) -> None:
        self.heard.append("finish")
        if "say something last" in self.heard:
            self.says(Heard("One more thing.", is_final=True))


@pytest.fixture
def microphone(app: Flask) -> Microphone:
    """Speech that is switched on."""
    made = Microphone()
    app.extensions["speech"] = made
    return made


@on_sqlite
def test_questions_are_answered_one_at_a_time_in_their_order_and_not_too_many_wait(
    voice: Voice, patient: Patient, slow: SlowAnswers
) -> None:
    with voice.line_of(patient) as line:
        line.send("text", text="first")
        assert line.next()["text"] == "On first: "
        for number in range(6):
            line.send("text", text=f"next {number}")
        assert line.next()["code"] == "busy"
        slow.may_end.set()
        line.answer()
        for _ in range(5):
            line.answer()
    assert slow.asked == ["first", *(f"next {number}" for number in range(5))]
    assert slow.most_under_way == 1


@on_sqlite
def test_words_of_danger_wait_behind_nothing(voice: Voice, patient: Patient, slow: SlowAnswers) -> None:
    with voice.line_of(patient) as line:
        line.send("text", text="long")
        line.next()
        for number in range(5):
            line.send("text", text=f"next {number}")
        line.send("text", text="I can't breathe")
        assert line.next() == {"type": "reply", "text": "", "done": True}
        assert line.next()["text"] == "On I can't breathe: "
        slow.may_end.set()


@on_sqlite
def test_a_person_who_interrupts_ends_that_answer_and_gets_the_next_one(
    voice: Voice, patient: Patient, slow: SlowAnswers
) -> None:
    with voice.line_of(patient) as line:
        line.send("text", text="long")
        line.next()
        line.send("interrupt")
        assert line.next() == {"type": "reply", "text": "", "done": True}
        slow.may_end.set()
        assert [frame["text"] for frame in line.ask("short")] == ["On short: ", "that is all.", ""]


@on_sqlite
def test_whoever_speaks_while_an_answer_comes_is_heard_and_answered(
    voice: Voice, patient: Patient, slow: SlowAnswers, microphone: Microphone
) -> None:
    with voice.line_of(patient) as line:
        line.socket.send(b"\x01\x00" * 160)
        line.send("audio", audio="AgACAA==")
        line.send("text", text="long")
        line.next()
        assert microphone.audio == b"\x01\x00" * 160 + b"\x02\x00" * 2
        microphone.says(Heard("", is_final=False))  # a breath is no word
        microphone.says(Heard("No, wait", is_final=False))
        slow.may_end.set()
        microphone.says(Heard("No, wait. Tomorrow.", is_final=True))
        got = [line.next() for _ in range(7)]
    told = [frame for frame in got if frame["type"] == "transcript"]
    assert [(frame["text"], frame["is_final"]) for frame in told] == [
        ("", False),
        ("No, wait", False),
        ("No, wait. Tomorrow.", True),
    ]
    assert slow.asked == ["long", "No, wait. Tomorrow."]


@on_sqlite
def test_the_microphone_is_paused_resumed_and_put_away_and_its_troubles_are_told(
    voice: Voice, patient: Patient, microphone: Microphone
) -> None:
    with voice.line_of(patient) as line:
        line.socket.send(b"\x01\x00")
        line.send("pause_backend")
        line.socket.send(b"\x02\x00")
        line.send("resume_backend")
        line.ask("Hello")
        assert microphone.audio == b"\x01\x00", "what is said while paused is not for us"
        microphone.says(SpeechTrouble("speech_lost", "The line broke.", is_over=True))
        assert (line.next()["code"], microphone.heard[:2]) == ("speech_lost", ["pause", "resume"])
        line.socket.send(b"\x03\x00")
        line.send("resume_backend")
        line.socket.send(b"\x04\x00")
        line.ask("Hello again")
        assert microphone.audio == b"\x01\x00\x04\x00"
        microphone.heard.append("say something last")
        line.send("stop")
        code, frames = line.ending()
    assert code == 1000
    assert next(frame["text"] for frame in frames if frame["type"] == "transcript") == "One more thing."
    db.session.rollback()
    said = db.session.scalars(select(ConversationMessage.text).where(ConversationMessage.source == "voice"))
    assert list(said) == ["One more thing."]


@on_sqlite
def test_the_same_event_is_one_question(voice: Voice, patient: Patient) -> None:
    with voice.line_of(patient) as line:
        once = line.ask("Where are you?", event="e1")
        again = line.ask("Where are you?", event="e1")
    assert "".join(frame["text"] for frame in once) == "".join(frame["text"] for frame in again)
    db.session.rollback()
    assert len(db.session.scalars(select(ConversationMessage)).all()) == 2


@on_sqlite
def test_a_fault_in_an_answer_is_told_and_the_conversation_goes_on(
    monkeypatch: pytest.MonkeyPatch, voice: Voice, patient: Patient
) -> None:
    def broken(*_: object) -> Iterator[Event]:
        yield Reply("It is ")
        raise ZeroDivisionError

    with voice.line_of(patient) as line:
        with monkeypatch.context() as broken_for_now:
            broken_for_now.setattr(answering, "answer", broken)
            line.send("text", text="Hello")
            assert [line.next().get("done") for _ in range(2)] == [False, True]
            assert line.next()["code"] == "fault"
        assert line.ask("Hello again")[-1]["done"]


@pytest.mark.parametrize("end", ["token", "account"])
@on_sqlite
def test_nobody_is_answered_whose_sign_in_has_ended(voice: Voice, clinic: Clinic, patient: Patient, end: str) -> None:
    write_prompt(patient.account)
    headers = bearer(patient)
    with voice.open(headers) as line:
        line.start()
        assert line.ask("Hello")[-1]["done"]
        if end == "token":
            tokens.revoke_family(headers["Authorization"].split()[1])
        else:
            command(accounts.deactivate)(factories.actor_of(factories.make_admin(clinic), clinic), patient.account)
        line.send("text", text="Who am I?")
        code, frames = line.ending()
    assert (code, [frame["type"] for frame in frames]) == (4401, ["error", "closed"])
    assert "Who am I?" not in [row.text for row in db.session.scalars(select(ConversationMessage))]


def test_a_confirmed_proposal_books_once_with_the_words_of_the_clinic(voice: Voice, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    day = clock.today(clinic.zone) + timedelta(days=7)
    day += timedelta(days=-day.weekday())
    slot = factories.slot_at(doctor, clinic, day, "10:00")
    db.session.commit()
    made = proposals.propose_booking(factories.actor_of(patient, clinic), slot_id=slot, treatment_id=treatment.id)
    other = factories.make_patient(clinic)
    with voice.line_of(other) as line:
        line.send("confirm", proposal=made.public_id)
        assert line.next()["code"] == "not_found"
    with voice.line_of(patient) as line:
        for _ in range(2):
            line.send("confirm", proposal=made.public_id)
            confirmed, reply = line.next(), line.next()
            assert (confirmed["type"], confirmed["proposal"]) == ("confirmed", made.public_id)
            assert reply == {"type": "reply", "text": confirmed["text"], "done": True}
        line.ask("Thank you")
    db.session.rollback()
    assert [row.id for row in db.session.scalars(select(Appointment))] == [confirmed["appointment"]]


@pytest.mark.parametrize("lost_at", ["UPDATE proposal", "SELECT proposal"])
def test_who_loses_the_database_after_the_visit_was_canceled_is_not_told_that_nothing_was_changed(
    voice: Voice, clinic: Clinic, lost_at: str
) -> None:
    patient = factories.make_patient(clinic)
    tomorrow = factories.at(clinic, clock.today(clinic.zone) + timedelta(days=1), "10:00")
    visit_id = factories.make_appointment(factories.make_doctor(clinic), patient, tomorrow).id
    made = proposals.propose_cancellation(factories.actor_of(patient, clinic), appointment_id=visit_id)
    asked: list[str] = []

    def lose(_line: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)
        if statement.startswith(lost_at) and any(each.startswith("UPDATE appointment") for each in asked):
            error = sqlite3.OperationalError("words in any language")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError(statement, {}, error)

    with voice.line_of(patient) as line:
        event.listen(db.engine, "before_cursor_execute", lose)
        try:
            line.send("confirm", proposal=made.public_id)
            told = line.next()
        finally:
            event.remove(db.engine, "before_cursor_execute", lose)
    assert told["code"] == "in_doubt"
    assert "can't tell whether this was saved" in told["message"]
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Appointment, visit_id).status == AppointmentStatus.CANCELED


@on_sqlite
def test_what_was_confirmed_is_what_the_talk_is_about(voice: Voice, clinic: Clinic) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    factories.make_treatment(clinic, doctor, name="General consultation")
    monday = clock.today(clinic.zone) + timedelta(days=7)
    monday += timedelta(days=-monday.weekday())
    factories.make_appointment(doctor, patient, factories.at(clinic, monday, "09:00"))
    db.session.commit()
    with voice.line_of(patient) as line:
        asked = line.ask(f"Book a general consultation on {monday + timedelta(days=1)} at 10:00")
        [offered] = [frame for frame in asked if frame["type"] == "confirm"]
        line.send("confirm", proposal=offered["proposal"])
        assert (line.next()["type"], line.next()["done"]) == ("confirmed", True)
        assert "press Confirm" not in line.ask("Yes")[0]["text"]
        [to_cancel] = [frame for frame in line.ask("Cancel it") if frame["type"] == "confirm"]
    assert (to_cancel["deed"], to_cancel["date"]) == ("cancel", offered["date"])


@on_sqlite
def test_every_byte_that_is_spoken_reaches_the_speech_service_and_its_words_are_answered(
    app: Flask, voice: Voice, patient: Patient
) -> None:
    sound = bytes(number % 251 for number in range(3 * 32_000))
    with DeepgramPeer("speaks") as service:
        app.config.update(DEEPGRAM_URL=service.url, DEEPGRAM_API_KEY="a-key")
        with voice.line_of(patient) as line:
            for start in range(0, len(sound), 3200):
                line.socket.send(sound[start : start + 3200])
            heard = [line.next()]
            while not heard[-1].get("is_final"):
                heard.append(line.next())
            assert heard[-1]["text"] == "I would like to book an appointment tomorrow."
            assert line.answer()[-1]["done"]
        assert b"".join(frame for _, frame in service.frames if isinstance(frame, bytes)) == sound
    said = db.session.scalars(select(ConversationMessage.text).where(ConversationMessage.source == "voice"))
    assert list(said) == [heard[-1]["text"]]
