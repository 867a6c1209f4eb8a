"""The same work by django-appointment, the Django package for the same purpose: its own site, its own environment.

The environment is made once, under the user's cache folder; without a package registry these lines are left out, and
that is said. What it keeps is filled with as many doctors, days and bookings as MediMeet's own database.
"""

import json
import os
import subprocess
import threading
import time
import venv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from bench.speed.duels import Pace, Rounds, Side, duel
from bench.speed.load import Load, Request, get, run
from bench.speed.places import Place, Server, gunicorn
from bench.speed.sides import Sides
from bench.speed.table import Table, Wanted

PACKAGES = ("django-appointment==3.12.0", "gunicorn==27.0.1")
CLIENTS = 8
RIVAL = "django-appointment"
SLOTS, BOOKING = f"free slots, beside {RIVAL}", f"booking, beside {RIVAL}"
NAMES = [SLOTS, BOOKING]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# As MediMeet's own: a worker a core, each kept on it.
SETTINGS = """
import os
bind = "127.0.0.1:" + os.environ["MEDIMEET_PORT"]
worker_class, workers, threads, keepalive, control_socket_disable = "gthread", 2, 64, 20, True
def post_fork(server, worker):
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[worker.age % len(cores)]})
"""
Booking = Callable[[HTTPConnection], None]


@dataclass(frozen=True)
class Rival:
    """The filled site of the rival while it is served."""

    server: Server
    told: dict[str, Any]
    first_day: Any

    def slots(self, days: list[str]) -> list[bytes]:
        """Questions for a day of a doctor."""
        path = "/appointment/ajax/available_slots/?selected_date={}&staff_member={}&service_id={}"
        header = {"X-Requested-With": "XMLHttpRequest"}
        return [
            get(path.format(day, doctor, self.told["service"]), header) for doctor in self._doctors() for day in days
        ]

    def bookings(self, days: list[str]) -> Iterator[Booking]:
        """Bookings of free half hours, each by somebody who is signed in: the two forms that a person sends."""
        taken = {tuple(row) for row in self.told["taken"]}
        people = cycle(self.told["sessions"])
        for day in days:
            for doctor in self._doctors():
                for minute in range(9 * 60, 21 * 60, 30):
                    if (doctor, day, _clock(minute)) not in taken:
                        yield self.booking(doctor, day, minute, next(people))

    def booking(self, doctor: int, day: str, minute: int, session: str) -> Booking:
        """One person's booking of one half hour."""
        wanted = {
            "date": day,
            "start_time": _clock(minute),
            "end_time": _clock(minute + 30),
            "service": self.told["service"],
            "staff_member": doctor,
        }
        person = {"name": "Pat", "phone_0": "GB", "phone_1": "07400123456", "address": "Road", "payment_type": "full"}
        header = FORM | {"Cookie": f"sessionid={session}"}

        def send(line: HTTPConnection) -> None:
            where = _redirected(line, "/appointment/request-submit/", wanted, header)
            _redirected(line, where, person, header)

        return send

    def _doctors(self) -> list[int]:
        return list(self.told["doctors"][:20])


def tell(table: Table, pace: Pace, names: Sequence[str], sides: Sides) -> None:
    """Those of NAMES that are wanted: free slots, bookings, and whether one slot is given to many."""
    if not names:
        return
    try:
        python = _environment()
    except subprocess.CalledProcessError:
        print("\nbeside django-appointment: left out, its packages can't be installed here", flush=True)
        return
    days = sides.asked.days()
    with _served(python, sides.here) as rival:
        table.begin("sqlite, two workers, beside django-appointment", [RIVAL])
        if SLOTS in names:
            ours = Side(sides.ours, lambda: cycle(Request(sent) for sent in sides.asked.our_slots()))
            theirs = Side(rival.server, lambda: cycle(Request(sent) for sent in rival.slots(days)))
            table.line(SLOTS, *duel(ours, {RIVAL: theirs}, pace), [Wanted(RIVAL, 10, 20)])
        if BOOKING in names:
            found = _bookings(pace, sides, rival, days)
            table.line(BOOKING, found[0], {RIVAL: found[1]}, [Wanted(RIVAL, 8, 15)])
            crowd = [
                rival.booking(rival.told["doctors"][-1], days[0], 12 * 60, who) for who in rival.told["sessions"][:50]
            ]
            load = flows(rival.server.port, crowd, seconds=60, clients=50)
            print(f"\n50 clients on one slot of {RIVAL}: booked {load.answers}", flush=True)


def flows(port: int, bookings: Iterable[Booking], seconds: float, clients: int = CLIENTS) -> Load:
    """Lets so many clients make one booking after the other on kept-alive lines; each may be several requests."""
    load, waiting, turn = Load(), iter(bookings), threading.Lock()
    started = time.perf_counter()

    def go_on() -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() - started < seconds:
            with turn:
                booking = next(waiting, None)
            if booking is None:
                break
            began = time.perf_counter()
            booking(line)
            with turn:
                load.waits.append((time.perf_counter() - began) * 1000)
                load.answers += 1
        line.close()

    threads = [threading.Thread(target=go_on) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - started
    return load


def _bookings(pace: Pace, sides: Sides, rival: Rival, days: list[str]) -> tuple[Rounds, Rounds]:
    orders, theirs = sides.free.ours(), rival.bookings(days)
    ours, others = Rounds(), Rounds()
    for _round in range(pace.rounds):
        ours.loads.append(run(sides.ours.port, orders, pace.seconds, CLIENTS))
        assert not ours.loads[-1].wrong, ours.loads[-1].wrong
        others.loads.append(flows(rival.server.port, theirs, pace.seconds))
    return ours, others


def _redirected(line: HTTPConnection, path: str, form: dict[str, Any], headers: dict[str, str]) -> str:
    line.request("POST", path, urlencode(form), headers)
    answer = line.getresponse()
    body = answer.read()
    where = answer.getheader("Location") or ""
    assert answer.status == 302, (path, answer.status, body[:300])
    return where


def _environment() -> str:
    """The Python of the rival's environment, which is made at the first call."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "medimeet-bench", "django-appointment")
    python = folder / "bin" / "python"
    if not (folder / "is-whole").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        (folder / "is-whole").touch()
    return str(python)


@contextmanager
def _served(python: str, here: Place) -> Iterator[Rival]:
    with TemporaryDirectory(prefix="medimeet-rival-") as name:
        folder = Path(name)
        (folder / "rival_migrations").mkdir()
        (folder / "rival_migrations" / "__init__.py").touch()  # the package ships no migrations
        (folder / "settings.py").write_text(SETTINGS)
        environment = {
            "RIVAL_FOLDER": name,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), name]),
            "DJANGO_SETTINGS_MODULE": "rival_site.settings",
        }
        size, first_day = here.filled.size, here.filled.first_day
        fill = ["rival_site.fill", str(size.doctors), str(size.days), "0.3", first_day.isoformat()]
        for arguments in (
            ["django", "makemigrations", "appointment", "-v", "0"],
            ["django", "migrate", "-v", "0"],
            fill,
        ):
            done = subprocess.run(
                [python, "-m", *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.splitlines()[-1])
        command = ["-c", str(folder / "settings.py"), "rival_site.wsgi"]
        with gunicorn("django-appointment", command, environment, folder, python=python) as server:
            yield Rival(server, told, first_day)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
