"""What is on its way to the speech service: audio in its order, and short orders behind it."""

import array
import threading
import time
from collections import deque
from collections.abc import Iterable

BYTES_A_SECOND = 32_000  # 16 kHz, 16 bits, one channel
MOST_WAITING = 5 * BYTES_A_SECOND
MOST_KEPT = 30 * BYTES_A_SECOND  # while there is no line, and of what no result has confirmed
MOST_AT_ONCE = BYTES_A_SECOND // 4
PING = "ping"

_LOUD = 1000  # of 32767: louder than a quiet room


class Outgoing:
    """Audio and orders for one line after the other; for several threads. A new line begins with what none confirmed.

    Audio that no result covers yet is kept, so that a line which breaks loses no word.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_open = False
        self._orders: deque[str] = deque()
        self._is_ping_due = False
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._most_waiting = MOST_KEPT
        self._sent: deque[bytes] = deque()  # on this line, and not confirmed
        self._sent_bytes = 0
        self._confirmed_bytes = 0  # of this line
        self._has_lost = False
        self.sent_at = 0.0  # time.monotonic of the last audio or order

    def add(self, audio: bytes) -> None:
        """Audio to be sent; where too much waits, the oldest is lost."""
        with self._changed:
            self._waiting.append(audio)
            self._waiting_bytes += len(audio)
            self._lose_surplus()
            self._changed.notify()

    def order(self, text: str) -> None:
        """A message to be sent behind the audio that waits; one that waits already is not sent twice."""
        with self._changed:
            if self._is_open and text not in self._orders:
                self._orders.append(text)
                self._changed.notify()

    def ping(self) -> None:
        """A ping to be sent before all else."""
        with self._changed:
            self._is_ping_due = True
            self._changed.notify()

    def begin_line(self, orders: Iterable[str]) -> None:
        """A new line is open: what no result confirmed waits again, and behind it these orders."""
        with self._changed:
            self._waiting.extendleft(reversed(self._sent))
            self._waiting_bytes += self._sent_bytes
            self._sent.clear()
            self._sent_bytes = self._confirmed_bytes = 0
            self._lose_surplus()
            self._orders = deque(orders)
            self._is_ping_due = False
            self.sent_at = time.monotonic()
            self._is_open = True

    def end_line(self) -> None:
        """The line is over: `take` gives nothing more, and more may wait."""
        with self._changed:
            self._is_open = False
            self._most_waiting = MOST_KEPT
            self._changed.notify_all()

    def take(self) -> bytes | str | None:
        """The next to be sent, once there is something: audio, an order or PING; None once the line is over."""
        with self._changed:
            self._changed.wait_for(self._is_something_due)
            if not self._is_open:
                return None
            if self._is_ping_due:
                self._is_ping_due = False
                return PING
            self.sent_at = time.monotonic()
            if self._waiting:
                return self._take_audio()
            return self._orders.popleft()

    def confirm(self, length: int) -> bool:
        """The first `length` bytes of this line became words: they are forgotten. Whether that is more than before."""
        with self._changed:
            surplus = min(length - self._confirmed_bytes, self._sent_bytes)
            if surplus <= 0:
                return False
            self._forget(surplus)
            return True

    def take_loss(self) -> bool:
        """Whether audio was lost since this was asked last."""
        with self._changed:
            had, self._has_lost = self._has_lost, False
            return had

    def _is_something_due(self) -> bool:
        return not self._is_open or self._is_ping_due or bool(self._waiting) or bool(self._orders)

    def _take_audio(self) -> bytes:
        pieces = [self._waiting.popleft()]
        size = len(pieces[0])
        while self._waiting and size + len(self._waiting[0]) <= MOST_AT_ONCE:
            pieces.append(self._waiting.popleft())
            size += len(pieces[-1])
        audio = b"".join(pieces)
        self._waiting_bytes -= size
        if not self._waiting:
            self._most_waiting = MOST_WAITING
        self._sent.append(audio)
        self._sent_bytes += size
        self._forget(max(0, self._sent_bytes - MOST_KEPT))
        return audio

    def _forget(self, length: int) -> None:
        self._confirmed_bytes += length
        self._sent_bytes -= length
        while self._sent and length >= len(self._sent[0]):
            length -= len(self._sent.popleft())
        if length:
            self._sent[0] = self._sent[0][length:]

    def _lose_surplus(self) -> None:
        while self._waiting_bytes > self._most_waiting:
            self._waiting_bytes -= len(self._waiting.popleft())
            self._has_lost = True


def is_loud(audio: bytes) -> bool:
    """Whether somebody may be speaking."""
    samples = array.array("h", audio[: len(audio) // 2 * 2])[::8]
    return bool(samples) and max(samples) > _LOUD
