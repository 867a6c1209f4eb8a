"""Who hears what is said to the assistant, and who answers: as the person is told before they say a word."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from medimeet.config import setting
from medimeet.models import Clinic


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`listens_at` is the host that turns speech into text, "" where the assistant is only typed to; `model` at
    `model_at` answers, both "" where the built-in assistant does."""

    listens_at: str
    model: str
    model_at: str


def of_clinic(clinic: Clinic) -> Disclosure:
    """What leaves the house when somebody of this clinic talks to the assistant, as it is configured now."""
    asks_model = bool(setting("LLM_BASE_URL")) and clinic.assistant_uses_model
    return Disclosure(
        listens_at=_host("DEEPGRAM_URL") if setting("DEEPGRAM_API_KEY") else "",
        model=(setting("LLM_MODEL") or "a language model") if asks_model else "",
        model_at=_host("LLM_BASE_URL") if asks_model else "",
    )


def _host(name: str) -> str:
    """The host in the address that a setting names; "the clinic's own service" where it can't be read."""
    try:
        return urlsplit(setting(name)).hostname or "the clinic’s own service"
    except ValueError:
        return "the clinic’s own service"
