"""The server of a bench: gunicorn as in production, and what its workers take of the machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench.faults.servers import wait_for
from tests.servers import ROOT, free_port


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
            wait_for(port, log.read_text)
            yield server.pid, port
        finally:
            server.terminate()
            server.wait(30)
            faults = [line for line in log.read_text().splitlines() if '"level":"info"' not in line]
            print(*faults, sep="\n", end="\n" * bool(faults), file=sys.stderr)


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
