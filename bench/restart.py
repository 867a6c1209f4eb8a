"""What people notice of a restart: `python -m bench.restart [--rounds 5] [--clients 8] [--sockets 20]`.

`flask serve` on a fresh SQLite database, as in production, with clients that load pages without a pause over
connections that stay open, and people who talk to the assistant. It is restarted in three ways:

- reload: SIGHUP, new workers of the same version;
- new server: SIGUSR2, then SIGTERM to the old one, which brings a new version;
- kept port: SIGTERM and a new start, with the port held open meanwhile, as systemd's socket units do.

Prints a table; ends with status 1 where a page request failed. As every browser and proxy does, a client sends a page
request once more where an open connection is closed before a byte of an answer came; those are counted, too.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from bench.sockets import install
from bench.speakers import Person

FLASK = Path(sys.executable).with_name("flask")
ROOT = Path(__file__).resolve().parent.parent
PAGES = ("/login/", "/treatment-list/", "/view_appointments/", "/readyz")
GIVEN = 3  # the descriptor by which a server gets its port from systemd
SECONDS_BEFORE, SECONDS_AFTER, PATIENCE = 2.0, 4.0, 120.0


def main() -> None:
    """Prints the table."""
    asked = _arguments()
    print("| restart | rounds | pages | failed | sent again | slowest page | sockets told 1001 | all back within |")
    print("|---|---|---|---|---|---|---|---|")
    failed = 0
    for name, restart in WAYS.items():
        if asked.only not in {"", name}:
            continue
        seen = Seen()
        for _ in range(asked.rounds):
            _round(restart, asked.clients, asked.sockets, seen)
        failed += len(seen.failed)
        print(seen.as_row(name, asked.rounds), flush=True)
        for fault, times in Counter(seen.failed).items():
            print(f"  {times} x {fault}")
    sys.exit(1 if failed else 0)


@dataclass
class Seen:
    """What clients saw in all rounds of one way to restart."""

    pages: int = 0
    again: int = 0
    slowest: float = 0.0
    failed: list[str] = field(default_factory=list)
    codes: Counter[int] = field(default_factory=Counter)
    back: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def as_row(self, name: str, rounds: int) -> str:
        """Its line of the table."""
        told = f"{self.codes[1001]} of {self.codes.total()}"
        page = f"{self.pages} | {len(self.failed)} | {self.again} | {self.slowest * 1000:.0f} ms"
        return f"| {name} | {rounds} | {page} | {told} | {self.back:.1f} s |"


class Held:
    """The server, and the port that is open whatever becomes of it."""

    def __init__(self, folder: str, secret: str, keeps_port: bool) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = listener.getsockname()[1]
        self.listener = listener if keeps_port else listener.close()
        own = {name: value for name, value in os.environ.items() if not name.startswith("MEDIMEET_")}
        self.environment = own | {
            "MEDIMEET_DATA_DIR": folder,
            "MEDIMEET_SECRET_KEY": secret,
            "MEDIMEET_PORT": str(self.port),
            "MEDIMEET_WORKERS": "2",
            "MEDIMEET_RATELIMIT_ENABLED": "0",
            "MEDIMEET_SOCKETS_A_PERSON": "4",
        }
        self.log = open(Path(folder, "server.log"), "ab")  # noqa: SIM115 (open as long as the server)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """A new server on the port: its own, or the one that is held open for it."""
        if self.listener is None:
            return self._run([str(FLASK), "serve"], self.environment)
        given = partial(os.dup2, self.listener.fileno(), GIVEN)
        command = ["sh", "-c", 'LISTEN_PID=$$ exec "$0" serve', str(FLASK)]
        return self._run(command, self.environment | {"LISTEN_FDS": "1"}, preexec_fn=given, pass_fds=(GIVEN,))

    def _run(self, command: list[str], environment: dict[str, str], **more: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            **more,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )

    def close(self, pid: int) -> None:
        """Ends what runs."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        _until(lambda: not _lives(pid))
        if self.listener is not None:
            self.listener.close()
        self.log.close()


def reload(held: Held) -> int:
    """Has the master start its workers anew."""
    before = workers_of(held.process.pid)
    held.process.send_signal(signal.SIGHUP)
    _until(lambda: not before & workers_of(held.process.pid) and len(workers_of(held.process.pid)) == 2)
    return held.process.pid


def follow(held: Held) -> int:
    """Has a new server follow the old one on its port, then ends the old one."""
    before = workers_of(held.process.pid)
    held.process.send_signal(signal.SIGUSR2)
    _until(lambda: [pid for pid in workers_of(held.process.pid) - before if len(workers_of(pid)) == 2])
    new = next(pid for pid in workers_of(held.process.pid) - before if len(workers_of(pid)) == 2)
    time.sleep(1.0)  # its workers are there, and answer within this time
    held.process.terminate()
    held.process.wait(PATIENCE)
    return new


