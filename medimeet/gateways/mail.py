"""Mail: over SMTP, or as files in the outbox folder."""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from medimeet.gateways.outbox import OutboxFolder
from medimeet.gateways.outcomes import Refused, TryLater

# One message takes at most the sum of both, or it is cut off: a poller's lease must outlast it.
CONNECTING_SECONDS = 15
SENDING_SECONDS = 20

_ANSWER_SECONDS = 10
_DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ADVICE = (
    "MEDIMEET_SMTP_URL must look like smtp://user:password@mail.example:587 or smtps://user:password@mail.example."
)
_METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail to one person. `message_id` is the same at every try; `calendar` is the text of an .ics file."""

    message_id: str
    at: datetime
    sender: str
    sender_name: str
    reply_to: str
    to: str
    subject: str
    body: str
    kind: str
    calendar: str | None = None


class MailGateway(Protocol):
    """Where mails go."""

    def send(self, mail: Mail) -> None:
        """Hands over one mail; raises TryLater or Refused."""

    def close(self) -> None:
        """Ends what a batch of mails has kept open."""


def gateway(url: str, outbox: Path) -> MailGateway:
    """The mail server at `url` (`smtp://`, `smtp+starttls://`, `smtps://`), or the outbox folder where it is empty.

    Raises ValueError for an address of another kind.
    """
    return SmtpServer(url) if url else MailFiles(OutboxFolder(outbox))


class MailFiles:
    """Mails as JSON files."""

    def __init__(self, folder: OutboxFolder) -> None:
        self._folder = folder

    def send(self, mail: Mail) -> None:
        self._folder.write(
            message_id=mail.message_id,
            at=mail.at,
            channel="email",
            to=mail.to,
            subject=mail.subject,
            body=mail.body,
            kind=mail.kind,
        )

    def close(self) -> None:
        pass


class SmtpServer:
    """A mail server; its connection is kept from one mail to the next until `close`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError(_ADVICE)
        try:
            port = parts.port
        except ValueError:
            raise ValueError(_ADVICE) from None
        self._scheme, self._host = parts.scheme, parts.hostname
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._port = port or (587 if self._user and parts.scheme == "smtp" else _DEFAULT_PORTS[parts.scheme])
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        message = as_message(mail)
        connection = self._connected()
        try:
            with _cut_off_after(SENDING_SECONDS, connection):
                connection.send_message(message, mail.sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(*error.recipients[mail.to]) from error
        except smtplib.SMTPSenderRefused as error:
            self._drop()
            raise TryLater(_said(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            raise TryLater("The mail server hung up.") from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused("The mail server can't take this address.") from error
        except OSError as error:
            self._drop()
            raise TryLater(f"The mail server stopped answering: {error}.") from error

    def check(self) -> None:
        """Signs in at the server and leaves again; raises TryLater with what is wrong."""
        self._connected()
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None or self._connection.sock is None:  # smtplib closes it itself after a 421
            started = time.monotonic()
            try:
                self._connection = self._connect()
            except ssl.SSLCertVerificationError as error:
                raise TryLater(f"The mail server's certificate is not good: {error.verify_message}.", True) from error
            except smtplib.SMTPAuthenticationError as error:
                raise TryLater(f"The mail server refused the user or password ({error.smtp_code}).", True) from error
            except (smtplib.SMTPException, OSError) as error:
                raise TryLater(f"The mail server can't be reached: {error}.", True) from error
            if time.monotonic() - started > CONNECTING_SECONDS:
                self._drop()
                raise TryLater("The mail server is too slow.", True)
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server: smtplib.SMTP = _Tls(self._host) if self._scheme == "smtps" else _Plain(self._host)
        try:
            with _cut_off_after(CONNECTING_SECONDS, server):
                code, words = server.connect(self._host, self._port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, words)
                if self._scheme != "smtps":
                    self._encrypt(server)
                if self._user:
                    server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _encrypt(self, server: smtplib.SMTP) -> None:
        """STARTTLS where the server offers it, with a good certificate; no password ever goes over a network bare."""
        server.ehlo()
        is_here = self._host in {"localhost", "127.0.0.1", "::1"}
        if self._scheme == "smtp+starttls" or (server.has_extn("starttls") and not is_here):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif self._user and not is_here:
            raise smtplib.SMTPNotSupportedError("it offers no encryption, so the password was not sent")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Plain(smtplib.SMTP):
    """A line that is there to be cut while it is still being made: a server may drip its greeting byte by byte."""

    def __init__(self, host: str) -> None:
        super().__init__(timeout=_ANSWER_SECONDS)
        self._host = host  # what a certificate must be for; smtplib sets it only where it connects by itself

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self.sock = socket.create_connection((host, port), timeout)
        return self.sock


class _Tls(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str) -> None:
        super().__init__(timeout=_ANSWER_SECONDS, context=ssl.create_default_context())
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        bare = socket.create_connection((host, port), timeout)
        self.sock = self.context.wrap_socket(bare, server_hostname=self._host, do_handshake_on_connect=False)
        self.sock.do_handshake()
        return self.sock


def as_message(mail: Mail) -> EmailMessage:
    """The mail in the form that is sent. Raises Refused where a header can't hold what it is given."""
    message = EmailMessage(policy=MAIL_POLICY)
    headers = (mail.sender, mail.sender_name, mail.reply_to, mail.to, mail.subject, mail.message_id)
    if any("\r" in value or "\n" in value for value in headers):
        raise Refused("A line break stands in the address or the subject.")
    try:
        message["From"] = Address(mail.sender_name, addr_spec=mail.sender)
        message["To"] = Address(addr_spec=mail.to)
        if mail.reply_to and mail.reply_to != mail.sender:
            message["Reply-To"] = Address(mail.sender_name, addr_spec=mail.reply_to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    except (ValueError, IndexError, MessageError) as error:
        raise Refused("The address or the subject can't be written in a mail.") from error
    message.set_content(mail.body)
    if mail.calendar is not None:
        found = _METHOD.search(mail.calendar)
        message.add_attachment(
            mail.calendar,
            subtype="calendar",
            cte="base64",
            filename="visit.ics",
            params={"method": found[1] if found else "PUBLISH"},
        )
    return message


def _judged(code: int, words: bytes | str) -> TryLater | Refused:
    """A server's refusal: 5xx is for good, anything else for now."""
    return Refused(_said(code, words)) if code >= 500 else TryLater(_said(code, words))


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"The mail server said {code}: {' '.join(text.split())}"[:300]


@contextmanager
def _cut_off_after(seconds: float, connection: smtplib.SMTP) -> Iterator[None]:
    """Breaks the connection when the block takes longer, also where a server drips its answer byte by byte."""

    def cut() -> None:
        with suppress(OSError):
            if connection.sock is not None:
                # Past TLS, which is not made for two threads.
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
