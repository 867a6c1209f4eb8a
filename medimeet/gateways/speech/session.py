"""One microphone's session with Deepgram, over `websockets`' threaded client."""

import logging
import math
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection

from medimeet.gateways.speech import results, troubles
from medimeet.gateways.speech.outgoing import PING, Outgoing, is_loud
from medimeet.gateways.speech.protocol import Heard, Listener, SpeechTrouble

KEEP_ALIVE, FINALIZE, CLOSE = '{"type":"KeepAlive"}', '{"type":"Finalize"}', '{"type":"CloseStream"}'

KEEP_ALIVE_SECONDS = 4  # Deepgram hangs up after 10 without audio or a word
DEAD_SECONDS = 2.5  # a ping unanswered for so long
SILENT_SECONDS = 8  # speech sent, and no result
LONG_PAUSE_SECONDS = 600
PAUSE_WORDS_SECONDS = 2  # for the answer to Finalize
LAST_WORDS_SECONDS = 1
STEADY_SECONDS = 30  # a line that held so long was a good one
WAITS = (0.2, 0.8, 2.0)  # seconds before the tries to connect again, give or take a quarter

_SEND_BUFFER = 2**16  # bytes; a larger one would hide for long that nothing gets through
_LOOK_SECONDS = 0.5

log = logging.getLogger(__name__)


