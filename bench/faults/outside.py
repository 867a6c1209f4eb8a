"""What MediMeet talks to outside, each behind a line that can be broken."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.gateways.mail_server import MailServer
from tests.gateways.sms_server import SmsServer
from tests.peers.deepgram import DeepgramPeer, words
from tests.peers.faulty import FaultyServer
from tests.peers.language_model import LanguageModelPeer
from tests.peers.mongodb import MongoServer

MAIL, SMS, SPEECH, MODEL, LOG = "mail server", "SMS gateway", "Deepgram", "language model", "MongoDB"
MODEL_SECONDS = 3
NO_LIMIT = 1_000_000_000  # who types all the time has asked their hour's 120 questions in the first rounds
# Something is heard each second, and confirmed; nothing of it is a question.
_HEARD = [(words("well"), words("", is_final=True))] * 10_000


@dataclass(frozen=True)
class Outside:
    """The good servers, and the lines to them by name."""

    mail: MailServer
    sms: SmsServer
    speech: DeepgramPeer
    model: LanguageModelPeer
    lines: dict[str, FaultyServer]

    @property
    def settings(self) -> dict[str, Any]:
        """Where it all is."""
        at = {name: f"127.0.0.1:{line.port}" for name, line in self.lines.items()}
        return {
            "SMTP_URL": f"smtp://{at[MAIL]}",
            "SMS_URL": f"http://{at[SMS]}/send",
            "DEEPGRAM_API_KEY": "bench",
            "DEEPGRAM_URL": f"ws://{at[SPEECH]}/v1/listen",
            "LLM_BASE_URL": f"http://{at[MODEL]}/v1",
            "LLM_API_KEY": "bench",
            "LLM_MODEL": "bench",
            "LLM_SECONDS": MODEL_SECONDS,
            "ASSISTANT_QUESTIONS": NO_LIMIT,
            "MONGODB_URI": f"mongodb://{at[LOG]}/medimeet",
        }


@contextlib.contextmanager
def outside(folder: Path) -> Iterator[Outside]:
    """All of it, well. `folder` is where MongoDB keeps its data."""
    with contextlib.ExitStack() as stack:
        mail, sms, mongodb = MailServer(), SmsServer(), MongoServer(folder / "mongodb")
        mail.start()
        stack.callback(mail.stop)
        stack.callback(sms.server_close)
        stack.callback(sms.shutdown)
        stack.callback(mongodb.kill)
        mongodb.start()
        speech = stack.enter_context(DeepgramPeer(script=_HEARD))
        model = stack.enter_context(LanguageModelPeer())
        ports = {
            MAIL: mail.port,
            SMS: sms.server_port,
            SPEECH: urlsplit(speech.url).port or 0,
            MODEL: model.server_port,
            LOG: mongodb.port,
        }
        lines = {name: stack.enter_context(FaultyServer(behind=port)) for name, port in ports.items()}
        yield Outside(mail, sms, speech, model, lines)
