"""What a person says, in its order: one answer at a time, in a thread of its own."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from medimeet.blueprints.transcription import frames
from medimeet.blueprints.transcription.caller import Caller
from medimeet.database_faults import trouble_of
from medimeet.domain import dangers
from medimeet.errors import MediMeetError, NotSignedIn
from medimeet.services import conversation
from medimeet.services.access import Actor
from medimeet.services.assistant import answering, proposals
from medimeet.services.assistant.events import Question, Reply
from medimeet.services.assistant.talk import Talk
from medimeet.writing import honest

MOST_WAITING = 5
BUSY = "There are several questions waiting for an answer already. Wait for one, then ask again."
FAULT = "Something went wrong on our side. You did nothing wrong. Try again in a minute, or call the clinic."
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A question: `source` is `typed` or `voice`; `event` is what its client calls it."""

    text: str
    source: str
    event: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """The person's own word to a proposal."""

    proposal: str


class Turns:
    """Takes what is said from any thread. Its thread lives while there is something to do, and holds no database
    connection in between.
    """

    def __init__(self, app: Flask, caller: Caller, talk: Talk, send: Callable[[dict[str, Any]], None]) -> None:
        self.caller = caller
        self.is_signed_out = False
        self._app, self._talk, self._send = app, talk, send
        self._waiting: deque[Said | Agreed] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._interrupted = threading.Event()
        self._stopped = threading.Event()

    @property
    def is_busy(self) -> bool:
        """Whether something is being answered."""
        return self._thread is not None

    def take(self, turn: Said | Agreed) -> None:
        """Puts it in line; one too many is refused with an `error` frame. Words of danger wait for no answer."""
        is_danger = isinstance(turn, Said) and dangers.is_danger(turn.text)
        with self._lock:
            if len(self._waiting) >= MOST_WAITING * (2 if is_danger else 1):
                self._send(frames.error("busy", BUSY))
                return
            if is_danger:
                self._waiting.appendleft(turn)
                self._interrupted.set()
            else:
                self._waiting.append(turn)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="turns", daemon=True)
                self._thread.start()

    def interrupt(self) -> None:
        """Ends the answer under way, not those that wait."""
        with self._lock:
            if self._thread is not None:
                self._interrupted.set()

    def stop(self, seconds: float) -> None:
        """Ends every answer; what was said is kept all the same. Waits for that, but not longer than so."""
        self._stopped.set()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        while (turn := self._next()) is not None:
            with self._app.app_context():
                self._do(turn)

    def _next(self) -> Said | Agreed | None:
        with self._lock:
            self._interrupted.clear()
            if not self._waiting or self.is_signed_out:
                self._thread = None
                return None
            return self._waiting.popleft()

    def _do(self, turn: Said | Agreed) -> None:
        try:
            actor = self._actor()
            if actor is None:
                return
            if isinstance(turn, Agreed):
                self._confirm(actor, turn)
            else:
                self._answer(actor, turn)
        except MediMeetError as error:
            self._send(frames.refusal(honest(error)))
        except Exception as error:
            trouble = trouble_of(error) if isinstance(error, SQLAlchemyError) else None
            if trouble is not None:
                self._send(frames.refusal(honest(trouble)))
                return
            logger.exception("the assistant's turn failed")
            self._send(frames.error("fault", FAULT))

    def _actor(self) -> Actor | None:
        """Who is there now; nothing more is done for somebody whose sign-in has ended."""
        try:
            return self.caller.actor()
        except NotSignedIn:
            self.is_signed_out = True
            return None

    def _answer(self, actor: Actor, said: Said) -> None:
        question = Question(said.text, said.source, conversation.event_id_of(actor, said.event))
        is_open = False
        try:
            for event in answering.answer(actor, self._talk, question, self._is_stopped):
                self._send(frames.of_event(event))
                if isinstance(event, Reply):
                    is_open = not event.done
        finally:
            if is_open:  # it broke off: nobody waits for the rest of it
                self._send({"type": "reply", "text": "", "done": True})

    def _confirm(self, actor: Actor, agreed: Agreed) -> None:
        confirmed = proposals.confirm(actor, agreed.proposal)
        self._talk.note_confirmed(confirmed.words, confirmed.appointment.id)
        told = {"proposal": agreed.proposal, "text": confirmed.words, "appointment": confirmed.appointment.id}
        self._send({"type": "confirmed"} | told)
        self._send({"type": "reply", "text": confirmed.words, "done": True})

    def _is_stopped(self) -> bool:
        return self._interrupted.is_set() or self._stopped.is_set()
