"""One open conversation: what each frame of the client does, and when it ends."""

import logging
import time
import uuid
from collections.abc import Callable
from contextlib import suppress

from flask import Flask
from simple_websocket import ConnectionClosed

from medimeet.blueprints.transcription import frames
from medimeet.blueprints.transcription.caller import ENDED, Caller, caller_by
from medimeet.blueprints.transcription.endings import (
    BUSY,
    FAULTY,
    GOING_AWAY,
    NORMAL,
    POLICY,
    SIGNED_OUT,
    SOMEBODY_ELSE,
    TRY_LATER,
    Ended,
    Patience,
    at_database,
)
from medimeet.blueprints.transcription.frames import BadFrame, Frame
from medimeet.blueprints.transcription.hearing import Hearing
from medimeet.blueprints.transcription.places import Place
from medimeet.blueprints.transcription.safe_socket import SafeSocket
from medimeet.blueprints.transcription.turns import FAULT, Agreed, Said, Turns
from medimeet.errors import TooManyTries
from medimeet.gateways.speech import Speech
from medimeet.services import credits
from medimeet.services.access import Actor
from medimeet.services.assistant import disclosure, prompts
from medimeet.services.assistant.talk import Talk

BEAT_SECONDS = 0.5
SECONDS_TO_SAY_WHO = 5
SECONDS_BETWEEN_CHECKS = 4  # who is removed is put out within five
SECONDS_FOR_LAST_ANSWER = 2
SECONDS_FOR_LAST_TURN = 3
logger = logging.getLogger(__name__)


