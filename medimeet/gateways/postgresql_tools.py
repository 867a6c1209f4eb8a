"""PostgreSQL's own tools, `pg_dump` and `pg_restore`, which alone copy a PostgreSQL whole."""

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from medimeet.errors import InstallationFault

if TYPE_CHECKING:
    from psycopg import Connection

_NOT_HANDED_ON = {"options", "application_name", "client_encoding", "fallback_application_name"}


def dump(connection: "Connection", snapshot: str, file: Path) -> None:
    """Writes what `connection` sees in its exported `snapshot` to `file`, in PostgreSQL's custom format.

    Raises InstallationFault.
    """
    how = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={file}")
    _run(connection, "pg_dump", *how)


def examine(file: Path) -> None:
    """Nothing, where every byte of a dump can be read. Raises InstallationFault."""
    _run(None, "pg_restore", "--file=/dev/null", str(file))


def restore(connection: "Connection", file: Path) -> None:
    """Fills the empty database behind `connection` from a dump: wholly, or not at all. Raises InstallationFault."""
    how = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={_name(connection)}")
    _run(connection, "pg_restore", *how, str(file))


def are_here() -> bool:
    """Whether this machine has both tools."""
    return shutil.which("pg_dump") is not None and shutil.which("pg_restore") is not None


def _run(connection: "Connection | None", tool: str, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise InstallationFault(f"{tool} is not installed here. On Debian or Ubuntu: apt-get install postgresql-client")
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"} | (_address(connection) if connection is not None else {})
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().split("\n")[0].removeprefix(f"{tool}: ").removeprefix("error: ")
        raise InstallationFault(f"{tool} did not succeed: {words}")


def _address(connection: "Connection") -> dict[str, str]:
    """Where `connection` goes, as the tools read it from their environment: a list of processes shows no password."""
    # Here, as below, so that no clinic on SQLite waits at each start for what speaks to PostgreSQL.
    from psycopg import pq  # noqa: PLC0415

    names = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    used = connection.info.get_parameters() | {"password": connection.info.password}
    address = {}
    for keyword, value in used.items():
        variable = names.get(keyword)
        if variable is not None and value and keyword not in _NOT_HANDED_ON:
            address[variable.decode()] = str(value)
    return address


def _name(connection: "Connection") -> str:
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    return make_conninfo(dbname=connection.info.dbname)
