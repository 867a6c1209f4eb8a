"""A hundred questions to the language model with five credits left; a worker that is killed while it answers."""

import multiprocessing
import os
import signal
from collections import Counter
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select

from medimeet import clock
from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account, Clinic, ConversationMessage, CreditEntry
from medimeet.services import conversation, credits, invariants
from medimeet.services.access import Actor
from medimeet.services.assistant import answering
from medimeet.services.assistant.events import Event, Question
from medimeet.services.assistant.talk import Talk
from tests import factories
from tests.peers.language_model import LanguageModelPeer
from tests.races.crowds import Answer, all_at_once, open_browsers, send
from tests.servers import serving

HOURS = "When are you open?"


def test_a_hundred_questions_with_five_credits_left_make_five_calls_and_are_all_kept(
    app: Flask, clinic: Clinic
) -> None:
    factories.make_subscription(clinic, credits=5)
    doctor = factories.make_doctor(clinic, works=False)
    [browser] = open_browsers(app, [doctor.account])
    headers = {"Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def ask(number: int) -> Answer:
        form = f"csrf_token={browser.csrf_token}&words=Question&event={number}"
        return send(port, "POST", "/transcription/ask/", form, headers)

    with LanguageModelPeer(answers=["We are open."] * 100) as peer:
        settings = {f"MEDIMEET_{name}": value for name, value in asking(peer).items()}
        with serving(app, **settings) as port:
            answers = all_at_once(range(100), ask)
    told = Counter("We are open." in answer.body for answer in answers)
    refused = Counter(credits.NoCreditsLeft.default_words[:40] in answer.body for answer in answers)
    assert [answer.status for answer in answers] == [200] * 100
    assert (len(peer.calls), told[True], refused[True]) == (5, 5, 95)
    assert kept() == {"person": 100, "assistant": 5}
    assert credits.meter(clinic).left == 0
    nothing_is_lost_or_doubled(lines=6)


def test_what_a_killed_worker_was_asked_is_neither_lost_nor_paid_for_and_can_be_asked_again(
    app: Flask, clinic: Clinic
) -> None:
    factories.make_subscription(clinic, credits=5)
    doctor = factories.make_doctor(clinic, works=False)
    with LanguageModelPeer(answers=["First. Second. " * 9, "We are open."]) as peer:
        app.config.update(asking(peer))
        settings = {name: app.config[name] for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY")} | asking(peer)
        context = multiprocessing.get_context("forkserver")
        worker = context.Process(target=_die_while_answering, args=(settings, doctor.account_id))
        worker.start()
        worker.join()
        assert worker.exitcode == -signal.SIGKILL
        assert (kept(), credits.meter(clinic).left) == ({"person": 1}, 4)
        db.session.rollback()
        with time_machine.travel(clock.now() + credits.LONGEST_ANSWER):
            assert credits.return_abandoned() == 1
            _answers(doctor.account_id)
    assert (kept(), credits.meter(clinic).left) == ({"person": 1, "assistant": 1}, 4)
    nothing_is_lost_or_doubled(lines=4)


def asking(peer: LanguageModelPeer) -> dict[str, str]:
    """The settings with which this model is asked."""
    return {"LLM_BASE_URL": peer.url, "LLM_API_KEY": "sk-our-secret", "LLM_MODEL": "tiny-1"}


def kept() -> dict[str, int]:
    """How many messages of each role are in the log."""
    db.session.rollback()
    counted = select(ConversationMessage.role, func.count().label("count")).group_by(ConversationMessage.role)
    return {row.role: row.count for row in db.session.execute(counted)}


def nothing_is_lost_or_doubled(lines: int) -> None:
    """The ledger has so many lines, and credits and reservations agree with it."""
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(CreditEntry)) == lines
    assert [check.fault for check in invariants.of_data(db.session.connection()) if not check.is_good] == []


def _answers(account_id: int) -> list[Event]:
    account = db.session.get_one(Account, account_id)
    actor = Actor(account, account.clinic)
    question = Question(HOURS, "typed", conversation.event_id_of(actor, "1"))
    return list(answering.answer(actor, Talk(), question, lambda: False))


def _die_while_answering(settings: dict[str, Any], account_id: int) -> None:
    with create_app(settings).app_context():
        account = db.session.get_one(Account, account_id)
        actor = Actor(account, account.clinic)
        question = Question(HOURS, "typed", conversation.event_id_of(actor, "1"))
        for _event in answering.answer(actor, Talk(), question, lambda: False):
            os.kill(os.getpid(), signal.SIGKILL)
