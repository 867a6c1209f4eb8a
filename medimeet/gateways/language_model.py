"""A language model behind any OpenAI-compatible endpoint (`POST <base>/chat/completions`), streamed, with tools."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """The next piece of what the model says."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asks for; `arguments` is the JSON text as it came, to be read with distrust."""

    call_id: str
    name: str
    arguments: str


class ModelTrouble(Exception):
    """The model gave no answer, or not all of it. The text is a short reason for the log, without anybody's words."""


class LanguageModel(Protocol):
    """A model that can be asked. `name` and `host` say which, as people are told."""

    name: str
    host: str

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], is_stopped: Callable[[], bool]
    ) -> Iterator[Words | ToolCall]:
        """The model's next message as it comes; ends early once `is_stopped`, and hangs up. Raises ModelTrouble."""
