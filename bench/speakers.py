"""Many people who talk at once, each over a socket of their own. Run in a process of their own."""

import asyncio
import base64
import json
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from bench.sound import FRAMES_A_SECOND, frame

MOST_REFUSED = 200


@dataclass(frozen=True)
class Person:
    """Who may talk: what `start` names, and the browser's cookie."""

    user_id: int
    user_email: str
    cookie: str


@dataclass
class Spoken:
    """How many sockets were opened (and refused at first), how many frames they were given, and what they were told."""

    opened: int = 0
    refused: int = 0
    sent: int = 0
    told: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Round:
    """Everybody talks for so long."""

    url: str
    people: list[Person]
    seconds: float


def run(pipe: Connection) -> None:
    """For each Round in the pipe: has it talked, says when nothing more is sent, closes at the next word."""
    while True:
        try:
            asked = pipe.recv()
        except EOFError:
            return
        asyncio.run(_talk(asked, pipe))


async def _talk(asked: Round, pipe: Connection) -> None:
    spoken = Spoken()
    lines = [await _open(asked.url, person, spoken) for person in asked.people]
    readers = [asyncio.create_task(_listen(line, spoken)) for line in lines]
    frames = int(asked.seconds * FRAMES_A_SECOND)
    await asyncio.gather(*(_speak(line, number, frames, spoken) for number, line in enumerate(lines)))
    await asyncio.sleep(1)
    pipe.send(spoken)
    await asyncio.to_thread(pipe.recv)
    await asyncio.gather(*(line.send('{"action": "stop"}') for line in lines), return_exceptions=True)
    await asyncio.wait(readers, timeout=10)
    await asyncio.gather(*(line.close() for line in lines))
    pipe.send(spoken.told)


async def _open(url: str, person: Person, spoken: Spoken) -> ClientConnection:
    line = await _connect(url, person, spoken)
    await line.send(json.dumps({"action": "start", "user_id": person.user_id, "user_email": person.user_email}))
    answer = json.loads(await line.recv())
    assert answer["type"] == "ready" and answer["speech"], answer
    spoken.opened += 1
    return line


async def _connect(url: str, person: Person, spoken: Spoken) -> ClientConnection:
    """Asks again where a worker is full: the next one may take the connection."""
    headers = {"Cookie": person.cookie}
    while True:
        try:
            return await connect(url, additional_headers=headers, compression=None, proxy=None, open_timeout=30)
        except InvalidStatus as refusal:
            assert refusal.response.status_code == 503 and spoken.refused < MOST_REFUSED
            spoken.refused += 1


async def _listen(line: ClientConnection, spoken: Spoken) -> None:
    async for text in line:
        told = json.loads(text)
        spoken.told[told.get("code") or told["type"]] += 1


async def _speak(line: ClientConnection, microphone: int, frames: int, spoken: Spoken) -> None:
    """Sends at the pace of a microphone; each begins a little later than the one before, as people do."""
    clock = asyncio.get_running_loop()
    begins_at = clock.time() + 0.5 + (microphone * 0.037) % 0.1
    for number in range(frames):
        await asyncio.sleep(begins_at + number / FRAMES_A_SECOND - clock.time())
        sound = frame(microphone, number)
        if microphone % 2:
            await line.send(json.dumps({"action": "audio", "audio": base64.b64encode(sound).decode()}))
        else:
            await line.send(sound)
        spoken.sent += 1
