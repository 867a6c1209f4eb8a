"""One question, answered: by the model, by the built-in assistant in its stead, or by the clinic's fixed words."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.sentences import NOTHING_IS_DONE
from medimeet.models import Appointment, Clinic, ConversationMessage, CreditEntry, Doctor, Patient
from medimeet.services import conversation, credits
from medimeet.services.access import Actor
from medimeet.services.assistant import answering
from medimeet.services.assistant.answering import NOTE_BUILT_IN, NOTE_FAILED, NOTE_LIMIT, UNDER_WAY
from medimeet.services.assistant.events import CreditsLeft, Event, Offer, Question, Reply, Trouble
from medimeet.services.assistant.talk import Talk
from tests.factories import actor_of, at, make_appointment, make_doctor, make_patient, make_subscription
from tests.peers.language_model import LanguageModelPeer

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
pytestmark = on_sqlite

HOURS = "When are you open?"


@pytest.fixture
def doctor(clinic: Clinic) -> Doctor:
    make_subscription(clinic, credits=10)
    return make_doctor(clinic, first_name="Amelia", last_name="Hart")


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic, first_name="Ada", last_name="Lovelace")


def ask_of(peer: LanguageModelPeer | str, app: Flask, seconds: float = 5) -> None:
    """From now on the clinic asks this model."""
    url = peer if isinstance(peer, str) else peer.url
    app.config.update(LLM_BASE_URL=url, LLM_API_KEY="sk-our-secret", LLM_MODEL="tiny-1", LLM_SECONDS=seconds)


def never() -> bool:
    return False


def asked(actor: Actor, text: str = HOURS, event: str = "1", talk: Talk | None = None) -> list[Event]:
    return list(answering.answer(actor, talk or Talk(), question(actor, text, event), never))


def question(actor: Actor, text: str = HOURS, event: str = "1") -> Question:
    return Question(text, "typed", conversation.event_id_of(actor, event))


def words(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Reply))


def note(events: list[Event]) -> str:
    last = events[-1]
    assert isinstance(last, Reply)
    assert last.done
    return last.note


def log() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(ConversationMessage).order_by(ConversationMessage.at))
    return [(row.role, row.source, row.text) for row in rows]


def changes() -> list[int]:
    of_answers = select(CreditEntry.change).where(CreditEntry.reservation_id.is_not(None))
    return list(db.session.scalars(of_answers.order_by(CreditEntry.id)))


def test_the_models_answer_is_shown_and_kept_with_who_wrote_it(app: Flask, clinic: Clinic, patient: Patient) -> None:
    talk = Talk()
    with LanguageModelPeer(answers=["We are open today. Come in."]) as peer:
        ask_of(peer, app)
        events = asked(actor_of(patient, clinic), talk=talk)
    assert words(events) == "We are open today. Come in."
    assert note(events) == "Not medical advice. Written by an AI, tiny-1 at 127.0.0.1, which can be wrong."
    assert log() == [("person", "typed", HOURS), ("assistant", "model", "We are open today. Come in.")]
    assert talk.exchanges == [(HOURS, "We are open today. Come in.")]


def test_the_model_gets_its_tools_results_and_what_was_said_before(
    app: Flask, clinic: Clinic, patient: Patient, doctor: Doctor
) -> None:
    talk = Talk(exchanges=[("Hello", "Good day. How can I help?")])
    with LanguageModelPeer(answers=[{"name": "clinic_facts", "arguments": "{}"}, "At 1 River Street."]) as peer:
        ask_of(peer, app)
        assert words(asked(actor_of(patient, clinic), "Where are you?", talk=talk)) == "At 1 River Street."
    first, second = peer.calls
    assert [message["role"] for message in first["messages"]] == ["system", "user", "assistant", "user"]
    result = second["messages"][-1]
    assert (result["role"], result["tool_call_id"]) == ("tool", "call_0")
    assert json.loads(result["content"])["data"]["address"] == "1 River Street, London"


def test_what_the_model_proposes_comes_as_a_card_before_the_end(
    app: Flask, clinic: Clinic, patient: Patient, doctor: Doctor
) -> None:
    visit = make_appointment(doctor, patient, clock.now() + timedelta(days=2))
    call = {"name": "propose_cancellation", "arguments": json.dumps({"appointment_id": visit.id})}
    with LanguageModelPeer(answers=[call, "I have canceled it."]) as peer:
        ask_of(peer, app)
        events = asked(actor_of(patient, clinic), "Cancel my visit")
        again = asked(actor_of(patient, clinic), "Cancel my visit")
    assert len(peer.calls) == 2
    for told in (events, again):
        assert words(told) == NOTHING_IS_DONE
        assert [type(event) for event in told[-2:]] == [Offer, Reply]
    assert db.session.get_one(Appointment, visit.id).is_active
    kept = db.session.scalars(select(ConversationMessage).filter_by(role="assistant")).one()
    assert (kept.kind, kept.source) == ("proposal", "model")


@pytest.mark.parametrize("mode", ["refuses", "error_500", "garbage", "html", "empty", "silent", "busy"])
def test_a_model_that_fails_costs_nothing_and_the_built_in_assistant_answers(
    app: Flask, clinic: Clinic, doctor: Doctor, mode: str
) -> None:
    with LanguageModelPeer(mode, wait="30") as peer:
        ask_of(peer, app, seconds=0.2)
        events = asked(actor_of(doctor, clinic))
    assert len(words(events)) > 20
    assert note(events) == NOTE_FAILED
    assert changes() == [-1, 1]
    assert CreditsLeft(10, is_low=False) in events
    assert log()[1][1] == "built-in"


def test_a_model_that_breaks_off_is_said_so_and_the_built_in_assistant_goes_on(
    app: Flask, clinic: Clinic, doctor: Doctor
) -> None:
    with LanguageModelPeer("breaks", answers=["One. Two. Three. Four. Five. Six. Seven. " * 9]) as peer:
        ask_of(peer, app)
        events = asked(actor_of(doctor, clinic))
    assert words(events).startswith("One. ")
    assert answering.BROKE_OFF in words(events)
    assert len(words(events)) > words(events).index(answering.BROKE_OFF) + len(answering.BROKE_OFF) + 20
    assert changes() == [-1]
    assert credits.meter(clinic).left == 9


def test_words_of_danger_get_the_clinics_number_and_leave_the_house_nowhere(
    app: Flask, clinic: Clinic, doctor: Doctor
) -> None:
    with LanguageModelPeer() as peer:
        ask_of(peer, app)
        events = asked(actor_of(doctor, clinic), "I have chest pain and can't breathe")
    assert "999" in words(events)
    assert note(events) == answering.NOTE_EMERGENCY
    assert (peer.calls, changes()) == ([], [])
    row = db.session.scalars(select(ConversationMessage).filter_by(role="assistant")).one()
    assert (row.kind, row.source) == ("emergency", "clinic")


def test_nothing_leaves_the_house_where_the_clinic_does_not_want_it(
    app: Flask, clinic: Clinic, patient: Patient
) -> None:
    clinic.assistant_uses_model = False
    db.session.commit()
    with LanguageModelPeer() as peer:
        ask_of(peer, app)
        assert note(asked(actor_of(patient, clinic))) == NOTE_BUILT_IN
    assert peer.calls == []


@pytest.mark.parametrize("url", ["", "ftp://model.example"])
def test_without_a_model_that_can_be_asked_the_built_in_assistant_answers(
    app: Flask, clinic: Clinic, patient: Patient, url: str
) -> None:
    ask_of(url, app)
    assert note(asked(actor_of(patient, clinic))) == NOTE_BUILT_IN


def test_who_has_asked_often_hears_that_the_ai_is_not_asked_again(app: Flask, clinic: Clinic, patient: Patient) -> None:
    app.config["ASSISTANT_QUESTIONS"] = 1
    with LanguageModelPeer(answers=["Yes.", "No."]) as peer:
        ask_of(peer, app)
        actor = actor_of(patient, clinic)
        asked(actor, event="1")
        assert note(asked(actor, event="2")) == NOTE_LIMIT
    assert len(peer.calls) == 1


def test_a_doctor_without_credits_is_told_and_what_was_said_stays(app: Flask, clinic: Clinic, doctor: Doctor) -> None:
    make_patient(clinic)
    with LanguageModelPeer(answers=["Yes."] * 20) as peer:
        ask_of(peer, app)
        actor = actor_of(doctor, clinic)
        for number in range(10):
            asked(actor, event=str(number))
        events = asked(actor, event="one more")
    assert events == [Trouble("credits_exhausted", credits.NoCreditsLeft.default_words)]
    assert len(peer.calls) == 10
    assert log()[-1] == ("person", "typed", HOURS)


def test_a_question_that_comes_again_gets_the_answer_that_was_kept(app: Flask, clinic: Clinic, doctor: Doctor) -> None:
    with LanguageModelPeer(answers=["We are open."]) as peer:
        ask_of(peer, app)
        actor = actor_of(doctor, clinic)
        asked(actor)
        again = asked(actor)
    assert words(again) == "We are open."
    assert "Written by an AI" in note(again)
    assert (len(peer.calls), len(log()), changes()) == (1, 2, [-1])


def test_a_question_whose_answer_is_under_way_is_not_answered_twice_but_one_that_was_lost_is(
    app: Flask, clinic: Clinic, doctor: Doctor
) -> None:
    actor = actor_of(doctor, clinic)
    asked_once = question(actor)
    conversation.append(actor, HOURS, role="person", source="typed", event_id=asked_once.event_id)
    assert asked(actor) == [Trouble("under_way", UNDER_WAY)]
    row = db.session.scalars(select(ConversationMessage)).one()
    row.at = clock.now() - answering.LONGEST_ANSWER
    db.session.commit()
    assert note(asked(actor)) == NOTE_BUILT_IN
    assert len(log()) == 2


def test_who_leaves_after_the_first_words_has_them_in_the_log_and_pays_for_them(
    app: Flask, clinic: Clinic, doctor: Doctor
) -> None:
    with LanguageModelPeer("slow", answers=["First. " + "More words. " * 99]) as peer:
        ask_of(peer, app)
        actor = actor_of(doctor, clinic)
        events: Iterator[Any] = answering.answer(actor, Talk(), question(actor), never)
        assert next(events) == Reply("First. ")
        events.close()  # type: ignore[attr-defined]
        assert peer.hung_up.wait(1)
    assert log()[1] == ("assistant", "model", "First.")
    assert changes() == [-1]


def test_who_stops_before_the_first_word_pays_nothing_and_is_free_at_once(
    app: Flask, clinic: Clinic, doctor: Doctor
) -> None:
    with LanguageModelPeer("silent") as peer:
        ask_of(peer, app)
        actor = actor_of(doctor, clinic)
        began = time.monotonic()
        events = list(answering.answer(actor, Talk(), question(actor), lambda: time.monotonic() > began + 0.2))
        assert time.monotonic() - began < 1.5
        assert peer.hung_up.wait(1)
    assert words(events) == ""
    assert note(events)
    assert changes() == [-1, 1]
    assert [row[0] for row in log()] == ["person"]


def test_no_connection_to_the_database_is_held_while_the_model_thinks(
    app: Flask, clinic: Clinic, doctor: Doctor
) -> None:
    held = []
    with LanguageModelPeer(answers=[{"name": "my_day", "arguments": "{}"}, "First. Second. Third."]) as peer:
        ask_of(peer, app)
        peer.while_answering = lambda: held.append(db_connections(app))
        asked(actor_of(doctor, clinic))
    assert held == [0, 0]


def db_connections(app: Flask) -> int:
    with app.app_context():
        return db.engine.pool.checkedout()  # type: ignore[attr-defined,no-any-return]


def test_the_names_of_a_doctors_patients_are_put_in_after_the_model(
    app: Flask, clinic: Clinic, doctor: Doctor, patient: Patient
) -> None:
    today = clock.today(clinic.zone)
    make_appointment(doctor, patient, at(clinic, today, "10:00"))
    stranger = make_patient(clinic, first_name="Grace", last_name="Hopper")
    talk = Talk()
    with LanguageModelPeer(
        answers=[
            {"name": "my_day", "arguments": "{}"},
            f"At 10:00 [patient {patient.id}] comes, then [patient {stranger.id}].",
        ]
    ) as peer:
        ask_of(peer, app)
        events = asked(actor_of(doctor, clinic), "Who comes today?", talk=talk)
    assert words(events) == "At 10:00 Ada Lovelace comes, then a patient."
    assert f"[patient {patient.id}]" in peer.heard
    assert "Lovelace" not in peer.heard + json.dumps(talk.exchanges)
