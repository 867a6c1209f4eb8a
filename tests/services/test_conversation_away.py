"""A MongoDB that is killed, away, silent or mad: nothing is lost, nothing doubled, and nobody waits for it."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.gateways import mongodb
from medimeet.gateways.conversation_store import StoreAway, Wanted
from medimeet.models import Clinic, ConversationMessage
from medimeet.services import conversation, conversation_rows, conversation_transfer
from medimeet.services.access import Actor
from medimeet.writing import command
from tests import factories
from tests.peers.mongodb import MongoServer, Pretender

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
LONGEST_PAGE_SECONDS = 3.0
QUICK_SECONDS = 0.5


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongodb, "PAUSE_SECONDS", 0.05)


@pytest.fixture
def anna(app: Flask, clinic: Clinic) -> Actor:
    return Actor(factories.make_patient(clinic).account, clinic)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[MongoServer]:
    """A server to kill."""
    server = MongoServer(tmp_path / "mongodb")
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def store_of(app: Flask) -> Iterator["StoreOf"]:
    made = StoreOf(app)
    yield made
    made.close()


class StoreOf:
    """Points the application at a server; `close` hangs up."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._made: list[mongodb.MongoStore] = []

    def __call__(self, server: MongoServer | Pretender) -> mongodb.MongoStore:
        self._app.config["MONGODB_URI"] = server.url
        store = mongodb.store(server.url)
        assert store is not None
        self._made.append(store)
        return store

    def close(self) -> None:
        for store in self._made:
            store.close()


@command
def say_much(actor: Actor, count: int) -> list[str]:
    """Says so many things, in one transaction; the words, oldest first."""
    start = conversation_rows.next_instant(actor.person.id)
    row = {"clinic_id": actor.clinic.id, "account_id": actor.person.id, "role": "person", "kind": "message"}
    for number in range(count):
        at = start + timedelta(milliseconds=number)
        more = {"event_id": f"{actor.person.id} {number}", "source": "typed", "text": f"{number}", "at": at}
        db.session.add(ConversationMessage(**row, **more))
    return [f"{number}" for number in range(count)]


def say(actor: Actor, text: str) -> None:
    event_id = conversation.event_id_of(actor, text)
    assert conversation.append(actor, text, role="person", source="typed", event_id=event_id)


def texts(actor: Actor) -> list[str]:
    """The words of the newest page."""
    return [said.text for said in conversation.page(actor, per_page=1000).items]


def timed_page(actor: Actor) -> tuple[conversation.LogPage, float]:
    started = time.monotonic()
    return conversation.page(actor), time.monotonic() - started


def wait_for_answers(store: mongodb.MongoStore) -> None:
    """Until the store has found out by itself that it is back."""
    deadline = time.monotonic() + 15
    while store.is_away:
        assert time.monotonic() < deadline, "nobody found out that it is back"
        time.sleep(0.02)


def test_a_server_killed_while_messages_come_over_loses_none_and_doubles_none(
    app: Flask, anna: Actor, own_server: MongoServer, store_of: StoreOf
) -> None:
    store = store_of(own_server)
    said = say_much(anna, 600)

    def kill_in_the_middle() -> None:
        deadline = time.monotonic() + 20
        with app.app_context():
            while time.monotonic() < deadline and conversation_transfer.waiting().messages > 400:
                time.sleep(0.005)
                db.session.rollback()
            db.session.remove()
        own_server.kill()

    killer = threading.Thread(target=kill_in_the_middle)
    killer.start()
    with pytest.raises(StoreAway):
        conversation_transfer.bring_over()
    killer.join()
    assert 0 < conversation_transfer.waiting().messages <= 400
    page, seconds = timed_page(anna)
    assert (page.items[0].text, page.is_whole, seconds < QUICK_SECONDS) == ("599", False, True)
    say(anna, "said meanwhile")
    own_server.start()
    wait_for_answers(store)
    assert texts(anna) == ["said meanwhile", *said[::-1]]
    conversation_transfer.bring_over()
    assert conversation_transfer.waiting().messages == 0
    assert [each.text for each in store.all(Wanted(anna.person.id))] == [*said, "said meanwhile"]


