"""Sound whose every byte is known: each tenth of a second names its microphone, its number and when it was sent."""

import struct
import time
from dataclasses import dataclass, field

FRAME_BYTES = 3200  # a tenth of a second, 16 kHz, 16 bits
FRAMES_A_SECOND = 10

_HEAD = struct.Struct("<HId")  # the clock is the machine's, so two processes may compare it
_FILLING = bytes(range(256)) * (FRAME_BYTES // 256 + 2)


def frame(microphone: int, number: int) -> bytes:
    """The frame of that number (from 0), sent now."""
    return _HEAD.pack(microphone, number, time.monotonic()) + _filling(microphone, number)


@dataclass
class Heard:
    """What came of one microphone's sound: whether each byte came, in its order, and how late (seconds)."""

    microphone: int = -1
    frames: int = 0
    is_whole: bool = True
    delays: list[float] = field(default_factory=list)
    _rest: bytes = b""

    def take(self, sound: bytes) -> None:
        """Takes the next bytes, however they are cut."""
        now = time.monotonic()
        sound = self._rest + sound
        for start in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES):
            self._check(sound[start : start + FRAME_BYTES], now)
        self._rest = sound[len(sound) // FRAME_BYTES * FRAME_BYTES :]

    @property
    def has_rest(self) -> bool:
        """Whether the end of a frame is missing."""
        return bool(self._rest)

    def _check(self, one: bytes, now: float) -> None:
        microphone, number, sent_at = _HEAD.unpack_from(one)
        if self.microphone < 0:
            self.microphone = microphone
        is_next = (microphone, number) == (self.microphone, self.frames)
        self.is_whole = self.is_whole and is_next and one[_HEAD.size :] == _filling(microphone, number)
        self.frames += 1
        self.delays.append(now - sent_at)


def _filling(microphone: int, number: int) -> bytes:
    start = (microphone * 7 + number) % 256
    return _FILLING[start : start + FRAME_BYTES - _HEAD.size]
