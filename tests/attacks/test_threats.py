"""docs/threats.md names no test that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_list_of_threats_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/threats.md").read_text())
    assert len(named) > 50
    missing = [f"{file}::{name}" for file, name in named if f"def {name}(" not in text_of(file)]
    assert missing == []


def text_of(file: str) -> str:
    """The file's text; nothing where there is none."""
    path = ROOT / file
    return path.read_text() if path.is_file() else ""
