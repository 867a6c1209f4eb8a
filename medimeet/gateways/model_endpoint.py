"""One OpenAI-compatible service: asking it over HTTP, again where that may help."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlunsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from medimeet.gateways.cut_line import CutLine
from medimeet.gateways.language_model import Message
from medimeet.gateways.model_stream import ModelTrouble, Piece, read_pieces

WHOLE_SECONDS = 60.0  # for one message of the model, all tries together

_CONNECT_SECONDS = 5.0
_READ_AT_ONCE = 65_536
_TRIES = 3
_LONGEST_PAUSE = 5.0
_PASSING = {408, 429, 500, 502, 503, 504}  # what another try may mend


class Endpoint:
    """One OpenAI-compatible service."""

    def __init__(self, base: SplitResult, key: str, model: str, seconds: float) -> None:
        self.name = model or "the service's own model"
        self.host = str(base.hostname)
        self._url = urlunsplit(base._replace(path=base.path.rstrip("/") + "/chat/completions", fragment=""))
        self._headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._model = {"model": model} if model else {}
        self._seconds = seconds

    def stream(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], is_stopped: Callable[[], bool]
    ) -> Iterator[Piece]:
        """The model's message as it comes; tried again only while nothing was said. Raises ModelTrouble."""
        body: dict[str, Any] = {**self._model, "messages": list(messages), "stream": True}
        if tools:
            body["tools"] = list(tools)
        with CutLine(is_stopped, WHOLE_SECONDS) as line:
            try:
                yield from self._tried(line, body)
            except ModelTrouble:
                if not line.is_cut:
                    raise
            if line.is_late:
                raise ModelTrouble("took too long")

    def _tried(self, line: CutLine, body: dict[str, Any]) -> Iterator[Piece]:
        for tries_left in reversed(range(_TRIES)):
            has_spoken = False
            try:
                for piece in self._once(line, body):
                    has_spoken = True
                    yield piece
                return
            except _PassingTrouble as trouble:
                if has_spoken or not tries_left or trouble.seconds > _LONGEST_PAUSE:
                    raise
                line.pause(trouble.seconds)
            if line.is_cut:
                return

    def _once(self, line: CutLine, body: dict[str, Any]) -> Iterator[Piece]:
        with self._answer(line, body) as answer:
            if answer.status_code not in {400, 422} or "tools" not in body:
                _judge(answer)
                yield from self._pieces(answer)
                return
        # Some models have no tools. Without them it still knows what it was told.
        yield from self._once(line, {name: value for name, value in body.items() if name != "tools"})

    def _answer(self, line: CutLine, body: dict[str, Any]) -> requests.Response:
        try:
            return line.session.post(
                self._url,
                json=body,
                headers=self._headers,
                timeout=(_CONNECT_SECONDS, self._seconds),
                allow_redirects=False,
                stream=True,
            )
        except requests.ReadTimeout:
            raise ModelTrouble(f"was silent for {self._seconds:g} s") from None
        except requests.RequestException as error:
            raise _PassingTrouble(f"can't be reached: {type(error).__name__}") from None

    def _pieces(self, answer: requests.Response) -> Iterator[Piece]:
        # Not iter_content: it keeps all of a body back that has neither chunks nor a length.
        received: Iterator[bytes] = iter(lambda: answer.raw.read1(_READ_AT_ONCE), b"")
        try:
            is_framed = answer.raw.chunked or "Content-Length" in answer.headers
            yield from read_pieces(received, self._seconds, is_framed=is_framed)
        except ReadTimeoutError:
            raise ModelTrouble(f"was silent for {self._seconds:g} s") from None
        except (HTTPError, OSError) as error:
            raise _PassingTrouble(f"broke off: {type(error).__name__}") from None


class _PassingTrouble(ModelTrouble):
    """Nothing may have been said yet, and another try after `seconds` may go better."""

    def __init__(self, reason: str, seconds: float = 0.3) -> None:
        self.seconds = seconds
        super().__init__(reason)


def _judge(answer: requests.Response) -> None:
    if answer.status_code == 200:
        return
    reason = f"answered {answer.status_code}"
    if answer.status_code not in _PASSING:
        raise ModelTrouble(reason)
    asked = answer.headers.get("Retry-After", "")
    raise _PassingTrouble(reason, float(asked) if asked.isascii() and asked.isdecimal() else 0.3)
