"""A PostgreSQL of the bench's own, to restart, kill and freeze."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.servers import free_port

_PROGRAMS = "/usr/lib/postgresql"
_ACCOUNT = "postgres"


class OwnPostgresql:
    """A server in a folder of its own; as the account `postgres` where we are root, who may not run one."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs, self.port = folder, programs, free_port()
        self._as_account = []
        if os.getuid() == 0:
            shutil.chown(folder, _ACCOUNT)
            account = f"--reuid={_ACCOUNT}"
            self._as_account = ["setpriv", account, f"--regid={_ACCOUNT}", "--init-groups", "env", "--chdir=/"]
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    @staticmethod
    def programs_there() -> list[Path]:
        """The folders of PostgreSQL's programs, the newest last."""
        return sorted(Path(_PROGRAMS).glob("*/bin"), key=lambda folder: int(folder.parent.name))

    @property
    def url(self) -> str:
        """The database that is always there."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def database_on(self, folder: Path) -> str:
        """The URL of a new database whose tables are kept in that folder; its log of changes stays where it is."""
        if os.getuid() == 0:
            shutil.chown(folder, _ACCOUNT)
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE elsewhere LOCATION '{folder}'")
            connection.execute("CREATE DATABASE elsewhere TABLESPACE elsewhere")
        return self.url.removesuffix("postgres") + "elsewhere"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._run("pg_ctl", f"--log={self.folder}/log", f"--options={options}", "--wait", "start")

    def restart(self) -> None:
        """As after a power cut: nothing is finished, everything is recovered from the log."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """At once, without a checkpoint."""
        self._run("pg_ctl", "--mode=immediate", "--wait", "stop")

    def kill_a_backend(self) -> None:
        """kill -9 of one connection's process; the server then ends all others. Waits until it has recovered."""
        busy = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        with psycopg.connect(self.url) as connection:
            found = connection.execute(f"{busy} ORDER BY state = 'idle', random() LIMIT 1").fetchone()
        if found is not None:
            with suppress(ProcessLookupError):
                os.kill(found[0], signal.SIGKILL)
        time.sleep(0.2)
        while True:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=5):
                return
            time.sleep(0.05)

    def freeze(self, seconds: float) -> None:
        """All its processes stand still for a while, with every connection open."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        processes = [main, *map(int, children)]
        try:
            _signal_all(processes, signal.SIGSTOP)
            time.sleep(seconds)
        finally:
            _signal_all(processes, signal.SIGCONT)

    def _run(self, program: str, *options: str) -> None:
        command = [*self._as_account, str(self.programs / program), f"--pgdata={self.folder}/data", *options]
        # Not through a pipe: the server would keep it open.
        with open(self.folder / "commands.log", "ab") as output:
            subprocess.run(command, check=True, stdout=output, stderr=output)


def _signal_all(processes: list[int], number: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """A running one; it and its data go away afterwards. Raises FileNotFoundError where PostgreSQL is not installed."""
    programs = OwnPostgresql.programs_there()
    if not programs:
        raise FileNotFoundError(f"there is no PostgreSQL below {_PROGRAMS}")
    folder = Path(tempfile.mkdtemp(prefix="medimeet-postgresql-"))
    server = OwnPostgresql(folder, programs[-1])
    try:
        server.start()
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop()
        shutil.rmtree(folder)
