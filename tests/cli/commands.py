"""Runs `flask ...` in a process of its own, to its end or as a server."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
FLASK = Path(sys.executable).with_name("flask")
DEADLINE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running `flask demo` or `flask serve`: where it answers, and what it has printed until then."""

    url: str
    printed: str
    process: subprocess.Popen[str]

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
    seconds_of_work: float


def seconds_of_work() -> float:
    """The processor time of all ended child processes: unlike the clock, untouched by what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a person who has set only the data folder and `settings`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MEDIMEET_")}
    own = {name: value for name, value in own.items() if name not in {"HOST", "PORT", "FLASK_APP", "FLASK_DEBUG"}}
    return own | {"MEDIMEET_DATA_DIR": str(folder), "MEDIMEET_WORKERS": "1"} | settings


def run(folder: Path, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """`flask` with these arguments, to its end."""
    return subprocess.run(
        [FLASK, *arguments],
        cwd=ROOT,
        env=environment(folder, **settings),
        input=typed,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
        start_new_session=True,
    )


def start(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """`flask` with these arguments, left running in a session of its own."""
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


def announced(process: subprocess.Popen[str]) -> Server:
    """The server once it has said where it serves."""
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed += line
        found = re.search(r"MediMeet serves on\s+(http://[\w.\[\]:]+\d)", line)
        if found:
            return Server(found[1], printed, process)
    raise AssertionError(f"The server ended with {process.wait()} before it served:\n{printed}")


def stop(process: subprocess.Popen[str]) -> None:
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
    process = start(folder, *arguments, **settings)
    try:
        yield announced(process)
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
