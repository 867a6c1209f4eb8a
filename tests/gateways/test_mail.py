"""Mail leaves as it should: over a real SMTP server, and as files."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medimeet.gateways import mail
from medimeet.gateways.mail import Mail, SmtpServer
from medimeet.gateways.outcomes import Refused, TryLater
from tests.gateways.mail_server import MailServer

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
LETTER = Mail(
    message_id="<1@clinic.example>",
    at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    sender="desk@clinic.example",
    sender_name="Zahnärzte, Smith & Co",
    reply_to="desk@clinic.example",
    to="pat@people.example",
    subject="Your visit is booked",
    body="Hello Zoë,\n\nuntil then.\n",
    kind="appointment_booked",
    calendar=CALENDAR,
)
INJECTIONS = [
    "\r\nBcc: thief@evil.example",
    "\nBcc: thief@evil.example",
    "\rBcc: thief@evil.example",
    "\r\n\r\nNew body",
    "%0d%0aBcc: thief@evil.example\r\n",
]


@pytest.fixture
def server() -> Iterator[MailServer]:
    running = MailServer()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def gateway(server: MailServer) -> Iterator[SmtpServer]:
    through = SmtpServer(server.url)
    yield through
    through.close()


def test_a_mail_arrives_with_its_text_sender_and_calendar_file(server: MailServer, gateway: SmtpServer) -> None:
    gateway.send(LETTER)
    [(sender, recipients, message)] = server.envelopes
    assert (sender, recipients) == ("desk@clinic.example", ["pat@people.example"])
    assert message["Message-ID"] == "<1@clinic.example>"
    assert message["From"].addresses[0].display_name == "Zahnärzte, Smith & Co"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == LETTER.body
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "REQUEST"
    assert attached.get_filename() == "visit.ics"
    assert attached.get_payload(decode=True) == CALENDAR.encode()


def test_several_mails_go_over_one_connection(server: MailServer, gateway: SmtpServer) -> None:
    for number in range(3):
        gateway.send(replace(LETTER, message_id=f"<{number}@clinic.example>"))
    assert len(server.envelopes) == 3
    assert server.connections == 1


def test_an_address_that_nobody_has_is_refused_and_the_next_mail_still_goes(
    server: MailServer, gateway: SmtpServer
) -> None:
    server.refuses["nobody@people.example"] = "550 no such user"
    with pytest.raises(Refused, match="550"):
        gateway.send(replace(LETTER, to="nobody@people.example"))
    gateway.send(LETTER)
    assert len(server.envelopes) == 1


def test_a_mailbox_that_is_full_for_now_is_tried_later(server: MailServer, gateway: SmtpServer) -> None:
    server.refuses["full@people.example"] = "452 mailbox full"
    with pytest.raises(TryLater, match="452") as later:
        gateway.send(replace(LETTER, to="full@people.example"))
    assert not later.value.is_down


def test_a_server_that_is_away_is_tried_later_and_found_again_when_it_is_back(server: MailServer) -> None:
    gateway = SmtpServer(server.url)
    server.stop()
    with pytest.raises(TryLater) as later:
        gateway.send(LETTER)
    assert later.value.is_down
    server.start()
    gateway.send(LETTER)
    gateway.close()
    assert len(server.envelopes) == 1


def test_a_server_that_restarts_between_two_mails_loses_none_for_good(server: MailServer, gateway: SmtpServer) -> None:
    gateway.send(LETTER)
    server.stop()
    server.start()
    with pytest.raises(TryLater):
        gateway.send(LETTER)
    gateway.send(LETTER)
    assert len(server.envelopes) == 2


@pytest.mark.parametrize("injection", INJECTIONS)
@pytest.mark.parametrize("field", ["to", "subject", "sender_name", "sender", "reply_to", "message_id"])
def test_a_line_break_in_a_header_adds_nobody_and_sends_nothing(
    server: MailServer, gateway: SmtpServer, field: str, injection: str
) -> None:
    with pytest.raises(Refused):
        gateway.send(replace(LETTER, **{field: getattr(LETTER, field) + injection}))
    assert server.envelopes == []


@pytest.mark.parametrize("address", ["", "pat", "a@b@c", "a b@c.example", "pat@people.example, thief@evil.example"])
def test_what_is_no_address_is_refused(server: MailServer, gateway: SmtpServer, address: str) -> None:
    with pytest.raises(Refused):
        gateway.send(replace(LETTER, to=address))
    assert server.envelopes == []


def test_a_password_is_never_sent_over_a_network_without_encryption(server: MailServer) -> None:
    gateway = SmtpServer(server.url.replace("127.0.0.1", "user:secret@127.0.0.2"))
    with pytest.raises(TryLater, match="reached|encryption"):
        gateway.send(LETTER)
    assert server.envelopes == []


def test_starttls_that_the_server_does_not_have_stops_the_mail(server: MailServer) -> None:
    with pytest.raises(TryLater):
        SmtpServer(server.url.replace("smtp://", "smtp+starttls://")).send(LETTER)
    assert server.envelopes == []


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://host:port"])
def test_a_mail_server_that_can_not_be_read_is_said_at_once(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        mail.gateway(url, tmp_path)


def test_without_a_server_each_mail_is_one_file(tmp_path: Path) -> None:
    gateway = mail.gateway("", tmp_path / "outbox")
    gateway.send(LETTER)
    gateway.send(replace(LETTER, message_id="<2@clinic.example>"))
    gateway.send(LETTER)  # once more, as after a crash between sending and noting
    files = sorted((tmp_path / "outbox").iterdir())
    assert len(files) == 2
    assert json.loads(files[0].read_text(encoding="utf-8")) == {
        "channel": "email",
        "to": "pat@people.example",
        "subject": "Your visit is booked",
        "body": "Hello Zoë,\n\nuntil then.\n",
        "kind": "appointment_booked",
    }
    assert all(file.suffix == ".json" and file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_folder_that_can_not_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in its place")
    with pytest.raises(TryLater):
        mail.gateway("", tmp_path / "outbox").send(LETTER)
