"""The embedded gateway: each mail or SMS becomes one JSON file in a folder, for people and programs to read."""

import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from medimeet.config import owner_only
from medimeet.gateways.outcomes import TryLater


class OutboxFolder:
    """One folder of messages. A message written twice is still one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(
        self, *, message_id: str, at: datetime, channel: str, to: str, subject: str, body: str, kind: str
    ) -> None:
        """Writes one message, whole or not at all; readers never see half a file. Raises TryLater."""
        file = self._file(message_id, at)
        unfinished = file.with_name(f".{file.stem}-{os.getpid()}.unfinished")
        values = {"channel": channel, "to": to, "subject": subject, "body": body, "kind": kind}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(unfinished, "w", encoding="utf-8", opener=owner_only) as new:
                json.dump(values, new, ensure_ascii=False, indent=2)
                new.flush()
                os.fsync(new.fileno())
            unfinished.rename(file)
        except OSError as error:
            raise TryLater(f"The outbox folder can't be written: {error.strerror}.", is_down=True) from error

    def body_of(self, message_id: str, at: datetime) -> str | None:
        """The text of a message that was written here, or None."""
        try:
            return str(json.loads(self._file(message_id, at).read_text(encoding="utf-8"))["body"])
        except (OSError, ValueError, KeyError):
            return None

    def forget(self, message_id: str, at: datetime) -> None:
        """Removes a message that was written here, if there is one."""
        with suppress(OSError):
            self._file(message_id, at).unlink(missing_ok=True)

    def _file(self, message_id: str, at: datetime) -> Path:
        digest = hashlib.sha256(message_id.encode()).hexdigest()[:16]
        return self._folder / f"{at:%Y%m%dT%H%M%S}-{digest}.json"
