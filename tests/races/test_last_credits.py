"""A hundred questions at once with five credits left, asked of two workers; a worker killed in the middle."""

import signal
import threading

import time_machine
from flask import Flask
from sqlalchemy import func, select

from medimeet import clock
from medimeet.db import db
from medimeet.models import Clinic, CreditEntry
from medimeet.services import credits, invariants
from tests import factories
from tests.races import asking


def test_a_hundred_questions_with_five_credits_left_get_five_answers(app: Flask, clinic: Clinic) -> None:
    factories.make_subscription(clinic, credits=5)
    asker = factories.make_doctor(clinic, works=False).account
    workers = [asking.start(app, asker, questions=50) for _worker in range(2)]
    for worker in workers:
        worker.join()
    db.session.rollback()
    assert sum(worker.exitcode or 0 for worker in workers) == 5
    assert credits.meter(clinic).left == 0
    nothing_is_lost_or_doubled(lines=6)


def test_the_credit_of_a_killed_worker_goes_back_once_though_three_pollers_look(app: Flask, clinic: Clinic) -> None:
    factories.make_subscription(clinic, credits=5)
    asker = factories.make_doctor(clinic, works=False).account
    worker = asking.start(app, asker, questions=1, settles=False)
    worker.join()
    db.session.rollback()
    assert worker.exitcode == -signal.SIGKILL
    assert credits.meter(clinic).left == 4
    db.session.rollback()
    with time_machine.travel(clock.now() + credits.LONGEST_ANSWER):
        pollers = [threading.Thread(target=_poll, args=(app,)) for _poller in range(3)]
        for poller in pollers:
            poller.start()
        for poller in pollers:
            poller.join()
    assert credits.meter(clinic).left == 5
    nothing_is_lost_or_doubled(lines=3)


def nothing_is_lost_or_doubled(lines: int) -> None:
    """The ledger has so many lines, and credits and reservations agree with it."""
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(CreditEntry)) == lines
    assert [check.fault for check in invariants.of_data(db.session.connection()) if not check.is_good] == []


def _poll(app: Flask) -> None:
    with app.app_context():
        credits.return_abandoned()
