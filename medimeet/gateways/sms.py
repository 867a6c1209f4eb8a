"""SMS: by a webhook of one's own, by Twilio, or as files in the outbox folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from medimeet.gateways.outbox import OutboxFolder


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message to one number (E.164). `message_id` is the same at every try."""

    message_id: str
    at: datetime
    to: str
    body: str
    kind: str


class SmsGateway(Protocol):
    """Where text messages go."""

    def send(self, sms: Sms) -> None:
        """Hands over one text message; raises TryLater, Refused or MaybeSent."""


def gateway(url: str, outbox: Path) -> SmsGateway:
    """The gateway at `url`, or the outbox folder where it is empty.

    `https://:secret@host/path` is a webhook, `twilio://SID:token@+441234567890` is Twilio with the sender's number.
    Raises ValueError for an address of another kind.
    """
    if not url:
        return SmsFiles(OutboxFolder(outbox))
    # Here, so that nobody without such a gateway waits at each start for what speaks to one.
    from medimeet.gateways.sms_by_web import Twilio, Webhook  # noqa: PLC0415

    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return Webhook(parts)
    if parts.scheme == "twilio" and parts.hostname and parts.username:
        return Twilio(parts.username, unquote(parts.password or ""), sender=parts.hostname)
    raise ValueError("MEDIMEET_SMS_URL must look like https://:secret@sms.example/send or twilio://SID:token@+44…")


class SmsFiles:
    """Text messages as JSON files."""

    def __init__(self, folder: OutboxFolder) -> None:
        self._folder = folder

    def send(self, sms: Sms) -> None:
        self._folder.write(
            message_id=sms.message_id, at=sms.at, channel="sms", to=sms.to, subject="", body=sms.body, kind=sms.kind
        )
