"""A language model behind any OpenAI-compatible endpoint (`POST <base>/chat/completions`), streamed, with tools."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from medimeet.gateways.model_stream import ModelTrouble, Piece, ToolCall, Usage, Words

__all__ = ["LanguageModel", "Message", "ModelTrouble", "ToolCall", "Usage", "Words", "gateway"]

Message = Mapping[str, Any]


class LanguageModel(Protocol):
    """A model that can be asked. `name` and `host` say which, as people are told."""

    name: str
    host: str

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], is_stopped: Callable[[], bool]
    ) -> Iterator[Piece]:
        """The model's next message as it comes; ends early once `is_stopped`, and hangs up. Raises ModelTrouble.

        `is_stopped` is asked from another thread, several times a second.
        """


def gateway(base_url: str, key: str, model: str, seconds: float) -> LanguageModel | None:
    """The model at `base_url`, which ends in `/v1`; None where it is empty. Silent for `seconds`, it has failed.

    Raises ValueError for an address that is none.
    """
    if not base_url:
        return None
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("MEDIMEET_LLM_BASE_URL must look like https://model.example/v1, without a key in it.")
    # Here, so that no clinic without a model waits at each start for what speaks to one.
    from medimeet.gateways.model_endpoint import Endpoint  # noqa: PLC0415

    return Endpoint(parts, key, model, seconds)
