"""People who meanwhile sign in, type to the assistant and speak to it."""

import json
import threading
import time
from abc import ABC, abstractmethod
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from bench.faults import doors
from bench.faults.world import Person, World
from medimeet.db import db
from medimeet.models import Account
from medimeet.services.assistant import prompts
from tests import factories

TOLD_SECONDS = 5.0  # a person who speaks into nothing must hear of it by then
BETWEEN_FRAMES = 0.1
SOUND = b"\x00\x40\x00\xc0" * 800  # a loud tenth of a second, 16 kHz, 16 bits


class Talker(threading.Thread):
    """Somebody who goes on until `is_over`; `wrong` says what should not have happened to them.

    `served` says from when to when each of their deeds took.
    """

    def __init__(self, port: int, person: Person) -> None:
        super().__init__(daemon=True)
        self.port, self.person = port, person
        self.is_over = threading.Event()
        self.wrong: list[str] = []
        self.served: list[tuple[float, float]] = []

    def expect(self, status: int) -> None:
        """Notes any status but success as wrong."""
        if status != 200:
            self.wrong.append(f"{type(self).__name__} was answered {status}")


class Repeating(Talker, ABC):
    """Who does the same again and again."""

    def run(self) -> None:
        """Does it again and again."""
        while not self.is_over.is_set():
            began = time.monotonic()
            try:
                self.do()
            except (doors.NotSent, doors.Lost):
                self.wrong.append(f"{type(self).__name__} got no answer at all")
            self.served.append((began, time.monotonic()))

    @abstractmethod
    def do(self) -> None:
        """One deed. Raises NotSent, Lost."""


class Typing(Repeating):
    """Asks the assistant, and reads what was said."""

    def do(self) -> None:
        for deed in (doors.ask, doors.conversation):
            self.expect(deed(self.port, self.person).status)


class SigningIn(Repeating):
    """Gets a token for the password."""

    def do(self) -> None:
        self.expect(doors.sign_in(self.port, self.person, factories.PASSWORD).status)


class Speaking(Talker):
    """Speaks without a pause over one socket; `told_at` and `heard_at` say when trouble was told, and words came."""

    def __init__(self, port: int, person: Person) -> None:
        super().__init__(port, person)
        self.told_at: list[float] = []
        self.heard_at: list[float] = []

    def run(self) -> None:
        """Speaks until it is over, over a new socket where the old one broke."""
        while not self.is_over.is_set():
            try:
                with connect(
                    f"ws://127.0.0.1:{self.port}/ws/transcription/",
                    additional_headers={"Cookie": self.person.browser.cookie},
                    proxy=None,
                ) as line:
                    self._speak(line)
            except (WebSocketException, OSError) as error:
                self.wrong.append(f"the conversation broke: {error}")
                self.is_over.wait(1)

    def _speak(self, line: ClientConnection) -> None:
        self._send(line, "start", user_id=self.person.id, user_email=self.person.email)
        while not self.is_over.wait(BETWEEN_FRAMES):
            line.send(SOUND)
            self._listen(line)

    def _listen(self, line: ClientConnection) -> None:
        while True:
            try:
                told = json.loads(line.recv(timeout=0))
            except TimeoutError:
                return
            if told["type"] == "transcript":
                self.heard_at.append(time.monotonic())
            elif told["type"] == "error":
                self._note_trouble(told)
                self._send(line, "resume_backend")  # as the button does that asks to listen again

    def _note_trouble(self, told: dict[str, Any]) -> None:
        if told["code"].startswith("speech_") and told["message"]:
            self.told_at.append(time.monotonic())
        else:
            self.wrong.append(f"the one who speaks was told {told}")

    def _send(self, line: ClientConnection, action: str, **fields: Any) -> None:
        line.send(json.dumps({"action": action} | fields))

    def was_told_since(self, moment: float) -> bool:
        """Whether trouble was told in words soon after it began."""
        return any(moment <= told < moment + TOLD_SECONDS for told in self.told_at)

    def hears_within(self, seconds: float) -> bool:
        """Waits until words come again; whether they did in time."""
        since = time.monotonic()
        while time.monotonic() < since + seconds:
            if self.heard_at and self.heard_at[-1] > since:
                return True
            time.sleep(0.05)
        return False


def prepare_to_speak(world: World, person: Person) -> None:
    """What the page does before it opens the socket."""
    with world.app.app_context():
        account = db.session.get_one(Account, person.id)
        assert account.clinic is not None
        prompts.write(factories.actor_of(account, account.clinic))
        db.session.remove()
