"""What is measured: a filled database with MediMeet in gunicorn on it, and the comparison applications beside it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from bench.faults.servers import wait_for
from bench.speed.copies import bare_database, copy_of, durable_postgresql
from bench.speed.driver import Database
from bench.speed.rows import Filled, Size, fill
from medimeet.app import create_app
from medimeet.db import db
from tests import databases
from tests.conftest import Visitor
from tests.servers import ROOT, free_port

START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
SETTINGS = {
    "SECRET_KEY": "the bench's own secret key, long enough",
    "BASE_URL": "http://127.0.0.1",
    # The limits stand and are counted, but nobody reaches them.
    "RATELIMIT_ANONYMOUS": 1_000_000_000,
    "RATELIMIT_SIGNED_IN": 1_000_000_000,
}


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    name: str
    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What its workers have taken of the processors so far."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


@dataclass(frozen=True)
class Place:
    """One filled database: the application on it for the bench's own looks, and its folder."""

    app: Flask
    folder: Path
    filled: Filled
    url: str

    @contextmanager
    def served(self, workers: int = 2) -> Iterator[Server]:
        """MediMeet on this database, as in production."""
        settings = SETTINGS | {"DATA_DIR": self.folder, "DATABASE_URL": self.url, "WORKERS": workers}
        environment = {f"MEDIMEET_{name}": str(value) for name, value in settings.items()}
        with gunicorn("MediMeet", ["wsgi:app"], environment, self.folder) as server:
            yield server

    def bare_served(self, database: str, workers: int) -> AbstractContextManager[Server]:
        """The bare routes on a table of the same slots, in a gunicorn with the same settings."""
        return self._compared("bare", "bench.speed.bare:app", workers, {"BENCH_DATABASE": database})

    def bare_database(self) -> AbstractContextManager[str]:
        """A new database with that table."""
        return bare_database(self.url, self.folder, self.filled)

    @contextmanager
    def raw_served(self, workers: int, pages: Path) -> Iterator["RawServer"]:
        """The same work by raw SQL, on a copy of this database as it is now; nobody may be at it."""
        self.let_go()
        application = "bench.speed.raw.app:from_environment()"
        with copy_of(self.url, self.folder) as database:
            environment = {"BENCH_DATABASE": database, "BENCH_PAGES": str(pages)}
            with self._compared("raw", application, workers, environment) as server:
                yield RawServer(server, database)

    def let_go(self) -> None:
        """Ends the connections of the bench's own looks."""
        with self.app.app_context():
            db.engine.dispose()

    def _compared(
        self, name: str, application: str, workers: int, environment: dict[str, str]
    ) -> AbstractContextManager[Server]:
        settings = SETTINGS | {"DATA_DIR": self.folder, "WORKERS": workers}
        variables = {f"MEDIMEET_{name}": str(value) for name, value in settings.items()} | environment
        command = ["-c", str(Path(__file__).with_name("plain_gunicorn.py")), application]
        return gunicorn(name, command, variables, self.folder)

    def cookie_of(self, account: Any) -> str:
        """The header Cookie of a browser in which the account is signed in."""
        visitor = self.app.test_client()
        assert isinstance(visitor, Visitor)
        cookie = visitor.sign_in(account).get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return f"{cookie.key}={cookie.value}"

    def count(self, table: str) -> int:
        """How many rows a table has now."""
        with self.app.app_context(), db.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


@dataclass(frozen=True)
class RawServer:
    """A running application of raw SQL, and the copy that it works on."""

    server: Server
    database: str

    def count(self, table: str) -> int:
        """How many rows a table of the copy has now."""
        return int(Database(self.database).run(f"SELECT count(*) FROM {table}").fetchone()[0])


@contextmanager
def place(kind: str, size: Size) -> Iterator[Place]:
    """A clinic of this size in a new database of this kind; a folder on the disk, since FULL is about disks."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="medimeet-speed-", ignore_cleanup_errors=True)))
        url = stack.enter_context(durable_postgresql()) if kind == "postgresql" else ""
        app = create_app(SETTINGS | {"DATA_DIR": str(folder), "DATABASE_URL": url})
        app.test_client_class = Visitor
        databases.migrate(app)
        began = time.perf_counter()
        filled = fill(app, size)
        seconds = time.perf_counter() - began
        here = Place(app, folder, filled, url)
        here.let_go()
        told = f"{size.doctors:,} doctors, {filled.appointments:,} appointments on {kind}: written in {seconds:.0f} s"
        print(told, file=sys.stderr)
        yield here
        here.let_go()


@contextmanager
def gunicorn(
    name: str, command: list[str], environment: dict[str, str], folder: Path, python: str = sys.executable
) -> Iterator[Server]:
    """A gunicorn on a free port, once it answers; what it complains of is printed at its end."""
    port = free_port()
    variables = os.environ | environment | {"MEDIMEET_HOST": "127.0.0.1", "MEDIMEET_PORT": str(port)}
    log = folder / f"{name}-{port}.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [python, "-m", "gunicorn", *command], cwd=ROOT, env=variables, stdout=output, stderr=output
        ) as server,
    ):
        try:
            wait_for(port, log.read_text)
            yield Server(name, port, server.pid)
        finally:
            server.terminate()
            server.wait(30)
    faults = [
        line for line in log.read_text().splitlines() if "Traceback" in line or "[ERROR]" in line or "Error" in line
    ]
    print(*faults[:5], sep="\n", end="\n" * bool(faults), file=sys.stderr)
