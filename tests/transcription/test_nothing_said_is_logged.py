"""What people say to the assistant, and what model and speech service answer, stands in no log."""

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests import factories
from tests.operation.written import CANARY, written
from tests.peers.language_model import LanguageModelPeer
from tests.transcription.lines import Voice

SECRET = "sk-our-secret"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("mode", "event"), [("answers", "answered"), ("error_500", "answered 500")])
def test_a_conversation_with_a_model_is_told_by_figures_alone(
    app: Flask, voice: Voice, clinic: Clinic, mode: str, event: str
) -> None:
    doctor = factories.make_doctor(clinic)
    factories.make_subscription(clinic, credits=10)
    with LanguageModelPeer(mode, [f"I heard {CANARY}."]) as model, written() as log:
        app.config.update(LLM_BASE_URL=model.url, LLM_API_KEY=SECRET, LLM_MODEL="tiny-1", LLM_SECONDS=5.0)
        with voice.line_of(doctor) as line:
            line.ask(f"My name is {CANARY}, tell me of {CANARY}")
            line.send(CANARY, text=CANARY)
            line.send("text", text=CANARY)
            line.answer()
            line.send("token", token=CANARY)  # which ends it
            line.ending()
        assert CANARY in model.heard
    told = [words for words in log.events() if words.startswith("language model tiny-1 at 127.0.0.1")]
    assert told and f" {event}: " in told[0], log.events()
    assert CANARY not in log.text and SECRET not in log.text
