"""Asking every route as every person, and noticing any change of the database."""

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from werkzeug.test import Client, TestResponse

from medimeet.db import db
from medimeet.model_base import Base
from medimeet.web.contract import contracts_of
from tests.architecture import access_world
from tests.architecture.access_world import World
from tests.conftest import MONDAY_MORNING

TABLES = sorted(Path(__file__).parent.glob("access_*.txt"))
ACTORS = (
    "anonymous",
    "patient",
    "other_patient",
    "doctor",
    "other_doctor",
    "admin",
    "far_patient",
    "far_doctor",
    "far_admin",
    "superuser",
    "deactivated",
)
MEANING = {".": "gets in", "L": "is sent to sign in", "3": "gets 403", "4": "gets 404", "5": "breaks it"}
READS = {"GET", "HEAD"}
# What a request may change that was refused, or only reads: who asks too often, who was here, who looked at what.
NOT_COUNTED = {"attempt_count", "audit_entry", "audit_head", "heartbeat"}
NOT_COUNTED_COLUMNS = {"browser_session": {"last_seen_at"}}


@dataclass(frozen=True)
class Line:
    """One line of the table: a method, a route, and a sign for each actor."""

    method: str
    route: str
    signs: str

    def sign_for(self, actor: str) -> str:
        """What the table says of the actor."""
        return self.signs[ACTORS.index(actor)]


def read_table() -> list[Line]:
    """The lines of the tables, without remarks and headings; only those of some routes for `tests.attacks.mutants`."""
    lines = [line.split("#")[0].split() for table in TABLES for line in table.read_text().splitlines()]
    read = [Line(*words) for words in lines if words]
    return [line for line in read if re.search(os.environ.get("MEDIMEET_TEST_ROUTES", ""), line.route)]


def routes_of(app: Flask) -> set[tuple[str, str]]:
    """Every method and route that the application serves, but for static files."""
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def sign_of(answer: TestResponse) -> str:
    """The table's sign for an answer."""
    status = answer.status_code
    if status == 302 and answer.headers["Location"].startswith("/login/"):
        return "L"
    if status in {401, 403, 404}:
        return {401: "L", 403: "3", 404: "4"}[status]
    return "." if status < 500 and status != 405 else "5"


class Walk:
    """The application with its world; every request stands by itself, and what one wrote can be put back."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.contract_of = {rule.rule: rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
        self._client = Client(app, use_cookies=False)
        self._file = str(db.engine.url.database)
        self._watch: Watch | None = None
        self.remember()

    def remember(self) -> None:
        """Takes the database as it is now for the one to put back."""
        self.close()
        self._let_go()
        shutil.copy(self._file, f"{self._file}.world")
        self._watch = Watch(self._file)
        self._digests = self._watch.digests

    def lines(self, of: str) -> Iterator[Line]:
        """The lines of the table for "pages", or for "contracts"."""
        return (line for line in read_table() if self.is_contract(line) == (of == "contracts"))

    def ask(self, line: Line, actor: str) -> TestResponse:
        """The answer to a person who comes as people do."""
        return self.send(line, self.own_headers(line, actor))

    def own_headers(self, line: Line, actor: str) -> dict[str, str]:
        """What people come with: a browser's cookie to a page, a token to a contract."""
        return self.token_for(line, actor) if self.is_contract(line) else self.session_of(actor)

    def send(self, line: Line, headers: dict[str, str]) -> TestResponse:
        """The answer to one request with these headers, and with the form or body that names rows of the world."""
        body: dict[str, Any] = self.world.form_of(line.route) if line.method != "GET" else {}
        sent: dict[str, Any] = {"json": body or None} if self.is_contract(line) else {"data": body}
        return self.open(line.method, self.world.url_of(line.route), headers, **sent)

    def open(self, method: str, url: str, headers: dict[str, str], **sent: Any) -> TestResponse:
        """The answer to any one request; it shares nothing with the test."""
        here = {"REMOTE_ADDR": "127.0.0.1"}
        return Context().run(self._client.open, url, method=method, headers=headers, environ_overrides=here, **sent)

    def session_of(self, actor: str) -> dict[str, str]:
        """The cookie of a browser in which the actor is signed in."""
        token = self.world.tokens.get(actor)
        if token is None:
            return {}
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        cookie = serializer.dumps({"_user_id": token, "_fresh": True})
        return {"Cookie": f"{self.app.config['SESSION_COOKIE_NAME']}={cookie}"}

    def token_for(self, line: Line, actor: str) -> dict[str, str]:
        """The headers by which the route's contract knows the actor; a chatbot's token goes with it in any case."""
        token = self.world.bearers.get(actor)
        if self.contract_of[line.route] == "chatbot":
            of_clinic = {"Authorization": f"Bearer {self.world.ids['chatbot_token']}"}
            return of_clinic | {"X-Api-Key": token} if token else of_clinic
        return {"Authorization": f"Bearer {token}"} if token else {}

    def is_contract(self, line: Line) -> bool:
        """Whether the route belongs to a JSON contract."""
        return self.contract_of[line.route] in contracts_of(self.app)

    def takes_session(self, line: Line) -> bool:
        """Whether the route belongs to a JSON contract that our own pages call with their session."""
        return self.is_contract(line) and contracts_of(self.app)[self.contract_of[line.route]].takes_session

    def changes(self) -> set[str]:
        """The tables that have changed since the last look; none of those that only count or note who asked."""
        assert self._watch is not None
        return self._watch.changes()

    def put_back(self) -> None:
        """The database as the world left it."""
        assert self._watch is not None
        if not self._watch.is_touched():
            return
        self.restore()
        self._watch = Watch(self._file, self._digests)

    def restore(self) -> None:
        """Puts the file back, and lets go of it."""
        self.close()
        self._let_go()
        shutil.copy(f"{self._file}.world", self._file)

    def close(self) -> None:
        """Lets go of the database."""
        if self._watch is not None:
            self._watch.close()

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()
        for leftover in ("-wal", "-shm"):
            Path(self._file + leftover).unlink(missing_ok=True)


@contextmanager
def walking(app: Flask, at_a_standstill: bool = True) -> Iterator[Walk]:
    """A walk on a Monday morning that lasts for no time at all, so that nobody is noted as seen again meanwhile."""
    with time_machine.travel(MONDAY_MORNING, tick=False) if at_a_standstill else nullcontext():
        walk = Walk(app, access_world.make(app))
        yield walk
        walk.close()


class Watch:
    """A connection of its own that notices whatever others write."""

    def __init__(self, file: str, digests: dict[str, bytes] | None = None) -> None:
        self._connection = sqlite3.connect(file)
        self.digests = digests or self._digests()
        self._version = self._began_at = self._data_version()

    def is_touched(self) -> bool:
        """Whether anything at all was written since the watch began."""
        return self._data_version() != self._began_at

    def changes(self) -> set[str]:
        """The tables whose rows differ from those of the last look."""
        version = self._data_version()
        if version == self._version:
            return set()
        self._version, before = version, self.digests
        now = self._digests()
        changed = {name for name, digest in now.items() if digest != before[name]}
        if changed:
            self.digests = now
        return changed

    def close(self) -> None:
        self._connection.close()

    def _data_version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _digests(self) -> dict[str, bytes]:
        found = {}
        for table in Base.metadata.sorted_tables:
            if table.name not in NOT_COUNTED:
                left_out = NOT_COUNTED_COLUMNS.get(table.name, set())
                columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in left_out)
                rows = self._connection.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY rowid').fetchall()
                found[table.name] = hashlib.sha256(repr(rows).encode()).digest()
        return found
