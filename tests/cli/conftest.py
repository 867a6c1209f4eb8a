"""A folder in which the demo has run once, and copies of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cli.commands import (
    FinishedStart,
    Server,
    announced,
    free_pair_of_ports,
    run,
    running,
    start_by_name,
    stopped_at_the_end,
)


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FinishedStart:
    """The first start of the demo in an empty folder, stopped as soon as it served."""
    return _start_and_stop(tmp_path_factory.mktemp("demo") / "made" / "by itself")


@pytest.fixture(scope="session")
def second_start(first_start: FinishedStart, tmp_path_factory: pytest.TempPathFactory) -> FinishedStart:
    """The next start on (a copy of) the same folder."""
    folder = tmp_path_factory.mktemp("again") / "demo"
    shutil.copytree(first_start.folder, folder)
    return _start_and_stop(folder)


@pytest.fixture(scope="session")
def running_folder(first_start: FinishedStart, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `demo_server`."""
    return Path(shutil.copytree(first_start.folder, tmp_path_factory.mktemp("running") / "demo"))


@pytest.fixture(scope="session")
def demo_server(running_folder: Path) -> Iterator[Server]:
    """A demo that goes on for all tests, at a port that was asked for."""
    with running(running_folder, "demo", MEDIMEET_WORKERS="2", PORT=str(free_pair_of_ports())) as server:
        yield server


@pytest.fixture(scope="session")
def stopped_demo(first_start: FinishedStart) -> Path:
    """A folder in which the demo was started once and stopped."""
    return first_start.folder


@pytest.fixture
def demo_folder(stopped_demo: Path, tmp_path: Path) -> Path:
    """A folder of the demo to change at will."""
    return Path(shutil.copytree(stopped_demo, tmp_path / "demo"))


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a real clinic whose first admin came from the environment."""
    folder = tmp_path_factory.mktemp("clinic")
    done = run(
        folder,
        *("init", "--clinic", "Oak Street", "--time-zone", "Europe/Dublin", "--country", "ie"),
        MEDIMEET_ADMIN_EMAIL="Ana@Oak.example",
        MEDIMEET_ADMIN_PASSWORD="seven green bottles",
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def clinic_folder(initialised: Path, tmp_path: Path) -> Path:
    """A folder of a real clinic to change at will."""
    return Path(shutil.copytree(initialised, tmp_path / "clinic"))


def _start_and_stop(folder: Path) -> FinishedStart:
    process = start_by_name(folder, "demo", MEDIMEET_WORKERS="2")
    with stopped_at_the_end(process), requests.Session() as open_connection:
        server = announced(process)
        answered = open_connection.get(f"{server.url}/healthz", timeout=10).status_code
        status = server.interrupt()
        assert server.process.stdout is not None
        printed = server.printed + server.process.stdout.read()
    return FinishedStart(folder, server.url, printed, answered, status)
