"""What the server writes down about itself: one line an event, JSON or plain, and never what people said or typed.

Three rules keep people's words out, whoever logs: of an exception its kind and the lines of code that it passed are
written, and never its text, which quotes values; of a library's message the words that stand in its code and the
numbers, and never other values; of any line nothing that is a secret of this installation.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="")

LEVELS = ("debug", "info", "warning", "error")
_OURS = "medimeet"
_SHORTEST_SECRET = 6
_LONGEST_TRACE = 30
_CODE = Path(__file__).resolve().parent.parent
_ODD = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\uffff]")  # what could make a line of its own, or colour a terminal


class Event(logging.Formatter):
    """What every form of line is made from: the parts of an event, with people's words and our secrets left out."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        kept = sorted({each for each in secrets if len(each) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, kept))) if kept else None

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        """The fields of the line."""
        parts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": self._without_secrets(event_of(record)),
            "request_id": number_of(record),
            "worker": record.process,
        }
        parts |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            parts["exception"] = described(record.exc_info[1])
        return parts

    def _without_secrets(self, text: str) -> str:
        return self._secret.sub("…", text) if self._secret is not None else text


class JsonLines(Event):
    """An event as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return orjson.dumps(self.parts(record), default=str).decode()


class PlainLines(Event):
    """An event as one line for a person who watches."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        parts = self.parts(record)
        line = f"{parts['time']} [{parts['worker']}] [{parts['level'].upper()}] {parts['event']}"
        rest = {name: value for name, value in parts.items() if name in getattr(record, "fields", {})}
        if parts["request_id"]:
            rest["request_id"] = parts["request_id"]
        line += "".join(f" {name}={value}" for name, value in rest.items())
        if "exception" in parts:
            line += " " + "; caused by ".join(
                f"{each['type']} at {' < '.join(reversed(each['where']))}" for each in parts["exception"]
            )
        return _ODD.sub(lambda odd: f"\\x{ord(odd[0]):02x}", line)


FORMS: Mapping[str, type[Event]] = {"json": JsonLines, "plain": PlainLines}


def start(form: str, level: str, secrets: Iterable[str]) -> None:
    """Has this process write all that it logs to stderr in that form; our own from `level`, libraries' from warning."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FORMS[form](secrets))
    root = logging.getLogger()
    for other in list(root.handlers):
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level.upper())
    logging.captureWarnings(capture=True)


def secrets_of(settings: Mapping[str, Any]) -> set[str]:
    """What of the settings nobody may read: keys, tokens, passwords, and those inside addresses."""
    secrets: set[str] = set()
    for name, value in settings.items():
        if not isinstance(value, str) or not value:
            continue
        if any(word in name for word in ("KEY", "PASSWORD", "TOKEN")):
            secrets |= {value, *re.split("[,:]", value)}
        elif "://" in value:
            password = urlsplit(value).password or ""
            secrets |= {password, unquote(password)} - {""}
    return secrets


def number_of(record: logging.LogRecord) -> str:
    """The number of the request that an event belongs to. Gunicorn speaks between requests: it says so itself."""
    if record.name.startswith("gunicorn"):
        return getattr(record, "request_id", "")
    return request_id.get()


def event_of(record: logging.LogRecord) -> str:
    """The message of a record; of a library's, what may name people or hold a token is an ellipsis."""
    try:
        if record.name.split(".")[0] == _OURS or record.name == "gunicorn.access":  # the latter is masked already
            return record.getMessage()
        if not record.args:
            return str(record.msg) if isinstance(record.msg, str) and record.name != "py.warnings" else "…"
        return str(record.msg) % _numbers_only(record.args)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def described(error: BaseException) -> list[dict[str, Any]]:
    """An exception and those behind it: kind, the database's code where there is one, and the lines that it passed."""
    return [_one(each) for each in _chain(error)]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    told: dict[str, Any] = {"type": kind.__qualname__ if kind.__module__ == "builtins" else _full_name(kind)}
    for name in ("sqlstate", "sqlite_errorname", "errno"):
        code = getattr(error, name, None)
        if isinstance(code, int) or (isinstance(code, str) and code.replace("_", "").isalnum()):
            told["code"] = code
    steps = traceback.extract_tb(error.__traceback__)[-_LONGEST_TRACE:]
    return told | {"where": [f"{_short(step.filename)}:{step.lineno} {step.name}" for step in steps]}


def _full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _short(file: str) -> str:
    """A file of ours by its path in the project, a library's by its path in the folder of libraries."""
    path = Path(file)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return str(path.relative_to(_CODE)) if path.is_relative_to(_CODE) else path.name


class _Hidden:
    def __repr__(self) -> str:
        return "…"


def _numbers_only(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _number(value) for name, value in values.items()}
    return tuple(_number(value) for value in values)


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) else _Hidden()
