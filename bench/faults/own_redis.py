"""A Redis of the bench's own, killed, frozen and started again while requests are counted in it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from bench.faults.rounds import Course, Verdict
from tests.servers import free_port

BROKEN_SECONDS = 3.0
COUNTED_AGAIN_SECONDS = 10.0
NO_LIMIT = 1_000_000_000


class OwnRedis:
    """A server in a folder of its own that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._command = ["redis-server", "--port", str(self.port), "--dir", str(folder), "--save", "", "--bind"]
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Requests are counted in it, and nobody makes too many."""
        limits = {"RATELIMIT_SIGNED_IN": NO_LIMIT, "RATELIMIT_ANONYMOUS": NO_LIMIT}
        return {"REDIS_URL": f"redis://127.0.0.1:{self.port}", "RATELIMIT_ENABLED": True, **limits}

    def start(self) -> None:
        """Starts it, empty."""
        self._server = subprocess.Popen([*self._command, "127.0.0.1"], stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """kill -9."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def kill_for_a_while(self) -> None:
        """Gone, and then back without what it had counted."""
        self.kill()
        time.sleep(BROKEN_SECONDS)
        self.start()

    def freeze_for_a_while(self) -> None:
        """Takes every connection and never answers."""
        assert self._server is not None
        os.kill(self._server.pid, signal.SIGSTOP)
        time.sleep(BROKEN_SECONDS)
        os.kill(self._server.pid, signal.SIGCONT)

    def counts(self) -> int:
        """How often somebody was counted in it; 0 while it is away."""
        with suppress(RedisError), Redis(port=self.port, socket_timeout=1) as line:
            return int(line.info("commandstats").get("cmdstat_evalsha", {}).get("calls", 0))
        return 0


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    """A running one. Raises FileNotFoundError where Redis is not installed."""
    with TemporaryDirectory() as folder:
        server = OwnRedis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def run(course: Course, server: OwnRedis, rounds: int) -> dict[str, Verdict]:
    """So many rounds of each. Nobody should notice, and it counts again afterwards."""
    strikes = {"Redis killed": server.kill_for_a_while, "Redis frozen": server.freeze_for_a_while}
    verdicts = {}
    for name, strike in strikes.items():
        verdicts[name] = verdict = Verdict()
        for _round in range(rounds):
            verdict.add(_round_with(course, server, strike))
    return verdicts


def _round_with(course: Course, server: OwnRedis, strike: Callable[[], None]) -> Verdict:
    def heal() -> None:
        before, deadline = server.counts(), time.monotonic() + COUNTED_AGAIN_SECONDS
        while server.counts() <= before and time.monotonic() < deadline:
            time.sleep(0.1)
        counted.append(server.counts() > before)

    counted: list[bool] = []
    verdict = course.round(strike, heal)
    verdict.wrong += [] if counted[-1] else ["nobody is counted in Redis any more"]
    verdict.wrong += ["somebody was sent away"] if verdict.statuses["503"] else []
    return verdict
