"""What a command says when it can't do what it was asked: one plain line, and a status that is not zero."""

import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.commands import is_one_plain_line, run

ADMIN = {"MEDIMEET_ADMIN_EMAIL": "ana@oak.example", "MEDIMEET_ADMIN_PASSWORD": "seven green bottles"}
NOBODYS_POSTGRESQL = {"MEDIMEET_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}


@dataclass(frozen=True)
class Refusal:
    """A command in one of the folders of `folders`, and words that its one line must hold."""

    about: str
    folder: str
    command: str
    words: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)
    status: int = 1


REFUSALS = (
    Refusal("a busy port names the setting to change", "empty", "demo", ("Port ", "PORT="), {"PORT": "busy"}),
    Refusal("a file is no data folder", "file", "demo", ("can't be written", "MEDIMEET_DATA_DIR")),
    Refusal("a newer database is left alone", "newer", "demo", ("newer MediMeet",)),
    Refusal("a demo is not served to the world by mistake", "empty", "demo", ("--public",), {"HOST": "0.0.0.0"}),
    Refusal("a host that is not ours", "empty", "demo --public", ("HOST=127.0.0.1",), {"HOST": "192.0.2.1"}),
    Refusal("the demo stays out of a real clinic", "clinic", "demo", ("clinic of your own",)),
    Refusal("a guessable key", "clinic", "serve", ("MEDIMEET_SECRET_KEY",), {"MEDIMEET_SECRET_KEY": "secret"}),
    Refusal("demo mode in production", "clinic", "serve", ("MEDIMEET_DEMO",), {"MEDIMEET_DEMO": "1"}),
    Refusal("nothing to serve yet", "empty", "serve", ("flask init",)),
    Refusal("the demo is no real clinic", "demo", "serve", ("flask demo",)),
    Refusal("a weak password", "empty", "init", ("at least 8",), ADMIN | {"MEDIMEET_ADMIN_PASSWORD": "123"}),
    Refusal("no e-mail address", "empty", "init", ("e-mail",), ADMIN | {"MEDIMEET_ADMIN_EMAIL": "ana"}),
    Refusal("an unknown time zone", "empty", "init --time-zone Moon/Crater", ("Europe/London",), ADMIN),
    Refusal("a setting that is no number", "empty", "init", ("MEDIMEET_PORT",), {"MEDIMEET_PORT": "eighty"}),
    Refusal("a link where there is an admin", "clinic", "init --link", ("admin already",)),
    Refusal("a grid for an unknown clinic", "clinic", "populate-time-slot --clinic 99", ("no clinic 99",)),
    Refusal("a real clinic is never reset", "clinic", "reset-demo --yes", ("no demo data",)),
    Refusal("a worker without a database", "empty", "worker", ("flask init",)),
    Refusal(
        "an unknown mail server", "clinic", "worker", ("MEDIMEET_SMTP_URL",), {"MEDIMEET_SMTP_URL": "mail.example"}
    ),
    Refusal("a database server that is away", "empty", "worker", ("can't be used",), NOBODYS_POSTGRESQL),
)


@pytest.fixture(scope="module")
def answers(
    stopped_demo: Path, initialised: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, subprocess.CompletedProcess[str]]:
    """What each command said."""
    folder = tmp_path_factory.mktemp("refusals")
    folders = {"empty": folder / "empty", "file": folder / "file", "newer": folder / "newer"}
    folders |= {"demo": stopped_demo, "clinic": initialised}
    folders["file"].write_text("not a folder")
    _make_newer(shutil.copytree(stopped_demo, folders["newer"]))
    with socket.create_server(("127.0.0.1", 0)) as busy:
        return {asked.about: _run(asked, folders, busy.getsockname()[1]) for asked in REFUSALS}


@pytest.mark.parametrize("asked", REFUSALS, ids=lambda asked: asked.about)
def test_a_command_that_is_refused_says_why_in_one_line(
    asked: Refusal, answers: dict[str, subprocess.CompletedProcess[str]]
) -> None:
    answer = answers[asked.about]
    assert answer.returncode == asked.status, answer.stderr + answer.stdout
    assert is_one_plain_line(answer.stderr), answer.stderr
    for words in asked.words:
        assert words in answer.stderr


def _run(asked: Refusal, folders: dict[str, Path], busy_port: int) -> subprocess.CompletedProcess[str]:
    settings = {"PORT": "0"} | asked.settings
    if settings["PORT"] == "busy":
        settings["PORT"] = str(busy_port)
    folder = folders[asked.folder]
    if asked.folder == "empty":
        folder /= asked.about.replace(" ", "-")
    return run(folder, *asked.command.split(), **settings)


def _make_newer(folder: str | Path) -> None:
    with closing(sqlite3.connect(Path(folder) / "medimeet.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'zzzz'")
        database.commit()


def test_the_list_of_commands_says_of_each_of_ours_what_it_does_in_a_whole_sentence(tmp_path: Path) -> None:
    asked = run(tmp_path, "--help")
    listed = " ".join(asked.stdout.split("Commands:")[1].split())
    assert asked.returncode == 0 and "..." not in listed
