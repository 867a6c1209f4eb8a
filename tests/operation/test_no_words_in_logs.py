"""People's words, codes, tokens and passwords: sent to every address, in every field, and found in no log.

ASVS 16.2.5 and 16.4.1; row R2 of the threat table.
"""

import re
import socket
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError

from medimeet import poller
from medimeet.db import db
from medimeet.gateways.outcomes import Refused
from medimeet.models import Clinic, Notification
from medimeet.services import delivery
from tests import factories
from tests.operation.written import CANARY, Written, written
from tests.servers import serving

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

FIELDS = re.findall(
    r"\w+",
    """username email password old_password new_password new_password1 new_password2 first_name last_name name reason
    notes note diagnosis prescription treatment symptoms description condition message text subject phone mobile
    phone_number mobile_number address date_of_birth gender code otp token access refresh api_key verification_id
    doctor doctor_id patient patient_id treatment_id date time start_time end_time status rating comment review
    user_id user_email clinic_id slot slot_id q query search next""",
)
SENT = {name: f"{CANARY}-{name}" for name in FIELDS}
HEADERS = {
    "Referer": f"http://localhost/{CANARY}",
    "User-Agent": CANARY,
    "X-Forwarded-For": CANARY,
    "X-Request-Id": CANARY,
}


def address_of(rule: str) -> str:
    """An address of the rule whose numbers are 1 and whose words are canaries."""
    return re.sub(r"<(int:)?[^>]*>", lambda part: "1" if part[1] else f"{CANARY}-in-path", rule)


def walk(app: Flask, client: FlaskClient) -> int:
    """Sends canaries to every route in every way; how many requests that were."""
    count = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in {"static", "auth.logout"} or rule.websocket:
            continue
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            sent: dict[str, Any] = {"query_string": {"q": CANARY, "next": CANARY, "date": CANARY}}
            if method != "GET":
                sent = (
                    {"json": SENT}
                    if "contracts" in str(app.view_functions[rule.endpoint].__module__)
                    else {"data": SENT}
                )
            client.open(address_of(rule.rule), method=method, headers=HEADERS, **sent).close()
            count += 1
    return count


def test_no_route_writes_down_what_people_send(app: Flask, clinic: Clinic, as_: Any) -> None:
    doctor, patient = factories.make_doctor(clinic), factories.make_patient(clinic)
    factories.make_treatment(clinic, doctor)
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    with written() as log:
        assert walk(app, as_(patient.account)) > 250
    assert CANARY not in log.text


def test_a_fault_anywhere_writes_down_where_and_not_what(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False

    def breaks(*_args: object, **_more: object) -> None:
        try:
            int(CANARY)
        except ValueError as error:
            raise DataError(f"UPDATE {CANARY}", {"notes": CANARY}, Exception(CANARY)) from error

    monkeypatch.setitem(app.view_functions, "auth.login", breaks)
    with written() as log:
        answer = client.post("/login/?q=" + CANARY, data=SENT, headers=HEADERS)
    assert answer.status_code == 500
    (line,) = [line for line in log.lines if line["event"] == "fault"]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert [each["type"] for each in line["exception"]] == ["sqlalchemy.exc.DataError", "ValueError"]
    assert CANARY not in log.text + answer.text


class Failing:
    """A gateway that quotes what it was given in its refusals, as mail servers do."""

    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def close(self) -> None:
        pass

    def send(self, message: Any) -> None:
        raise self.error(f"550 no such user {message.to}: {message.body} {CANARY}")


@pytest.mark.parametrize("error", [Refused, RuntimeError])
def test_the_poller_says_which_message_failed_and_not_whose(app: Flask, clinic: Clinic, error: type[Exception]) -> None:
    factories.make_patient(clinic, first_name=CANARY)
    db.session.add(
        Notification(
            clinic_id=clinic.id,
            channel="email",
            recipient=f"{CANARY}@x.example",
            subject=CANARY,
            body=CANARY,
            kind="test",
            dedupe_key="1",
            message_id="1",
        )
    )
    db.session.commit()
    through = delivery.Gateways(Failing(error), Failing(error))
    with written() as log:
        delivery.deliver_due(through, lambda: False)
    assert any(re.fullmatch(r"notification \d+ (was not|could not be) sent.*", event) for event in log.events())
    assert CANARY not in log.text


def test_a_poller_that_fails_as_a_whole_says_where(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise LookupError(CANARY)

    monkeypatch.setattr(poller.holds, "end_all_due", breaks)
    with written() as log:
        poller._round(app, delivery.gateways(), _Never())
    assert log.lines[-1]["exception"][0]["type"] == "LookupError"
    assert CANARY not in log.text


class _Never:
    def is_set(self) -> bool:
        return False


def test_a_real_servers_log_tells_who_asked_for_which_route_and_nothing_else(app: Flask, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    db.session.commit()
    with serving(app, workers=1) as port:
        here = f"http://127.0.0.1:{port}"
        browser = requests.Session()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(f"{here}/login/", timeout=10).text)
        assert token is not None
        form = {"csrf_token": token[1], "username": patient.account.email, "password": factories.PASSWORD}
        signed_in = browser.post(f"{here}/login/", data=form, allow_redirects=False, timeout=10)
        browser.get(f"{here}/view_appointments/?q={CANARY}", headers=HEADERS, timeout=10)
        browser.get(f"{here}/{CANARY}%0d%0aX/{CANARY}/", headers={"User-Agent": CANARY}, timeout=10)
        requests.get(f"{here}/healthz", timeout=10)
        _send_rubbish(port)
        log = Path(app.config["DATA_DIR"], f"server-{port}.log").read_text()
    kept = Written()
    kept.stream.write(log)
    told = [line for line in kept.lines if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in told] == [
        ("GET", "/login/", 200),
        ("POST", "/login/", 303),
        ("GET", "/view_appointments/", 200),
        ("GET", "", 404),
    ]
    assert told[1]["request_id"] == signed_in.headers["X-Request-Id"]
    assert [(line["account"], line["clinic"]) for line in told[2:3]] == [(patient.account_id, clinic.id)]
    for secret in (CANARY, token[1], factories.PASSWORD, patient.account.email, browser.cookies["medimeet"]):
        assert secret not in log


def _send_rubbish(port: int) -> None:
    """Requests that gunicorn itself refuses."""
    for rubbish in (
        f"GET /{CANARY} {CANARY} HTTP/1.1",
        f"GET / HTTP/1.1\r\n{CANARY}",
        f"{CANARY}!",
        f"GET / {CANARY}/9",
    ):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(f"{rubbish}\r\nHost: x\r\n\r\n".encode())
            client.settimeout(10)
            while client.recv(1000):
                pass
