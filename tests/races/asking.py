"""A worker process whose people ask the assistant at the same moment, for the races about credits."""

import os
import signal
import threading
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask

from medimeet.app import create_app
from medimeet.db import db
from medimeet.models import Account
from medimeet.services import credits
from medimeet.services.access import Actor


def start(app: Flask, account: Account, questions: int, *, settles: bool = True) -> BaseProcess:
    """A process on the database of `app` in which `account` asks so often at once; exits with how often it might.

    One that does not settle is killed with SIGKILL after the first question that it might ask.
    """
    names = ("DATABASE_URL", "DATA_DIR", "SECRET_KEY", "BASE_URL")
    settings = {name: app.config[name] for name in names} | {"DATABASE_TIMEOUT_SECONDS": 30}
    target = _ask if settles else _die
    process = get_context("forkserver").Process(target=target, args=(settings, account.id, questions))
    process.start()
    return process


def _ask(settings: dict[str, Any], account_id: int, questions: int) -> None:
    app, start_now, granted = create_app(settings), threading.Barrier(questions), []

    def ask() -> None:
        with app.app_context():
            actor = _actor(account_id)
            start_now.wait()
            try:
                credits.settle(credits.reserve(actor))
                granted.append(1)
            except credits.NoCreditsLeft:
                pass

    threads = [threading.Thread(target=ask) for _question in range(questions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(len(granted))


def _die(settings: dict[str, Any], account_id: int, _questions: int) -> None:
    with create_app(settings).app_context():
        credits.reserve(_actor(account_id))
        os.kill(os.getpid(), signal.SIGKILL)


def _actor(account_id: int) -> Actor:
    account = db.session.get_one(Account, account_id)
    actor = Actor(account, account.clinic)
    db.session.rollback()
    return actor
