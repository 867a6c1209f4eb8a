"""A worker killed while somebody is erased, or takes their data along: all of it is done, or nothing."""

import io
import os
import random
import signal
import threading
import time
import zipfile
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.faults import doors
from bench.faults.rounds import Course, Verdict
from bench.faults.servers import Service
from bench.faults.world import Person, World, add_person
from medimeet.db import db
from medimeet.models import Account, BrowserSession, ConversationMessage, Credential
from tests import factories

LONGEST_DEED_SECONDS = 0.25
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back; no status where the line broke."""

    status: int | None
    body: bytes = b""


def run(course: Course, web: Service, rounds: int) -> dict[str, Verdict]:
    """So many rounds of each."""
    chance = random.Random(course.seed)
    verdicts = {"killed during an erasure": Verdict(), "killed during an export": Verdict()}
    for _round in range(rounds):
        for verdict, deed in zip(verdicts.values(), (_erased, _exported), strict=True):
            person = add_person(course.world)
            doors.ask(course.port, person)
            wrong: list[str] = []
            verdict.add(course.round(partial(deed, course, web, person, chance, wrong)))
            verdict.wrong += wrong
    return verdicts


def _erased(course: Course, web: Service, person: Person, chance: random.Random, wrong: list[str]) -> float:
    killed_at, _answer = _killed_during(course.port, "/my-data/erase/", web, person, chance)
    left = _left_of(course.world, person)
    if any(left) and not all(left):
        wrong.append(f"half of a person is left: {left}")
    while any(_left_of(course.world, person)) and time.monotonic() < killed_at + PATIENCE_SECONDS:
        _send(course.port, "/my-data/erase/", person)
    if any(_left_of(course.world, person)):
        wrong.append("nobody could be erased afterwards")
    return killed_at


def _exported(course: Course, web: Service, person: Person, chance: random.Random, wrong: list[str]) -> float:
    killed_at, answer = _killed_during(course.port, "/my-data/download/", web, person, chance)
    while answer.status != 200 and time.monotonic() < killed_at + PATIENCE_SECONDS:
        answer = _send(course.port, "/my-data/download/", person)
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        if archive.testzip() is None and archive.namelist():
            return killed_at
    wrong.append("nobody got a whole export afterwards")
    return killed_at


def _killed_during(port: int, path: str, web: Service, person: Person, chance: random.Random) -> tuple[float, Answer]:
    """All workers die a moment after the form was sent; when that was, and what its sender was answered."""
    answers: list[Answer] = []
    sender = threading.Thread(target=lambda: answers.append(_send(port, path, person)))
    sender.start()
    time.sleep(chance.uniform(0.0, LONGEST_DEED_SECONDS))
    for worker in web.children:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    killed_at = time.monotonic()
    sender.join()
    return killed_at, answers[0]


def _send(port: int, path: str, person: Person) -> Answer:
    form = urlencode({"csrf_token": person.browser.csrf_token, "password": factories.PASSWORD})
    headers = {"Cookie": person.browser.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as line:
        try:
            line.request("POST", path, form, headers)
            with line.getresponse() as answer:
                return Answer(answer.status, answer.read())
        except (OSError, HTTPException):
            return Answer(None)


def _left_of(world: World, person: Person) -> list[bool]:
    """Whether the name, the password, the sign-ins and what was said are still there."""
    with world.app.app_context():
        named = select(func.count()).where(Account.id == person.id, Account.username == person.username)
        counts = [db.session.scalar(named)]
        for model in (Credential, BrowserSession, ConversationMessage):
            counts.append(db.session.scalar(select(func.count()).where(model.account_id == person.id)))
        db.session.remove()
        db.engine.dispose()
        return [bool(count) for count in counts]
