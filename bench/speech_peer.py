"""A speech service that has no words, but checks every byte and says when it came. Runs in a process of its own."""

import asyncio
import json
from multiprocessing.connection import Connection

from websockets.asyncio.server import ServerConnection, serve

from bench.sound import FRAMES_A_SECOND, Heard


def run(pipe: Connection) -> None:
    """Says its port; then for each message in the pipe: what was heard since the last one. Ends with the pipe."""
    asyncio.run(_run(pipe))


async def _run(pipe: Connection) -> None:
    heard: list[Heard] = []

    async def hold(line: ServerConnection) -> None:
        heard.append(microphone := Heard())
        told = 0
        async for frame in line:
            if isinstance(frame, bytes):
                microphone.take(frame)
                if microphone.frames // FRAMES_A_SECOND > told:
                    told = microphone.frames // FRAMES_A_SECOND
                    await line.send(_result(told))
            elif json.loads(frame)["type"] == "CloseStream":
                await line.close()

    async with serve(hold, "127.0.0.1", 0, compression=None) as server:
        pipe.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(_next, pipe):
            pipe.send(heard)
            heard = []


def _next(pipe: Connection) -> bool:
    try:
        pipe.recv()
    except EOFError:
        return False
    return True


def _result(second: int) -> str:
    channel = {"alternatives": [{"transcript": "", "confidence": 0, "words": []}]}
    return json.dumps({"type": "Results", "start": second - 1, "duration": 1, "is_final": True, "channel": channel})
