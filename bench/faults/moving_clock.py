"""A program whose clock is wrong: `python -m bench.faults.moving_clock gunicorn wsgi:app`.

By how many seconds stands in a file of the data folder, and may change at any time.
"""

import os
import sys
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path

from medimeet import clock

LAUNCH = ("python", "-m", "bench.faults.moving_clock")
_right_now = clock.now


def set_ahead(folder: Path, seconds: float) -> None:
    """Puts the clock of the programs on this data folder forward by so much, or back where it is below zero."""
    draft = folder / "clock-ahead.new"
    draft.write_text(str(seconds))
    draft.rename(folder / "clock-ahead")


def _run(arguments: list[str]) -> None:
    """Becomes the program, with a clock that reads the file."""
    file = Path(os.environ["MEDIMEET_DATA_DIR"], "clock-ahead")

    def now() -> datetime:
        return _right_now() + timedelta(seconds=float(file.read_text()) if file.exists() else 0.0)

    clock.now = now
    sys.argv = arguments
    (program,) = entry_points(group="console_scripts", name=arguments[0])
    sys.exit(program.load()())


if __name__ == "__main__":
    _run(sys.argv[1:])
