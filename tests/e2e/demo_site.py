"""The real demo, started as a newcomer starts it, in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.commands import Server, running

PASSWORD = "medimeet-demo"


@contextmanager
def running_demo(folder: Path) -> Iterator[Server]:
    """`flask demo` with its data in `folder`; stopped afterwards."""
    with running(folder, "demo", MEDIMEET_RATELIMIT_ENABLED="0") as server:
        yield server