def test_a_message_that_was_brought_but_not_noted_is_shown_once(app: Flask, anna: Actor, in_mongodb: Flask) -> None:
    say(anna, "once")
    store = mongodb.store(app.config["MONGODB_URI"])
    assert store is not None
    store.keep(conversation_rows.WAITING.all(Wanted(anna.person.id)))  # and then the poller died
    assert (texts(anna), conversation.page(anna).total) == (["once"], 1)
    conversation_transfer.bring_over()
    assert (texts(anna), conversation.page(anna).total) == (["once"], 1)


@pytest.mark.parametrize(
    "answer", [b"", b"\x10\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\xdd\x07\x00\x00", b"HTTP/1.1 400 Bad\r\n\r\n"]
)
def test_nobody_waits_for_a_server_that_is_silent_or_mad(anna: Actor, store_of: StoreOf, answer: bytes) -> None:
    with Pretender(answer) as pretender:
        store = store_of(pretender)
        started = time.monotonic()
        say(anna, "I am heard")
        assert time.monotonic() - started < QUICK_SECONDS
        page, seconds = timed_page(anna)
        assert seconds < LONGEST_PAGE_SECONDS
        assert [said.text for said in page.items] == ["I am heard"] and not page.is_whole
        page, seconds = timed_page(anna)
        assert seconds < QUICK_SECONDS and not page.is_whole
        assert conversation_transfer.bring_over() == 0  # it is not asked again so soon
        with pytest.raises(conversation.LogAway):
            conversation.export(anna)
        store.close()


def test_what_is_erased_while_the_server_is_away_is_erased_there_when_it_is_back(
    anna: Actor, own_server: MongoServer, store_of: StoreOf
) -> None:
    store = store_of(own_server)
    say(anna, "something private")
    conversation_transfer.bring_over()
    own_server.kill()
    conversation.erase(anna)
    page, seconds = timed_page(anna)
    assert (page.items, page.is_whole, seconds < LONGEST_PAGE_SECONDS) == ([], False, True)
    say(anna, "something new")
    own_server.start()
    wait_for_answers(store)
    assert texts(anna) == ["something new"]
    assert conversation_transfer.bring_over() == 1
    assert [said.text for said in store.all(Wanted(anna.person.id))] == ["something new"]


def test_a_message_on_its_way_does_not_outlive_its_erasure(
    app: Flask, anna: Actor, in_mongodb: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(anna, "on its way")
    store = mongodb.store(app.config["MONGODB_URI"])
    assert store is not None
    keep = store.keep

    def erased_meanwhile(messages):  # type: ignore[no-untyped-def]
        conversation.erase(anna)
        other_poller()
        return keep(messages)

    def other_poller() -> None:
        monkeypatch.setattr(store, "keep", keep)
        conversation_transfer.bring_over()

    monkeypatch.setattr(store, "keep", erased_meanwhile)
    conversation_transfer.bring_over()
    assert texts(anna) == []
    conversation_transfer.bring_over()
    assert store.all(Wanted(anna.person.id)) == []


def test_the_last_day_stays_readable_here(anna: Actor, in_mongodb: Flask, frozen_clock: time_machine.Traveller) -> None:
    say(anna, "yesterday")
    conversation_transfer.bring_over()
    frozen_clock.shift(timedelta(hours=23))
    say(anna, "today")
    conversation_transfer.bring_over()
    assert db.session.scalar(select(func.count(ConversationMessage.id))) == 2
    frozen_clock.shift(timedelta(hours=2))
    conversation_transfer.bring_over()
    assert db.session.scalars(select(ConversationMessage.text)).all() == ["today"]
    assert texts(anna) == ["today", "yesterday"]


def test_an_admin_hears_of_messages_that_wait_for_minutes(
    app: Flask, anna: Actor, frozen_clock: time_machine.Traveller
) -> None:
    admin = Actor(factories.make_admin(anna.clinic), anna.clinic)
    say(anna, "I am heard")
    frozen_clock.shift(timedelta(minutes=6))
    assert conversation_transfer.waits_too_long(admin) is None  # it is kept here for good
    app.config["MONGODB_URI"] = "mongodb://127.0.0.1:9/"
    waiting = conversation_transfer.waits_too_long(admin)
    assert waiting is not None and waiting.messages == 1
    far = factories.make_clinic(name="Hillside")
    assert conversation_transfer.waits_too_long(Actor(factories.make_admin(far), far)) is None
    frozen_clock.shift(timedelta(minutes=-2))
    assert conversation_transfer.waits_too_long(admin) is None
