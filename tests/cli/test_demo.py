"""`make run`: from an empty folder to a served page, and again tomorrow."""

import json
import os
import re
import shutil
import signal
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from tests.cli.commands import FinishedStart, Server, announced, run, running, sign_in, site_url_in, start, stop, until
from tests.databases import fresh_postgresql

LOGINS = ("riverside-patient", "riverside-doctor", "riverside-admin", "superuser")


@pytest.mark.parametrize("username", LOGINS)
def test_a_newcomer_signs_in_with_each_login_that_the_banner_names(demo_server: Server, username: str) -> None:
    with sign_in(demo_server.url, username) as browser:
        assert browser.cookies


def test_the_banner_names_every_login_the_folder_and_the_way_out(first_start: FinishedStart) -> None:
    for words in (*LOGINS, "medimeet-demo", str(first_start.folder), "Ctrl+C stops", "flask reset-demo"):
        assert words in first_start.printed


def test_the_page_answers_once_its_address_is_printed(first_start: FinishedStart) -> None:
    assert first_start.answered == 200


def test_the_secret_key_is_made_and_only_its_owner_may_read_it(stopped_demo: Path) -> None:
    key = stopped_demo / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) == 64


def test_a_mail_asked_for_in_the_demo_lies_in_the_outbox_once(demo_server: Server, running_folder: Path) -> None:
    with requests.Session() as browser:
        page = browser.get(f"{demo_server.url}/patient/forgot-password/", timeout=10)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None
        asked = {"csrf_token": token[1], "email": "riverside-patient2"}
        browser.post(f"{demo_server.url}/patient/forgot-password/", data=asked, timeout=10)
    until(lambda: list((running_folder / "outbox").glob("*.json")))
    (mail,) = (running_folder / "outbox").glob("*.json")
    assert json.loads(mail.read_text())["to"] == "riverside-patient2@clinic.example"
    assert f"{demo_server.url}/reset-password/" in json.loads(mail.read_text())["body"]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux tells who holds a lock")
def test_another_worker_sends_the_mails_when_the_one_that_did_has_died(
    first_start: FinishedStart, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(first_start.folder, tmp_path / "demo"))
    with running(folder, "demo", MEDIMEET_WORKERS="2") as server:
        until(lambda: _holder(folder / "poller-lock"))
        first = _holder(folder / "poller-lock")
        os.kill(first, signal.SIGKILL)
        until(lambda: _holder(folder / "poller-lock") not in {0, first})
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200


def test_a_machine_learns_that_the_demo_is_alive_and_ready(demo_server: Server) -> None:
    assert requests.get(f"{demo_server.url}/healthz", timeout=10).json() == {"status": "ok"}
    assert requests.get(f"{demo_server.url}/readyz", timeout=10).status_code == 200
    until(lambda: requests.get(f"{demo_server.url}/readyz", timeout=10).json()["status"] == "ok")  # its poller begins


def test_the_second_start_makes_and_loads_nothing(first_start: FinishedStart, second_start: FinishedStart) -> None:
    for words in ("Made the database", "Loaded the demo data"):
        assert words in first_start.printed
        assert words not in second_start.printed


def test_ctrl_c_stops_everything_and_frees_both_ports(second_start: FinishedStart) -> None:
    assert second_start.exit_status == 0
    assert "Traceback" not in second_start.printed
    for url in (f"{second_start.url}/healthz", site_url_in(second_start.printed)):
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=10)


def test_two_starts_at_once_make_one_database_and_one_demo(tmp_path: Path) -> None:
    _start_twice(tmp_path)
    with closing(sqlite3.connect(tmp_path / "medimeet.sqlite")) as database:
        assert database.execute("SELECT count(*), count(DISTINCT name) FROM clinic").fetchone() == (2, 2)


def test_two_starts_at_once_on_postgresql_make_one_demo(tmp_path: Path) -> None:
    with fresh_postgresql() as url:
        _start_twice(tmp_path, MEDIMEET_DATABASE_URL=url)
        reset = run(tmp_path, "reset-demo", "--yes", MEDIMEET_DATABASE_URL=url)
        assert reset.returncode == 0, reset.stderr
        assert "the database is empty" in run(tmp_path, "doctor", MEDIMEET_DATABASE_URL=url).stdout


def _start_twice(folder: Path, **settings: str) -> None:
    with ExitStack() as both:
        started = [start(folder, "demo", **settings) for _ in range(2)]
        for process in started:
            both.callback(stop, process)
        servers = [announced(process) for process in started]
        for server in servers:
            with sign_in(server.url, "riverside-patient"):
                pass
        assert sum("Loaded the demo data" in server.printed for server in servers) == 1


def _holder(lock: Path) -> int:
    """The process that holds a file lock (0: none), as Linux tells it."""
    inode = lock.stat().st_ino if lock.exists() else -1
    for line in Path("/proc/locks").read_text().splitlines():
        parts = line.split()
        if "->" not in parts and parts[5].endswith(f":{inode}"):
            return int(parts[4])
    return 0
