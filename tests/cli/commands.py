"""Runs `flask ...` in a process of its own, to its end or as a server."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import requests

from tests.warm import WarmProcess

ROOT = Path(__file__).parents[2]
FLASK = Path(sys.executable).with_name("flask")
DEADLINE_SECONDS = 60
UNSET = {"HOST", "PORT", "FLASK_APP", "FLASK_DEBUG", "PYTHONDONTWRITEBYTECODE"}
Process = WarmProcess | subprocess.Popen[str]
ADDRESS = r"http://[\w.\[\]:]+\d"
LAST_WORDS = re.compile(r"Ctrl\+C stops|it sends the messages")


@dataclass(frozen=True)
class Server:
    """A running `flask demo` or `flask serve`: where it answers, and what it has printed until then."""

    url: str
    printed: str
    process: Process

    @property
    def site_url(self) -> str:
        """Where the demo serves the clinic's own site."""
        return site_url_in(self.printed)

    def interrupt(self) -> int:
        """Presses Ctrl+C in the server's terminal; the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(DEADLINE_SECONDS)


@dataclass(frozen=True)
class FinishedStart:
    """What came of a `flask demo` that was asked for one page and stopped by Ctrl+C, with a connection still open."""

    folder: Path
    url: str
    printed: str
    answered: int
    exit_status: int


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a person who has set only the data folder and `settings`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MEDIMEET_")}
    own = {name: value for name, value in own.items() if name not in UNSET}
    return own | {"MEDIMEET_DATA_DIR": str(folder), "MEDIMEET_WORKERS": "1"} | settings


def run(folder: Path, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """`flask` with these arguments, to its end."""
    with TemporaryFile("w+") as keyboard, TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        keyboard.write(typed)
        keyboard.seek(0)
        own_environment = environment(folder, **settings)
        process = WarmProcess(["flask", *arguments], ROOT, own_environment, (keyboard, output, errors))
        try:
            status = process.wait(DEADLINE_SECONDS)
        finally:
            stop(process)
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, status, output.read(), errors.read())


def start(folder: Path, *arguments: str, **settings: str) -> WarmProcess:
    """`flask` with these arguments, left running in a session of its own."""
    reader, writer = os.pipe()
    with open(os.devnull) as nothing, os.fdopen(writer, "w") as output:
        own_environment = environment(folder, **{"PORT": "0"} | settings)
        process = WarmProcess(["flask", *arguments], ROOT, own_environment, (nothing, output, output))
    process.stdout = os.fdopen(reader)
    return process


def start_by_name(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """The same from the very file that people start, which takes two seconds more."""
    return subprocess.Popen(
        [FLASK, *arguments],
        cwd=ROOT,
        env=environment(folder, **{"PORT": "0"} | settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def announced(process: Process) -> Server:
    """The server once it has said all that it says when it begins to serve."""
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed += line
        found = re.search(rf"MediMeet serves on\s+({ADDRESS})", printed)
        if found and LAST_WORDS.search(line):
            return Server(found[1], printed, process)
    raise AssertionError(f"The server ended with {process.wait()} before it served:\n{printed}")


def site_url_in(banner: str) -> str:
    """The address of the clinic's own site, as the demo prints it."""
    found = re.search(rf"clinic's own site\s+({ADDRESS})", banner)
    assert found is not None, banner
    return found[1]


def free_pair_of_ports() -> int:
    """The first of two ports in a row that nobody listens on, below those that systems give out by themselves."""
    while True:
        port = random.randrange(20_000, 32_000, 2)
        try:
            for number in (port, port + 1):
                socket.create_server(("127.0.0.1", number)).close()
        except OSError:
            continue
        return port


def stop(process: Process) -> None:
    """Stops a server, politely first."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """A server on any free port, stopped afterwards."""
    with stopped_at_the_end(start(folder, *arguments, **settings)) as process:
        yield announced(process)


@contextmanager
def stopped_at_the_end(process: Process) -> Iterator[Process]:
    """The process; it does not outlive the block."""
    try:
        yield process
    finally:
        stop(process)


def is_one_plain_line(words: str) -> bool:
    """Whether a command said in one line what is wrong, without a traceback."""
    return words.startswith("Error: ") and words.count("\n") == 1 and "Traceback" not in words


def sign_in(url: str, username: str, password: str = "medimeet-demo") -> requests.Session:
    """A browser that has sent the sign-in form."""
    browser = requests.Session()
    page = browser.get(f"{url}/login/", timeout=10)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    sent = {"csrf_token": token[1], "username": username, "password": password}
    answer = browser.post(f"{url}/login/", data=sent, allow_redirects=False, timeout=10)
    assert answer.status_code == 303, answer.text
    return browser


def until(condition: object, seconds: float = 10) -> None:
    """Waits until `condition()` is true."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
