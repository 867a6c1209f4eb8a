"""A person's end of the conversation, over a real socket."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from medimeet.db import db
from medimeet.models import Account, Doctor, Patient
from medimeet.services import tokens
from medimeet.services.assistant import prompts
from tests import factories

PATIENCE = 5.0  # seconds; nothing here takes that long, unless it is broken


class Line:
    """An open socket: sends actions, reads frames."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, action: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"action": action} | fields))

    def next(self) -> dict[str, Any]:
        """The next frame."""
        frame: dict[str, Any] = json.loads(self.socket.recv(PATIENCE))
        return frame

    def start(self, **fields: Any) -> dict[str, Any]:
        """The answer to `start`."""
        self.send("start", **fields)
        return self.next()

    def ask(self, text: str, **fields: Any) -> list[dict[str, Any]]:
        """The frames of the answer to a typed question."""
        self.send("text", text=text, **fields)
        return self.answer()

    def answer(self) -> list[dict[str, Any]]:
        """The frames up to the end of an answer, or to an error."""
        got = [self.next()]
        while not got[-1].get("done") and got[-1]["type"] != "error":
            got.append(self.next())
        return got

    def ending(self) -> tuple[int | None, list[dict[str, Any]]]:
        """The code that the socket is closed with (None: it just broke off), and the frames before."""
        got = []
        try:
            while True:
                got.append(self.next())
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None, got


class Voice:
    """The server under test, as its clients see it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.address = f"ws://127.0.0.1:{port}/ws/transcription/"

    @contextmanager
    def open(self, headers: dict[str, str] | None = None, origin: str | None = None) -> Iterator[Line]:
        """A socket, with what its client says of itself. Raises InvalidStatus where it is refused."""
        options: dict[str, Any] = {"additional_headers": headers or {}, "origin": origin, "max_size": None}
        with connect(self.address, open_timeout=PATIENCE, close_timeout=1, proxy=None, **options) as socket:
            yield Line(socket)

    @contextmanager
    def line_of(self, person: Account | Patient | Doctor) -> Iterator[Line]:
        """A started conversation."""
        account = account_of(person)
        write_prompt(account)
        with self.open(bearer(account)) as line:
            assert line.start(user_id=account.id, user_email=account.email)["type"] == "ready"
            yield line

    def status(self, headers: dict[str, str] | None = None, origin: str | None = None) -> int:
        """How the handshake is answered: 101, or a refusal."""
        try:
            with self.open(headers, origin):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code


def account_of(person: Account | Patient | Doctor) -> Account:
    return person if isinstance(person, Account) else person.account


def bearer(person: Account | Patient | Doctor) -> dict[str, str]:
    """The header of a program that this person has signed in with."""
    return {"Authorization": f"Bearer {token_of(person)}"}


def token_of(person: Account | Patient | Doctor) -> str:
    db.session.commit()
    return tokens.issue_access(account_of(person))


def write_prompt(account: Account) -> None:
    """What the page does before it opens the socket."""
    assert account.clinic is not None
    prompts.write(factories.actor_of(account, account.clinic))
