"""The mail server, the language model and MongoDB refused, silent, slow or talking nonsense while people book."""

import contextlib
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.faults import doors, servers, world
from bench.faults.rounds import Course, Verdict
from bench.faults.world import World
from medimeet.db import db
from medimeet.models import Notification
from tests.gateways.mail_server import MailServer
from tests.peers.faulty import BROKEN, FaultyServer, Mode
from tests.peers.language_model import LanguageModelPeer
from tests.peers.mongodb import MongoServer

BROKEN_SECONDS = 4.0
MODEL_SECONDS = 3
ARRIVING_SECONDS = 180


@dataclass(frozen=True)
class Outside:
    """What MediMeet talks to, each behind a line that can be broken."""

    mail: MailServer
    model: LanguageModelPeer
    lines: dict[str, FaultyServer]

    @property
    def settings(self) -> dict[str, Any]:
        """Where it all is."""
        return {
            "SMTP_URL": f"smtp://127.0.0.1:{self.lines['mail server'].port}",
            "LLM_BASE_URL": f"http://127.0.0.1:{self.lines['language model'].port}/v1",
            "LLM_API_KEY": "bench",
            "LLM_MODEL": "bench",
            "LLM_SECONDS": MODEL_SECONDS,
            "MONGODB_URI": f"mongodb://127.0.0.1:{self.lines['MongoDB'].port}/medimeet",
        }


def run(url: str, folder: Path, seed: int, clients: int) -> tuple[dict[str, Verdict], list[str]]:
    """A round for each of them and each way to misbehave; at the end every mail has arrived, each once.

    Also answers what the log tells of.
    """
    made = world.made(url, folder)
    verdicts = {}
    with _outside(folder) as outside, tempfile.TemporaryDirectory() as logs:
        settings = world.settings_of(url, folder) | outside.settings
        with servers.serving(settings, Path(logs)) as (port, web, _poller):
            course = Course(made, port, seed, clients)
            verdicts["nothing broken"] = course.round(lambda: None)
            for name, line in outside.lines.items():
                for mode in BROKEN:
                    verdicts[f"{name} {mode.value}"] = _round(course, line, mode)
            started = time.monotonic()
            missing = _mails_missing(made, outside.mail)
            missing += [] if outside.model.calls else ["nobody asked the language model"]
            last = Verdict(rounds=1, wrong=missing, back_seconds=[0.0], slowest=time.monotonic() - started)
            verdicts["every mail, once"] = last
            defects = web.defects
        return verdicts, defects


def _round(course: Course, line: FaultyServer, mode: Mode) -> Verdict:
    talker = _Talker(course)

    def strike() -> None:
        line.mode = mode
        talker.start()
        time.sleep(BROKEN_SECONDS)

    def heal() -> None:
        line.mode = Mode.GOOD
        talker.is_over.set()

    verdict = course.round(strike, heal)
    talker.join(60)
    verdict.wrong += talker.wrong
    if verdict.statuses["503"]:
        verdict.wrong.append("somebody who booked was sent away")
    return verdict


class _Talker(threading.Thread):
    """Somebody who asks the assistant, and reads what was said, again and again."""

    def __init__(self, course: Course) -> None:
        super().__init__(daemon=True)
        self.port, self.person = course.port, course.world.people[0]
        self.is_over = threading.Event()
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.is_over.is_set():
            for deed in (doors.ask, doors.conversation):
                try:
                    reply = deed(self.port, self.person)
                except (doors.NotSent, doors.Lost):
                    self.wrong.append("the assistant gave no answer at all")
                    continue
                if reply.status != 200:
                    self.wrong.append(f"the assistant answered {reply.status}")


@contextlib.contextmanager
def _outside(folder: Path) -> Iterator[Outside]:
    with contextlib.ExitStack() as stack:
        mail, mongodb = MailServer(), MongoServer(folder / "mongodb")
        mail.start()
        stack.callback(mail.stop)
        mongodb.start()
        stack.callback(mongodb.kill)
        model = stack.enter_context(LanguageModelPeer())
        ports = {"mail server": mail.port, "language model": model.server_port, "MongoDB": mongodb.port}
        lines = {name: stack.enter_context(FaultyServer(behind=port)) for name, port in ports.items()}
        yield Outside(mail, model, lines)


def _mails_missing(made: World, mail: MailServer) -> list[str]:
    """What of the messages did not arrive in time, or twice."""
    deadline = time.monotonic() + ARRIVING_SECONDS
    while (waiting := _states(made)["queued"]) and time.monotonic() < deadline:
        time.sleep(1)
    wrong = [f"{waiting} mails still wait"] if waiting else []
    states = _states(made)
    wrong += [f"{count} mails are {state}" for state, count in states.items() if state not in {"queued", "sent"}]
    arrived = Counter(str(message["Message-ID"]) for message in mail.messages)
    wrong += [f"{name} arrived {times} times" for name, times in arrived.items() if times > 1]
    if len(arrived) != states["sent"]:
        wrong.append(f"{states['sent']} mails are noted as sent, {len(arrived)} arrived")
    return wrong


def _states(made: World) -> Counter[str]:
    with made.app.app_context():
        found = Counter(db.session.scalars(select(Notification.state)))
        db.session.remove()
        return found
