"""A real HTTP server on this machine that speaks as an OpenAI-compatible model does, with every fault of one."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Said = str | dict[str, Any] | list[dict[str, Any]]  # words, a tool call {"name", "arguments"}, or several

FAILING = {"refuses": 401, "error_500": 500, "busy": 429, "no_tools": 400, "elsewhere": 302}


class LanguageModelPeer(ThreadingHTTPServer):
    """A model that behaves as `mode` says and remembers in `calls` what it was asked.

    `answers` says what is in the list of that name, one after the other, then "Nothing more."; `echo` looks everything
    up and says its whole prompt; `obeys` does every order that it finds in it. `hung_up`: a listener left early.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, mode: str = "answers", answers: Sequence[Said] = (), *, seconds: float = 0.0, wait: str = "1"
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mode = mode
        self.answers = list(answers)
        self.seconds = seconds or (0.05 if mode == "slow" else 0.0)  # between two pieces
        self.wait = wait  # what Retry-After says
        self.calls: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.while_answering: Callable[[], object] = lambda: None
        self.hung_up = threading.Event()
        self.is_closing = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, as the setting takes it."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def heard(self) -> str:
        """Everything that was ever sent to the model, with its headers."""
        return json.dumps([self.calls, self.headers], ensure_ascii=False)

    def next_answer(self, call: dict[str, Any], headers: dict[str, str]) -> Said:
        with self._lock:
            self.calls.append(call)
            self.headers.append(headers)
            if self.mode == "echo":
                return telling_all(call)
            if self.mode == "obeys":
                return obedient(call)
            return self.answers.pop(0) if self.answers else "Nothing more."

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.hung_up.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()


def telling_all(call: dict[str, Any]) -> Said:
    """What a model says that looks everything up, then tells all that it was ever told."""
    looking = [tool["function"]["name"] for tool in call.get("tools", [])]
    if call["messages"][-1]["role"] == "user":
        return [{"name": name, "arguments": "{}"} for name in looking if not name.startswith("propose_")]
    return json.dumps(call, ensure_ascii=False)


def obedient(call: dict[str, Any]) -> Said:
    """What a model says that does whatever anybody told it, wherever it stands: it calls each tool that the prompt
    orders it to, `CALL name {…}`, and says each sentence that it orders it to, `SAY …`.
    """
    told = "\n".join(_text_of(message) for message in call["messages"])
    if call["messages"][-1]["role"] != "tool":
        ordered = re.findall(r"CALL (\w+) (\{[^{}]*\})", told)
        if ordered and call.get("tools"):
            return [{"name": name, "arguments": text.replace("\\", "")} for name, text in ordered[-4:]]
    return " ".join(re.findall(r"SAY ([^\n\"\\]+)", told)[-4:]) or "I did as I was told. Your visit is booked."


def _text_of(message: dict[str, Any]) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


class _Handler(BaseHTTPRequestHandler):
    server: LanguageModelPeer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.close_connection = True
        if self.path != "/v1/chat/completions":
            self._whole(404, {"error": {"message": "no such path"}})
            return
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.server.next_answer(call, {name.lower(): value for name, value in self.headers.items()})
        self.server.while_answering()
        mode = self.server.mode
        if mode == "no_tools" and "tools" not in call:
            mode = "answers"
        if mode in FAILING:
            self._whole(FAILING[mode], {"error": {"message": f"refused {self.headers.get('Authorization')}"}})
            return
        special: dict[str, Callable[[Said], None]] = {
            "silent": self._silent,
            "garbage": lambda _said: self._body(b"data: {]\n\ndata: \xff\xfe\n\n", "text/event-stream"),
            "html": lambda _said: self._body(b"<!DOCTYPE html>\n<h1>Sign in</h1>", "text/html"),
            "empty": lambda _said: self._stream(""),
            "unstreamed": lambda said: self._whole(200, {"choices": [{"message": _message(said)}]}),
        }
        special.get(mode, self._stream)(said)

    def _stream(self, said: Said) -> None:
        """Server-sent events: comments, CRLF, characters torn apart, usage at the end, as real ones do."""
        is_unframed = self.server.mode == "unframed"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        if not is_unframed:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        for piece in _torn(_events(said)):
            if self.server.mode == "breaks" and sent > 220:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            sent += len(piece)
            self._send(piece if is_unframed else b"%x\r\n%s\r\n" % (len(piece), piece))
            if self.server.seconds and self.server.is_closing.wait(self.server.seconds):
                return
        if not is_unframed:
            self._send(b"0\r\n\r\n")

    def _silent(self, _said: Said) -> None:
        """Not a word; notices when the listener leaves."""
        self.connection.settimeout(0.05)
        while not self.server.is_closing.is_set():
            try:
                if not self.connection.recv(1):
                    self.server.hung_up.set()
                    return
            except TimeoutError:
                continue
            except OSError:
                self.server.hung_up.set()
                return

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _whole(self, status: int, body: dict[str, Any]) -> None:
        self._body(json.dumps(body).encode(), "application/json", status)

    def _body(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        if status == 429:
            self.send_header("Retry-After", self.server.wait)
        if status == 302:
            self.send_header("Location", "/v1/elsewhere")
        self.end_headers()
        self._send(body)

    def log_message(self, *_: Any) -> None:
        pass


def _message(said: Said) -> dict[str, Any]:
    if isinstance(said, str):
        return {"role": "assistant", "content": said}
    return {"role": "assistant", "content": None, "tool_calls": _calls(said)}


def _calls(said: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    calls = said if isinstance(said, list) else [said]
    return [
        {"index": index, "id": f"call_{index}", "type": "function", "function": {**call}}
        for index, call in enumerate(calls)
    ]


def _events(said: Said) -> Iterator[bytes]:
    yield b": keep-alive\r\n\r\n"
    yield _event({"role": "assistant", "content": None})
    if isinstance(said, str):
        for start in range(0, len(said), 12):
            yield _event({"content": said[start : start + 12]})
    else:
        for call in _calls(said):
            yield from _call_events(call)
    yield _data({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield _data({"choices": [], "usage": {"prompt_tokens": 210, "completion_tokens": 17}})
    yield b"data: [DONE]\r\n\r\n"


def _call_events(call: dict[str, Any]) -> Iterator[bytes]:
    """The name first, then the arguments in three pieces."""
    arguments = call["function"]["arguments"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    yield _event({"tool_calls": [{**call, "function": {"name": call["function"]["name"], "arguments": ""}}]})
    third = len(text) // 3 + 1
    for start in range(0, len(text), third):
        piece = {"index": call["index"], "function": {"arguments": text[start : start + third]}}
        yield _event({"tool_calls": [piece]})


def _event(delta: dict[str, Any]) -> bytes:
    return _data({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})


def _data(event: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\r\n\r\n"


def _torn(events: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of a hundred: lines and characters are torn apart."""
    for event in events:
        for start in range(0, len(event), 100):
            yield event[start : start + 100]
