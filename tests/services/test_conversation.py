"""The conversation log, wherever it is kept: each test in SQLite, in PostgreSQL, and over TCP in MongoDB."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.gateways.conversation_store import Said
from medimeet.models import AuditEntry, Clinic
from medimeet.services import conversation, conversation_transfer, patients
from medimeet.services.access import Actor
from tests import factories

Settle = Callable[[], None]


@pytest.fixture(params=["sqlite", "postgresql", "mongodb"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the log is kept."""
    return str(request.param)


@pytest.fixture
def database_kind(place: str) -> str:
    return "sqlite" if place == "mongodb" else place


@pytest.fixture
def settle(app: Flask, place: str, request: pytest.FixtureRequest) -> Settle:
    """Brings what was said to where it is kept."""
    if place == "mongodb":
        request.getfixturevalue("in_mongodb")
    return lambda: bring_over(place)


@pytest.fixture
def anna(settle: Settle, clinic: Clinic) -> Actor:
    return Actor(factories.make_patient(clinic).account, clinic)


def bring_over(place: str) -> None:
    conversation_transfer.bring_over()
    waiting = conversation_transfer.waiting()
    assert (waiting.messages, waiting.erasures) == (0, 0) or place != "mongodb"


def say(actor: Actor, *texts: str, role: str = "person", **more: int) -> list[str]:
    """Says it, each with an event of its own; the events."""
    events = [conversation.event_id_of(actor, f"{clock.now().timestamp()} {text}") for text in texts]
    for text, event_id in zip(texts, events, strict=True):
        assert conversation.append(actor, text, role=role, source="typed", event_id=event_id, **more)
    return events


def texts(found: list[Said]) -> list[str]:
    return [said.text for said in found]


def test_a_message_comes_back_as_it_was_said(anna: Actor, settle: Settle) -> None:
    before = clock.now()
    [event_id] = say(anna, "Hällo 👋\nCan I come\x00 on\ud800 Tuesday?")
    settle()
    [said] = conversation.page(anna).items
    assert said == conversation.find_answer(anna, event_id)
    assert said == replace(said, text="Hällo 👋\nCan I come on Tuesday?", role="person", kind="message", source="typed")
    assert (said.account_id, said.clinic_id, said.appointment_id) == (anna.person.id, anna.clinic.id, None)
    assert said.at.tzinfo == UTC and said.at.microsecond % 1000 == 0
    assert abs((said.at - before).total_seconds()) < 5


def test_what_is_sent_again_is_kept_once(anna: Actor, settle: Settle) -> None:
    [event_id] = say(anna, "Book me in")
    settle()
    assert not conversation.append(anna, "Book me in", role="person", source="typed", event_id=event_id)
    settle()
    assert texts(conversation.page(anna).items) == ["Book me in"]


def test_an_answer_never_precedes_its_question(
    anna: Actor, settle: Settle, frozen_clock: time_machine.Traveller
) -> None:
    said = [f"{number}" for number in range(12)]
    say(anna, *said[:6])
    frozen_clock.shift(-60)  # somebody sets the machine's clock back
    say(anna, *said[6:])
    settle()
    assert texts(conversation.export(anna)) == said


def test_pages_are_the_same_however_much_of_the_log_is_still_on_its_way(anna: Actor, settle: Settle) -> None:
    say(anna, "0", "1", "2", "3", "4", "5", "6", "7", "8")
    settle()
    say(anna, "9", "10")
    newest_first = texts(conversation.export(anna))[::-1]
    assert len(newest_first) == 11
    for per_page in (1, 3, 4, 25):
        pages = [conversation.page(anna, page=number, per_page=per_page) for number in range(1, -(-11 // per_page) + 1)]
        assert [text for page in pages for text in texts(page.items)] == newest_first
        assert {(page.total, page.pages, page.is_whole) for page in pages} == {(11, len(pages), True)}
        assert [page.has_next for page in pages] == [True] * (len(pages) - 1) + [False]
    assert conversation.page(anna, page=100).items == []


def test_words_are_found_in_any_case_and_as_they_are_written(anna: Actor, settle: Settle) -> None:
    say(anna, "Is it 50% (or .*)?", "Über die ÄRZTE", "Nothing of that")
    settle()
    for search, found in {
        "50%": "Is it 50% (or .*)?",
        ".*)": "Is it 50% (or .*)?",
        "ärzte ÜBER": "Über die ÄRZTE",
        "that nothing": "Nothing of that",
    }.items():
        assert texts(conversation.page(anna, search=search).items) == [found], search
    assert conversation.page(anna, search="50.*").total == 0
    assert conversation.page(anna, search=" \x00 ").total == 3


def test_nobody_reads_or_erases_another_persons_words(anna: Actor, settle: Settle) -> None:
    [event_id] = say(anna, "It hurts")
    settle()
    others = [
        factories.make_patient(anna.clinic).account,
        factories.make_admin(anna.clinic),
        factories.make_superuser(),
    ]
    for other in (Actor(account, anna.clinic) for account in others):
        assert conversation.event_id_of(other, "1") != conversation.event_id_of(anna, "1")
        assert conversation.page(other).total == 0 and conversation.export(other) == []
        assert conversation.find_answer(other, event_id) is None
        conversation.erase(other)
    settle()
    assert texts(conversation.page(anna).items) == ["It hurts"]


def test_what_is_erased_is_gone_and_what_is_said_afterwards_stays(
    anna: Actor, settle: Settle, frozen_clock: time_machine.Traveller
) -> None:
    say(anna, "kept over there")
    settle()
    say(anna, "still here")
    conversation.erase(anna)
    assert conversation.page(anna).total == 0 and conversation.export(anna) == []
    say(anna, "in the same instant")
    assert texts(conversation.page(anna).items) == ["in the same instant"]
    settle()
    assert texts(conversation.page(anna).items) == ["in the same instant"]
    assert db.session.scalars(select(AuditEntry.deed)).all() == ["erased"]


def test_a_person_who_is_removed_leaves_no_words_behind(anna: Actor, settle: Settle) -> None:
    say(anna, "kept over there")
    settle()
    say(anna, "still here")
    patients.remove(Actor(factories.make_admin(anna.clinic), anna.clinic), anna.own_patient.id)
    settle()
    assert conversation.export(anna) == []


def test_a_doctor_finds_what_was_said_during_one_visit(anna: Actor, settle: Settle) -> None:
    clinic = anna.clinic
    doctor = factories.make_doctor(clinic)
    actor = Actor(doctor.account, clinic)
    visit = factories.make_appointment(doctor, anna.own_patient, clock.now())
    say(actor, "before")
    say(actor, "He coughs", "since Monday", appointment_id=visit.id)
    settle()
    say(actor, "no fever", appointment_id=visit.id)
    assert texts(conversation.of_visit(actor, visit.id)) == ["He coughs", "since Monday", "no fever"]
    assert conversation.of_visit(anna, visit.id) == []