class Session:
    """One microphone's lines to Deepgram, one after the other; see SpeechSession. One thread reads, one sends.

    The listener is called from the thread that reads, and from no other.
    """

    def __init__(self, connect_line: Callable[[], ClientConnection], listener: Listener) -> None:
        self._connect = connect_line
        self._listener = listener
        self._outgoing = Outgoing()
        self._utterance = results.Utterance()
        self._line: ClientConnection | None = None
        self._opened_at = math.inf
        self._ends_at = math.inf  # the line is closed then: after a long pause, or soon after the end
        self._is_wanted = threading.Event()  # unset once a pause was long
        self._is_wanted.set()
        self._is_finished = threading.Event()
        self._paused_at: float | None = None
        self._pinged_at: float | None = None
        self._pong: threading.Event | None = None
        self._loud_at: float | None = None  # since then somebody speaks, and no result came
        self._is_silent = False
        self._is_away = False
        self._is_confirmed = False
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)
        self._thread.start()

    def feed(self, audio: bytes) -> None:
        if not audio or self._paused_at is not None or self._is_finished.is_set():
            return
        if self._loud_at is None and is_loud(audio):
            self._loud_at = time.monotonic()
        self._outgoing.add(audio)

    def pause(self) -> None:
        if self._paused_at is not None or self._is_finished.is_set():
            return
        self._paused_at = time.monotonic()
        self._ends_at = self._paused_at + LONG_PAUSE_SECONDS
        self._outgoing.order(FINALIZE)

    def resume(self) -> None:
        if self._is_finished.is_set():
            return
        self._paused_at = None
        self._ends_at = math.inf
        self._is_wanted.set()

    def tick(self) -> None:
        if time.monotonic() - self._outgoing.sent_at >= KEEP_ALIVE_SECONDS:
            self._outgoing.order(KEEP_ALIVE)
        if self._pinged_at is None:
            self._pinged_at = time.monotonic()
            self._outgoing.ping()

    def finish(self) -> None:
        self._is_finished.set()
        self._ends_at = time.monotonic() + LAST_WORDS_SECONDS
        self._is_wanted.set()
        self._outgoing.order(CLOSE)
        if threading.current_thread() is not self._thread:
            self._await_last_words()
        self._listener = _nobody

    def _await_last_words(self) -> None:
        self._thread.join(LAST_WORDS_SECONDS)
        if self._thread.is_alive() and self._line is not None:
            _cut(self._line)
            self._thread.join(LAST_WORDS_SECONDS)

    def _run(self) -> None:
        tries = 0
        while self._is_wanted.wait() and not self._is_finished.is_set():
            trouble = self._hold_line()
            if trouble is None:
                continue
            if self._is_confirmed or time.monotonic() - self._opened_at > STEADY_SECONDS:
                tries = 0
            self._tell(self._utterance.end())  # what is not final is sent again
            self._tell_of_loss(troubles.UNAVAILABLE if tries == len(WAITS) and not trouble.is_over else trouble)
            self._is_finished.wait(WAITS[min(tries, 2)] * random.uniform(0.75, 1.25))
            tries += 1
        self._tell(self._utterance.end_with_interim())

    def _tell_of_loss(self, trouble: SpeechTrouble) -> None:
        if trouble.is_over:
            self._is_finished.set()
        if trouble.is_over or not self._is_away:
            self._tell(trouble)
        self._is_away = True

    def _hold_line(self) -> SpeechTrouble | None:
        """Listens on a new line until it ends; what is wrong where it should not have ended."""
        self._is_confirmed, self._opened_at = False, math.inf
        try:
            with self._connect() as line, self._sending(line):
                self._read(line)
        except InvalidStatus as refusal:
            return troubles.of_refusal(refusal.response)
        except (WebSocketException, OSError, _BrokenLine) as error:
            if self._is_finished.is_set():
                return None
            log.warning("speech: the line broke: %s %s", type(error).__name__, troubles.code_in(str(error)))
            return troubles.BAD_AUDIO if "DATA-" in str(error) else troubles.RECONNECTING
        except Exception:
            log.exception("speech: the line broke")
            return troubles.RECONNECTING
        return None

    @contextmanager
    def _sending(self, line: ClientConnection) -> Iterator[None]:
        """Sends on the line what is outgoing, from a thread of its own."""
        assert line.response is not None
        log.info("speech: a line is open, request %s", troubles.number_in(line.response.headers))
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        orders = [FINALIZE] * (self._paused_at is not None) + [CLOSE] * self._is_finished.is_set()
        self._outgoing.begin_line(orders)
        self._line, self._opened_at = line, time.monotonic()
        self._pinged_at = self._pong = self._loud_at = None
        self._is_silent = False
        sender = threading.Thread(target=self._send, args=(line,), name="speech-sender", daemon=True)
        sender.start()
        try:
            yield
        except _BrokenLine:
            _cut(line)  # it would not answer a farewell either
            raise
        finally:
            self._line = None
            self._outgoing.end_line()
            sender.join(LAST_WORDS_SECONDS)
            if sender.is_alive():
                _cut(line)
                sender.join()

    def _send(self, line: ClientConnection) -> None:
        try:
            while (piece := self._outgoing.take()) is not None:
                if piece == PING:
                    self._pong = line.ping()
                else:
                    line.send(piece)
        except (WebSocketException, OSError):
            _cut(line)  # the thread that reads says why

    def _read(self, line: ClientConnection) -> None:
        if self._is_away:
            self._is_away = False
            self._tell(troubles.BACK)
        while time.monotonic() < self._ends_at:
            with suppress(TimeoutError):
                self._take(line.recv(timeout=_LOOK_SECONDS))
            self._look()
        self._sleep_if_paused()

    def _sleep_if_paused(self) -> None:
        self._is_wanted.clear()
        if self._paused_at is None or self._is_finished.is_set():
            self._is_wanted.set()

    def _take(self, frame: str | bytes) -> None:
        self._pong = self._pinged_at = None  # it lives
        message = results.read(frame)
        kind = message.get("type", "Results" if "channel" in message else None)
        if kind == "Results":
            self._take_result(results.result(message))
        elif kind == "UtteranceEnd":
            self._tell(self._utterance.hear_end())
        elif kind == "Error":
            raise _BrokenLine(f"{message.get('code')} {message.get('description')}")

    def _take_result(self, result: results.Result) -> None:
        self._loud_at = None
        if self._is_silent:
            self._is_silent = False
            self._tell(troubles.BACK)
        if result.is_final and self._outgoing.confirm(result.until):
            self._is_confirmed = True
        self._tell(self._utterance.hear(result))

    def _look(self) -> None:
        """What time alone tells: a line that is dead, one that gives no words, a pause."""
        now = time.monotonic()
        if self._pong is not None and self._pong.is_set():
            self._pong = self._pinged_at = None
        if self._pinged_at is not None and now - self._pinged_at > DEAD_SECONDS:
            raise _BrokenLine("it answers no ping")
        if self._loud_at is not None and now - self._loud_at > SILENT_SECONDS and not self._is_silent:
            self._is_silent = True
            self._tell(troubles.SILENT)
        if self._paused_at is not None and now - self._paused_at > PAUSE_WORDS_SECONDS:
            self._tell(self._utterance.end())
        self._tell(self._utterance.end_if_quiet())
        if self._outgoing.take_loss():
            self._tell(troubles.LOST)

    def _tell(self, event: Heard | SpeechTrouble | None) -> None:
        if event is None:
            return
        try:
            self._listener(event)
        except Exception:
            log.exception("speech: what was heard could not be told")


class _BrokenLine(Exception):
    """A line that is open and of no use."""


def _cut(line: ClientConnection) -> None:
    """Ends a line at once, also one on which another thread is sending."""
    with suppress(OSError):
        line.socket.shutdown(socket.SHUT_RDWR)


def _nobody(_: Heard | SpeechTrouble) -> None:
    """Who listens once a session is over."""
