"""The demo's clinics as JSON clients find them: fresh before every step, with a token for each person."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from medimeet import demo_data
from medimeet.db import db
from medimeet.models import Account
from medimeet.services import chatbot, tokens
from medimeet.web.api_document import documented
from tests import databases
from tests.conftest import MONDAY_MORNING

PEOPLE = {
    "anonymous": None,
    "patient": "riverside-patient",
    "doctor": "riverside-doctor",
    "admin": "riverside-admin",
    "superuser": "superuser",
}


class Demo:
    """The demo on SQLite, a token of everybody in `PEOPLE`, and one of the chatbot of clinic 1."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        databases.make_empty(app)
        with app.app_context():
            demo_data.load()
            self._tokens = {role: _token_of(username) for role, username in PEOPLE.items() if username}
            self.chatbot_token = chatbot.issue_token(chatbot.find_clinic(1))
            self.file = str(db.engine.url.database)
        self._let_go()
        shutil.copy(self.file, f"{self.file}.demo")

    def headers(self, contract: str, role: str) -> dict[str, str]:
        """The headers by which a contract knows somebody; a chatbot's token goes with its requests in any case."""
        token = self._tokens.get(role)
        if contract == "chatbot":
            of_clinic = {"Authorization": f"Bearer {self.chatbot_token}"}
            return of_clinic | {"X-Api-Key": token} if token else of_clinic
        return {"Authorization": f"Bearer {token}"} if token else {}

    def put_back(self) -> None:
        """Undoes whatever was done since the start."""
        self._let_go()
        for leftover in ("-wal", "-shm"):
            Path(self.file + leftover).unlink(missing_ok=True)
        shutil.copy(f"{self.file}.demo", self.file)

    def documents(self) -> dict[str, dict[str, Any]]:
        """The OpenAPI document of every contract that is served, by its name."""
        client = self.app.test_client()
        return {name: client.get(f"/docs/{name}/openapi.json").get_json() for name in documented(self.app)}

    def _let_go(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def demo_of(app: Flask, days_after_monday: int = 0) -> Iterator[Demo]:
    """The demo on a Monday morning, or some days later, whatever day it is: so a test does the same every day."""
    with time_machine.travel(MONDAY_MORNING + timedelta(days=days_after_monday), tick=False):
        yield Demo(app)


def _token_of(username: str) -> str:
    return tokens.issue_lasting(db.session.scalars(select(Account).where(Account.username == username)).one())
