"""All that a server would write to its log, as lines of JSON, and words that must never stand there."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from medimeet import logs

# What people type and what opens doors; none of these letters stand in code.
CANARY = "Zwqxjk"


class Written:
    """What was written until now."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each event; fails where a line is none."""
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self) -> list[str]:
        return [line["event"] for line in self.lines]


@contextmanager
def written(form: str = "json", secrets: tuple[str, ...] = ()) -> Iterator[Written]:
    """Writes all that is logged meanwhile, as `flask serve` does with LOG_LEVEL=debug."""
    kept = Written()
    handler = logging.StreamHandler(kept.stream)
    handler.setFormatter(logs.FORMS[form](secrets))
    root, ours = logging.getLogger(), logging.getLogger("medimeet")
    levels = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.DEBUG)
    try:
        yield kept
    finally:
        root.removeHandler(handler)
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
