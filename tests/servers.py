"""Real servers for tests: gunicorn as in production, on a free port, on the test's database."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask

from medimeet.db import db
from tests.warm import WarmProcess

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 20


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(app: Flask, workers: int = 2, **settings: str) -> Iterator[int]:
    """The port of gunicorn with `workers` processes on the database and the secret key of `app`."""
    db.session.rollback()  # the test's own session keeps no transaction open meanwhile
    port = free_port()
    environment = os.environ | {
        "MEDIMEET_DATABASE_URL": app.config["DATABASE_URL"],
        "MEDIMEET_DATA_DIR": app.config["DATA_DIR"],
        "MEDIMEET_SECRET_KEY": app.config["SECRET_KEY"],
        "MEDIMEET_BASE_URL": app.config["BASE_URL"],
        "MEDIMEET_HOST": "127.0.0.1",
        "MEDIMEET_PORT": str(port),
        "MEDIMEET_WORKERS": str(workers),
        "MEDIMEET_RATELIMIT_ENABLED": "0",
        "MEDIMEET_DATABASE_TIMEOUT_SECONDS": "30",  # who wins is asked here, not how quick this machine is
        **settings,
    }
    log = Path(app.config["DATA_DIR"], f"server-{port}.log")
    with open(os.devnull) as nothing, open(log, "wb") as output:
        server = WarmProcess(["gunicorn", "wsgi:app"], ROOT, environment, (nothing, output, output))
        try:
            _wait_until_it_answers(server, port, log)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_it_answers(server: WarmProcess, port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")
