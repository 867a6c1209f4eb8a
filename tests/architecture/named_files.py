"""Files, and tests in them, that a page names as its proof."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`((?:tests|medimeet|deploy|bench)/[\w/.-]+)(?:::(\w+))?`")


def missing_in(words: str) -> list[str]:
    """Which of those that the words name are not there."""
    return [f"{path}::{name}" for path, name in NAMED.findall(words) if not _is_there(ROOT / path, name)]


def _is_there(file: Path, name: str) -> bool:
    if not name:
        return file.exists()
    return file.is_file() and f"def {name}(" in file.read_text()
