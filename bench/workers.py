"""The server of a bench: gunicorn as in production, and what its workers take of the machine."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask

from tests.servers import ROOT, free_port

START_SECONDS = 30


@dataclass(frozen=True)
class State:
    """What the workers take."""

    megabytes: float
    threads: int
    descriptors: int


@contextmanager
def serving(app: Flask, speech_url: str, workers: int) -> Iterator[tuple[int, int]]:
    """Gunicorn's process id and port, as in production, on the database of `app`."""
    port = free_port()
    settings = {
        "DATA_DIR": app.config["DATA_DIR"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "BASE_URL": app.config["BASE_URL"],
        "HOST": "127.0.0.1",
        "PORT": port,
        "WORKERS": workers,
        "RATELIMIT_ENABLED": 0,
        "DEEPGRAM_API_KEY": "bench",
        "DEEPGRAM_URL": speech_url,
    }
    environment = os.environ | {f"MEDIMEET_{name}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app"]
    log = Path(app.config["DATA_DIR"], "server.log")
    with log.open("wb") as output, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=output) as server:
        try:
            _wait_for(port)
            yield server.pid, port
        finally:
            server.terminate()
            server.wait(30)
            faults = [line for line in log.read_text().splitlines() if '"level":"info"' not in line]
            print(*faults, sep="\n", end="\n" * bool(faults), file=sys.stderr)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("The server did not start.")


def state_of(server: int) -> State:
    """What all its workers take together."""
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    status = [Path(f"/proc/{worker}/status").read_text().splitlines() for worker in workers]
    values = [{line.split(":")[0]: line.split()[1:] for line in lines} for lines in status]
    return State(
        sum(int(value["VmRSS"][0]) for value in values) / 1024,
        sum(int(value["Threads"][0]) for value in values),
        sum(len(os.listdir(f"/proc/{worker}/fd")) for worker in workers),
    )