class Dialogue:
    """A person's conversation over one socket, served in the thread that calls `run`."""

    def __init__(
        self, app: Flask, socket: SafeSocket, place: Place, speech: Speech | None, host: str, caller: Caller | None
    ) -> None:
        self._app, self._socket, self._place, self._speech, self._host = app, socket, place, speech, host
        self._caller = caller
        self._talk = Talk()
        self._turns: Turns | None = None
        self._hearing: Hearing | None = None
        self._patience = Patience()
        self._opened_at = self._checked_at = self._active_at = time.monotonic()

    def run(self) -> None:
        """Serves the socket until either side ends it. Never raises."""
        try:
            self._serve()
        except ConnectionClosed:
            pass
        except Ended as end:
            self._leave(end)
        except Exception:
            logger.exception("a conversation failed")
            self._leave(Ended(FAULTY, "fault", FAULT))
        finally:
            self._clear_up()

    def _serve(self) -> None:
        while True:
            message = self._socket.receive(BEAT_SECONDS)
            if message is not None:
                self._take(message)
            self._look_around()

    def _take(self, message: str | bytes) -> None:
        try:
            frame = frames.read(message)
            self._patience.spend(frame)
            self._refuse_out_of_order(frame)
            self._ways[frame.action](self, frame)
            self._patience.forgive()
        except BadFrame as fault:
            self._tell_bad_frame(fault)

    def _refuse_out_of_order(self, frame: Frame) -> None:
        if self._caller is None and frame.action not in {"token", "stop"}:
            raise Ended(POLICY, "no_token", 'Say who you are first: {"action": "token", "token": "…"}.')
        if self._turns is None and frame.action not in {"token", "start", "stop"}:
            raise BadFrame("not_started", 'Begin with {"action": "start", "user_id": …, "user_email": "…"}.')

    def _tell_bad_frame(self, fault: BadFrame) -> None:
        if self._caller is None:
            raise Ended(TRY_LATER if fault.code == BUSY else POLICY, fault.code, fault.message)
        self._patience.bear(fault)
        self._socket.send_json(frames.error(fault.code, fault.message))

    def _say_who(self, frame: Frame) -> None:
        """`token`: who it is, or a newer token of the same person."""
        token = frame.fields.get("token")
        if not isinstance(token, str) or len(token) > frames.LONGEST_TOKEN:
            raise BadFrame("bad_field", "`token` must be an access token.")
        with at_database(self._app):
            caller = caller_by(self._host, access_token=token)
        if self._caller is None:
            self._take_own_place(caller)
        elif (caller.account_id, caller.clinic_id) != (self._caller.account_id, self._caller.clinic_id):
            raise Ended(SOMEBODY_ELSE, "somebody_else", "This token is of somebody else.")
        self._caller = caller
        if self._turns is not None:
            self._turns.caller = caller

    def _take_own_place(self, caller: Caller) -> None:
        try:
            self._place.is_of(caller.account_id)
        except TooManyTries as refusal:
            raise Ended(TRY_LATER, "too_many", refusal.words) from None

    def _start(self, frame: Frame) -> None:
        """`start`: opens the conversation; again, it only says `ready` again."""
        assert self._caller is not None
        with at_database(self._app):
            self._open(self._caller.actor(), frame)

    def _open(self, actor: Actor, frame: Frame) -> None:
        if not _is_same(frame, actor):
            raise Ended(SOMEBODY_ELSE, "somebody_else", "You are signed in as somebody else. Load the page again.")
        prompt = prompts.read(actor)
        if prompt is None:
            raise BadFrame("no_prompt", "Send POST /transcription/user-prompt/ first, then start again.")
        self._talk.appointment_id = prompt.appointment_id
        if self._turns is None:
            assert self._caller is not None
            self._turns = Turns(self._app, self._caller, self._talk, self._socket.send_json)
            self._hearing = Hearing(self._speech, self._turns, self._socket.send_json)
        self._socket.send_json(
            {
                "type": "ready",
                "speech": self._speech is not None,
                "assistant": "model" if disclosure.of_clinic(actor.clinic).model else "built-in",
                "name": prompt.first_name,
            }
        )
        if credits.is_metered(actor.person):
            left = credits.meter(actor.clinic)
            self._socket.send_json(frames.credits_left(left.left, left.is_low))

    def _ask(self, frame: Frame) -> None:
        """`text`: a typed question."""
        text = frame.words("text", frames.LONGEST_TEXT)
        if not text:
            raise BadFrame("bad_field", "`text` is empty. Write your question.")
        event = frame.words("event", frames.LONGEST_NAME) or uuid.uuid4().hex
        self._talks().take(Said(text, "typed", event))

    def _confirm(self, frame: Frame) -> None:
        """`confirm`: the person's own word to a proposal."""
        proposal = frame.words("proposal", frames.LONGEST_NAME)
        if not proposal:
            raise BadFrame("bad_field", "`proposal` must name the proposal to confirm.")
        self._talks().take(Agreed(proposal))

    def _hear(self, frame: Frame) -> None:
        """`audio`: 16 kHz, 16-bit, one channel."""
        self._listens().feed(frame.audio)

    def _pause(self, _frame: Frame) -> None:
        """`pause_backend`: what was said so far is made final; audio is dropped."""
        self._listens().pause()

    def _resume(self, _frame: Frame) -> None:
        """`resume_backend`: listens again."""
        self._listens().resume()

    def _interrupt(self, _frame: Frame) -> None:
        """`interrupt`: ends the answer under way."""
        self._talks().interrupt()

    def _stop(self, _frame: Frame) -> None:
        """`stop`: the last words are heard and kept, an answer that is nearly there still comes."""
        if self._hearing is not None:
            self._hearing.stop()
        deadline = time.monotonic() + SECONDS_FOR_LAST_ANSWER
        while self._turns is not None and self._turns.is_busy and time.monotonic() < deadline:
            self._socket.receive(0.02)
        raise Ended(NORMAL, "stopped", "The conversation is closed.")

    def _talks(self) -> Turns:
        assert self._turns is not None
        self._active_at = time.monotonic()
        return self._turns

    def _listens(self) -> Hearing:
        assert self._hearing is not None
        return self._hearing

    def _look_around(self) -> None:
        """What may end the conversation without the client."""
        now = time.monotonic()
        if self._place.places.is_stopping:
            raise Ended(GOING_AWAY, "going_away", "The server stops. Connect again in a minute.")
        if self._caller is None:
            if now - self._opened_at > SECONDS_TO_SAY_WHO:
                raise Ended(POLICY, "no_token", "Nobody said who they are.")
            return
        if self._turns is not None and self._turns.is_signed_out:
            raise Ended(SIGNED_OUT, "signed_out", ENDED)
        if now - self._checked_at > SECONDS_BETWEEN_CHECKS:
            self._check_caller(self._caller)
            self._checked_at = now
        if self._hearing is not None:
            self._hearing.tick()
        self._end_if_idle(now)

    def _check_caller(self, caller: Caller) -> None:
        with suppress(BadFrame), at_database(self._app):  # a busy database is asked again soon
            caller.check()

    def _end_if_idle(self, now: float) -> None:
        if self._turns is not None and self._turns.is_busy:
            self._active_at = now
        last_word = max(self._active_at, self._hearing.heard_at if self._hearing is not None else 0)
        if now - last_word > self._app.config["SOCKET_IDLE_MINUTES"] * 60:
            raise Ended(NORMAL, "idle", "Nobody said anything for a while. Open the assistant again to go on.")

    def _leave(self, end: Ended) -> None:
        if end.reason not in {NORMAL, GOING_AWAY}:
            self._socket.send_json(frames.error(end.code, end.message))
        self._socket.send_last({"type": "closed", "code": end.code, "message": end.message})
        self._socket.close(end.reason, end.code)

    def _clear_up(self) -> None:
        self._socket.hang_up()
        try:
            if self._hearing is not None:
                self._hearing.stop()
        except Exception:
            logger.exception("a microphone could not be put away")
        if self._turns is not None:
            self._turns.stop(SECONDS_FOR_LAST_TURN)

    _ways: dict[str, Callable[["Dialogue", Frame], None]] = {
        "token": _say_who,
        "start": _start,
        "text": _ask,
        "audio": _hear,
        "pause_backend": _pause,
        "resume_backend": _resume,
        "interrupt": _interrupt,
        "confirm": _confirm,
        "stop": _stop,
    }


def _is_same(frame: Frame, actor: Actor) -> bool:
    """Whether the client means the person whose credential it has. What it doesn't say can't differ."""
    user_id, email = frame.fields.get("user_id"), frame.fields.get("user_email")
    if user_id is not None and str(user_id).strip() != str(actor.person.id):
        return False
    return email is None or str(email).strip().lower() == (actor.person.email or "")