def stop_and_start(held: Held) -> int:
    """Stops the server, then starts another; who comes meanwhile waits at the port."""
    held.process.terminate()
    held.process.wait(PATIENCE)
    held.process = held.start()
    return held.process.pid


WAYS: dict[str, Callable[[Held], int]] = {"reload": reload, "new server": follow, "kept port": stop_and_start}


def _round(restart: Callable[[Held], int], clients: int, sockets: int, seen: Seen) -> None:
    with tempfile.TemporaryDirectory(prefix="medimeet-bench-") as folder:
        app, people = install(folder, max(1, sockets))
        held = Held(folder, app.config["SECRET_KEY"], restart is stop_and_start)
        pid = held.process.pid
        try:
            _until(lambda: _answers(held.port))
            done = threading.Event()
            threads = [
                threading.Thread(target=_load_pages, args=(held.port, people[number % len(people)], done, seen))
                for number in range(clients)
            ]
            with talking(held.port, people[:sockets], seen) as restarted:
                for thread in threads:
                    thread.start()
                time.sleep(SECONDS_BEFORE)
                restarted.set()
                pid = restart(held)
                time.sleep(SECONDS_AFTER)
                done.set()
                for thread in threads:
                    thread.join()
        finally:
            held.close(pid)


def _load_pages(port: int, person: Person, done: threading.Event, seen: Seen) -> None:
    """Loads one page after the other over one connection, as long as it is kept open."""
    connection, number = HTTPConnection("127.0.0.1", port, timeout=PATIENCE), 0
    while not done.is_set():
        path = PAGES[number % len(PAGES)]
        number += 1
        began, fault, again = time.monotonic(), "", 0
        is_fresh = connection.sock is None
        try:
            fault = _load(connection, path, person.cookie)
        except (HTTPException, OSError) as error:
            connection.close()
            fault = f"{type(error).__name__} on a {'new' if is_fresh else 'kept'} connection"
            if not is_fresh:
                again = 1
                try:
                    fault = _load(connection, path, person.cookie)
                except (HTTPException, OSError) as second:
                    fault = f"{type(second).__name__} at the second try"
                    connection.close()
        with seen.lock:
            seen.pages += 1
            seen.again += again
            seen.slowest = max(seen.slowest, time.monotonic() - began)
            if fault:
                seen.failed.append(f"{path}: {fault}")
    connection.close()


def _load(connection: HTTPConnection, path: str, cookie: str) -> str:
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.will_close:
        connection.close()
    is_whole = len(body) == int(answer.headers.get("Content-Length", len(body)))
    return "" if answer.status in {200, 302, 303} and is_whole else f"status {answer.status}"


@contextmanager
def talking(port: int, people: list[Person], seen: Seen) -> Iterator[threading.Event]:
    """Everybody has a conversation open; who is sent away when the event is set comes back."""
    restarted, all_there = threading.Event(), threading.Barrier(len(people) + 1)
    threads = [threading.Thread(target=_stay, args=(port, person, all_there, restarted, seen)) for person in people]
    for thread in threads:
        thread.start()
    all_there.wait(PATIENCE)
    yield restarted
    for thread in threads:
        thread.join(PATIENCE)


def _stay(port: int, person: Person, all_there: threading.Barrier, restarted: threading.Event, seen: Seen) -> None:
    with _talk(port, person) as line:
        all_there.wait(PATIENCE)
        code = _end_of(line)
    left = time.monotonic()
    while time.monotonic() - left < PATIENCE:
        try:
            with _talk(port, person):
                break
        except (OSError, InvalidStatus, ConnectionClosed, EOFError):
            time.sleep(0.1)
    with seen.lock:
        seen.codes[code if restarted.is_set() else -code] += 1
        seen.back = max(seen.back, time.monotonic() - left)


def _end_of(line: ClientConnection) -> int:
    """The code with which a conversation ends; 1006: without a word, 0: never."""
    try:
        while True:
            line.recv(PATIENCE)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006
    except TimeoutError:
        return 0


@contextmanager
def _talk(port: int, person: Person) -> Iterator[ClientConnection]:
    with connect(
        f"ws://127.0.0.1:{port}/ws/transcription/",
        additional_headers={"Cookie": person.cookie},
        origin=Origin(f"http://127.0.0.1:{port}"),
        proxy=None,
        open_timeout=10,
        close_timeout=1,
    ) as line:
        line.send(json.dumps({"action": "start", "user_id": person.user_id, "user_email": person.user_email}))
        line.recv(10)
        yield line


def workers_of(master: int) -> set[int]:
    """The processes that a master has started."""
    with suppress(OSError):
        return {int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()}
    return set()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("The server did not come in time; see its log.")
        time.sleep(0.05)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.restart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--sockets", type=int, default=20)
    parser.add_argument("--only", default="", choices=["", *WAYS])
    return parser.parse_args()


if __name__ == "__main__":
    main()
