"""Text messages leave as they should: by webhook, by Twilio, as files. The gateways here are real local servers."""

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from medimeet.gateways import sms, sms_by_web
from medimeet.gateways.outcomes import MaybeSent, Refused, TryLater
from medimeet.gateways.sms import Sms
from medimeet.gateways.sms_by_web import Twilio
from tests.gateways.sms_server import SmsServer

TEXT = Sms("<1@clinic.example>", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "+447400123456", "See you – 09:00", "booked")


@pytest.fixture
def server() -> Iterator[SmsServer]:
    running = SmsServer()
    yield running
    running.shutdown()
    running.server_close()


def test_the_webhook_gets_the_message_once_with_a_signature_it_can_check(server: SmsServer, tmp_path: Path) -> None:
    sms.gateway(f"http://:our%20secret@{server.address}/send?x=1", tmp_path).send(TEXT)
    [(path, headers, body)] = server.requests
    assert path == "/send?x=1"
    assert json.loads(body) == {"id": TEXT.message_id, "to": TEXT.to, "text": TEXT.body, "kind": "booked"}
    assert headers["idempotency-key"] == TEXT.message_id
    assert "authorization" not in headers
    moment, signature = (part.split("=")[1] for part in headers["x-medimeet-signature"].split(","))
    assert signature == hmac.new(b"our secret", f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def test_twilio_gets_its_form_and_credentials(server: SmsServer) -> None:
    Twilio("AC1", "token", sender="+441234567890", address=f"http://{server.address}").send(TEXT)
    [(path, headers, body)] = server.requests
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert parse_qs(body.decode()) == {"To": [TEXT.to], "From": ["+441234567890"], "Body": [TEXT.body]}
    assert headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, Refused), (422, Refused), (401, TryLater), (404, TryLater), (429, TryLater), (500, TryLater)]
    + [(503, TryLater), (301, TryLater), (502, MaybeSent), (504, MaybeSent)],
)
def test_each_answer_of_the_gateway_means_what_it_says(
    server: SmsServer, tmp_path: Path, status: int, outcome: type[Exception]
) -> None:
    server.status = status
    with pytest.raises(outcome):
        sms.gateway(f"http://{server.address}/", tmp_path).send(TEXT)
    assert len(server.requests) == 1


def test_a_gateway_that_hangs_up_after_the_message_may_have_sent_it(server: SmsServer, tmp_path: Path) -> None:
    server.status = None
    with pytest.raises(MaybeSent):
        sms.gateway(f"http://{server.address}/", tmp_path).send(TEXT)


def test_a_gateway_that_never_answers_may_have_sent_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_by_web, "_ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MaybeSent):
        sms.gateway(f"http://127.0.0.1:{silent.getsockname()[1]}/", tmp_path).send(TEXT)


def test_a_gateway_that_can_not_be_reached_has_sent_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(TryLater) as later:
        sms.gateway(f"http://127.0.0.1:{port}/", tmp_path).send(TEXT)
    assert later.value.is_down


def test_twilio_is_addressed_as_the_setting_says(tmp_path: Path) -> None:
    gateway = sms.gateway("twilio://AC1:to%2Fken@+441234567890", tmp_path)
    assert isinstance(gateway, Twilio)
    assert urlsplit(gateway._url).hostname == "api.twilio.com"
    assert (gateway._credentials, gateway._sender) == (("AC1", "to/ken"), "+441234567890")


@pytest.mark.parametrize("url", ["sms.example", "ftp://sms.example", "https://", "twilio://+441234567890"])
def test_a_gateway_that_can_not_be_read_is_said_at_once(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        sms.gateway(url, tmp_path)


def test_without_a_gateway_each_text_message_is_one_file(tmp_path: Path) -> None:
    sms.gateway("", tmp_path / "outbox").send(TEXT)
    [file] = (tmp_path / "outbox").glob("*.json")
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "channel": "sms",
        "to": "+447400123456",
        "subject": "",
        "body": "See you – 09:00",
        "kind": "booked",
    }
