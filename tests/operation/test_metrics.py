"""Figures for who watches: right over all workers, open to nobody else, and without people."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from medimeet import tally
from medimeet.db import db
from medimeet.models import Clinic
from medimeet.services import heartbeats, sessions
from tests import factories
from tests.servers import serving

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
TOKEN = "a token for Prometheus alone"


def value_of(text: str, figure: str, /, **labels: str) -> float:
    """One figure of a page of figures; 0 where it is not there."""
    for line in text.splitlines():
        found = re.fullmatch(rf"{figure}(?:\{{(.*)\}})? (\S+)", line)
        if found and dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")) == labels:
            return float(found[2])
    return 0.0


@on_sqlite
def test_two_workers_count_together_and_one_that_died_is_not_forgotten(app: Flask, clinic: Clinic) -> None:
    db.session.commit()
    with serving(app, workers=2) as port:
        here = f"http://127.0.0.1:{port}"

        def ask() -> None:
            for _ in range(10):
                requests.get(f"{here}/login/", timeout=10)

        crowd = [threading.Thread(target=ask) for _ in range(4)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        told = {requests.get(f"{here}/metrics", timeout=10).text for _ in range(4)}
    for text in told:
        assert value_of(text, "medimeet_requests_total", route="/login/", method="GET", status="200") == 40
        assert value_of(text, "medimeet_request_seconds_bucket", route="/login/", le="+Inf") == 40
        assert value_of(text, "medimeet_database_up") == 1


def test_what_ended_workers_counted_stays_and_their_open_conversations_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tally.make_folder(str(tmp_path))
    monkeypatch.setattr(tally, "_counts", {})
    monkeypatch.setattr(tally, "_files", {})
    monkeypatch.setattr(tally, "_folder", None)
    for pid in (101, 102):
        monkeypatch.setattr(tally.os, "getpid", lambda pid=pid: pid)
        tally.share(folder)
        tally.OPEN_SOCKETS.move(3)
        tally.MODEL_CALLS.add("answered")
        tally.REQUEST_SECONDS.add(0.02, "/")
    tally.share(folder)
    tally.forget_level_of(101, folder)
    samples = {
        (sample.name, sample.labels.get("le")): sample.value for figure in tally.figures() for sample in figure.samples
    }
    assert samples["medimeet_open_sockets", None] == 3
    assert samples["medimeet_model_calls_total", None] == 2
    assert samples["medimeet_request_seconds_bucket", "0.025"] == 2
    assert samples["medimeet_request_seconds_bucket", "0.01"] == 0


def test_what_a_killed_server_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    left = tmp_path / "medimeet-figures-999999999-abc"
    left.mkdir()
    first = tally.make_folder(str(tmp_path))
    second = tally.make_folder(str(tmp_path))
    assert not left.exists()
    assert first.exists() and second.exists()


@on_sqlite
def test_only_this_machine_reads_the_figures(client: FlaskClient) -> None:
    def status(address: str, **headers: str) -> int:
        return client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert status("127.0.0.1") == status("::1") == 200
    assert status("192.0.2.7") == status("10.0.0.1") == status("") == 404
    assert status("127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 404
    assert status("127.0.0.1", Authorization="Bearer ") == 200


@on_sqlite
def test_with_a_token_who_sends_it_reads_them_and_nobody_else(app: Flask, client: FlaskClient) -> None:
    app.config["METRICS_TOKEN"] = TOKEN
    for address in ("127.0.0.1", "192.0.2.7"):
        for sent, status in ((f"Bearer {TOKEN}", 200), ("Bearer x", 401), ("Bearer é", 401), ("", 401)):
            answer = client.get("/metrics", headers={"Authorization": sent}, environ_overrides={"REMOTE_ADDR": address})
            assert answer.status_code == status, sent


def test_bookings_refusals_waiting_messages_and_silent_pollers_are_counted(
    app: Flask, clinic: Clinic, as_: Callable
) -> None:
    patient = factories.make_patient(clinic)
    heartbeats.beat("poller")
    browser = app.test_client()

    def text() -> str:
        return browser.get("/metrics").text

    wrong = {"command": "sign_in._count_wrong", "outcome": "done"}
    before = value_of(text(), "medimeet_commands_total", **wrong)
    browser.post("/login/", data={"username": patient.account.email, "password": "not this one"})
    sessions.start_session(patient.account, "", "")
    after = text()
    assert value_of(after, "medimeet_commands_total", **wrong) == before + 1
    assert value_of(after, "medimeet_heartbeat_age_seconds", name="poller") < 60
    assert "medimeet_heartbeat_age_seconds{" in after and "medimeet_audit_lines " in after


@on_sqlite
def test_no_figure_is_about_one_person(app: Flask, clinic: Clinic, as_: Callable) -> None:
    patient = factories.make_patient(clinic, first_name="Zwqxjk")
    browser = as_(patient.account)
    browser.get("/view_appointments/?q=Zwqxjk")
    browser.get("/Zwqxjk/")
    browser.open("/login/", method="ZWQXJK")
    text = browser.get("/metrics").text
    assert "zwqxjk" not in text.lower()
    assert set(re.findall(r"[{,](\w+)=", text)) <= {"route", "method", "status", "le", "command", "outcome", "name"}
