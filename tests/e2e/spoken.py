"""A sound file for Chromium's fake microphone, and what is left of it at the other end."""

import array
import math
import wave
from pathlib import Path

MICROPHONE_RATE = 48_000
RATE = 16_000
SILENT_SECONDS = 0.7  # while the microphone is being opened
TONES = (500, 1200, 2500, 800, 1800, 3200)  # Hz
TONE_SECONDS = 0.5
TOO_HIGH = 11_000  # Hz: what 16 kHz can't hold, and must not come back as another tone


def write(file: Path) -> None:
    """A tone every half second, each with one on top that is too high to be sent."""
    samples = array.array("h", [0] * int(SILENT_SECONDS * MICROPHONE_RATE))
    for tone in TONES:
        for at in range(int(TONE_SECONDS * MICROPHONE_RATE)):
            seconds = at / MICROPHONE_RATE
            swell = 0.6 + 0.4 * math.sin(2 * math.pi * 6 * seconds)  # as speech does; a steady tone counts as noise
            value = math.sin(2 * math.pi * tone * seconds) + 0.5 * math.sin(2 * math.pi * TOO_HIGH * seconds)
            samples.append(int(9000 * swell * value))
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(MICROPHONE_RATE)
        sound.writeframes(samples.tobytes())


def tones_in(audio: bytes) -> list[int]:
    """The tones of TONES that 16-bit audio at 16 kHz holds, in their order, each once."""
    samples = array.array("h", audio)
    heard: list[int] = []
    window = RATE // 10
    for start in range(0, len(samples) - window, window):
        part = samples[start : start + window]
        tone = _loudest(part)
        if tone is not None and heard[-1:] != [tone]:
            heard.append(tone)
    return heard


def _loudest(part: "array.array[int]") -> int | None:
    """The tone that has most of the part's energy; None where none has: silence, or a change in the middle."""
    energy = sum(value * value for value in part)
    strength = {tone: _power(part, tone) for tone in TONES}
    tone = max(strength, key=lambda each: strength[each])
    return tone if energy > len(part) * 10_000 and strength[tone] > 0.6 * energy else None


def _power(part: "array.array[int]", tone: int) -> float:
    """The energy of one tone (Goertzel's way)."""
    turn = 2 * math.pi * tone / RATE
    before = now = 0.0
    for value in part:
        before, now = now, value + 2 * math.cos(turn) * now - before
    return 2 * (now * now + before * before - 2 * math.cos(turn) * now * before) / len(part)
