"""How a bench ends that is told to: what it has started is in sessions of its own, and hears nothing by itself."""

import signal
import sys
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def take_everything_along() -> None:
    """From now on a bench that is told to end leaves every block that it is in, and so stops what runs there.

    Told once more, it goes on with that.
    """
    for number in _SIGNALS:
        signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    for each in _SIGNALS:
        signal.signal(each, lambda *_: None)  # not SIG_IGN, which the programs that stop a server would inherit
    sys.exit(128 + number)
