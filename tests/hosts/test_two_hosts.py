"""Two hosts with a disk each, on one PostgreSQL: what somebody begins on one goes on on the other."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from flask import Flask
from limits.storage import RedisStorage

from medimeet import key_file
from medimeet.db import db
from medimeet.models import Clinic
from tests import factories, machine
from tests.cli.commands import sign_in, until
from tests.portal.people_pages import picture
from tests.races.crowds import Answer, Browser, all_at_once, nothing_is_torn, open_browsers, register, statuses
from tests.races.test_one_slot import BOOKED, book, slots_to_fight_for
from tests.servers import free_port, listens, serving
from tests.transcription.lines import Voice, bearer

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])
PATIENTS = 100


class Hosts(NamedTuple):
    """The ports of the two."""

    first: int
    second: int

    @property
    def urls(self) -> tuple[str, str]:
        """Their addresses."""
        return f"http://127.0.0.1:{self.first}", f"http://127.0.0.1:{self.second}"


@contextmanager
def two_hosts(app: Flask, folder: Path, **settings: str) -> Iterator[Hosts]:
    """Two servers that share the database, the keys (by settings) and one folder, and nothing else."""
    file = Path(app.config["DATA_DIR"], "data-keys")
    key_file.read_or_make(file)
    keys = file.read_text().split()
    common = {"MEDIMEET_SHARED_DIR": str(folder / "shared"), "MEDIMEET_DATA_KEYS": ",".join(keys), **settings}
    (folder / "shared").mkdir()
    first, second = (common | {"MEDIMEET_DATA_DIR": str(folder / name)} for name in ("one", "two"))
    with serving(app, workers=1, **first) as one, serving(app, workers=1, **second) as two:
        yield Hosts(one, two)


def test_what_is_begun_on_one_host_goes_on_on_the_other(app: Flask, clinic: Clinic, tmp_path: Path) -> None:
    doctor, admin, patient = factories.make_doctor(clinic), factories.make_admin(clinic), factories.make_patient(clinic)
    names, credentials = (admin.username, doctor.account.username), bearer(patient)
    doctor_id, account_id, email = doctor.id, patient.account_id, patient.account.email
    with two_hosts(app, tmp_path) as hosts:
        on_first, on_second = hosts.urls
        browser = sign_in(on_first, names[0], factories.PASSWORD)
        edit = f"{on_second}/edit_doctor/{doctor_id}/"
        assert browser.get(edit, timeout=10).status_code == 200

        _send_picture(browser, on_first, doctor_id)
        name = _picture_of(doctor_id)
        shown = requests.get(f"{on_second}/media/{name}", timeout=10)
        assert (shown.status_code, shown.content[:3]) == (200, b"\xff\xd8\xff")

        written = requests.post(f"{on_first}/transcription/user-prompt/", headers=credentials, json={}, timeout=10)
        assert written.status_code in {200, 201}, written.text
        with Voice(hosts.second).open(credentials) as line:
            assert line.start(user_id=account_id, user_email=email)["type"] == "ready"

        browser.post(f"{on_second}/logout/", data={"csrf_token": _token(browser, on_second)}, timeout=10)
        assert browser.get(f"{on_first}/edit_doctor/{doctor_id}/", allow_redirects=False, timeout=10).status_code == 302
    assert not any((tmp_path / host / "uploads").exists() for host in ("one", "two"))


def test_a_hundred_patients_on_two_hosts_want_one_slot_and_one_gets_it(
    app: Flask, clinic: Clinic, tmp_path: Path
) -> None:
    crowd = open_browsers(app, register(clinic, PATIENTS))
    doctor = factories.make_doctor(clinic)
    treatment = factories.make_treatment(clinic, doctor)
    (slot_id,), treatment_id = slots_to_fight_for(doctor, treatment, 1), treatment.id
    with two_hosts(app, tmp_path) as hosts:
        spread = [(hosts[number % 2], browser) for number, browser in enumerate(crowd)]

        def want(place: tuple[int, Browser]) -> Answer:
            return book(place[0], place[1], slot_id, treatment_id)

        assert statuses(all_at_once(spread, want)) == {BOOKED: 1, 409: PATIENTS - 1}
    nothing_is_torn(1)


def test_requests_are_counted_over_both_hosts_and_still_where_redis_is_silent_or_gone(
    app: Flask, clinic: Clinic, tmp_path: Path
) -> None:
    limits = {"MEDIMEET_RATELIMIT_ENABLED": "1", "MEDIMEET_RATELIMIT_ANONYMOUS": "6"}
    with redis_server(tmp_path) as (url, server), two_hosts(app, tmp_path, MEDIMEET_REDIS_URL=url, **limits) as hosts:
        both = [f"{url}/login/" for url in hosts.urls]
        for statuses_of_a_minute in _by_minute(both * 7):
            assert statuses_of_a_minute[:6] == [200] * len(statuses_of_a_minute[:6])
            assert set(statuses_of_a_minute[6:]) <= {429}
        server.send_signal(signal.SIGSTOP)  # it is there, and says nothing
        silent = [requests.get(address, timeout=20).status_code for address in both]  # else it would wait for ever
        assert set(silent) == {200}
        server.kill()
        alone = _by_minute(both[:1] * 14)
        assert {status for minute in alone for status in minute} == {200, 429}  # each host counts for itself


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of its own. Skips the test where there is none (fails under MEDIMEET_TEST_REQUIRE_ALL=1)."""
    program = shutil.which("redis-server")
    if program is None:
        machine.lacks("redis-server (apt-get install redis-server)", "counting over hosts was not tried")
    port = free_port()
    with open(folder / "redis.log", "wb") as log:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until(lambda: listens(port))
        url = f"redis://127.0.0.1:{port}/0"
        assert RedisStorage(url).check()
        yield url, server
    finally:
        server.kill()
        server.wait(10)


def _by_minute(addresses: list[str]) -> list[list[int]]:
    """The statuses of these requests, those of one minute together: each minute is counted anew."""
    minutes: dict[str, list[int]] = {}
    for address in addresses:
        answer = requests.get(address, timeout=20)
        minutes.setdefault(answer.headers["X-RateLimit-Reset"], []).append(answer.status_code)
    return list(minutes.values())


def _token(browser: requests.Session, url: str) -> str:
    page = browser.get(f"{url}/list_doctors/", timeout=10).text
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def _send_picture(browser: requests.Session, url: str, doctor_id: int) -> None:
    sent = browser.post(
        f"{url}/edit_doctor/{doctor_id}/picture/",
        data={"csrf_token": _token(browser, url)},
        files={"picture": ("me.png", picture(), "image/png")},
        allow_redirects=False,
        timeout=20,
    )
    assert sent.status_code == 303, sent.text


def _picture_of(doctor_id: int) -> str:
    db.session.rollback()
    statement = "SELECT picture FROM account JOIN doctor ON account.id = doctor.account_id WHERE doctor.id = :id"
    return str(db.session.execute(db.text(statement), {"id": doctor_id}).scalar_one())
